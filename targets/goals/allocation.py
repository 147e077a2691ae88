"""Splitting what the district needs by a year's end over the units that answer for the firms."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone

from enterprises.models import QualificationKind
from parks.models import Unit
from targets.figures import counting, indicators, progress, trend
from targets.figures.counting import Counts
from targets.figures.progress import ParkShareClause, Progress
from targets.models import Definition, Indicator, Operator, Scope, Target
from targets.outlook.model import known_forecasts, needs, reserve_pool
from targets.outlook.model.scenario import Scenario


@dataclass(frozen=True)
class DistrictNeed:
    """What an indicator shall reach by a year's end.

    `smallest` is a whole number of firms, `wording` the plan's own words where it names that year.
    `between`, for a year without its own target: the years between whose numbers the path runs.
    """

    indicator: Indicator
    year: int
    smallest: int
    wording: str
    between: tuple[int, int] | None
    share_target: Target | None

    @property
    def kind(self) -> QualificationKind:
        kind = self.indicator.qualification_kind
        assert kind is not None  # goals are set for counted indicators alone
        return kind

    @property
    def floor(self) -> Decimal | None:
        """Percent of the firms that the plan wants in the parks; None where it asks for none."""
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
    """`goals` by unit add up exactly to `total`.

    The total is what is needed, or the firms there are where these are more. `stock` is each
    unit's firms on the basis day. `losses` is None where history is too short to expect any.
    """

    need: DistrictNeed
    basis_day: dt.date
    stock: Mapping[int, int]
    goals: Mapping[int, Goals]
    total: int
    losses: int | None


# --- what is needed ---
def needs_of(year: int) -> list[DistrictNeed]:
    """One for each headline indicator that has a target or a path in that year."""
    day = dt.date(year, 12, 31)
    known = indicators.live()
    # Only goals are read from the progress, no values. So nothing has to be counted.
    uncounted = Counts([day], Definition.CERTIFICATE, [], known)
    plan = progress.from_counts(uncounted, day)
    district_needs = []
    for code in known.headline_codes:
        targets = [row for row in plan if row.target.indicator.code == code]
        share = progress.share_asked(uncounted, day, code, plan)
        need = _need_in_year(year, targets, share.target if share else None)
        if need is not None:
            district_needs.append(need)
    return district_needs


def _need_in_year(
    year: int, targets: Sequence[Progress], share_target: Target | None
) -> DistrictNeed | None:
    """From the targets of one indicator, which stand in the order of their due days."""
    day = dt.date(year, 12, 31)
    # The target that the path leads to: it lends its operator to the years before it.
    following = next((row.target for row in targets if row.target.due >= day), None)
    # Without a baseline there is no path. Then the targets themselves are the only known points.
    points = trend.path_points(targets) or _goals_by_due_day(targets)
    value = dict(points).get(day) or trend.path_on(points, day)
    # Beyond the last target the plan asks for nothing, so nothing can be allotted.
    if value is None or following is None:
        return None
    has_own_target = following.due == day
    return DistrictNeed(
        indicator=following.indicator,
        year=year,
        # An interim year is judged by the operator of the target that the path leads to.
        smallest=Operator(following.operator).smallest_whole(value),
        wording=following.wording if has_own_target else "",
        between=None if has_own_target else (_year_before(points, day), following.due.year),
        share_target=share_target,
    )


def _goals_by_due_day(targets: Iterable[Progress]) -> list[tuple[dt.date, Decimal]]:
    return [(row.target.due, row.goal) for row in targets if row.goal is not None]


def _year_before(points: Iterable[tuple[dt.date, Decimal]], day: dt.date) -> int:
    return max(due.year for due, _ in points if due < day)


# --- the proposal ---
def propose_goals(year: int) -> list[Proposal]:
    """One proposal for each headline indicator that has a goal in the year.

    The rule: every unit keeps the firms it answers for and takes its part of the growth that the
    district needs, half by its share of today's firms, half by its share of the reserve pool.
    Where the towns would get more than may stand outside the parks, they get just that and the
    parks the rest. Where they have more already, each gives up the same part. Largest remainders
    are rounded up, so that the sum is exact.

    First recognitions are what the district lacks after the losses to be expected (unknown while
    history is too short), split by each unit's growth and its part of the losses.
    """
    basis = basis_day(year)
    counts = counting.count([basis])
    units = list(Unit.objects.reporting())
    reserve = reserve_pool.by_unit(basis)
    district_needs = needs_of(year)
    # All at once: the scenarios of several kinds take as many queries as one.
    scenarios = known_forecasts.read_scenarios([need.kind for need in district_needs], basis)
    return [
        _proposal_for(need, basis, counts, units, reserve, scenarios[need.kind.code])
        for need in district_needs
    ]


def basis_day(year: int) -> dt.date:
    """Growth is reckoned from the end of the year before, or from today while that is to come."""
    return min(dt.date(year - 1, 12, 31), timezone.localdate())


def _proposal_for(
    need: DistrictNeed,
    basis: dt.date,
    counts: Counts,
    units: Sequence[Unit],
    reserve: Mapping[int, int],
    seen: Scenario,
) -> Proposal:
    stock: dict[int, int] = {}
    pool: dict[int, int] = {}
    for unit in units:
        # What a unit answers for, not what stands in it: a town's firms in a park are the park's.
        stock[unit.pk] = counts.stock(basis, need.indicator.code, counting.answered_for(unit))
        pool[unit.pk] = reserve.get(unit.pk, 0)
    parks = {unit.pk for unit in units if unit.kind == Unit.Kind.PARK}
    firms = sum(stock.values())
    # A district that has more than it needs keeps what it has: a target is no ceiling.
    total = max(need.smallest, firms)
    # With the firms of the goal: the more there are, the more of them may stand outside.
    allowed = need.share(total, 0).allowed_outside
    most_outside = total if allowed is None else allowed
    stock_goals = shared_out(total, most_outside, stock, pool, parks)

    # A lost firm must be made up for by a first recognition, though the stock does not grow.
    losses = expected_losses(need, seen)
    lost = needs.shared_out(losses or 0, stock)
    # A unit that must shrink still has to make up for the firms that it loses.
    weights = {unit: max(stock_goals[unit] - stock[unit], 0) + lost[unit] for unit in stock_goals}
    first = needs.shared_out(total - firms + (losses or 0), weights)
    return Proposal(
        need=need,
        basis_day=basis,
        stock=stock,
        goals={
            unit: Goals(goal, goal - stock[unit], first[unit]) for unit, goal in stock_goals.items()
        },
        total=total,
        losses=losses,
    )


def expected_losses(need: DistrictNeed, now: Scenario) -> int | None:
    """Firms that will not count any more at the year's end, less those that return.

    None where history is too short.
    """
    if now.lacking:
        return None
    # With late renewals and other entries: only the rest has to be made up by new recognitions.
    kept = needs.balance_on(now, dt.date(need.year, 12, 31)).kept
    # `kept` is a sum of floats: a billionth too little must not cost a whole firm.
    return max(math.ceil(now.stock - kept - 1e-9), 0)


def shared_out(
    total: int,
    most_outside: int,
    stock: Mapping[int, int],
    reserve: Mapping[int, int],
    parks: set[int],
) -> dict[int, int]:
    """Whole goals by unit that add up to `total` ≥ the stock.

    All units but `parks` together get at most `most_outside`. Without a park that limit falls.
    With the total unchanged, more firms or a larger pool never lower a unit's own goal.
    """
    towns = {unit for unit in stock if unit not in parks}
    # Fractions, not floats: that the goals add up must not depend on rounding errors.
    weights = needs.unit_weights(stock, reserve)
    # Neither firms nor a pool anywhere: then nothing but equal parts is fair.
    if not any(weights.values()):
        weights = dict.fromkeys(stock, Fraction(1, len(stock)))
    exact = _grown_to_total(stock, weights, set(stock), Fraction(total))
    # Where no park exists, nobody could take what the towns must not have.
    too_many = bool(parks) and sum(exact[unit] for unit in towns) > most_outside
    if too_many:
        exact = _grown_to_total(stock, weights, towns, Fraction(most_outside))
        # The parks carry the rest: the total is what the district needs and does not give way.
        exact |= _grown_to_total(stock, weights, parks, Fraction(total - most_outside))
    else:
        goals = needs.rounded(exact, total)
        # Rounding up may still put one firm too many outside the parks.
        if not parks or sum(goals[unit] for unit in towns) <= most_outside:
            return goals
    # Each side by itself: what one side gains or loses by rounding must not depend on the weights
    # of the other.
    outside = needs.rounded({unit: exact[unit] for unit in towns}, most_outside)
    inside = needs.rounded({unit: exact[unit] for unit in parks}, total - most_outside)
    return outside | inside


def _grown_to_total(
    stock: Mapping[int, int], weights: Mapping[int, Fraction], group: set[int], total: Fraction
) -> dict[int, Fraction]:
    """The group's firms grown by weight to the total, or shrunk to it in proportion."""
    firms = sum(stock[unit] for unit in group)
    # In proportion, so that no unit gives up a larger part of its firms than another.
    if firms > total:
        return {unit: stock[unit] * total / firms for unit in group}
    whole = sum(weights[unit] for unit in group)
    grown = {}
    for unit in group:
        part = weights[unit] / whole if whole else Fraction(1, len(group))
        grown[unit] = stock[unit] + (total - firms) * part
    return grown


# --- the lever of the park share ---
@dataclass(frozen=True)
class Lever:
    """What the park share leaves for firms outside: with today's firms, with those of the goal."""

    need: DistrictNeed
    now: ParkShareClause
    at_goal: ParkShareClause

    @property
    def inside_per_outside(self) -> int | None:
        """How many firms inside each further one outside must be matched by: 19 at 95 %."""
        floor = self.need.floor
        if floor is None or floor >= 100:
            return None
        # Rounded up: with one firm inside too few, the share would fall below the clause.
        return math.ceil(floor / (100 - floor))


def build_lever(need: DistrictNeed, counts: Counts, day: dt.date) -> Lever:
    code = need.indicator.code
    district = counts.stock(day, code, Scope.DISTRICT)
    # With today's firms and with those of the goal: the room outside grows with the whole.
    now = need.share(district, counts.stock(day, code, Scope.OUTSIDE))
    return Lever(need, now, at_goal=replace(now, district=max(need.smallest, district)))


def total_of(goals: Iterable[Goals]) -> Goals:
    """The sum over units."""
    sums: Counter[str] = Counter()
    for unit_goals in goals:
        sums.update(vars(unit_goals))
    return Goals(sums["stock"], sums["net"], sums["first"])
