"""Splitting what the district needs by a year's end over the units that answer for the firms."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from parks.models import Unit
from targets.figures import counting, indicators, progress, trend
from targets.figures.counting import Counts
from targets.figures.indicators import latest_day
from targets.figures.progress import ParkShareClause, Progress
from targets.models import Definition, Indicator, Operator, Scope, Target
from targets.outlook.model import firm_history, needs, reserve_pool, scenario


@dataclass(frozen=True)
class DistrictNeed:
    """What an indicator shall reach by a year's end: `smallest` whole number; `wording` where the plan names it.

    `between`: the years between whose numbers the path runs, for a year that has no target of its own.
    """

    indicator: Indicator
    year: int
    smallest: int
    wording: str
    between: tuple[int, int] | None
    share_target: Target | None

    @property
    def floor(self) -> Decimal | None:
        """The share of the firms that the plan wants in the parks, in percent; None where it asks for none."""
        return self.share_target.value if self.share_target else None

    def share(self, district: int, outside: int) -> ParkShareClause:
        """The clause with so many firms in the district, so many of them in no park."""
        return ParkShareClause(self.indicator.code, self.share_target, district, outside)


@dataclass(frozen=True)
class Goals:
    """Of one unit: firms at the year's end, growth from the basis day, first recognitions."""

    stock: int
    net: int
    first: int


@dataclass(frozen=True)
class Proposal:
    """`goals` by unit add up exactly to `total`: what is needed, or the firms there are where these are more."""

    need: DistrictNeed
    basis_day: dt.date
    stock: Mapping[int, int]
    goals: Mapping[int, Goals]
    total: int
    losses: int | None


# --- what is needed ---------------------------------------------------------------------------------------------------
def needs_of(year: int) -> list[DistrictNeed]:
    """For each headline indicator; those left out have neither a target nor a path in that year."""
    day = dt.date(year, 12, 31)
    known = indicators.live()
    # No value is read, so nothing is counted.
    goals_alone = counting.Counts([day], Definition.CERTIFICATE, [], counting.rules_of(known))
    plan = progress.from_counts(goals_alone, day)
    found = []
    for code in known.headline_codes:
        need = _need(
            year,
            [row for row in plan if row.target.indicator.code == code],
            progress.share_target(goals_alone, day, code, plan),
        )
        if need is not None:
            found.append(need)
    return found


def _need(year: int, own: list[Progress], share_target: Target | None) -> DistrictNeed | None:
    day = dt.date(year, 12, 31)
    points = trend.path_points(own) or [
        (one.target.due, one.goal) for one in own if one.goal is not None
    ]
    value = next((goal for due, goal in points if due == day), None) or trend.path_on(points, day)
    following = next((one.target for one in own if one.target.due >= day), None)
    if value is None or following is None:
        return None
    return DistrictNeed(
        indicator=following.indicator,
        year=year,
        smallest=Operator(following.operator).smallest_whole(value),
        wording=following.wording if following.due == day else "",
        between=None if following.due == day else (_year_before(points, day), following.due.year),
        share_target=share_target,
    )


def _year_before(points: Iterable[tuple[dt.date, Decimal]], day: dt.date) -> int:
    return max(due.year for due, _ in points if due < day)


# --- the proposal -----------------------------------------------------------------------------------------------------
def propose(year: int) -> list[Proposal]:
    """One proposal for each headline indicator that has a goal in the year.

    The rule: every unit keeps the firms it answers for and takes its part of the growth the district needs, half by its
    share of today's firms, half by its share of the reserve pool. Where the towns would get more than may stand outside
    the parks, they get just that and the parks the rest; where they have more already, each gives up the same part.
    Largest remainders are rounded up, so that the sum is exact. First recognitions: what the district lacks after the
    losses to be expected (unknown while history is too short), split by each unit's growth and part of the losses.
    """
    basis = basis_day(year)
    counts = counting.count([basis])
    units = list(Unit.objects.reporting())
    reserve = reserve_pool.by_unit(basis)
    return [_proposal(need, basis, counts, units, reserve) for need in needs_of(year)]


def basis_day(year: int) -> dt.date:
    """Growth is reckoned from the end of the year before; while the registers do not reach it, from where they end."""
    return min(dt.date(year - 1, 12, 31), latest_day())


