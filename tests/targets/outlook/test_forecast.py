"""The exact distribution against enumeration; each firm's probability against its definition. No database."""

import datetime as dt
import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.models import Operator
from targets.outlook.model import forecast, needs
from targets.outlook.model.forecast import Assumptions, Distribution, Holder
from tests.effort import examples

AS_OF, DAY = dt.date(2026, 6, 30), dt.date(2027, 12, 31)
shares = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.001, 0.999))


def enumerated(probabilities: list[float]) -> list[float]:
    """Every outcome of every firm, one after the other."""
    masses = [0.0] * (len(probabilities) + 1)
    for outcome in itertools.product((0, 1), repeat=len(probabilities)):
        chance = math.prod(
            p if hit else 1 - p for p, hit in zip(probabilities, outcome, strict=True)
        )
        masses[sum(outcome)] += chance
    return masses


def mass(found: Distribution, number: int) -> float:
    place = number - found.first
    return found.masses[place] if 0 <= place < len(found.masses) else 0.0


def test_what_is_cut_off_at_both_ends_is_counted_as_lost():
    tiny = 1e-20
    cut = forecast._cut_ends(Distribution(5, [tiny, tiny, 0.5, 0.5, tiny], 0.0, 1))
    assert (cut.first, cut.masses) == (7, [0.5, 0.5])
    assert cut.lost == pytest.approx(3 * tiny, rel=1e-9)


@given(st.lists(shares, max_size=9))
def test_the_number_of_successes_as_enumerated(probabilities):
    found = forecast.poisson_binomial(probabilities)
    for number, expected in enumerate(enumerated(probabilities)):
        assert mass(found, number) == pytest.approx(expected, abs=1e-12)
    assert found.mean == pytest.approx(sum(probabilities))


@given(st.lists(shares, max_size=6), st.lists(shares, max_size=6))
def test_a_sum_of_two_numbers_is_that_of_all_firms_together(few, more):
    together = forecast.poisson_binomial([*few, *more])
    added = forecast.poisson_binomial(few).plus(forecast.poisson_binomial(more))
    assert all(mass(added, n) == pytest.approx(mass(together, n), abs=1e-12) for n in range(13))


@given(st.lists(shares, max_size=9), st.integers(0, 9))
def test_the_targets_own_operator_decides(probabilities, value):
    found, masses = forecast.poisson_binomial(probabilities), enumerated(probabilities)
    for operator in Operator:
        expected = sum(
            chance for number, chance in enumerate(masses) if operator.met_by(number, value)
        )
        assert found.at_least(operator.smallest_whole(value)) == pytest.approx(expected, abs=1e-12)


@given(st.lists(shares, min_size=1, max_size=9))
def test_the_range_holds_eighty_percent_and_leaves_at_most_ten_at_each_end(probabilities):
    found, masses = forecast.poisson_binomial(probabilities), enumerated(probabilities)
    low, high = found.range80
    assert sum(masses[low : high + 1]) >= 0.8 - 1e-12
    assert sum(masses[:low]) <= 0.1 + 1e-12
    assert sum(masses[high + 1 :]) <= 0.1 + 1e-12


def test_a_bound_reached_exactly_is_reached():
    assert Distribution(5, [0.1, 0.8, 0.1]).quantile(0.1) == 5
    assert Distribution(5, [0.5, 0.5]).quantile(0.5) == 5


@given(st.floats(0.01, 2_000), st.sampled_from([0.0, 0.01, 0.1, 1.0]))
@settings(max_examples=examples(60))
def test_entries_have_the_mean_and_the_variance_they_are_given(mean, spread):
    found = forecast.negative_binomial(mean, spread)
    variance = sum((found.first + n - mean) ** 2 * m for n, m in enumerate(found.masses))
    assert math.fsum(found.masses) == pytest.approx(1, abs=1e-9)
    assert found.mean == pytest.approx(mean, rel=1e-6)
    assert variance == pytest.approx(mean + spread * mean**2, rel=1e-5)


def test_entries_without_a_spread_are_poisson():
    found = forecast.negative_binomial(3.5, 0.0)
    for number in range(12):
        assert mass(found, number) == pytest.approx(
            math.exp(-3.5) * 3.5**number / math.factorial(number)
        )


def test_five_thousand_firms_keep_a_narrow_support_and_the_error_stays_within_its_bound():
    """Narrow is quick: every firm costs one step per number that is still possible."""
    found = forecast.poisson_binomial([0.5 + 0.49 * math.sin(n) for n in range(5_000)])
    assert len(found.masses) < 1_000
    assert found.error < 1e-11
    assert abs(math.fsum(found.masses) - 1) <= found.error
    assert found.mean == pytest.approx(sum(0.5 + 0.49 * math.sin(n) for n in range(5_000)))


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ValueError, match="probability"):
        forecast.poisson_binomial([wrong])


# --- one firm -----------------------------------------------------------------------------------------------------
def given_rates(**changes) -> Assumptions:
    usual = {
        "renewal": {1: 0.8, 2: 0.5},
        "staying": {1: 1.0, 2: 1.0},
        "gaps": (0, 0, 10, 30),
        "term_years": 3,
    }
    return Assumptions(**usual | changes)


