"""How many against how many: an indicator's value beside its target, baseline and time left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from parks.numbers import plain
from targets.figures import counting
from targets.figures.counting import Counts, ParkShareRule, Value
from targets.figures.standing import Standing, standing_of
from targets.models import Baseline, Indicator, Operator, ReportedFigure, Scope, Target

# Leap years averaged out: a pace does not depend on which years lie between.
DAYS_PER_YEAR = Decimal("365.25")
STEP = Decimal("0.01")
"""The finest difference in which percentages are published."""


@dataclass(frozen=True)
class Progress:
    """One target on one day. Counts in 家, shares in percent, paces per year.

    None where nothing can be said. `value` is the number to show, `exact` the same unrounded, by
    which the target is judged. `goal` is the number to compare with, `smallest` the smallest whole
    number that meets the operator. `clause`: of a share of the parks, the firms it is judged by.
    """

    target: Target
    as_of: dt.date
    definition: str
    scope: str
    value: Value
    exact: Value
    value_note: str
    goal: Decimal | None
    baseline: Baseline | None
    clause: ParkShareClause | None = None

    @property
    def operator(self) -> Operator:
        return Operator(self.target.operator)

    @property
    def met(self) -> bool | None:
        """The absolute clause, judged alone."""
        # A share has one verdict, wherever it is shown: that of its clause.
        if self.clause is not None:
            return self.clause.met
        if self.exact is None or self.goal is None:
            return None
        # By the exact value: a share that is only rounded up to the goal does not meet it.
        return self.operator.met_by(self.exact, self.goal)

    @property
    def standing(self) -> Standing:
        """The same in words: before its due day a target is not missed."""
        return standing_of(self.met, self.target.due, self.as_of)

    @property
    def smallest(self) -> int | None:
        if self.goal is None or self.target.indicator.kind != Indicator.Kind.COUNTED:
            return None
        # 突破 and 超过 exclude the number itself, so one firm more than the plan's number is needed.
        return self.operator.smallest_whole(self.goal)

    @property
    def missing(self) -> Decimal | int | None:
        """Firms still missing, or percentage points to the goal; 0 when met.

        Points have two decimals, are rounded up and are at least 0.01: what is not met must not be
        shown as 0.
        """
        if self.exact is None or self.goal is None:
            return None
        if self.met:
            return 0
        if self.smallest is not None:
            # To the smallest number that meets it: with 超过 the plan's own number is one short.
            return self.smallest - self.exact
        return max((self.goal - self.exact).quantize(STEP, ROUND_UP), STEP)

    @property
    def share_of_way(self) -> Decimal | None:
        """Percent of the way from the baseline to the smallest number that meets the goal.

        May exceed 100.
        """
        if self.baseline is None or self.smallest is None or self.value is None:
            return None
        way = self.smallest - self.baseline.value
        # A goal at or below the baseline has no way that a share could be taken of.
        if way <= 0:
            return None
        return _one_decimal((self.value - self.baseline.value) * 100 / way)

    @property
    def years_left(self) -> Decimal:
        return max(Decimal((self.target.due - self.as_of).days), Decimal(0)) / DAYS_PER_YEAR

    @property
    def pace_needed(self) -> Decimal | None:
        """Net firms per year from now to the due day; 0 when met; None once the day has passed."""
        if self.missing is None or self.smallest is None:
            return None
        if not self.missing:
            return Decimal(0)
        # A pace for no time at all would be infinite.
        if not self.years_left:
            return None
        return _one_decimal(Decimal(self.missing) / self.years_left)

    @property
    def doubling(self) -> Decimal | None:
        """Value ÷ baseline to two decimals, where the target also asks to double the baseline."""
        if not self.target.doubles_baseline or self.baseline is None or self.value is None:
            return None
        return (Decimal(self.value) / self.baseline.value).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def doubled(self) -> bool | None:
        """The doubling clause, judged alone and on the unrounded numbers."""
        if not self.target.doubles_baseline or self.baseline is None or self.value is None:
            return None
        # The plan states doubling beside the absolute number: two clauses, judged apart.
        return self.value >= 2 * self.baseline.value


@dataclass(frozen=True)
class ParkShareClause:
    """How many firms may stand outside the parks, and how many do.

    The one place where a share of the parks is judged, by the target's own share and operator.
    `indicator` is the one whose firms are shared out, `target` asks for the share. Where the plan
    asks for none, there is nothing to judge: all but the numbers is None.
    """

    indicator: str
    target: Target | None
    district: int
    outside: int

    @property
    def share(self) -> Decimal | None:
        """Percent of the firms inside the parks, as shown; None over nothing."""
        return counting.percent(self.district - self.outside, self.district)

    @property
    def floor(self) -> Decimal | None:
        """The share the plan asks for, in percent."""
        return self.target.value if self.target else None

    @property
    def allowed_outside(self) -> int | None:
        """The most firms that may stand outside the parks: of 701 in the district at 95 % 35.

        Negative where not even all of them inside would do.
        """
        if self.target is None or self.floor is None:
            return None
        # On whole firms, not on the share: nobody can stand in a park by halves.
        inside = Operator(self.target.operator).smallest_whole(self.district * self.floor / 100)
        return self.district - inside

    @property
    def asked(self) -> str:
        """What the target asks for, in words: 95%以上, or 超过95% where 95 % itself is too little."""
        if self.target is None or self.floor is None:
            return ""
        return Operator(self.target.operator).in_words(f"{plain(self.floor)}%")

    @property
    def slack(self) -> int | None:
        """How many more may; negative where too many do."""
        return None if self.allowed_outside is None else self.allowed_outside - self.outside

    @property
    def met(self) -> bool | None:
        # Of no firms at all there is no share that could be met or missed.
        return None if self.slack is None or not self.district else self.slack >= 0


@dataclass(frozen=True)
class Plan:
    """What figures are compared with.

    Targets in the plan's order, baselines by day, reported figures by year.
    """

    targets: Sequence[Target]
    baselines: Sequence[Baseline]
    reported: Sequence[ReportedFigure]

    def targets_of(self, scope: str) -> list[Target]:
        """The district's own for a total; a unit's for its code."""
        if scope in Scope.values:
            return [target for target in self.targets if target.unit is None]
        return [target for target in self.targets if target.unit and target.unit.code == scope]


def plan() -> Plan:
    """As it stands now; three queries."""
    targets = Target.objects.select_related("indicator", "reference", "unit").order_by(
        "indicator__order", "due"
    )
    # In the order of publication: `_Reported` lets the later one of a year win.
    reported = ReportedFigure.objects.order_by("year", "published_on")
    return Plan(list(targets), list(Baseline.objects.order_by("day")), list(reported))


def from_counts(
    counts: Counts, as_of: dt.date, scope: str = Scope.DISTRICT, against: Plan | None = None
) -> list[Progress]:
    """Every target of a scope on a day, in the plan's order. `counts` must contain the day."""
    against = against or plan()
    baselines: dict[int, Baseline] = {}
    # The plan's baselines are the district's: a part of it has no way to measure against them.
    if scope == Scope.DISTRICT:
        # They are in order of their days: the latest of an indicator stays.
        baselines = {baseline.indicator_id: baseline for baseline in against.baselines}
    reported = _Reported(against.reported, as_of)
    return [
        _progress_of(target, counts, as_of, scope, baselines.get(target.indicator_id), reported)
        for target in against.targets_of(scope)
    ]


