"""Done against goal: counted as plain Python counts the same lives, judged by the published rule."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.registry import acts
from parks.models import Unit
from targets.figures import flows
from targets.figures.counting import answered_for
from targets.goals import completion
from targets.goals.completion import Calendar, GoalState
from targets.goals.reached import Measure, ReachedCounts
from targets.models import ApplicationBatch
from tests import oracle
from tests.effort import examples
from tests.firms import code, firm
from tests.histories import KINDS, PARKS, TOWNS, lives, with_default_terms
from tests.targets.figures.test_counting import enter, rolled_back

RULES = {"ahead": Decimal(10), "normal": Decimal(-5), "overdue": Decimal(-20), "lagging": None}
BATCHES = completion.Batches([dt.date(2026, 4, 30), dt.date(2026, 6, 30), dt.date(2026, 8, 31)])
NONE = completion.Batches()
OPENING = dt.date(2025, 12, 31)


def answering(where):
    """The unit that answers for a firm in (park, town)."""
    return where and (where[0] or where[1])


def first_in_year(life, kind, until):
    """(day, unit credited) of the year's first recognition, or None."""
    for day, way, _, _, reasons in oracle.events(life, kind, KINDS, OPENING, until, "certificate"):
        if way == "in" and reasons == {"first"}:
            then = [one for one in oracle.turning_days(life) if one <= until] + [until]
            counted = [
                where
                for one in then
                if (where := oracle.counted_at(life, kind, KINDS, one, "certificate"))
            ]
            return day, answering(counted[-1])
    return None


@pytest.mark.django_db
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(40),
)
@given(
    st.lists(
        lives(dt.date(2025, 6, 1), dt.date(2026, 12, 31), applying=True), min_size=4, max_size=12
    ),
    st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
)
def test_every_unit_and_measure_as_plain_python_counts(plan, firms, day):
    on_record = [with_default_terms(one, KINDS) for one in firms]
    with rolled_back():
        enter(firms)
        done = ReachedCounts([day], OPENING, ["hnte", "tech"], applied_for=["hnte"])
        told = flows.between(OPENING, day)
        units = {
            unit.code: answered_for(unit) for unit in Unit.objects.filter(code__in=[*PARKS, *TOWNS])
        }
    for kind in ("hnte", "tech"):
        standing = {
            when: [
                answering(oracle.counted_at(one, kind, KINDS, when, "certificate"))
                for one in on_record
            ]
            for when in (OPENING, day)
        }
        flying = Counter(answering(oracle.in_flight_at(one, kind, KINDS, day)) for one in on_record)
        firsts = [found for one in on_record if (found := first_in_year(one, kind, day))]
        for unit, scope in units.items():
            stock, before = standing[day].count(unit), standing[OPENING].count(unit)
            assert done.reached(Measure.STOCK, kind, scope, day) == stock
            assert done.reached(Measure.NET, kind, scope, day) == stock - before
            asked = (kind, scope, day)
            assert done.in_flight(Measure.NET, *asked) == (flying[unit] if kind == "hnte" else None)
            assert done.reached(Measure.FIRST, kind, scope, day) == sum(
                credited == unit for _, credited in firsts
            )
        whole = told.bridge(kind, "district")
        assert (
            done.reached(Measure.FIRST, kind, "district", day)
            == whole.flows[flows.FlowTerm.FIRST]
            == len(firsts)
        )
        assert done.reached(Measure.NET, kind, "district", day) == whole.net
        for measure in Measure:
            assert sum(
                done.reached(measure, kind, scope, day) for scope in units.values()
            ) == done.reached(measure, kind, "district", day)


@pytest.mark.django_db
def test_a_moved_firms_recognition_goes_with_it_and_is_no_growth_of_the_district(plan):
    one = firm()
    recognised, moved, day = dt.date(2026, 3, 1), dt.date(2026, 5, 1), dt.date(2026, 6, 30)
    registry.apply(
        [acts.Grant(uscc=one.uscc, kind="hnte", number="GR1", valid_from=recognised)], by=None
    )
    registry.apply([acts.Move(uscc=one.uscc, park="baisha", town="500116108", on=moved)], by=None)
    done = ReachedCounts([dt.date(2026, 3, 31), day], OPENING, ["hnte"])
    told = {
        scope: [done.reached(measure, "hnte", scope, day) for measure in Measure]
        for scope in ("degan", "baisha", "district")
    }
    assert told == {"degan": [0, 0, 0], "baisha": [1, 1, 1], "district": [1, 1, 1]}


