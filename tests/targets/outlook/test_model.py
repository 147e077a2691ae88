"""The forecast's model on small cells, against every way it could go, and its rules by hand. No database."""

import datetime as dt
import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises.models import Application
from targets import seed
from targets.models.outlook import Lot, Unstaged
from targets.outlook.model import forecast, naive, past_days, record, shock
from targets.outlook.model.cells import (
    SAFE,
    UNREPORTED,
    Cell,
    CellCounts,
    cell_of,
    count_past,
    place_all,
)
from targets.outlook.model.forecast import CellRate, Lessons, Years
from targets.outlook.model.past_days import Closings
from targets.outlook.model.rules import _from_row
from targets.outlook.model.shock import Entries
from tests.effort import examples

SHIPPED = seed.outlook_rules()[0]
RULES = _from_row(SHIPPED, SHIPPED["priors"])
AS_OF, YEAR_END = dt.date(2024, 9, 30), dt.date(2024, 12, 31)
FILED, PREPARING = Cell(Lot.AGAIN, "filed"), Cell(Lot.FIRST, "preparing")
GIVEN_UP = Cell(Lot.FIRST, "given_up")


def past_year(
    years: int, firms: dict[Cell, int], hits: dict[Cell, int], **entered: int
) -> CellCounts:
    day, later = past_days.years_before(AS_OF, years), past_days.years_before(YEAR_END, years)
    return CellCounts(day, later, firms, hits, **entered)


# --- exactness ------------------------------------------------------------------------------------------------------
def urn(firms: int, hits: float, misses: float) -> list[float]:
    """Outcome by outcome: whoever counts makes the next one likelier."""
    masses = [0.0] * (firms + 1)
    for outcome in itertools.product((0, 1), repeat=firms):
        chance, good, bad = 1.0, hits, misses
        for success in outcome:
            chance *= (good if success else bad) / (good + bad)
            good, bad = good + success, bad + 1 - success
        masses[sum(outcome)] += chance
    return masses


def negative_binomial(number: int, mean: float, spread: float) -> float:
    size = 1 / spread
    weight = math.gamma(number + size) / math.gamma(size) / math.factorial(number)
    return weight * (size / (mean + size)) ** size * (mean / (mean + size)) ** number


cases = st.tuples(st.integers(0, 3), st.floats(0.1, 9), st.floats(0.1, 9))


@settings(max_examples=examples(60), deadline=None)
@given(
    st.tuples(cases, cases, cases), st.floats(0.01, 3), st.floats(0.05, 1.5), st.floats(-1.5, 1.5)
)
def test_a_tiny_district_against_every_way_it_could_go(three, mean, spread, size):
    """Three cells, entries, and a year that is lax, usual or strict: all outcomes, one after the other."""
    shocks = [(-size, 0.25), (0.0, 0.5), (size, 0.25)]
    cells = [FILED, PREPARING, SAFE]
    rates = {}
    for cell, (_, hits, misses) in zip(cells, three, strict=True):
        share = hits / (hits + misses)
        moved = [share if cell == SAFE else shock.moved(share, one) for one, _ in shocks]
        rates[cell] = CellRate(hits, misses, moved)
    entries = Entries([(1.0, mean, spread)], 0.7)
    lessons = Lessons(rates, shocks, [], entries, 1.0)
    firms = {cell: case[0] for cell, case in zip(cells, three, strict=True)}
    found = forecast.number_of(firms, lessons, entries)

    usual = sum(weight * math.exp(0.7 * one) for one, weight in shocks)
    for goal in range(8):
        expected = 0.0
        for place, (one, weight) in enumerate(shocks):
            masses = [
                urn(firms[cell], rates[cell].weight * rates[cell].shares[place],
                    rates[cell].weight * (1 - rates[cell].shares[place]))
                for cell in cells
            ]  # fmt: skip
            came = mean * math.exp(0.7 * one) / usual
            for outcome in itertools.product(*(range(len(part)) for part in masses)):
                chance = math.prod(part[n] for part, n in zip(masses, outcome, strict=True))
                enough = goal - sum(outcome)
                below = sum(negative_binomial(n, came, spread) for n in range(max(enough, 0)))
                expected += weight * chance * (1 - below)
        assert found.at_least(goal) == pytest.approx(expected, abs=1e-9)
    means = sum(firms[cell] * lessons.share(cell) for cell in cells) + mean
    assert found.mean == pytest.approx(means, rel=1e-9)


# --- what is learned ------------------------------------------------------------------------------------------------
def test_a_cell_leans_on_its_prior_with_four_firms_and_on_late_years_most():
    years = [past_year(1, {FILED: 10}, {FILED: 9}), past_year(2, {FILED: 20}, {FILED: 10})]
    lessons = forecast.learn(AS_OF, YEAR_END, [FILED, GIVEN_UP], Years(years, [], years), RULES)
    hits = 4 * 0.88 + 9 + 0.85 * 10
    assert lessons.rates[FILED].hits == pytest.approx(hits)
    assert lessons.rates[FILED].weight == pytest.approx(4 + 10 + 0.85 * 20)
    assert lessons.cases(FILED) == (19, 30)
    # Who has given up counts nothing until somebody who had came back.
    assert lessons.share(GIVEN_UP) == 0
    assert lessons.rates[GIVEN_UP].moves is False
    assert lessons.rates[FILED].moves is True


