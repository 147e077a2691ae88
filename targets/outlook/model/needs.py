"""What it takes: the first-time recognitions a target still needs, by year, application batch and unit."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from targets.models import ApplicationBatch
from targets.outlook.model import forecast
from targets.outlook.model.scenario import Scenario

CONFIDENT = 0.8
MOST = 100_000
"""Entries beyond which no answer is sought."""


@dataclass(frozen=True)
class Balance:
    """From the firms of today to those expected on a day without first-time entries; it adds up exactly.

    stock − unrenewed − gone + returning + others = kept. `lapses`: firms whose certificate ends by the day.
    """

    stock: int
    lapses: int
    unrenewed: float
    gone: float
    returning: float
    others: float

    @property
    def kept(self) -> float:
        return self.stock - self.unrenewed - self.gone + self.returning + self.others


@dataclass(frozen=True)
class YearNeed:
    """Of a year, as far as it lies ahead: how many first-time recognitions it takes, and by which batches."""

    year: int
    firms: int
    batches: Sequence[tuple[ApplicationBatch, int]]
    modelled_on: int | None


@dataclass(frozen=True)
class Need:
    """`firms`: first-time entries needed so that the expected number meets the target; `confident`: for 80 %.

    `per_year`: the same as a yearly pace; `usual`: the pace of the last full years.
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
    prospect: Scenario, goal: int, day: dt.date, batches: Sequence[ApplicationBatch]
) -> Need:
    """To have at least `goal` firms on the day."""
    balance = balance_on(prospect, day)
    weight = forecast.expected_entries(prospect.as_of, day, prospect.given, 1.0)
    lacking = max(goal - balance.kept, 0.0)
    per_year = lacking / weight if weight else 0.0
    spans = calendar_shares(prospect, day)
    per_span = {year: per_year * share for year, share in spans.items()}
    firms = math.ceil(sum(per_span.values()) - 1e-9)
    split = shared_out(firms, per_span)
    return Need(
        goal=goal,
        day=day,
        balance=balance,
        firms=firms,
        confident=_confident(prospect, goal, day, weight, sum(spans.values())),
        per_year=per_year,
        usual=sum(prospect.rates.wins_per_year.values()),
        years=[_year(year, split[year], prospect, day, batches) for year in spans],
    )


def balance_on(prospect: Scenario, day: dt.date) -> Balance:
    """Expected values, firm by firm."""
    unrenewed, gone, returning, lapses = [], [], [], 0
    for firm in prospect.firms:
        chance = forecast.chance(firm, prospect.as_of, day, prospect.given)
        if firm.end <= prospect.as_of:
            returning.append(chance.counted)
            continue
        lapses += firm.end <= day
        unrenewed.append(1 - chance.covered)
        gone.append(chance.covered - chance.counted)
    others = forecast.expected_entries(prospect.as_of, day, prospect.given, prospect.given.others)
    return Balance(
        prospect.stock, lapses, math.fsum(unrenewed), math.fsum(gone), math.fsum(returning), others
    )


def _confident(prospect: Scenario, goal: int, day: dt.date, weight: float, share: float) -> int:
    """The fewest entries, if that many come on average, with which the goal is met with 80 % probability."""
    given = replace(prospect.given, spread=0.0)
    known = forecast.of_holders(prospect.firms, prospect.as_of, day, given)
    known = known.plus(forecast.entrants(prospect.as_of, day, given, given.others))
    low, high = -1, 1
    while high < MOST and not _met(known, goal, high, weight, share):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _met(known, goal, middle, weight, share) else (middle, high)
    return high


def _met(
    known: forecast.Distribution, goal: int, entries: int, weight: float, share: float
) -> bool:
    reaching = entries * weight / share if share else 0.0
    return known.plus(forecast.poisson(reaching)).at_least(goal) >= CONFIDENT


def calendar_shares(prospect: Scenario, day: dt.date) -> dict[int, float]:
    """Year → the share of a year's entries that falls after the day of the forecast and by the target's day."""
    days = prospect.given.entry_days
    whole, shares = sum(days.values()), {}
    for year in range(prospect.as_of.year, day.year + 1):
        first = dt.date(year, 1, 1)
        ahead = [
            n for d, n in days.items() if prospect.as_of < first + dt.timedelta(days=d - 1) <= day
        ]
        shares[year] = sum(ahead) / whole if whole else 0.0
    return {year: share for year, share in shares.items() if share > 0}


def _year(
    year: int, firms: int, prospect: Scenario, day: dt.date, batches: Sequence[ApplicationBatch]
) -> YearNeed:
    """Equal parts for the batches still open; an unannounced year goes by the dates of the last announced one."""
    own = [batch for batch in batches if batch.year == year]
    model = None
    if not own and (earlier := [batch.year for batch in batches if batch.year < year]):
        model = max(earlier)
        own = [moved(batch, year) for batch in batches if batch.year == model]
    still = [batch for batch in own if prospect.as_of <= batch.closes_on <= day]
    parts = shared_out(firms, {batch.number: 1.0 for batch in still}) if still else {}
    return YearNeed(
        year, firms, [(batch, parts[batch.number]) for batch in still], model if still else None
    )


def moved(batch: ApplicationBatch, year: int) -> ApplicationBatch:
    """The same dates in another year (unsaved)."""
    shift = year - batch.year
    opens, due = batch.opens_on, batch.district_due_at
    return ApplicationBatch(
        kind_id=batch.kind_id,
        year=year,
        number=batch.number,
        opens_on=opens and _in_year(opens, opens.year + shift),
        closes_on=_in_year(batch.closes_on, batch.closes_on.year + shift),
        district_due_at=due and due.replace(year=due.year + shift, day=min(due.day, 28))
        if due
        else None,
    )


def _in_year(day: dt.date, year: int) -> dt.date:
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=year)
    )


def shared_out(whole: int, weights: Mapping[int, float | Fraction]) -> dict[int, int]:
    """Whole parts in proportion to the weights that add up exactly; zeros where nobody weighs anything."""
    exact_weights = {key: Fraction(weight) for key, weight in weights.items()}
    total = sum(exact_weights.values())
    if not total:
        return dict.fromkeys(weights, 0)
    return rounded({key: whole * weight / total for key, weight in exact_weights.items()}, whole)


def rounded(exact: Mapping[int, Fraction], whole: int) -> dict[int, int]:
    """Whole numbers that add up to `whole`: each rounded down, then the largest remainders up by one."""
    parts = {key: math.floor(value) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in order[: whole - sum(parts.values())]:
        parts[key] += 1
    return parts


def unit_weights(stock: Mapping[int, int], pool: Mapping[int, int]) -> dict[int, Fraction]:
    """Half by the share of today's firms, half by that of the reserve pool; by the firms alone without a pool."""
    firms, reserve = sum(stock.values()), sum(pool.values())
    weights = {}
    for unit in {*stock, *pool}:
        by_stock = Fraction(stock.get(unit, 0), firms) if firms else Fraction(0)
        by_pool = Fraction(pool.get(unit, 0), reserve) if reserve else by_stock
        weights[unit] = (by_stock + by_pool) / 2 if firms else by_pool
    return weights
