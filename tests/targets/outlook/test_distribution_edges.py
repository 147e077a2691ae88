"""Distributions at their edges, by hand: bounds of errors, ends of ranges."""

import pytest

from targets.outlook.model import distribution
from targets.outlook.model.distribution import of_masses

ROUNDING = 2.0**-53


# --- distributions ------------------------------------------------------------------------------------------------
def test_the_error_is_what_was_lost_and_three_roundings_a_step():
    assert of_masses(0, [1.0], lost=0.25, steps=7).error == 0.25 + 24 * ROUNDING
    assert of_masses(0, [1.0]).error == 3 * ROUNDING


def test_at_least_counts_from_the_first_number_and_is_never_more_than_sure():
    found = of_masses(5, [0.125, 0.625, 0.25])
    assert [found.at_least(n) for n in (0, 4, 5, 6, 7, 8)] == [1, 1, 1, 0.875, 0.25, 0]
    assert of_masses(0, [0.75, 0.75]).at_least(0) == 1


def test_a_share_that_is_never_reached_gives_the_last_number():
    assert of_masses(5, [0.4, 0.4]).quantile(0.9) == 6
    assert of_masses(5, [0.25, 0.5, 0.25]).range80 == (5, 7)


def test_a_sum_adds_first_numbers_losses_and_steps():
    few, more = of_masses(1, [0.5, 0.5], 0.25, 3), of_masses(2, [0.25, 0.5, 0.25], 0.125, 9)
    for found in (few.plus(more), more.plus(few)):
        assert (found.first, found.lost, found.steps) == (3, 0.375, 11)
        assert list(found.masses) == [0.125, 0.375, 0.375, 0.125]


def test_sure_firms_are_no_steps_and_hopeless_ones_are_nothing():
    found = distribution.poisson_binomial([1.0, 0.0, 0.5, 1, 0])
    assert (found.first, list(found.masses), found.lost, found.steps) == (2, [0.5, 0.5], 0, 1)
    assert distribution.poisson_binomial([]) == of_masses(0, [1.0])
    assert distribution.poisson_binomial([0.5] * 3).steps == 3


def test_what_is_negligible_is_cut_off_at_both_ends_and_added_up():
    found = distribution._cut_ends(
        of_masses(3, [1e-20, 1e-18, 0.5, 0.5, 1e-18, 2e-19, 1e-20], 0, 4)
    )
    assert (found.first, list(found.masses), found.steps) == (4, [1e-18, 0.5, 0.5, 1e-18], 4)
    assert found.lost == pytest.approx(2.2e-19, rel=1e-12)
    assert distribution._cut_ends(of_masses(3, [1.0], 0.5)).lost == 0.5
    # One number stays, however unlikely.
    assert distribution._cut_ends(of_masses(3, [1e-20, 1e-20])) == of_masses(4, [1e-20], 1e-20)


def test_no_entries_are_surely_none_and_fewer_than_none_are_refused():
    assert distribution.poisson(0) == of_masses(0, [1.0])
    assert distribution.negative_binomial(0, 0.5) == of_masses(0, [1.0])
    with pytest.raises(ValueError, match="a mean of -1"):
        distribution.poisson(-1)
    with pytest.raises(ValueError, match=r"a relative variance of -0\.1"):
        distribution.negative_binomial(3, -0.1)


@pytest.mark.parametrize(("mean", "spread"), [(0.3, 0), (7.5, 0), (0.3, 0.5), (7.5, 0.2), (40, 2)])
def test_masses_reach_as_far_as_they_are_not_negligible(mean, spread):
    found = distribution.negative_binomial(mean, spread)
    assert found.first == 0
    assert found.masses[-1] < distribution.NEGLIGIBLE <= found.masses[-2]
    assert found.steps == len(found.masses)
    assert found.lost == abs(1 - sum(found.masses)) or found.lost < 1e-13


def test_masses_begin_where_they_are_not_negligible():
    found = distribution.poisson(400)
    assert found.first > 0
    assert found.masses[0] < distribution.NEGLIGIBLE <= found.masses[1]
    assert found.lost < 1e-11


def test_two_entries_a_year_that_vary_by_half():
    """Size 2, share ½: P(n) = (n + 1) · ½ⁿ⁺²."""
    found = distribution.negative_binomial(2, 0.5)
    for number, mass in enumerate(found.masses[:20]):
        assert mass == pytest.approx((number + 1) * 0.5 ** (number + 2))
