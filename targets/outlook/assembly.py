"""The outlook of one kind of firm, from all parts of the model.

Who is at risk, verdicts, fan, cohorts, lapses, what it takes, rates and back-test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dateutil.relativedelta import relativedelta

from enterprises.models import Period
from parks.beat import Beat, silent
from parks.models import User
from targets import in_flight
from targets.figures import counting, known, spans
from targets.figures.known import KnownDays, Reach
from targets.models import ApplicationBatch, Definition, Indicator, Operator, Scope, Target
from targets.outlook import at_risk, autumn_counts, unit_rates
from targets.outlook.at_risk import AtRisk
from targets.outlook.form import OutlookQuestion
from targets.outlook.model import (
    backtest,
    cohorts,
    firm_history,
    known_forecasts,
    needs,
    rates,
    reserve_pool,
    scenario,
)
from targets.outlook.model.cohorts import Cohort, Lapses
from targets.outlook.model.needs import Need
from targets.outlook.model.rates import Rates
from targets.outlook.model.scenario import Scenario

QUARTERS_BACK = 8
HORIZON_YEARS = 2
"""How far the fan reaches where no target lies ahead."""


@dataclass(frozen=True)
class TargetChance:
    """Expected number, 80 % range, and the probability that the target's operator is satisfied."""

    expected: float
    low: int
    high: int
    probability: float


@dataclass(frozen=True)
class Verdict:
    """How a target is expected to end.

    `chance`: if things go on as they went; None where history tells too little. `supposed`: under
    the reader's supposition. `proven`: past forecasts were good enough to give a percentage.
    """

    target: Target
    smallest: int
    stock: int
    lacking: Sequence[str]
    chance: TargetChance | None
    proven: bool
    supposed: TargetChance | None = None


@dataclass(frozen=True)
class Point:
    """A quarter's end: counted, or expected with its 80 % range."""

    day: dt.date
    actual: int | None = None
    chance: TargetChance | None = None
    supposed: TargetChance | None = None


@dataclass(frozen=True)
class Outlook:
    """`now`: if things go on as they went; `supposed`: under the reader's supposition.

    `reach`: how far the facts go from which it starts. `in_flight`: firms in flight. `cohorts`,
    `lapses`, `soon`, `stages` and `validity` are empty for a kind without a term.
    """

    question: OutlookQuestion
    indicator: Indicator
    verdicts: Sequence[Verdict]
    now: Scenario
    supposed: Scenario | None
    points: Sequence[Point]
    goals: Sequence[Target]
    need: Need | None
    supposed_need: Need | None
    rates: Rates
    units: Sequence[unit_rates.UnitRates]
    record: backtest.TrackRecord
    reach: Reach
    in_flight: int
    cohorts: Sequence[Cohort] = field(default_factory=list)
    lapses: Sequence[Lapses] = field(default_factory=list)
    soon: Sequence[AtRisk] = field(default_factory=list)
    stages: Sequence[reserve_pool.PoolStage] = field(default_factory=list)
    validity: Sequence[autumn_counts.AutumnCount] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        return sorted({year for row in self.units for year in row.years})


def possible() -> bool:
    """Whether the plan's indicators are there at all."""
    return Indicator.objects.headlines().exists()


