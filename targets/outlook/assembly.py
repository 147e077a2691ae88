"""The outlook of one kind of firm, from all parts of the model.

Verdicts, fan, cohorts, lapses, what it takes, rates and back-test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dateutil.relativedelta import relativedelta

from enterprises.firms import contacts
from enterprises.models import Period
from parks.models import User
from targets.figures import counting, known, spans
from targets.figures.known import KnownDays, Reach
from targets.models import ApplicationBatch, Definition, Indicator, Operator, Scope, Span, Target
from targets.outlook import autumn_counts, unit_rates
from targets.outlook.form import OutlookQuestion
from targets.outlook.model import backtest, cohorts, firm_history, needs, reserve_pool, scenario
from targets.outlook.model.cohorts import Cohort, Lapses
from targets.outlook.model.needs import Need
from targets.outlook.model.rates import Rates
from targets.outlook.model.scenario import Scenario
from targets.renewals import rules as renewal_rules

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
    the reader's supposition.
    """

    target: Target
    smallest: int
    stock: int
    lacking: Sequence[str]
    chance: TargetChance | None
    supposed: TargetChance | None = None


@dataclass(frozen=True)
class Point:
    """A quarter's end: counted, or expected with its 80 % range."""

    day: dt.date
    actual: int | None = None
    chance: TargetChance | None = None
    supposed: TargetChance | None = None


@dataclass(frozen=True)
class Soon:
    """A firm whose certificate ends within DAYS_SOON days.

    `contact` is None where the viewer may not see it. `stage` of the reserve pool; "" outside it.
    """

    span: Span
    contact: str | None
    stage: str
    renewal: renewal_rules.RenewalStanding


