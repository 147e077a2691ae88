"""What it takes: the new recognitions a target still needs.

By year, application batch and unit.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from targets.models import ApplicationBatch
from targets.models.outlook import Lot
from targets.outlook.model import distribution, forecast, past_days, supposition
from targets.outlook.model.cells import SAFE
from targets.outlook.model.distribution import Distribution
from targets.outlook.model.scenario import Scenario

CONFIDENT = 0.8
MOST = 100_000
"""Entries beyond which no answer is sought."""
USUAL_YEARS = 3


@dataclass(frozen=True)
class Balance:
    """From the firms of today to those expected on a day without new recognitions.

    stock − unrenewed − gone + returning + others = kept, exactly. `lapses`: firms whose certificate
    ends by the day. `applied`, `coming`: new recognitions expected of firms that have applied and
    of others; kept + applied + coming is the forecast.
    """

    stock: int
    lapses: int
    unrenewed: float
    gone: float
    returning: float
    others: float
    applied: float
    coming: float

    @property
    def kept(self) -> float:
        return self.stock - self.unrenewed - self.gone + self.returning + self.others


@dataclass(frozen=True)
class YearNeed:
    """How many new recognitions a year takes, as far as it lies ahead, and by which batches.

    `modelled_on`: the year whose batch dates stand in for those not announced yet.
    """

    year: int
    firms: int
    batches: Sequence[tuple[ApplicationBatch, int]]
    modelled_on: int | None


@dataclass(frozen=True)
class Need:
    """`firms`: new recognitions needed so that the expected number meets the target.

    `confident`: those needed to meet it with 80 % probability. `per_year`: `firms` as a yearly
    pace. `usual`: the pace of the last full years.
    """

    goal: int
    day: dt.date
    balance: Balance
    firms: int
    confident: int
    per_year: float
    usual: float
    years: Sequence[YearNeed]


def estimate_need(
    scenario: Scenario, goal: int, day: dt.date, batches: Sequence[ApplicationBatch]
) -> Need:
    """To have at least `goal` firms on the day."""
    balance = balance_on(scenario, day)
    # `goal` is the smallest number that meets the operator: the one firm more of 超过 is in it.
    lacking = max(goal - balance.kept, 0.0)
    # A sum that is whole but for rounding must not be rounded up to the next number.
    firms = math.ceil(lacking - 1e-9)
    shares = scenario.record.calendar_shares(scenario.as_of, day)
    whole = math.fsum(shares.values())
    split = shared_out(firms, shares)
    return Need(
        goal=goal,
        day=day,
        balance=balance,
        firms=firms,
        confident=_confident_entries(scenario, goal, day),
        per_year=lacking / whole if whole else lacking,
        usual=usual_pace(scenario),
        years=[_year_need(year, split[year], scenario, day, batches) for year in shares],
    )


def usual_pace(scenario: Scenario) -> float:
    """First recognitions a year, the mean of the last full years on record."""
    first_year = scenario.record.first_year(scenario.as_of) or scenario.as_of.year
    begin = max(scenario.as_of.year - USUAL_YEARS, first_year)
    years = range(begin, scenario.as_of.year)
    return scenario.record.recognised_by_unit(years).total() / len(years) if years else 0.0


def balance_on(scenario: Scenario, day: dt.date) -> Balance:
    """Expected values, each firm with the probability of its cell."""
    expected = scenario.on(day)
    unrenewed, gone, returning, applied, lapses = [], [], [], [], 0
    for placing in expected.placings:
        share = expected.share(placing)
        if placing.cell.lot == Lot.FIRST:
            applied.append(share)
        elif not placing.standing.counted:
            # It does not count today. If it renews late, it comes back.
            returning.append(share)
        elif placing.cell == SAFE:
            gone.append(1 - share)
        else:
            lapses += 1
            unrenewed.append(1 - share)
    outside = expected.from_outside
    return Balance(
        stock=scenario.stock,
        lapses=lapses,
        unrenewed=math.fsum(unrenewed),
        gone=math.fsum(gone),
        returning=math.fsum(returning),
        others=outside * (1 - expected.first_share),
        applied=math.fsum(applied),
        coming=outside * expected.first_share,
    )


def _confident_entries(scenario: Scenario, goal: int, day: dt.date) -> int:
    """The fewest new recognitions, as a mean, with which the goal is met with 80 % probability.

    Found by doubling and then halving the interval: more entries never make the goal less likely.
    """
    expected = scenario.on(day)
    firms = {cell: n for cell, n in expected.firms.items() if cell.lot != Lot.FIRST}
    # The entries are supposed, so they no longer differ from year to year beyond chance.
    others, _ = supposition.entries(expected.entries, expected.first_share, 0.0)
    known = forecast.number_of(firms, expected.lessons, others)
    # From -1, so that no entry at all can be the answer.
    low, high = -1, 1
    # Without a limit a target out of reach would be sought forever.
    while high < MOST and not _is_met(known, goal, high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _is_met(known, goal, middle):
            high = middle
        else:
            low = middle
    return high


def _is_met(known: Distribution, goal: int, entries: int) -> bool:
    return known.plus(distribution.poisson(entries)).at_least(goal) >= CONFIDENT


def _year_need(
    year: int, firms: int, scenario: Scenario, day: dt.date, batches: Sequence[ApplicationBatch]
) -> YearNeed:
    """Equal parts for the batches still open.

    A year without announced batches goes by the dates of the last announced one before it.
    """
    announced = [batch for batch in batches if batch.year == year]
    earlier_years = [batch.year for batch in batches if batch.year < year]
    model = None
    if not announced and earlier_years:
        # That year alone: the batches of several years together would be too many.
        model = max(earlier_years)
        announced = [moved(batch, year) for batch in batches if batch.year == model]
    # The last day of a batch is still open for firms.
    still_open = [batch for batch in announced if scenario.as_of <= batch.last_day <= day]
    if not still_open:
        return YearNeed(year, firms, [], None)
    parts = shared_out(firms, {batch.number: 1.0 for batch in still_open})
    return YearNeed(year, firms, [(batch, parts[batch.number]) for batch in still_open], model)


def moved(batch: ApplicationBatch, year: int) -> ApplicationBatch:
    """The same dates in another year (unsaved)."""
    shift = year - batch.year
    opens, due = batch.opens_on, batch.district_due_at
    if due:
        # The 28th exists in every month of every year.
        due = due.replace(year=due.year + shift, day=min(due.day, 28))
    return ApplicationBatch(
        kind_id=batch.kind_id,
        year=year,
        number=batch.number,
        opens_on=opens and past_days.years_before(opens, -shift),
        closes_on=past_days.years_before(batch.last_day, -shift),
        district_due_at=due,
    )


def shared_out(whole: int, weights: Mapping[int, float | Fraction]) -> dict[int, int]:
    """Whole parts in proportion to the weights; they add up to `whole` exactly.

    Zeros where no weight is above zero.
    """
    # Fractions, not floats: equal weights must give equal remainders.
    exact_weights = {key: Fraction(weight) for key, weight in weights.items()}
    total = sum(exact_weights.values())
    if not total:
        return dict.fromkeys(weights, 0)
    return rounded({key: whole * weight / total for key, weight in exact_weights.items()}, whole)


def rounded(exact: Mapping[int, Fraction], whole: int) -> dict[int, int]:
    """Whole numbers that add up to `whole`.

    Each is rounded down, then those with the largest remainders get one more.
    """
    parts = {key: math.floor(value) for key, value in exact.items()}
    # Of equal remainders the lower key comes first, so that the result is always the same.
    # The difference is minus the remainder: the largest remainder comes first.
    order = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in order[: whole - sum(parts.values())]:
        parts[key] += 1
    return parts


def unit_weights(stock: Mapping[int, int], pool: Mapping[int, int]) -> dict[int, Fraction]:
    """Half by the share of today's firms, half by that of the reserve pool.

    By the firms alone where there is no pool, by the pool alone where there are no firms.
    """
    firms, reserve = sum(stock.values()), sum(pool.values())
    weights = {}
    for unit in {*stock, *pool}:
        shares = []
        if firms:
            shares.append(Fraction(stock.get(unit, 0), firms))
        if reserve:
            # Half and half, as docs/counting.md lays down for the goals of units.
            shares.append(Fraction(pool.get(unit, 0), reserve))
        weights[unit] = sum(shares, Fraction(0)) / max(len(shares), 1)
    return weights
