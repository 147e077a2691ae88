"""The forecast at its edges, by hand: bounds of errors, ends of ranges, rates of nothing, days that just count."""

import datetime as dt

import pytest

from targets.outlook.model import forecast
from targets.outlook.model.forecast import Assumptions, Distribution, Holder

AS_OF, DAY = dt.date(2026, 6, 30), dt.date(2027, 12, 31)
ROUNDING = 2.0**-53


# --- distributions ------------------------------------------------------------------------------------------------
def test_the_error_is_what_was_lost_and_three_roundings_a_step():
    assert Distribution(0, [1.0], lost=0.25, steps=7).error == 0.25 + 24 * ROUNDING
    assert Distribution(0, [1.0]).error == 3 * ROUNDING


def test_at_least_counts_from_the_first_number_and_is_never_more_than_sure():
    found = Distribution(5, [0.125, 0.625, 0.25])
    assert [found.at_least(n) for n in (0, 4, 5, 6, 7, 8)] == [1, 1, 1, 0.875, 0.25, 0]
    assert Distribution(0, [0.75, 0.75]).at_least(0) == 1


def test_a_share_that_is_never_reached_gives_the_last_number():
    assert Distribution(5, [0.4, 0.4]).quantile(0.9) == 6
    assert Distribution(5, [0.25, 0.5, 0.25]).range80 == (5, 7)


def test_a_sum_adds_first_numbers_losses_and_steps():
    few, more = Distribution(1, [0.5, 0.5], 0.25, 3), Distribution(2, [0.25, 0.5, 0.25], 0.125, 9)
    for found in (few.plus(more), more.plus(few)):
        assert (found.first, found.lost, found.steps) == (3, 0.375, 11)
        assert list(found.masses) == [0.125, 0.375, 0.375, 0.125]


def test_sure_firms_are_no_steps_and_hopeless_ones_are_nothing():
    found = forecast.poisson_binomial([1.0, 0.0, 0.5, 1, 0])
    assert (found.first, list(found.masses), found.lost, found.steps) == (2, [0.5, 0.5], 0, 1)
    assert forecast.poisson_binomial([]) == Distribution(0, [1.0])
    assert forecast.poisson_binomial([0.5] * 3).steps == 3


def test_what_is_negligible_is_cut_off_at_both_ends_and_added_up():
    found = forecast._cut_ends(Distribution(3, [1e-20, 1e-18, 0.5, 0.5, 1e-18, 2e-19, 1e-20], 0, 4))
    assert (found.first, list(found.masses), found.steps) == (4, [1e-18, 0.5, 0.5, 1e-18], 4)
    assert found.lost == pytest.approx(2.2e-19, rel=1e-12)
    assert forecast._cut_ends(Distribution(3, [1.0], 0.5)).lost == 0.5
    # One number stays, however unlikely.
    assert forecast._cut_ends(Distribution(3, [1e-20, 1e-20])) == Distribution(4, [1e-20], 1e-20)


def test_no_entries_are_surely_none_and_fewer_than_none_are_refused():
    assert forecast.poisson(0) == Distribution(0, [1.0])
    assert forecast.negative_binomial(0, 0.5) == Distribution(0, [1.0])
    with pytest.raises(ValueError, match="a mean of -1"):
        forecast.poisson(-1)
    with pytest.raises(ValueError, match=r"a relative variance of -0\.1"):
        forecast.negative_binomial(3, -0.1)


@pytest.mark.parametrize(("mean", "spread"), [(0.3, 0), (7.5, 0), (0.3, 0.5), (7.5, 0.2), (40, 2)])
def test_masses_reach_as_far_as_they_are_not_negligible(mean, spread):
    found = forecast.negative_binomial(mean, spread)
    assert found.first == 0
    assert found.masses[-1] < forecast.NEGLIGIBLE <= found.masses[-2]
    assert found.steps == len(found.masses)
    assert found.lost == abs(1 - sum(found.masses)) or found.lost < 1e-13