# --- the rule -------------------------------------------------------------------------------------------------------
def state(goal, done, day, *, start=0, in_flight=0, batches=NONE):
    when = Calendar(2026, day, batches)
    return completion.judge_state(goal, done, start, when, RULES, in_flight)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (60, "ahead"),
        (59, "normal"),
        (45, "normal"),
        (44, "overdue"),
        (30, "overdue"),
        (29, "lagging"),
        (0, "lagging"),
    ],
)
def test_the_colour_follows_the_published_points_at_half_of_the_way(done, expected):
    half = Fraction(1, 2)
    assert completion.deviation_in_points(100, done, 0, half) == done - 50
    points = {one: threshold for one, threshold in RULES.items() if threshold is not None}
    by_hand = next((one for one, threshold in points.items() if done - 50 >= threshold), "lagging")
    assert by_hand == expected
    # 182.5 days are no day: on the 183rd of 365, 50.14 firms are due
    assert state(1000, done * 10 + 2, dt.date(2026, 7, 2)) == expected


def test_less_than_one_firm_behind_is_not_behind():
    assert state(1, 0, dt.date(2026, 12, 30)) == GoalState.NORMAL
    assert state(1, 0, dt.date(2026, 12, 31)) == GoalState.LAGGING
    assert state(2, 0, dt.date(2026, 7, 2)) == GoalState.LAGGING


def test_before_a_batch_has_closed_nobody_can_have_anything_in_flight_and_success_is_shown():
    for day in (dt.date(2026, 4, 1), dt.date(2026, 4, 30)):
        assert state(100, 0, day, batches=BATCHES) == GoalState.AWAITING
        assert state(100, 0, day) == GoalState.LAGGING
        assert state(100, 100, day, batches=BATCHES) == GoalState.AHEAD
    # From the first closing on it shows who has filed too little, while there is time to file.
    assert state(100, 0, dt.date(2026, 5, 1), batches=BATCHES) == GoalState.LAGGING


@pytest.mark.parametrize(
    ("in_flight", "expected"),
    [
        (0, "lagging"),
        (10, "lagging"),
        (11, "overdue"),
        (25, "overdue"),
        (26, "normal"),
        (29, "normal"),
        (30, "awaiting"),
        (80, "awaiting"),
    ],
)
def test_what_is_in_flight_is_not_behind_until_the_last_batch_is_out(in_flight, expected):
    # On 2 July 50.14 of 100 are due and 20 are there: 30 behind, of which so many are in flight.
    july = dt.date(2026, 7, 2)
    assert state(100, 20, july, in_flight=in_flight, batches=BATCHES) == expected
    out = replace(BATCHES, out_on=july)
    assert state(100, 20, july, in_flight=in_flight, batches=out) == GoalState.LAGGING
    day_before = replace(BATCHES, out_on=july + dt.timedelta(1))
    assert state(100, 20, july, in_flight=in_flight, batches=day_before) == expected


def test_without_a_known_day_the_certificates_are_awaited_to_the_end_of_the_year():
    told = {"in_flight": 100, "batches": BATCHES}
    assert state(100, 0, dt.date(2026, 12, 30), **told) == GoalState.AWAITING
    assert state(100, 0, dt.date(2026, 12, 31), **told) == GoalState.LAGGING
    next_year = replace(BATCHES, out_on=dt.date(2027, 1, 20))
    assert Calendar(2026, dt.date(2026, 12, 31), next_year).is_out


@given(
    st.integers(1, 300),
    st.integers(0, 300),
    st.integers(0, 100),
    st.dates(dt.date(2026, 5, 1), dt.date(2026, 12, 30)),
)
def test_the_word_and_what_is_still_missing_never_contradict_each_other(goal, done, flying, day):
    told = state(goal, done, day, in_flight=flying, batches=BATCHES)
    elapsed = Calendar(2026, day).elapsed
    one = completion.Completion(Measure.STOCK, goal, done, 0, elapsed, told, in_flight=flying)
    if told in completion.BEHIND:
        assert one.still_missing > 0
    if told == GoalState.AWAITING:
        assert one.behind > 0
        assert one.still_missing == 0
    if told == GoalState.AHEAD:
        assert one.behind == 0


def test_a_batch_that_closes_late_is_still_open_on_its_last_day():
    late = completion.Batches([*BATCHES.closings, dt.date(2026, 10, 15)])
    assert Calendar(2026, dt.date(2026, 10, 15), late).closed == 3