def test_who_has_not_filed_when_the_last_batch_closes_is_too_late():
    for closed, prior in ((False, 0.5), (True, 0.01)):
        years = Years([], [], [], closed)
        lessons = forecast.learn(AS_OF, YEAR_END, [PREPARING, FILED], years, RULES)
        assert lessons.rates[PREPARING].hits == pytest.approx(4 * prior)
        assert lessons.rates[FILED].hits == pytest.approx(4 * 0.88)


def test_years_that_differ_widen_the_range_and_years_alike_narrow_it():
    def shocks(rates: list[float]) -> float:
        years = [[(0.7, 100, round(100 * rate))] for rate in rates]
        weights = shock.weigh_shocks(years, RULES.widest, RULES.usual)
        assert sum(weight for _, weight in weights) == pytest.approx(1)
        return math.sqrt(sum(weight * size**2 for size, weight in weights))

    assert shocks([0.7] * 8) < 0.2 < 0.5 < shocks([0.5, 0.85, 0.6, 0.85])
    # Without a past year the spread is what is usual, not none.
    assert shocks([]) > 0.3


def test_entries_follow_a_trend_and_are_wide_where_years_differ():
    alike = shock.learn_entries([(age, 100) for age in range(1, 7)], RULES)
    grown = shock.learn_entries([(age, round(100 * 1.2**-age)) for age in range(1, 7)], RULES)
    apart = shock.learn_entries([(age, 60 if age % 2 else 140) for age in range(1, 7)], RULES)
    assert alike.mean == pytest.approx(100, rel=0.05)
    assert 90 < grown.mean < 105  # the last year had 83
    widths = []
    for entries in (alike, apart):
        low, high = entries.under(0.0, [(0.0, 1.0)]).range80
        widths.append(high - low)
    assert widths[1] > 1.5 * widths[0]
    assert shock.learn_entries([], RULES).mean == 0


def test_habits_of_recording_decide_which_years_tell_of_stages():
    def staged(years: int, due: int, told: int) -> CellCounts:
        return past_year(years, {FILED: told, Cell(Lot.AGAIN, Unstaged.NONE): due - told}, {})

    now = staged(0, 100, 95)
    assert past_days.alike(now, [staged(1, 100, 82)], 0.15)
    assert not past_days.alike(now, [staged(1, 100, 40)], 0.15)
    # Of a handful chance alone makes such a difference.
    assert past_days.alike(staged(0, 5, 4), [staged(1, 5, 2)], 0.15)
    assert past_days.alike(now, [staged(1, 0, 0)], 0.15)


# --- days -----------------------------------------------------------------------------------------------------------
CLOSINGS = Closings(
    {
        2024: [dt.date(2024, 6, 30), dt.date(2024, 8, 31)],
        2023: [dt.date(2023, 6, 30), dt.date(2023, 8, 21)],
        2022: [dt.date(2022, 9, 30)],
    }
)


def test_where_the_last_batch_closed_on_another_day_the_day_as_long_after_it_is_compared():
    assert past_days.comparable_day(AS_OF, 1, dt.date(2023, 12, 31), CLOSINGS) == dt.date(
        2023, 9, 20
    )
    # Another number of batches, or no calendar: the same date.
    assert past_days.comparable_day(AS_OF, 2, dt.date(2022, 12, 31), CLOSINGS) == dt.date(
        2022, 9, 30
    )
    assert past_days.comparable_day(AS_OF, 3, dt.date(2021, 12, 31), CLOSINGS) == dt.date(
        2021, 9, 30
    )
    new_year = dt.date(2024, 1, 2)
    assert past_days.comparable_day(new_year, 1, dt.date(2023, 12, 31), CLOSINGS) == dt.date(
        2023, 1, 1
    )
    assert past_days.years_before(dt.date(2024, 2, 29), 1) == dt.date(2023, 2, 28)


def test_batches_are_closed_on_the_day_after_the_last_one():
    assert [CLOSINGS.are_past(dt.date(2024, 8, 31)), CLOSINGS.are_past(dt.date(2024, 9, 1))] == [
        False,
        True,
    ]
    assert not CLOSINGS.are_past(dt.date(2021, 12, 1))
    # Not announced: as the last announced year; announced in part: nobody knows.
    assert CLOSINGS.are_past(dt.date(2025, 9, 1))
    assert not CLOSINGS.are_past(dt.date(2025, 8, 31))
    assert not Closings(CLOSINGS.by_year, [2025]).are_past(dt.date(2025, 9, 1))


# --- one firm -------------------------------------------------------------------------------------------------------
def firm(ends: list[dt.date], stages: tuple = (), left: dt.date = dt.date.max) -> record.FirmRecord:
    held = [record.Held(past_days.years_before(end, 3), end) for end in ends]
    return record.FirmRecord(
        held=held,
        stays=[(dt.date(2010, 1, 1), left, 1)],
        counted=[
            record.CountedDays(one.since, min(one.end, left), 1, True)
            for one in held
            if one.since < left
        ],
        stages=[record.Stage(*stage) for stage in stages],
    )