def covered(
    end: dt.date, day: dt.date = DAY, unit: int = 1, as_of: dt.date = AS_OF, **changes
) -> float:
    return forecast.chance(Holder(unit, end), as_of, day, given_rates(**changes)).covered


def test_a_certificate_beyond_the_day_counts_for_sure_and_its_last_day_still_does():
    assert covered(DAY + dt.timedelta(days=1)) == 1
    assert covered(DAY) < 1


def test_a_certificate_that_ends_before_counts_with_its_units_renewal_rate():
    assert covered(dt.date(2027, 5, 1)) == pytest.approx(0.8)
    assert covered(dt.date(2027, 5, 1), unit=2) == pytest.approx(0.5)


def test_one_that_ends_twice_must_be_renewed_twice():
    assert covered(dt.date(2026, 7, 1), day=dt.date(2030, 1, 1)) == pytest.approx(0.64)
    assert covered(dt.date(2026, 7, 1), day=dt.date(2033, 1, 1)) == pytest.approx(0.8**3)


@pytest.mark.parametrize(("days", "share"), [(0, 0.5), (9, 0.5), (10, 0.75), (29, 0.75), (30, 1.0)])
def test_shortly_after_the_end_only_the_quick_ones_have_renewed(days, share):
    assert covered(DAY - dt.timedelta(days=days)) == pytest.approx(0.8 * share)


def test_a_firm_that_has_not_renewed_yet_renews_with_what_is_left():
    """Of 8 renewing in 10 firms, 6 do so within 15 days; of the other 4, 2 will still: 0.2 ÷ 0.4."""
    assert covered(AS_OF - dt.timedelta(days=15)) == pytest.approx((0.8 - 0.6) / (1 - 0.6))
    assert covered(AS_OF - dt.timedelta(days=31)) == 0


def test_other_exits_take_their_share_year_by_year():
    found = forecast.chance(
        Holder(1, dt.date(2029, 1, 1)), AS_OF, DAY, given_rates(staying={1: 0.96})
    )
    assert found.covered == 1
    assert found.counted == pytest.approx(0.96 ** ((DAY - AS_OF).days / 365.25))


def test_entries_come_when_they_used_to_and_only_after_the_day_of_the_forecast():
    rates = given_rates(entry_days={100: 1, 300: 3})
    assert forecast.expected_entries(AS_OF, dt.date(2026, 12, 31), rates, 40) == pytest.approx(30)
    assert forecast.expected_entries(AS_OF, DAY, rates, 40) == pytest.approx(70)
    assert forecast.expected_entries(AS_OF, dt.date(2027, 4, 9), rates, 40) == pytest.approx(30)
    assert forecast.expected_entries(dt.date(2027, 4, 10), DAY, rates, 40) == pytest.approx(30)
    assert forecast.expected_entries(AS_OF, dt.date(2027, 4, 10), rates, 40) == pytest.approx(40)


ends = st.dates(dt.date(2026, 1, 10), dt.date(2029, 6, 1))


@given(st.lists(st.tuples(st.sampled_from([1, 2]), ends), max_size=7), st.integers(0, 9))
@settings(max_examples=examples(80))
def test_a_tiny_district_against_every_way_it_could_go(firms, goal):
    """Each firm counts or not; entries 0, 1, 2, …: the probability of the target is the sum over all of it."""
    rates = given_rates(wins={1: 1.5, 2: 0.5}, entry_days={200: 1}, staying={1: 0.97, 2: 0.9})
    standing = [Holder(unit, end) for unit, end in firms]
    chances = [forecast.chance(one, AS_OF, DAY, rates).counted for one in standing]
    mean = 2 * sum(0.935 ** ((DAY - dt.date(y, 7, 19)).days / 365.25) for y in (2026, 2027))
    expected = sum(
        there * math.exp(-mean) * mean**entries / math.factorial(entries)
        for there_now, there in enumerate(enumerated(chances))
        for entries in range(60)
        if there_now + entries >= goal
    )
    assert forecast.of_district(standing, AS_OF, DAY, rates).at_least(goal) == pytest.approx(
        expected, abs=1e-9
    )


# --- whole parts ------------------------------------------------------------------------------------------------------
@given(
    st.integers(0, 500),
    st.dictionaries(st.integers(1, 40), st.floats(0.0, 50.0), min_size=1, max_size=36),
)
def test_whole_parts_add_up_and_are_at_most_one_off(whole, weights):
    parts, total = needs.shared_out(whole, weights), math.fsum(weights.values())
    if total > 1e-6:
        assert sum(parts.values()) == whole
        assert all(
            abs(parts[key] - whole * weight / total) < 1 + 1e-6 for key, weight in weights.items()
        )


def test_units_weigh_half_by_their_firms_and_half_by_their_reserve():
    assert needs.unit_weights({1: 30, 2: 10}, {2: 5}) == {1: 0.375, 2: 0.625}
    assert needs.unit_weights({1: 30, 2: 10}, {}) == {1: 0.75, 2: 0.25}
    assert needs.unit_weights({}, {2: 5}) == {2: 1.0}