@dataclass(frozen=True)
class Outlook:
    """`now`: if things go on as they went; `supposed`: under the reader's supposition.

    `reach`: how far the facts go from which it starts. `cohorts`, `lapses`, `soon`, `stages` and
    `validity` are empty for a kind without a term.
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
    units: Sequence[unit_rates.UnitRates]
    record: backtest.Record
    reach: Reach
    cohorts: Sequence[Cohort] = field(default_factory=list)
    lapses: Sequence[Lapses] = field(default_factory=list)
    soon: Sequence[Soon] = field(default_factory=list)
    stages: Sequence[reserve_pool.PoolStage] = field(default_factory=list)
    validity: Sequence[autumn_counts.AutumnCount] = field(default_factory=list)

    @property
    def rates(self) -> Rates:
        return self.now.rates

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
    headlines = {indicator.code: indicator for indicator in Indicator.objects.headlines()}
    goals, chronicles = _goals_ahead(question.on), _read_chronicles(headlines)
    known_days = known.read()
    scenarios = _build_scenarios(chronicles, question.on, known_days)
    now = scenarios[question.kind]
    goals_of_kind = [goal for goal in goals if goal.indicator.code == question.kind]
    batches = list(ApplicationBatch.objects.closing().filter(kind__code=question.kind))
    need = _need_of_last_goal(now, goals_of_kind, batches)
    supposed, supposed_need = None, None
    # Beside, not instead: a supposition is shown against what history says.
    if question.supposed:
        supposed = scenario.under(now, question.supposed)
        supposed_need = _need_of_last_goal(supposed, goals_of_kind, batches)
    verdicts = []
    for goal in goals:
        # A supposition is about one kind. The targets of the others stay as they are.
        concerned = supposed if goal in goals_of_kind else None
        verdicts.append(_build_verdict(goal, scenarios, concerned))
    outlook = Outlook(
        question=question,
        indicator=headlines[question.kind],
        verdicts=verdicts,
        now=now,
        supposed=supposed,
        points=_quarterly_points(question, now, supposed, goals_of_kind),
        goals=goals_of_kind,
        need=need,
        supposed_need=supposed_need,
        units=unit_rates.build_unit_rates(now, need, user),
        record=backtest.run_backtest(chronicles[question.kind], question.on),
        reach=_reach(now, question, known_days),
    )
    if now.has_term:
        return _with_lapses(outlook, user)
    return outlook


def _reach(now: Scenario, question: OutlookQuestion, known_days: KnownDays) -> Reach:
    """How far the facts behind the stock go from which the forecast starts."""
    firms: dict[str, int] = {}
    for unit in known_days.units:
        firms[counting.answered_for(unit)] = now.stock_by_unit[unit.pk]
    return known_days.reach(
        question.on, question.kind, Scope.DISTRICT, lambda scope: firms.get(scope, 0)
    )


def _with_lapses(outlook: Outlook, user: User) -> Outlook:
    """With all that concerns certificates that run out; a kind without a term has none of it."""
    question = outlook.question
    return replace(
        outlook,
        cohorts=_cohorts_to_last_goal(question, outlook.goals),
        lapses=cohorts.lapses_by_month(question.kind, question.on, scope_of(question)),
        soon=_lapsing_soon(question, user),
        stages=reserve_pool.count_stages(outlook.now.histories, question.on),
        validity=autumn_counts.count_by_certainty(question.on, question.kind, outlook.now),
    )


def verdicts_on(as_of: dt.date) -> list[tuple[Verdict, backtest.Record]]:
    """Every headline target ahead, as things go on, and how such forecasts have done so far.

    From the spans as they are stored.
    """
    chronicles = _read_chronicles(Indicator.objects.headline_codes())
    scenarios = _build_scenarios(chronicles, as_of, known.read())
    records = {
        code: backtest.run_backtest(chronicle, as_of) for code, chronicle in chronicles.items()
    }
    return [
        (_build_verdict(goal, scenarios), records[goal.indicator.code])
        for goal in _goals_ahead(as_of)
    ]


def _goals_ahead(as_of: dt.date) -> list[Target]:
    # A target that is due today is judged by counting, not by a forecast.
    ahead = Target.objects.filter(unit=None, indicator__headline=True, due__gt=as_of)
    return list(ahead.select_related("indicator").order_by("indicator__order", "due"))


def _read_chronicles(kinds: Iterable[str]) -> dict[str, firm_history.Chronicle]:
    return {kind: firm_history.read_chronicle(kind, Definition.CERTIFICATE) for kind in kinds}


def _build_scenarios(
    chronicles: Mapping[str, firm_history.Chronicle], as_of: dt.date, known_days: KnownDays
) -> dict[str, Scenario]:
    return {
        code: scenario.build_scenario(chronicle, as_of, known_days.until_by_unit(code))
        for code, chronicle in chronicles.items()
    }


def scope_of(question: OutlookQuestion) -> str:
    return question.unit.code if question.unit else str(Scope.DISTRICT)


# --- verdicts and fan ---------------------------------------------------------------------------
def _build_verdict(
    goal: Target, scenarios: Mapping[str, Scenario], supposed: Scenario | None = None
) -> Verdict:
    """`supposed`: the kind of the goal under the reader's supposition, where there is one."""
    now, smallest = scenarios[goal.indicator.code], smallest_of(goal)
    return Verdict(
        target=goal,
        smallest=smallest,
        stock=now.stock,
        lacking=now.lacking,
        chance=_chance_on(now, goal.due, smallest),
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
    # To the last target: beyond it nobody asks, and entrants are not reckoned to lapse.
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


# --- what it takes, by unit ---------------------------------------------------------------------
def _need_of_last_goal(
    seen: Scenario, goals: Sequence[Target], batches: Sequence[ApplicationBatch]
) -> Need | None:
    """For the last target ahead; None without one, or while history tells too little."""
    if not goals or seen.lacking:
        return None
    return needs.estimate_need(seen, smallest_of(goals[-1]), goals[-1].due, batches)


# --- certificates that run out ------------------------------------------------------------------
def _cohorts_to_last_goal(question: OutlookQuestion, goals: Sequence[Target]) -> list[Cohort]:
    """On the day of the forecast and at each year's end up to the last target."""
    last = goals[-1].due.year if goals else question.on.year + HORIZON_YEARS
    days = [question.on]
    for year in range(question.on.year, last + 1):
        year_end = dt.date(year, 12, 31)
        if year_end > question.on:
            days.append(year_end)
    return [cohorts.read_cohort(question.kind, day) for day in days]


def _lapsing_soon(question: OutlookQuestion, user: User) -> list[Soon]:
    lapsing = list(cohorts.lapsing_soon(question.kind, question.on, user, scope_of(question)))
    firms = [span.enterprise_id for span in lapsing]
    open_to = contacts.shown_to(user, firms)
    stages = cohorts.pool_stages(firms, question.on)
    renewals = renewal_rules.standings([span.qualification for span in lapsing], question.on)
    return [
        Soon(
            span=span,
            contact=contacts.contact_line(span.enterprise, open_to),
            stage=stages.get(span.enterprise_id, ""),
            renewal=renewals[span.qualification_id],
        )
        for span in lapsing
    ]