FAR = dt.date.max
STAGE = (2024, Application.Stage.FILED, dt.date(2024, 8, 1), FAR)


@pytest.mark.parametrize(
    ("ends", "stages", "cell"),
    [
        ([dt.date(2025, 1, 1)], [], SAFE),  # its last day is New Year's Eve
        ([dt.date(2024, 12, 31)], [], Cell(Lot.AGAIN, Unstaged.NONE)),
        ([dt.date(2024, 12, 5)], [STAGE], Cell(Lot.AGAIN, "filed")),
        ([dt.date(2024, 1, 2)], [STAGE], Cell(Lot.AGAIN, "filed")),
        ([dt.date(2024, 1, 1)], [STAGE], Cell(Lot.FIRST, "filed")),  # it was due the year before
        ([], [STAGE], Cell(Lot.FIRST, "filed")),
        ([], [(2023, *STAGE[1:])], None),
        ([], [(*STAGE[:2], dt.date(2024, 10, 1), FAR)], None),  # not told yet
    ],
)
def test_the_cell_of_a_firm(ends, stages, cell):
    standing = firm(ends, stages).standing_on(AS_OF)
    found = cell_of(standing, AS_OF, YEAR_END) if standing else None
    assert found == cell


def test_what_ends_later_is_due_later_and_a_next_years_application_tells_of_the_next_year_end():
    standing = firm([dt.date(2025, 6, 1)], [(2025, *STAGE[1:])]).standing_on(AS_OF)
    assert cell_of(standing, AS_OF, YEAR_END) == SAFE
    assert cell_of(standing, AS_OF, dt.date(2025, 12, 31)) == Cell(Lot.AGAIN, Unstaged.NONE, 1)
    standing = firm([], [(2025, *STAGE[1:])]).standing_on(AS_OF)
    assert cell_of(standing, AS_OF, YEAR_END) is None
    assert cell_of(standing, AS_OF, dt.date(2025, 12, 31)) == Cell(Lot.FIRST, "filed")


def test_a_past_day_counts_cells_hits_and_entries():
    firms = {
        1: firm([dt.date(2024, 12, 5), dt.date(2027, 12, 1)], [STAGE]),  # renewed on 1 December
        2: firm([dt.date(2024, 12, 5)]),  # not renewed
        3: firm([dt.date(2027, 11, 1)]),  # recognised in November, without a word before
        4: firm([dt.date(2026, 3, 1)], left=dt.date(2024, 11, 1)),
        5: firm([dt.date(2027, 11, 9)], [STAGE]),
    }
    found = count_past(record.KindRecord("x", 3, firms), AS_OF, YEAR_END)
    none = Cell(Lot.AGAIN, Unstaged.NONE)
    first = Cell(Lot.FIRST, "filed")
    assert found.firms == {FILED: 1, none: 1, SAFE: 1, first: 1}
    assert {cell: n for cell, n in found.hits.items() if n} == {FILED: 1, first: 1}
    assert (found.entered_first, found.entered_other, found.due, found.due_with_stage) == (
        1,
        0,
        2,
        1,
    )
    assert (found.landed, found.beyond) == (1, 1)
    plain = found.without_stages()
    unknown = Cell(Lot.AGAIN, Unstaged.UNKNOWN)
    assert (plain.firms, plain.hits[unknown], plain.entered) == ({unknown: 2, SAFE: 1}, 1, 2)


# --- the others -----------------------------------------------------------------------------------------------------
def test_the_straight_line_and_the_last_years_net_by_hand():
    counts = {2020: 10, 2021: 20, 2022: 30, 2023: 40, 2024: 50, 2025: 61}
    assert naive.straight_line(counts, 2024, 1) == pytest.approx(60)
    assert naive.straight_line(counts, 2023, 1) is None
    assert naive.last_net(counts, 2024, 2) == 70
    assert naive.foretell("line", counts, 2023, 1) is None
    # Of the past years it knows only those that were over: each rose by ten.
    sure = naive.foretell("net", counts, 2024, 1)
    assert (round(sure.mean), sure.range80) == (60, (60, 60))
    assert naive.foretell("net", counts | {2024: 70}, 2024, 1).range80 != (100, 100)


@pytest.mark.parametrize(("seen", "unreported"), [(-2, True), (-1, True), (0, False), (1, False)])
def test_a_renewal_is_unreported_until_the_unit_has_told_of_the_last_day(seen, unreported):
    """The certificate ends on the day asked; the unit's facts reach so many days after that."""
    standing = record.FirmStanding(
        counted=False, end=AS_OF, before=AS_OF, year=None, stage="", unit=3
    )
    told = {3: AS_OF + dt.timedelta(days=seen)}
    placed = place_all({7: standing}, AS_OF, YEAR_END, told)
    assert [one.cell == UNREPORTED for one in placed] == [unreported]
