"""Generated lives of firms, in the oracle's form, and the same lives as unsaved rows and as acts of the registry."""

import datetime as dt
import itertools

from hypothesis import strategies as st

from enterprises.models import Closure, KindTerm, Placement, Qualification, QualificationKind
from enterprises.registry import acts
from targets.figures.spans import Facts
from tests.oracle import default_last_day

DAY = dt.timedelta(days=1)
PARKS = {"degan": 1, "shuangfu": 2, "luohuang": 3}
TOWNS = {"500116002": 11, "500116004": 12, "500116117": 13}
UNIT_IDS = PARKS | TOWNS
SCOPES = ["district", "parks", "outside", *UNIT_IDS]
KINDS = {
    "hnte": {"class_years": True, "terms": [(dt.date(2008, 1, 1), 3)]},
    "tech": {"class_years": False, "terms": [(dt.date(2016, 1, 1), None)]},
    "little_giant": {"class_years": False, "terms": [(dt.date(2019, 1, 1), 3)]},
}
TERM_CHANGED = {"class_years": True, "terms": [(dt.date(2008, 1, 1), 3), (dt.date(2024, 2, 1), 2)]}
"""A kind whose certificates last shorter since a decree."""


@st.composite
def lives(
    draw,
    first: dt.date,
    last: dt.date,
    kinds=tuple(KINDS),
    mentions: bool = False,
    applying: bool = False,
):
    """One firm between two days. All dates come from a few days, so that edges often fall together.

    With `mentions`, of some certificates nobody has told the day: a roster named them. The registry would not keep
    every one of these beside others. With `applying`, firms apply for 高新技术企业.
    """
    days = st.dates(first, last)
    pool = sorted(draw(st.lists(days, min_size=3, max_size=7, unique=True)))
    return {
        "certificates": draw(st.lists(_certificates(pool, kinds, mentions), max_size=4)),
        "places": draw(_places(pool)),
        "closures": draw(_closures(pool)),
        "applications": draw(_applications(pool)) if applying else [],
    }


@st.composite
def _applications(draw, pool):
    """Stage after stage, of the year of its day or of the next, in any order of stages."""
    days = draw(st.lists(st.sampled_from(pool), max_size=4, unique=True).map(sorted))
    stages = st.sampled_from(["preparing", "filed", "filed", "publicity", "rejected", "given_up"])
    years = st.sampled_from([0, 0, 0, 1])
    return [
        {"kind": "hnte", "year": day.year + draw(years), "stage": draw(stages), "since": day}
        for day in days
    ]


@st.composite
def _certificates(draw, pool, kinds, mentions):
    start, end = sorted([draw(st.sampled_from(pool)), draw(st.sampled_from(pool))])
    form = draw(st.sampled_from(["printed", "printed", "printed", "endless", "term", "undated"]))
    until = {
        "printed": max(start, end - draw(st.sampled_from([DAY, 0 * DAY]))),
        "term": default_last_day(start, 3),
    }
    year = draw(st.sampled_from([start.year, start.year - 2, start.year - 3]))
    revoked_on = draw(
        st.sampled_from([None, None, *[day for day in pool if form == "undated" or day >= start]])
    )
    seen = mentions and form != "undated" and draw(st.integers(0, 3)) == 0
    return {
        "first_seen": seen,
        "kind": draw(st.sampled_from(kinds)),
        "valid_from": None if form == "undated" else start,
        "valid_until": until.get(form),
        "class_year": year
        if form == "undated"
        else draw(st.sampled_from([None, start.year, start.year - 1])),
        "revoked_on": revoked_on,
    }


@st.composite
def _places(draw, pool):
    """One stay after another, now and then with days outside the district between."""
    edges = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=5, unique=True).map(sorted))
    if draw(st.booleans()):
        edges.insert(0, dt.date(2015, 6, 1))
    places, before = [], None
    for since, until in itertools.zip_longest(edges, edges[1:]):
        here = (draw(st.sampled_from([None, *PARKS])), draw(st.sampled_from(list(TOWNS))))
        away = draw(st.integers(0, 4)) == 0
        if here != before and not away:
            arrived = draw(st.booleans()) if not places else before is None
            places.append(
                {
                    "park": here[0],
                    "town": here[1],
                    "since": since,
                    "until": until,
                    "from_outside": arrived,
                }
            )
            before = here
        else:
            before = None
    if places and draw(st.booleans()):
        places[-1]["until"] = None
    return places