def test_masses_begin_where_they_are_not_negligible():
    found = forecast.poisson(400)
    assert found.first > 0
    assert found.masses[0] < forecast.NEGLIGIBLE <= found.masses[1]
    assert found.lost < 1e-11


def test_two_entries_a_year_that_vary_by_half():
    """Size 2, share ½: P(n) = (n + 1) · ½ⁿ⁺²."""
    found = forecast.negative_binomial(2, 0.5)
    for number, mass in enumerate(found.masses[:20]):
        assert mass == pytest.approx((number + 1) * 0.5 ** (number + 2))


# --- one firm -----------------------------------------------------------------------------------------------------
def rates(**changes) -> Assumptions:
    usual = {"renewal": {1: 0.8}, "staying": {1: 0.9}, "gaps": (0, 0, 10, 30), "term_years": 3}
    return Assumptions(**usual | changes)


@pytest.mark.parametrize(
    ("days", "share"), [(-1, 0), (0, 0.5), (9, 0.5), (10, 0.75), (30, 1), (99, 1)]
)
def test_the_share_renewed_within_days(days, share):
    assert rates().renewed_within(days) == share


def test_without_a_past_renewal_all_renew_at_once():
    assert [rates(gaps=()).renewed_within(days) for days in (-1, 0, 1)] == [0, 1, 1]


def test_without_a_term_a_certificate_is_renewed_once():
    end = dt.date(2026, 7, 1)
    for term_years, covered in ((None, 0.8), (1, 0.8**2), (3, 0.8)):
        given = rates(term_years=term_years, gaps=())
        assert forecast.chance(Holder(1, end), AS_OF, DAY, given).covered == pytest.approx(covered)


def test_where_all_had_renewed_long_ago_nobody_is_left_to():
    given = rates(renewal={1: 1.0})
    end = AS_OF - dt.timedelta(days=30)
    assert forecast.chance(Holder(1, end), AS_OF, DAY, given).covered == 0
    assert forecast.chance(Holder(1, end + dt.timedelta(1)), AS_OF, DAY, given).covered == 1


def test_a_firm_counts_where_it_stays_and_is_covered():
    chance = forecast.chance(Holder(1, dt.date(2027, 5, 1)), AS_OF, DAY, rates())
    assert chance.staying == pytest.approx(0.9 ** (549 / 365.25))
    assert chance.counted == chance.staying * chance.covered == pytest.approx(chance.staying * 0.8)


# --- entries ------------------------------------------------------------------------------------------------------
def test_entries_of_nothing_are_none():
    assert rates(wins={1: 1.5, 2: 2.0}, others=0.25).yearly_entries == 3.75
    assert forecast.expected_entries(AS_OF, DAY, rates(), 40) == 0
    assert forecast.expected_entries(AS_OF, DAY, rates(entry_days={200: 1}), 0) == 0


def test_of_those_that_enter_some_leave_before_the_day():
    given = rates(entry_days={1: 1, 182: 3}, staying={1: 0.9, 2: 0.7})
    entered = [(dt.date(2026, 7, 1), 3), (dt.date(2027, 1, 1), 1), (dt.date(2027, 7, 1), 3)]
    expected = sum(20 * share / 4 * 0.8 ** ((DAY - day).days / 365.25) for day, share in entered)
    assert forecast.expected_entries(AS_OF, DAY, given, 20) == pytest.approx(expected)
    # A day of entries that is the day of the forecast is over; the last day is not.
    only = rates(entry_days={181: 1}, staying={})
    assert forecast.expected_entries(AS_OF, dt.date(2027, 6, 29), only, 20) == 0
    assert forecast.expected_entries(AS_OF, dt.date(2027, 6, 30), only, 20) == 20


def test_entrants_are_spread_as_assumed():
    given = rates(entry_days={200: 1}, staying={1: 1.0}, spread=0.5)
    found = forecast.entrants(AS_OF, dt.date(2026, 12, 31), given, 2)
    assert found.masses[0] == pytest.approx(0.25)
