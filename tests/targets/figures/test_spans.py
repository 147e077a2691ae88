"""Spans against the oracle: thousands of generated lives, and each edge case of the counting rules by name."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises.models import KindTerm
from targets.figures.spans import spans_of
from targets.models import Span
from tests import oracle
from tests.effort import examples
from tests.histories import (
    KINDS,
    SCOPES,
    TERM_CHANGED,
    UNIT_IDS,
    lives,
    unsaved_facts,
    unsaved_kinds,
)

DAY = dt.timedelta(days=1)
WINTER = (dt.date(2023, 12, 20), dt.date(2024, 3, 10))
YEARS = (dt.date(2017, 6, 1), dt.date(2027, 12, 31))
DEFINITIONS = ("certificate", "class_year")
ALL_KINDS = KINDS | {"changed": TERM_CHANGED}
CODES = {pk: code for code, pk in UNIT_IDS.items()}


KIND_ROWS = unsaved_kinds(ALL_KINDS)


def all_spans(firm: dict) -> dict[tuple[str, str], list[Span]]:
    """Spans by kind and definition, in order of time."""
    made = sorted(spans_of(unsaved_facts(firm, ALL_KINDS), KIND_ROWS), key=lambda s: s.start)
    codes = dict(enumerate(ALL_KINDS, 1))
    return {
        (kind, definition): [
            s for s in made if (codes[s.kind_id], s.definition) == (kind, definition)
        ]
        for kind in ALL_KINDS
        for definition in DEFINITIONS
    }


def spans(firm: dict, kind: str, definition: str) -> list[Span]:
    return all_spans(firm)[kind, definition]


def where(span: Span) -> tuple[str | None, str]:
    return CODES.get(span.park_id), CODES[span.town_id]


def stand(spans: list[Span], day: dt.date) -> tuple[str | None, str] | None:
    covering = [span for span in spans if span.start <= day < span.end]
    assert len(covering) < 2, "spans of one firm, kind and definition are disjoint"
    return where(covering[0]) if covering else None


def agree(firm: dict, days: list[dt.date]) -> None:
    """On each of the days the same stock, and overnight the same flow for an allowed reason."""
    for (kind, definition), made in all_spans(firm).items():
        ends, starts = {s.end: s for s in made}, {s.start: s for s in made}
        for day in days:
            assert stand(made, day) == oracle.counted_at(firm, kind, ALL_KINDS, day, definition), (
                kind,
                day,
            )
            went, came = oracle.edge(firm, kind, ALL_KINDS, day, definition)
            for expected, edge, reason in (
                (went, ends.get(day), "closed_by"),
                (came, starts.get(day), "opened_by"),
            ):
                assert (expected and expected[0]) == (edge and where(edge)), (
                    kind,
                    definition,
                    day,
                    reason,
                )
                assert expected is None or getattr(edge, reason) in expected[1], (
                    kind,
                    definition,
                    day,
                    expected,
                )


@settings(max_examples=examples(1200), deadline=None)
@given(lives(*WINTER, kinds=tuple(ALL_KINDS), mentions=True))
def test_a_winter_day_by_day(firm):
    agree(firm, [WINTER[0] + number * DAY for number in range((WINTER[1] - WINTER[0]).days + 2)])


@settings(max_examples=examples(1200), deadline=None)
@given(lives(*YEARS, kinds=tuple(ALL_KINDS), mentions=True))
def test_ten_years_on_every_day_on_which_anything_can_change(firm):
    agree(firm, oracle.turning_days(firm))


@settings(max_examples=examples(400), deadline=None)
@given(
    st.lists(lives(*WINTER), max_size=5),
    st.dates(*WINTER),
    st.dates(*WINTER),
    st.sampled_from(SCOPES),
)
def test_closing_stock_is_opening_stock_plus_inflow_minus_outflow(firms, one, other, scope):
    since, until = sorted((one, other))
    made = [
        span
        for firm in firms
        for span in spans(firm, "hnte", "certificate")
        if oracle.in_scope(where(span), scope)
    ]
    opening, closing = (sum(s.start <= day < s.end for s in made) for day in (since, until))
    came = sum(since < s.start <= until for s in made)
    went = sum(since < s.end <= until for s in made)
    assert closing == opening + came - went
    assert closing == oracle.stock(firms, "hnte", KINDS, until, "certificate", scope)


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(lives(*WINTER), max_size=5), st.dates(*WINTER))
def test_moves_inside_the_district_cancel_out_over_all_units(firms, day):
    made = [span for firm in firms for span in spans(firm, "hnte", "certificate")]
    assert sum(s.end == day and s.closed_by == "transferred" for s in made) == sum(
        s.start == day and s.opened_by == "transferred" for s in made
    )


# --- each edge case by name ------------------------------------------------------------------------------------
def life(
    *certificates: dict, places: list[dict] | None = None, closures: list[dict] | None = None
) -> dict:
    return {
        "certificates": list(certificates),
        "places": places or [place()],
        "closures": closures or [],
    }


def certificate(
    valid_from: str = "", valid_until: str = "", revoked_on: str = "", year: int | None = None
) -> dict:
    dates = {"valid_from": valid_from, "valid_until": valid_until, "revoked_on": revoked_on}
    return {"kind": "hnte", "class_year": year} | {
        k: dt.date.fromisoformat(v) if v else None for k, v in dates.items()
    }


def place(
    park: str | None = "degan",
    since: str = "2015-01-01",
    until: str = "",
    from_outside: bool = False,
) -> dict:
    end = dt.date.fromisoformat(until) if until else None
    begin = dt.date.fromisoformat(since)
    return {
        "park": park,
        "town": "500116002",
        "since": begin,
        "until": end,
        "from_outside": from_outside,
    }


def told(firm: dict, definition: str = "certificate") -> list[str]:
    """Spans in one line each: park, first day, day after the last, why begun, why ended."""
    return [
        f"{where(s)[0] or '-'} {s.start} {s.end if s.end < Span.FAR else '…'} {s.opened_by} {s.closed_by or 'open'}"
        for s in spans(firm, "hnte", definition)
    ]


FOUR_YEARS = certificate("2022-11-01", "2025-10-31")
CASES = {
    "a gap of ten days between two certificates": (
        life(certificate("2022-11-29", "2025-11-28"), certificate("2025-12-08", "2028-12-07")),
        [
            "degan 2022-11-29 2025-11-29 first expired",
            "degan 2025-12-08 2028-12-08 regained expired",
        ],
    ),
    "a new certificate on the day after the last": (
        life(certificate("2022-11-29", "2025-11-28"), certificate("2025-11-29", "2028-11-28")),
        ["degan 2022-11-29 2028-11-29 first expired"],
    ),
    "two certificates at once count once": (
        life(certificate("2022-11-29", "2025-11-28"), certificate("2024-05-01", "2027-04-30")),
        ["degan 2022-11-29 2027-05-01 first expired"],
    ),
    "the longer certificate outlives the revoked one": (
        life(
            certificate("2022-01-01", "2024-12-31", revoked_on="2023-05-01"),
            certificate("2023-01-01", "2025-12-31"),
        ),
        ["degan 2022-01-01 2026-01-01 first expired"],
    ),
    "a move between parks": (
        life(
            FOUR_YEARS,
            places=[place("shuangfu", until="2024-03-01"), place("luohuang", since="2024-03-01")],
        ),
        [
            "shuangfu 2022-11-01 2024-03-01 first transferred",
            "luohuang 2024-03-01 2025-11-01 transferred expired",
        ],
    ),
    "arrived from another district with a valid certificate": (
        life(FOUR_YEARS, places=[place(since="2023-02-01", from_outside=True)]),
        ["degan 2023-02-01 2025-11-01 arrived expired"],
    ),
    "a first known place is no arrival": (
        life(FOUR_YEARS, places=[place(since="2023-02-01")]),
        ["degan 2023-02-01 2025-11-01 first expired"],
    ),
    "left and came back": (
        life(
            FOUR_YEARS,
            places=[place(until="2023-06-01"), place(since="2024-06-01", from_outside=True)],
        ),
        ["degan 2022-11-01 2023-06-01 first left", "degan 2024-06-01 2025-11-01 arrived expired"],
    ),
    "struck off while the certificate is valid": (
        life(FOUR_YEARS, closures=[{"closed_on": dt.date(2024, 1, 1), "reopened_on": None}]),
        ["degan 2022-11-01 2024-01-01 first closed"],
    ),
    "struck off and restored": (
        life(
            FOUR_YEARS,
            closures=[{"closed_on": dt.date(2024, 1, 1), "reopened_on": dt.date(2024, 3, 1)}],
        ),
        [
            "degan 2022-11-01 2024-01-01 first closed",
            "degan 2024-03-01 2025-11-01 reopened expired",
        ],
    ),
    "struck off by mistake and restored the same day": (
        life(
            FOUR_YEARS,
            closures=[{"closed_on": dt.date(2024, 1, 1), "reopened_on": dt.date(2024, 1, 1)}],
        ),
        ["degan 2022-11-01 2025-11-01 first expired"],
    ),
    "revoked": (
        life(certificate("2022-11-01", "2025-10-31", revoked_on="2023-07-01")),
        ["degan 2022-11-01 2023-07-01 first revoked"],
    ),
    "one runs out on the day another is withdrawn": (
        life(
            certificate("2022-11-01", "2023-06-30"),
            certificate("2022-11-01", "2025-10-31", revoked_on="2023-07-01"),
        ),
        ["degan 2022-11-01 2023-07-01 first revoked"],
    ),
    "one is withdrawn on the day an older one runs out": (
        life(
            certificate("2022-12-01", "2025-10-31", revoked_on="2023-07-01"),
            certificate("2022-11-01", "2023-06-30"),
        ),
        ["degan 2022-11-01 2023-07-01 first revoked"],
    ),
    "withdrawn on the day after its last": (
        life(certificate("2022-11-01", "2023-06-30", revoked_on="2023-07-01")),
        ["degan 2022-11-01 2023-07-01 first expired"],
    ),
    "revoked on the day of issue": (
        life(certificate("2022-11-01", "2025-10-31", revoked_on="2022-11-01")),
        [],
    ),
    "valid on one day only": (
        life(certificate("2024-02-29", "2024-02-29")),
        ["degan 2024-02-29 2024-03-01 first expired"],
    ),
    "runs out on the day of a move": (
        life(
            FOUR_YEARS,
            places=[place("shuangfu", until="2025-11-01"), place("luohuang", since="2025-11-01")],
        ),
        ["shuangfu 2022-11-01 2025-11-01 first expired"],
    ),
    "struck off on the day of a move": (
        life(
            FOUR_YEARS,
            places=[place("shuangfu", until="2024-03-01"), place("luohuang", since="2024-03-01")],
            closures=[{"closed_on": dt.date(2024, 3, 1), "reopened_on": None}],
        ),
        ["shuangfu 2022-11-01 2024-03-01 first closed"],
    ),
    "restored on the day of a move": (
        life(
            FOUR_YEARS,
            places=[place("shuangfu", until="2024-03-01"), place("luohuang", since="2024-03-01")],
            closures=[{"closed_on": dt.date(2024, 1, 1), "reopened_on": dt.date(2024, 3, 1)}],
        ),
        [
            "shuangfu 2022-11-01 2024-01-01 first closed",
            "luohuang 2024-03-01 2025-11-01 reopened expired",
        ],
    ),
    "class year alone is unknown by certificate dates": (life(certificate(year=2023)), []),
    "never placed in the district": (life(FOUR_YEARS, places=[place(since="2026-01-01")]), []),
    "certified and placed on the same day": (
        life(FOUR_YEARS, places=[place(since="2022-11-01", from_outside=True)]),
        ["degan 2022-11-01 2025-11-01 first expired"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_edge_case(name):
    firm, expected = CASES[name]
    assert told(firm) == expected


CLASS_YEAR_CASES = {
    "counts through the last day of the second year after": (
        life(certificate(year=2023)),
        ["degan 2023-01-01 2026-01-01 first expired"],
    ),
    "closes the autumn gap": (
        life(certificate("2022-11-29", "2025-11-28"), certificate("2025-12-08", "2028-12-07")),
        ["degan 2022-01-01 2028-01-01 first expired"],
    ),
    "still ends on the day of revocation": (
        life(certificate(year=2023, revoked_on="2024-05-01")),
        ["degan 2023-01-01 2024-05-01 first revoked"],
    ),
    "counts only where and when the firm is here": (
        life(certificate(year=2023), places=[place(since="2023-09-01", until="2025-03-01")]),
        ["degan 2023-09-01 2025-03-01 first left"],
    ),
    "stops when the firm is struck off": (
        life(
            certificate(year=2023),
            closures=[{"closed_on": dt.date(2024, 2, 29), "reopened_on": None}],
        ),
        ["degan 2023-01-01 2024-02-29 first closed"],
    ),
    "goes by the class year where it differs from the year of issue": (
        life(certificate("2024-01-15", "2027-01-14", year=2023)),
        ["degan 2023-01-01 2026-01-01 first expired"],
    ),
}


@pytest.mark.parametrize("name", CLASS_YEAR_CASES)
def test_class_year(name):
    firm, expected = CLASS_YEAR_CASES[name]
    assert told(firm, "class_year") == expected


def test_a_renamed_firm_is_one_firm_and_a_kind_without_class_years_has_one_count():
    firm = life(FOUR_YEARS | {"kind": "tech"}, FOUR_YEARS | {"kind": "tech"})
    by_definition = Counter(s.definition for d in DEFINITIONS for s in spans(firm, "tech", d))
    assert by_definition == {"certificate": 1, "class_year": 1}
    assert {(s.start, s.end) for d in DEFINITIONS for s in spans(firm, "tech", d)} == {
        (dt.date(2022, 11, 1), dt.date(2025, 11, 1))
    }


@pytest.mark.parametrize(
    ("rule", "years", "end"),
    [("years", 3, "2026-01-01"), ("calendar", None, "2024-01-01"), ("open", None, "9999-12-31")],
)
def test_a_class_year_lasts_as_long_as_the_kind_says(rule, years, end):
    kinds = unsaved_kinds(KINDS)
    kinds[1]._prefetched_objects_cache = {
        "terms": [KindTerm(since=dt.date(2008, 1, 1), rule=rule, years=years)]
    }
    (span,) = spans_of(unsaved_facts(life(certificate(year=2023)), KINDS), kinds)
    assert (span.start, span.end) == (dt.date(2023, 1, 1), dt.date.fromisoformat(end))