def test_stock_is_judged_by_the_way_from_the_years_beginning():
    middle = dt.date(2026, 7, 2)
    assert (
        state(120, 100, middle, start=100) == GoalState.LAGGING
    )  # half of the year, none of the 20
    assert state(120, 110, middle, start=100) == GoalState.NORMAL
    assert (
        state(100, 100, middle, start=110) == GoalState.NORMAL
    )  # nothing to be gained: the goal itself counts
    assert state(100, 70, middle, start=110) == GoalState.LAGGING


def test_without_a_goal_or_before_the_year_nothing_is_judged():
    assert state(None, 5, dt.date(2026, 7, 2)) == GoalState.NOTHING
    assert state(0, 5, dt.date(2026, 7, 2)) == GoalState.NOTHING
    assert state(10, 5, OPENING) == GoalState.NOT_BEGUN


@given(st.integers(0, 500), st.integers(-50, 600))
def test_rate_and_gap_are_plain_arithmetic_and_nothing_is_divided_by_nothing(goal, done):
    one = completion.Completion(Measure.NET, goal, done, 0, Fraction(1), GoalState.NORMAL)
    assert one.gap == goal - done
    assert (one.rate is None) == (goal == 0 or done < 0)
    if one.rate is not None:
        assert abs(one.rate - Decimal(done) * 100 / goal) <= Decimal("0.05")
        assert abs(one.deviation - (one.rate - 100)) <= Decimal("0.1")
    if goal and done < 0:
        assert one.rate_in_words == f"净减{-done}家"
    assert (one.deviation is None) == (goal == 0)


@given(
    st.integers(1, 300),
    st.integers(0, 300),
    st.integers(0, 300),
    st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
)
def test_more_done_never_looks_worse(goal, start, done, day):
    order = [
        GoalState.LAGGING,
        GoalState.AWAITING,
        GoalState.OVERDUE,
        GoalState.NORMAL,
        GoalState.AHEAD,
    ]
    for batches in (BATCHES, NONE):
        fewer, more = (
            state(goal, number, day, start=start, batches=batches) for number in (done, done + 1)
        )
        if GoalState.AWAITING not in (fewer, more):
            assert order.index(more) >= order.index(fewer)


@pytest.mark.django_db
def test_a_state_is_dated_from_the_month_end_since_which_it_holds(plan):
    for number in range(3):
        uscc = firm().uscc
        begins = dt.date(2026, 2 + number * 2, 10)
        registry.apply(
            [acts.Grant(uscc=uscc, kind="tech", number=code(number), valid_from=begins)], by=None
        )
    when = Calendar(2026, dt.date(2026, 11, 20))
    done = ReachedCounts([*completion.month_ends(when), when.day], when.opening, ["tech"])
    asked = completion.CompletionQuestion("tech", "degan", {Measure.FIRST: 12})
    told = completion.measure_completion(Measure.FIRST, asked, done, when, RULES)
    # 12 in the year, one more each month: 3 are done by June; from August's end on 5 are missing, more than 20 points
    states = [
        completion.judge_state(
            12, sum(m <= end.month for m in (2, 4, 6)), 0, Calendar(2026, end), RULES
        )
        for end in completion.month_ends(when)
    ]
    latest_other = max(place for place, one in enumerate(states) if one != GoalState.LAGGING)
    assert (told.done, told.state) == (3, GoalState.LAGGING)
    assert told.since == completion.month_ends(when)[latest_other + 1]


@pytest.mark.django_db
def test_an_unannounced_year_takes_the_batches_of_the_last_announced_one(plan):
    latest = max(ApplicationBatch.objects.values_list("year", flat=True))
    announced = completion.batches_of_year(latest)["hnte"].closings
    unannounced = completion.batches_of_year(latest + 1)["hnte"].closings
    assert [day.replace(year=latest) for day in unannounced] == announced
    assert completion.batches_of_year(1999) == {}


@pytest.mark.django_db
def test_the_last_batch_is_out_on_the_day_of_its_certificates_and_of_its_own_year_only(plan):
    latest = max(ApplicationBatch.objects.values_list("year", flat=True))
    assert completion.batches_of_year(latest)["hnte"].out_on is None
    batches = ApplicationBatch.objects.filter(kind__code="hnte", year=latest)
    first, last = batches.order_by("number").first(), batches.order_by("number").last()
    for batch, day in ((first, dt.date(latest, 10, 28)), (last, dt.date(latest, 12, 8))):
        batch.certificates_on = day
        batch.save()
    assert completion.batches_of_year(latest)["hnte"].out_on == dt.date(latest, 12, 8)
    assert completion.batches_of_year(latest + 1)["hnte"].out_on is None
