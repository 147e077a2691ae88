"""Exact distributions against enumeration. No database."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.models import Operator
from targets.outlook.model import distribution, needs
from targets.outlook.model.distribution import Distribution, of_masses
from tests.effort import examples

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
    cut = distribution._cut_ends(of_masses(5, [tiny, tiny, 0.5, 0.5, tiny], 0.0, 1))
    assert (cut.first, list(cut.masses)) == (7, [0.5, 0.5])
    assert cut.lost == pytest.approx(3 * tiny, rel=1e-9)


@given(st.lists(shares, max_size=9))
def test_the_number_of_successes_as_enumerated(probabilities):
    found = distribution.poisson_binomial(probabilities)
    for number, expected in enumerate(enumerated(probabilities)):
        assert mass(found, number) == pytest.approx(expected, abs=1e-12)
    assert found.mean == pytest.approx(sum(probabilities))


@given(st.lists(shares, max_size=6), st.lists(shares, max_size=6))
def test_a_sum_of_two_numbers_is_that_of_all_firms_together(few, more):
    together = distribution.poisson_binomial([*few, *more])
    added = distribution.poisson_binomial(few).plus(distribution.poisson_binomial(more))
    assert all(mass(added, n) == pytest.approx(mass(together, n), abs=1e-12) for n in range(13))


@given(st.lists(shares, max_size=9), st.integers(0, 9))
def test_the_targets_own_operator_decides(probabilities, value):
    found, masses = distribution.poisson_binomial(probabilities), enumerated(probabilities)
    for operator in Operator:
        expected = sum(
            chance for number, chance in enumerate(masses) if operator.met_by(number, value)
        )
        assert found.at_least(operator.smallest_whole(value)) == pytest.approx(expected, abs=1e-12)


@given(st.lists(shares, min_size=1, max_size=9))
def test_the_range_holds_eighty_percent_and_leaves_at_most_ten_at_each_end(probabilities):
    found, masses = distribution.poisson_binomial(probabilities), enumerated(probabilities)
    low, high = found.range80
    assert sum(masses[low : high + 1]) >= 0.8 - 1e-12
    assert sum(masses[:low]) <= 0.1 + 1e-12
    assert sum(masses[high + 1 :]) <= 0.1 + 1e-12


def test_a_bound_reached_exactly_is_reached():
    assert of_masses(5, [0.1, 0.8, 0.1]).quantile(0.1) == 5
    assert of_masses(5, [0.5, 0.5]).quantile(0.5) == 5


@given(st.floats(0.01, 2_000), st.sampled_from([0.0, 0.01, 0.1, 1.0]))
@settings(max_examples=examples(60))
def test_entries_have_the_mean_and_the_variance_they_are_given(mean, spread):
    found = distribution.negative_binomial(mean, spread)
    variance = sum((found.first + n - mean) ** 2 * m for n, m in enumerate(found.masses))
    assert math.fsum(found.masses) == pytest.approx(1, abs=1e-9)
    assert found.mean == pytest.approx(mean, rel=1e-6)
    assert variance == pytest.approx(mean + spread * mean**2, rel=1e-5)


def test_entries_without_a_spread_are_poisson():
    found = distribution.negative_binomial(3.5, 0.0)
    for number in range(12):
        assert mass(found, number) == pytest.approx(
            math.exp(-3.5) * 3.5**number / math.factorial(number)
        )


def test_five_thousand_firms_keep_a_narrow_support_and_the_error_stays_within_its_bound():
    """Narrow is quick: every firm costs one step per number that is still possible."""
    found = distribution.poisson_binomial([0.5 + 0.49 * math.sin(n) for n in range(5_000)])
    assert len(found.masses) < 1_000
    assert found.error < 1e-11
    assert abs(math.fsum(found.masses) - 1) <= found.error
    assert found.mean == pytest.approx(sum(0.5 + 0.49 * math.sin(n) for n in range(5_000)))


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ValueError, match="probability"):
        distribution.poisson_binomial([wrong])


# --- what cells are made of -----------------------------------------------------------------------------------------
weights = st.floats(0.05, 30.0)


@given(st.integers(0, 9), weights, weights)
def test_successes_with_a_share_that_is_itself_uncertain_as_drawn_from_an_urn(trials, hits, misses):
    """Whoever succeeds adds a ball to the successes: each outcome's probability is a product of shares."""
    masses = [0.0] * (trials + 1)
    for outcome in itertools.product((0, 1), repeat=trials):
        chance, good, bad = 1.0, hits, misses
        for success in outcome:
            chance *= (good if success else bad) / (good + bad)
            good, bad = good + success, bad + 1 - success
        masses[sum(outcome)] += chance
    found = distribution.beta_binomial(trials, hits, misses)
    for number, expected in enumerate(masses):
        assert mass(found, number) == pytest.approx(expected, abs=1e-12)


def test_who_never_succeeded_or_never_failed_is_not_expected_to():
    assert list(distribution.beta_binomial(5, 0.0, 4.0).masses) == [1.0]
    assert distribution.beta_binomial(5, 4.0, 0.0).first == 5
    with pytest.raises(ValueError, match="weights"):
        distribution.beta_binomial(5, 0.0, 0.0)


@given(st.integers(0, 12), shares)
def test_a_known_share_is_binomial(trials, share):
    found = distribution.binomial(trials, share)
    for number in range(trials + 1):
        expected = math.comb(trials, number) * share**number * (1 - share) ** (trials - number)
        assert mass(found, number) == pytest.approx(expected, abs=1e-12)


@given(st.lists(shares, max_size=6), st.lists(shares, max_size=6), st.floats(0, 1))
def test_a_mixture_has_the_masses_of_its_parts(few, more, weight):
    parts = distribution.poisson_binomial(few), distribution.poisson_binomial(more)
    found = distribution.mixed(zip((weight, 1 - weight), parts, strict=True))
    for number in range(8):
        expected = weight * mass(parts[0], number) + (1 - weight) * mass(parts[1], number)
        assert mass(found, number) == pytest.approx(expected, abs=1e-12)


@given(st.lists(shares, max_size=8), st.integers(0, 9))
def test_a_limit_takes_what_lies_above_it(probabilities, limit):
    found = distribution.poisson_binomial(probabilities).most(limit)
    masses = enumerated(probabilities)
    assert mass(found, limit) == pytest.approx(sum(masses[limit:]), abs=1e-12)
    assert all(
        mass(found, n) == pytest.approx(masses[n], abs=1e-12)
        for n in range(min(limit, len(masses)))
    )
    assert not any(mass(found, n) for n in range(limit + 1, 10))


@given(st.lists(shares, max_size=8), st.integers(-3, 12))
def test_the_mean_error_by_its_definition(probabilities, actual):
    """The mean distance to what came, less half of that between two draws."""
    masses = enumerated(probabilities)
    to_actual = sum(m * abs(n - actual) for n, m in enumerate(masses))
    apart = sum(a * b * abs(n - k) for n, a in enumerate(masses) for k, b in enumerate(masses))
    found = distribution.poisson_binomial(probabilities).miss(actual)
    assert found == pytest.approx(to_actual - apart / 2, abs=1e-9)


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