def build_outlook(question: OutlookQuestion, user: User) -> Outlook:
    """Figures go by certificate dates.

    The number of queries depends neither on the firms nor on the units.
    """
    # Before anything is read: forecast, counts and lists must stand on the same facts.
    spans.refresh()
    indicators = _headlines()
    indicator = next(one for one in indicators if one.code == question.kind)
    goals, known_days = _goals_ahead(question.on), known.read()
    scenarios = _read_scenarios(indicators, question.on, known_days)
    now = scenarios[question.kind]
    goals_of_kind = [goal for goal in goals if goal.indicator_id == indicator.pk]
    batches = list(ApplicationBatch.objects.closing().filter(kind__code=question.kind))
    need = _need_of_last_goal(now, goals_of_kind, batches)
    supposed, supposed_need = None, None
    # Beside, not instead: a supposition is shown against what history says.
    if question.supposed:
        supposed = scenario.under(now, question.supposed)
        supposed_need = _need_of_last_goal(supposed, goals_of_kind, batches)
    chronicle = firm_history.read_chronicle(question.kind, Definition.CERTIFICATE)
    histories = chronicle.known_on(question.on)
    learned = rates.learn(histories, question.on, chronicle.first_year)
    records = _read_backtests(scenarios, goals, question.kind)
    outlook = Outlook(
        question=question,
        indicator=indicator,
        verdicts=_build_verdicts(goals, scenarios, records, question.kind, supposed),
        now=now,
        supposed=supposed,
        points=_quarterly_points(question, now, supposed, goals_of_kind),
        goals=goals_of_kind,
        need=need,
        supposed_need=supposed_need,
        rates=learned,
        units=unit_rates.build_unit_rates(now, learned, need, user),
        record=records[question.kind],
        reach=_reach(now, question, known_days),
        in_flight=flying(question.kind, question.on),
    )
    if not now.has_term:
        return outlook
    return replace(
        outlook,
        cohorts=_cohorts_to_last_goal(question, outlook.goals),
        lapses=cohorts.lapses_by_month(question.kind, question.on, question.scope),
        soon=at_risk.list_firms(now, question, user),
        stages=reserve_pool.count_stages(histories, question.on),
        validity=autumn_counts.count_by_certainty(question.on, question.kind, now),
    )


def flying(kind: str, on: dt.date) -> int:
    """The district's firms in flight on a day; 0 for a kind that nobody applies for."""
    counted = in_flight.count_in_flight(on.year, [on], {kind})
    return counted.firms(kind, str(Scope.DISTRICT), on) or 0


def _reach(now: Scenario, question: OutlookQuestion, known_days: KnownDays) -> Reach:
    """How far the facts behind the stock go from which the forecast starts."""
    firms: dict[str, int] = {}
    for unit in known_days.units:
        firms[counting.answered_for(unit)] = now.stock_by_unit[unit.pk]
    return known_days.reach(
        question.on, question.kind, Scope.DISTRICT, lambda scope: firms.get(scope, 0)
    )


def verdicts_on(as_of: dt.date, beat: Beat = silent) -> list[tuple[Verdict, backtest.TrackRecord]]:
    """Every headline target ahead, as things go on, and how such forecasts have done so far.

    From the spans as they are stored.
    """
    scenarios, goals = _read_scenarios(_headlines(), as_of, known.read()), _goals_ahead(as_of)
    records = _read_backtests(scenarios, goals, beat=beat)
    verdicts = []
    for goal in goals:
        beat("推算目标能否完成")
        verdicts.append((_build_verdict(goal, scenarios, records), records[goal.indicator.code]))
    return verdicts


def _headlines() -> list[Indicator]:
    rows = Indicator.objects.headlines().select_related("qualification_kind")
    return list(rows.prefetch_related("qualification_kind__terms"))


def _goals_ahead(as_of: dt.date) -> list[Target]:
    # A target that is due today is judged by counting, not by a forecast.
    ahead = Target.objects.filter(unit=None, indicator__headline=True, due__gt=as_of)
    return list(ahead.select_related("indicator").order_by("indicator__order", "due"))


def _read_scenarios(
    indicators: Sequence[Indicator], as_of: dt.date, known_days: KnownDays
) -> dict[str, Scenario]:
    # The code of a counted indicator is that of its kind.
    kinds = [one.qualification_kind for one in indicators if one.qualification_kind]
    return known_forecasts.read_scenarios(kinds, as_of, known_days)


def _read_backtests(
    scenarios: Mapping[str, Scenario],
    goals: Sequence[Target],
    *kinds: str,
    beat: Beat = silent,
) -> dict[str, backtest.TrackRecord]:
    """Once for each kind, however many targets it has; of the goals' kinds and of others asked."""
    codes = dict.fromkeys([*kinds, *(goal.indicator.code for goal in goals)])
    return {code: known_forecasts.read_backtest(scenarios[code], beat) for code in codes}


# --- verdicts and fan ---------------------------------------------------------------------------
def _build_verdicts(
    goals: Sequence[Target],
    scenarios: Mapping[str, Scenario],
    records: Mapping[str, backtest.TrackRecord],
    kind: str,
    supposed: Scenario | None,
) -> list[Verdict]:
    """A supposition is about one kind. The targets of the others stay as they are."""
    return [
        _build_verdict(goal, scenarios, records, supposed if goal.indicator.code == kind else None)
        for goal in goals
    ]