@st.composite
def _closures(draw, pool):
    edges = draw(st.lists(st.sampled_from(pool), max_size=4).map(sorted))
    pairs = [
        (one, edges[place + 1] if place + 1 < len(edges) else None)
        for place, one in list(enumerate(edges))[::2]
    ]
    closures = {closed: reopened for closed, reopened in pairs}
    return [{"closed_on": closed, "reopened_on": reopened} for closed, reopened in closures.items()]


def unsaved_kinds(kinds: dict[str, dict]) -> dict[int, QualificationKind]:
    rows = {}
    for pk, (code, kind) in enumerate(kinds.items(), 1):
        rows[pk] = QualificationKind(pk=pk, code=code, class_year_convention=kind["class_years"])
        terms = [
            KindTerm(since=s, rule="years" if years else "open", years=years)
            for s, years in kind["terms"]
        ]
        rows[pk]._prefetched_objects_cache = {"terms": terms}
    return rows


def unsaved_facts(firm: dict, kinds: dict[str, dict]) -> Facts:
    kind_ids = {code: pk for pk, code in enumerate(kinds, 1)}
    return Facts(
        [
            Qualification(
                pk=pk,
                kind_id=kind_ids[one["kind"]],
                dating="first_seen" if one.get("first_seen") else "printed",
                **{k: v for k, v in one.items() if k not in ("kind", "first_seen")},
            )
            for pk, one in enumerate(firm["certificates"], 1)
        ],
        [
            Placement(
                park_id=PARKS.get(one["park"]),
                town_id=TOWNS[one["town"]],
                since=one["since"],
                until=one["until"],
                arrival="from_outside"
                if one["from_outside"]
                else "known"
                if number == 0
                else "moved",
            )
            for number, one in enumerate(firm["places"])
        ],
        [Closure(**one) for one in firm["closures"]],
    )


def with_default_terms(firm: dict, kinds: dict[str, dict]) -> dict:
    """The life as it must be on record when nobody said how long a certificate lasts: the term of its day of issue."""
    return firm | {
        "certificates": [
            _with_default_term(one, kinds[one["kind"]]["terms"]) for one in firm["certificates"]
        ]
    }


def _with_default_term(certificate: dict, terms: list) -> dict:
    issued = certificate["valid_from"]
    years = next((years for since, years in reversed(terms) if issued and since <= issued), None)
    if certificate["valid_until"] or not years:
        return certificate
    return certificate | {"valid_until": default_last_day(issued, years)}


def acts_of(firm: dict, uscc: str) -> list[acts.Act]:
    """What a clerk would have entered for this life."""
    done: list[acts.Act] = [acts.Register(uscc=uscc, name=f"江津{uscc}有限公司")]
    before = None
    for one in firm["places"]:
        place = {"uscc": uscc, "park": one["park"] or "", "town": one["town"]}
        if before and before["until"] == one["since"]:
            done.append(acts.Move(on=one["since"], **place))
        else:
            if before:
                done.append(acts.Leave(uscc=uscc, on=before["until"]))
            done.append(acts.Place(since=one["since"], from_outside=one["from_outside"], **place))
        before = one
    if before and before["until"]:
        done.append(acts.Leave(uscc=uscc, on=before["until"]))
    for number, one in enumerate(firm["certificates"]):
        which = {"uscc": uscc, "kind": one["kind"], "number": f"{uscc}-{number}"}
        dates = {name: one[name] for name in ("valid_from", "valid_until", "class_year")}
        # Two of one day are taken where somebody has said that there are two.
        done.append(acts.Grant(**which, **dates, confirmed=True))
        if one["revoked_on"]:
            done.append(acts.Revoke(**which, on=one["revoked_on"]))
    for one in firm.get("applications", []):
        told = {name: one[name] for name in ("kind", "year", "stage")}
        done.append(acts.Apply(uscc=uscc, on=one["since"], note="说明", **told))
    for closure in firm["closures"]:
        done.append(acts.Close(uscc=uscc, on=closure["closed_on"]))
        if closure["reopened_on"]:
            done.append(acts.Reopen(uscc=uscc, on=closure["reopened_on"]))
    return done