def _proposal(
    need: DistrictNeed,
    basis: dt.date,
    counts: Counts,
    units: list[Unit],
    reserve: Mapping[int, int],
) -> Proposal:
    stock = {
        unit.pk: counts.stock(basis, need.indicator.code, counting.answered_for(unit))
        for unit in units
    }
    parks = {unit.pk for unit in units if unit.kind == Unit.Kind.PARK}
    total = max(need.smallest, sum(stock.values()))
    allowed = need.share(total, 0).allowed_outside
    most_outside = total if allowed is None else allowed
    goals = shared_out(
        total, most_outside, stock, {unit.pk: reserve.get(unit.pk, 0) for unit in units}, parks
    )
    losses = expected_losses(need, basis)
    lost = needs.shared_out(losses or 0, stock)
    weights = {unit: max(goal - stock[unit], 0) + lost[unit] for unit, goal in goals.items()}
    first = needs.shared_out(total - sum(stock.values()) + (losses or 0), weights)
    return Proposal(
        need=need,
        basis_day=basis,
        stock=stock,
        goals={unit: Goals(goal, goal - stock[unit], first[unit]) for unit, goal in goals.items()},
        total=total,
        losses=losses,
    )


def expected_losses(need: DistrictNeed, basis: dt.date) -> int | None:
    """Firms that will not count any more at the year's end, less those that return; None where history is too short."""
    seen = scenario.build_scenario(
        firm_history.read_chronicle(need.indicator.code, Definition.CERTIFICATE), basis
    )
    if seen.lacking:
        return None
    return max(
        math.ceil(seen.stock - needs.balance_on(seen, dt.date(need.year, 12, 31)).kept - 1e-9), 0
    )


def shared_out(
    total: int,
    most_outside: int,
    stock: Mapping[int, int],
    reserve: Mapping[int, int],
    parks: set[int],
) -> dict[int, int]:
    """Whole goals by unit that add up to `total` ≥ the stock; all units but `parks` together at most `most_outside`.

    With the total unchanged, more firms or a larger pool never lower a unit's own goal. Without a park the limit falls.
    """
    towns = {unit for unit in stock if unit not in parks}
    weights = needs.unit_weights(stock, reserve)
    if not any(weights.values()):
        weights = dict.fromkeys(stock, Fraction(1, len(stock)))
    exact = _grown(stock, weights, set(stock), Fraction(total))
    too_many = bool(parks) and sum(exact[unit] for unit in towns) > most_outside
    if too_many:
        exact = _grown(stock, weights, towns, Fraction(most_outside))
        exact |= _grown(stock, weights, parks, Fraction(total - most_outside))
    else:
        goals = needs.rounded(exact, total)
        if not parks or sum(goals[unit] for unit in towns) <= most_outside:
            return goals
    # Each side by itself: what one side gains or loses by rounding must not depend on the other's weights.
    outside = needs.rounded({unit: exact[unit] for unit in towns}, most_outside)
    return outside | needs.rounded({unit: exact[unit] for unit in parks}, total - most_outside)


def _grown(
    stock: Mapping[int, int], weights: Mapping[int, Fraction], group: set[int], total: Fraction
) -> dict[int, Fraction]:
    """The group's firms grown by weight to the total; shrunk in proportion where they are more than that."""
    firms = sum(stock[unit] for unit in group)
    if firms > total:
        return {unit: stock[unit] * total / firms for unit in group}
    whole = sum(weights[unit] for unit in group)
    parts = {unit: weights[unit] / whole if whole else Fraction(1, len(group)) for unit in group}
    return {unit: stock[unit] + (total - firms) * parts[unit] for unit in group}


# --- the lever of the park share ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Lever:
    """What the park share leaves for firms outside the parks: with today's firms, and with those of the goal."""

    need: DistrictNeed
    now: ParkShareClause
    at_goal: ParkShareClause

    @property
    def inside_per_outside(self) -> int | None:
        """How many firms inside each further one outside must be matched by: 19 at 95 %."""
        floor = self.need.floor
        if floor is None or floor >= 100:
            return None
        return math.ceil(floor / (100 - floor))


def lever(need: DistrictNeed, counts: Counts, day: dt.date) -> Lever:
    code = need.indicator.code
    now = need.share(
        counts.stock(day, code, Scope.DISTRICT), counts.stock(day, code, Scope.OUTSIDE)
    )
    return Lever(need, now, replace(now, district=max(need.smallest, now.district)))


def total_of(goals: Iterable[Goals]) -> Goals:
    """The sum over units."""
    sums: Counter[str] = Counter()
    for one in goals:
        sums.update({"stock": one.stock, "net": one.net, "first": one.first})
    return Goals(sums["stock"], sums["net"], sums["first"])