def _build_verdict(
    goal: Target,
    scenarios: Mapping[str, Scenario],
    records: Mapping[str, backtest.TrackRecord],
    supposed: Scenario | None = None,
) -> Verdict:
    """`supposed`: the kind of the goal under the reader's supposition, where there is one."""
    now, smallest = scenarios[goal.indicator.code], smallest_of(goal)
    return Verdict(
        target=goal,
        smallest=smallest,
        stock=now.stock,
        lacking=now.lacking,
        chance=_chance_on(now, goal.due, smallest),
        proven=not now.lacking and records[goal.indicator.code].is_better,
        supposed=_chance_on(supposed, goal.due, smallest),
    )


def smallest_of(goal: Target) -> int:
    """The smallest number of firms that meets a counted target."""
    assert goal.value is not None  # only reported figures are compared with another indicator
    return Operator(goal.operator).smallest_whole(goal.value)


def _chance_on(seen: Scenario | None, day: dt.date, smallest: int | None) -> TargetChance | None:
    """Of having at least `smallest` firms; None where there is no scenario or it lacks history."""
    if seen is None or seen.lacking:
        return None
    expected = seen.on(day)
    probability = 1.0 if smallest is None else expected.at_least(smallest)
    return TargetChance(expected.mean, *expected.range80, probability)


def _quarterly_points(
    question: OutlookQuestion, now: Scenario, supposed: Scenario | None, goals: Sequence[Target]
) -> list[Point]:
    """Quarter ends: two years counted, the day of the forecast, then to the last target.

    One scan of the spans.
    """
    horizon = question.on + relativedelta(years=HORIZON_YEARS)
    # To the last target: beyond it nobody asks.
    until = max((goal.due for goal in goals), default=horizon)
    before, after = quarter_ends(question.on, until)
    counts = counting.count_stored(before, Definition.CERTIFICATE)
    points = [Point(day, counts.stock(day, question.kind, Scope.DISTRICT)) for day in before]
    # On the day itself the lines of what was counted and of what is expected meet.
    today = TargetChance(now.stock, now.stock, now.stock, 1.0)
    points.append(Point(question.on, now.stock, today, today if supposed else None))
    # The last target's number on every day: the line tells how near it is by then.
    smallest = smallest_of(goals[-1]) if goals else None
    for day in after:
        chance, supposed_chance = (
            _chance_on(now, day, smallest),
            _chance_on(supposed, day, smallest),
        )
        points.append(Point(day, None, chance, supposed_chance))
    return points


def quarter_ends(as_of: dt.date, until: dt.date) -> tuple[list[dt.date], list[dt.date]]:
    """The QUARTERS_BACK ends before a day, and those after it up to another."""
    start = Period.of(as_of).first_day
    ahead = (until.year - as_of.year + 1) * 4
    before, after = [], []
    for number in range(1 - QUARTERS_BACK, ahead + 2):
        # The day before a quarter begins: adding months to a quarter's end would miss the 31st.
        end = start + relativedelta(months=3 * number) - relativedelta(days=1)
        if end < as_of:
            before.append(end)
        elif as_of < end <= until:
            after.append(end)
    return before, after


# --- what it takes, certificates that run out ---------------------------------------------------
def _need_of_last_goal(
    seen: Scenario, goals: Sequence[Target], batches: Sequence[ApplicationBatch]
) -> Need | None:
    """For the last target ahead; None without one, or while history tells too little."""
    if not goals or seen.lacking:
        return None
    return needs.estimate_need(seen, smallest_of(goals[-1]), goals[-1].due, batches)


def _cohorts_to_last_goal(question: OutlookQuestion, goals: Sequence[Target]) -> list[Cohort]:
    """On the day of the forecast and at each year's end up to the last target."""
    last = goals[-1].due.year if goals else question.on.year + HORIZON_YEARS
    days = [question.on]
    for year in range(question.on.year, last + 1):
        year_end = dt.date(year, 12, 31)
        if year_end > question.on:
            days.append(year_end)
    return [cohorts.read_cohort(question.kind, day) for day in days]