def _progress_of(
    target: Target,
    counts: Counts,
    as_of: dt.date,
    scope: str,
    baseline: Baseline | None,
    reported: _Reported,
) -> Progress:
    code = target.indicator.code
    note, goal = "", target.value
    if target.indicator.is_counted:
        value, exact = counts.value(as_of, scope, code), counts.exact(as_of, scope, code)
    elif figure := reported.latest(target.indicator_id):
        value = exact = figure.value
        # A reported figure lags behind the day asked, so it says of which year it is.
        note = f"{figure.year}年，{figure.published_on}发布"
        # The national figure of the same year, never a later one: the plan compares like with like.
        if target.reference_id:
            # Compared with another reported figure of the same year.
            goal = reported.of_year(target.reference_id, figure.year)
    else:
        value, exact, note = None, None, "尚未填报"
        # Of which year the other figure would be is unknown: there is nothing to compare with.
        if target.reference_id:
            goal = None
    return Progress(
        target,
        as_of,
        counts.definition,
        scope,
        value,
        exact,
        note,
        goal,
        baseline,
        clause=_clause_of(target, counts, as_of),
    )


def _clause_of(target: Target, counts: Counts, as_of: dt.date) -> ParkShareClause | None:
    """The firms that a share is judged by; None for what is no share of the parks."""
    rule = counts.rules.get(target.indicator.code)
    return _clause(rule.kind, target, counts, as_of) if isinstance(rule, ParkShareRule) else None


def _clause(kind: str, target: Target | None, counts: Counts, as_of: dt.date) -> ParkShareClause:
    """Of the firms of a kind; the indicator that counts them bears its code."""
    return ParkShareClause(
        indicator=kind,
        target=target,
        district=counts.stock(as_of, kind, Scope.DISTRICT),
        outside=counts.stock(as_of, kind, Scope.OUTSIDE),
    )


class _Reported:
    """Entered figures as they were known on a day, as ReportedFigureQuerySet.in_force.

    `rows` must be oldest first: of two figures for a year the one published later counts.
    """

    def __init__(self, rows: Iterable[ReportedFigure], as_of: dt.date) -> None:
        self._by_year = {
            (row.indicator_id, row.year): row for row in rows if row.published_on <= as_of
        }

    def latest(self, indicator_id: int) -> ReportedFigure | None:
        rows = [row for (owner, _), row in self._by_year.items() if owner == indicator_id]
        return max(rows, key=lambda row: row.year) if rows else None

    def of_year(self, indicator_id: int, year: int) -> Decimal | None:
        row = self._by_year.get((indicator_id, year))
        return row.value if row else None


def park_share(
    counts: Counts, as_of: dt.date, indicator: str, targets: Iterable[Progress]
) -> ParkShareClause:
    """The share of an indicator's firms inside the parks, against what the plan asks of it."""
    asked = share_asked(counts, as_of, indicator, targets)
    if asked is not None and asked.clause is not None:
        return asked.clause
    return _clause(counts.rules[indicator].kind, None, counts, as_of)


def share_asked(
    counts: Counts, as_of: dt.date, indicator: str, targets: Iterable[Progress]
) -> Progress | None:
    """The target for the park share of an indicator's firms: the next one due, else the last."""
    kind = counts.rules[indicator].kind
    shares = []
    for progress in targets:
        rule = counts.rules.get(progress.target.indicator.code)
        # By what the indicator counts, not by its code: which indicators there are is data.
        if isinstance(rule, ParkShareRule) and rule.kind == kind and progress.goal is not None:
            shares.append(progress)
    shares.sort(key=lambda progress: progress.target.due)
    for progress in shares:
        if progress.target.due >= as_of:
            return progress
    # After the last due day the last clause still holds.
    return shares[-1] if shares else None


def _one_decimal(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
