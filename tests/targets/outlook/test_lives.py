"""Cohorts, lapses and first recognitions of generated lives, as an oracle counts them that shares no code."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import QualificationKind
from enterprises.registry import acts
from targets.figures import spans
from targets.outlook.model import cohorts, known_forecasts
from tests import oracle
from tests.effort import examples
from tests.firms import TODAY, founding
from tests.histories import KINDS
from tests.histories import lives as histories
from tests.targets.figures.test_counting import enter, rolled_back

pytestmark = pytest.mark.django_db
ENOUGH = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(20),
)


def some_lives(first: int, last: int) -> st.SearchStrategy[list[dict]]:
    """Three to ten firms between the beginning of one year and the end of another."""
    lives = histories(dt.date(first, 1, 1), dt.date(last, 12, 31), kinds=("hnte",))
    return st.lists(lives, min_size=3, max_size=10)


# --- cohorts and lapses against the oracle --------------------------------------------------------------------------
@ENOUGH
@given(some_lives(2023, 2027), st.data())
def test_cohorts_and_lapses_as_the_oracle_counts(plan, firms, data):
    turns = sorted({day for one in firms for day in oracle.turning_days(one)})
    day = data.draw(st.sampled_from(turns))
    with rolled_back():
        enter(firms)
        spans.refresh()
        found = cohorts.read_cohort("hnte", day)
        months = cohorts.lapses_by_month("hnte", day)
    on_record = [with_terms(one) for one in firms]
    assert {year: n for year, n in found.years.items() if n} == cohort_of(on_record, day)
    assert sum(month.firms for month in months) == sum(
        ends_of(one, day < then < months[-1].until, then)
        for one in on_record
        for then in oracle.turning_days(one)
    )


@ENOUGH
@given(some_lives(2018, 2026))
def test_first_recognitions_as_counted_day_by_day(plan, firms):
    kind = QualificationKind.objects.prefetch_related("terms").get(code="hnte")
    with rolled_back():
        enter(firms)
        spans.refresh()
        record = known_forecasts.read_scenario(kind, TODAY).record
    expected: Counter[int] = Counter()
    for one in map(with_terms, firms):
        for day in oracle.turning_days(one):
            _, came = oracle.edge(one, "hnte", KINDS, day, "certificate")
            expected[day.year] += bool(came and came[1] == {"first"})
    assert {year: record.recognised(year) for year in expected} == expected


def test_a_first_certificate_on_record_that_is_marked_as_a_further_one_is_no_first_recognition(
    plan,
):
    kind = QualificationKind.objects.prefetch_related("terms").get(code="hnte")
    for mark in ("", "again"):
        uscc, done = founding(park="degan", town="500116002")
        day = dt.date(2024, 11, 1)
        grant = acts.Grant(uscc=uscc, kind="hnte", valid_from=day, recognition=mark)
        registry.apply([*done, grant], by=None)
    spans.refresh()
    assert known_forecasts.read_scenario(kind, TODAY).record.recognised(2024) == 1


def with_terms(one: dict) -> dict:
    from_issue = [
        held
        | {"valid_until": held["valid_until"] or oracle.default_last_day(held["valid_from"], 3)}
        if held["valid_from"]
        else held
        for held in one["certificates"]
    ]
    return one | {"certificates": from_issue}


def cohort_of(firms: list[dict], day: dt.date) -> dict[int, int]:
    """Each counted firm by the latest class year, then the latest issue, of the certificates that hold on the day."""
    years: Counter[int] = Counter()
    for one in firms:
        if oracle.counted_at(one, "hnte", KINDS, day, "certificate"):
            held = [
                c for c in one["certificates"] if oracle.holds(c, KINDS["hnte"], day, "certificate")
            ]
            latest = max(
                held, key=lambda c: (c["class_year"] or c["valid_from"].year, c["valid_from"])
            )
            years[latest["valid_from"].year] += 1
    return dict(years)


def ends_of(one: dict, within: bool, day: dt.date) -> int:
    went, _ = oracle.edge(one, "hnte", KINDS, day, "certificate") if within else (None, None)
    return int(bool(went) and went[1] == {"expired"})
