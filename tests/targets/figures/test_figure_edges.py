"""Figures at their edges: rounding of what is missing, a way of no length, the target of a share, equal runs."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from enterprises.models import Qualification
from targets.figures import counting, held_days, indicators, progress
from targets.figures.progress import Progress
from targets.models import Baseline, Indicator, Operator, Span, Target
from tests.histories import KINDS, unsaved_kinds

TODAY = dt.date(2026, 12, 31)


def progress_of(
    kind: str = "share", *, goal: str, exact: Decimal | int, baseline: str | None = None
) -> Progress:
    """At least `goal`, as if `exact` had been counted."""
    indicator = Indicator(code="x", kind=kind)
    target = Target(indicator=indicator, due=TODAY, operator=Operator.GTE, value=Decimal(goal))
    return Progress(
        target=target,
        as_of=TODAY,
        definition="certificate",
        scope="district",
        value=exact,
        exact=exact,
        value_note="",
        goal=Decimal(goal),
        baseline=Baseline(value=Decimal(baseline)) if baseline else None,
    )


# --- what is missing to a share -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("exact", "missing"),
    [
        ("94.99", "0.01"),
        ("94.989", "0.02"),  # up: 0.011 points are more than 0.01
        ("94.981", "0.02"),
        ("94.98", "0.02"),
        ("94.999999", "0.01"),  # never 0 where the goal is missed
        ("90", "5.00"),
        ("95", "0"),
        ("95.004", "0"),
    ],
)
def test_what_is_missing_to_a_share_is_rounded_up(exact, missing):
    assert progress_of(goal="95", exact=Decimal(exact)).missing == Decimal(missing)


# --- the way from the baseline ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("baseline", "share"),
    [
        ("698", "50.0"),
        ("699", "0.0"),  # a way of one firm
        ("700", None),  # a way of no length
        ("701", None),  # the goal lies behind the baseline
    ],
)
def test_a_way_needs_a_length(baseline, share):
    now = progress_of(Indicator.Kind.COUNTED, goal="700", exact=699, baseline=baseline)
    assert now.share_of_way == (share and Decimal(share))


def test_before_the_due_day_a_pace_is_needed_and_on_it_none_helps():
    now = progress_of(Indicator.Kind.COUNTED, goal="700", exact=699)
    assert (now.years_left, now.pace_needed) == (0, None)
    eve = replace(now, as_of=TODAY - dt.timedelta(1))
    assert eve.pace_needed == Decimal("365.3")  # one firm in a day, half up
    assert replace(now, as_of=TODAY + dt.timedelta(1)).years_left == 0
    assert progress_of(goal="95", exact=Decimal(90)).pace_needed is None


# --- what is asked of the parks' share ----------------------------------------------------------------------------
@pytest.fixture
def asked(plan):
    """The target of the parks' share that counts on a day."""
    indicator = Indicator.objects.get(code="hnte_park_share")
    Target.objects.filter(indicator=indicator).delete()
    for year, value in ((2028, 97), (2026, 95), (2027, 96)):
        Target.objects.create(
            indicator=indicator,
            due=dt.date(year, 12, 31),
            operator="gte",
            value=value,
            wording=f"{value}%",
        )

    def asked_on(day: dt.date, indicator: str = "hnte") -> int | None:
        counts = counting.Counts([day], "certificate", [], indicators.live())
        rows = progress.from_counts(counts, day)
        asked = progress.share_asked(counts, day, indicator, reversed(rows))
        return int(asked.goal) if asked else None

    return asked_on


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2025-01-01", 95),
        ("2026-12-31", 95),  # due on the day is still ahead
        ("2027-01-01", 96),
        ("2027-12-31", 96),
        ("2028-12-31", 97),
        ("2029-01-01", 97),  # none is ahead any more: the last one
    ],
)
def test_a_share_is_judged_by_the_next_target_due_and_then_by_the_last(asked, day, value):
    assert asked(dt.date.fromisoformat(day)) == value


@pytest.mark.django_db
def test_targets_of_another_kind_ask_nothing_of_a_share(asked):
    assert asked(TODAY, "tech") == 95
    Target.objects.filter(indicator__code="tech_park_share").delete()
    assert asked(TODAY, "tech") is None


# --- runs of certificates -----------------------------------------------------------------------------------------
KIND = unsaved_kinds(KINDS)[1]
FIRST, LAST = dt.date(2022, 11, 1), dt.date(2025, 10, 31)


def certificate(pk: int | None, valid_from: dt.date, valid_until: dt.date | None) -> Qualification:
    return Qualification(pk=pk, kind_id=KIND.pk, valid_from=valid_from, valid_until=valid_until)


def runs(*held: Qualification) -> list[tuple[dt.date, dt.date, int | None]]:
    """(first day, first day no longer, the certificate that ends the run)."""
    merged = held_days.merge_runs(held_days.days_held(held, KIND, "certificate"))
    return [
        (run.validity.first_day, run.validity.first_day_not_valid, run.qualification.pk)
        for run in merged
    ]


def test_of_two_certificates_of_the_same_days_the_one_registered_first_stands_for_the_run():
    end = LAST + dt.timedelta(1)
    assert runs(certificate(8, FIRST, LAST), certificate(7, FIRST, LAST)) == [(FIRST, end, 7)]
    assert runs(certificate(7, FIRST, LAST), certificate(8, FIRST, LAST)) == [(FIRST, end, 7)]
    # One that is not stored yet comes before all that are.
    assert runs(certificate(7, FIRST, LAST), certificate(None, FIRST, LAST)) == [(FIRST, end, None)]


def test_of_two_that_end_on_the_same_day_the_earlier_one_stands_for_the_run():
    later = FIRST + dt.timedelta(30)
    end = LAST + dt.timedelta(1)
    assert runs(certificate(7, later, LAST), certificate(8, FIRST, LAST)) == [(FIRST, end, 8)]


def test_the_one_that_lasts_longest_stands_for_the_run_wherever_it_begins():
    middle = certificate(8, FIRST + dt.timedelta(30), LAST - dt.timedelta(30))
    end = LAST + dt.timedelta(1)
    assert runs(certificate(7, FIRST, LAST), middle) == [(FIRST, end, 7)]
    assert runs(certificate(9, FIRST, LAST + dt.timedelta(1)), certificate(7, FIRST, LAST)) == [
        (FIRST, end + dt.timedelta(1), 9)
    ]


def test_without_a_last_day_a_run_has_no_end():
    assert runs(certificate(7, FIRST, None)) == [(FIRST, Span.FAR, 7)]
    assert runs(certificate(7, FIRST, Span.FAR)) == [(FIRST, Span.FAR, 7)]


@pytest.mark.parametrize(
    ("last_day", "revoked_on", "ending"),
    [
        (None, None, Span.Closing.OPEN),
        (LAST, None, Span.Closing.EXPIRED),
        (LAST, LAST, Span.Closing.REVOKED),
        (LAST, LAST + dt.timedelta(1), Span.Closing.EXPIRED),
        (None, LAST, Span.Closing.REVOKED),
    ],
)
def test_why_a_certificate_holds_no_longer(last_day, revoked_on, ending):
    held = certificate(7, FIRST, last_day)
    held.revoked_on = revoked_on
    assert [days.ending for days in held_days.days_held([held], KIND, "certificate")] == [ending]
