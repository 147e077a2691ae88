"""The outlook as a page: verdicts, fan, cohorts, lapses, what it takes, rates and back-test, joined and ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from enterprises.firms import contacts
from enterprises.models import Period
from parks.models import Unit, User
from targets.figures import counting, spans
from targets.models import ApplicationBatch, Definition, Indicator, Operator, Scope, Span, Target
from targets.outlook import autumn_counts
from targets.outlook.form import OutlookQuestion
from targets.outlook.model import backtest, cohorts, firm_history, needs, reserve_pool, scenario
from targets.outlook.model.cohorts import Cohort, Lapses
from targets.outlook.model.needs import Need
from targets.outlook.model.rates import NOTHING, Rates, RateTally, Renewals
from targets.outlook.model.scenario import Scenario
from targets.renewals import rules as renewal_rules

QUARTERS_BACK = 8
HORIZON_YEARS = 2
"""How far the fan reaches where no target lies ahead."""


@dataclass(frozen=True)
class TargetChance:
    """A target's prospects: expected number, 80 % range and the probability that its own operator is satisfied."""

    expected: float
    low: int
    high: int
    probability: float


@dataclass(frozen=True)
class Verdict:
    """`chance` as history goes on, None where it tells too little; `supposed` under the reader's supposition."""

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
class UnitRates:
    """A unit's renewals or exits over the years learned from; `rate` leans on the district's."""

    unit: Unit
    years: Mapping[int, RateTally]
    tally: RateTally
    rate: float | None
    need: int | None
    stock: int
    reserve: int


@dataclass(frozen=True)
class Soon:
    """A firm whose certificate ends within 90 days. `contact` is None where the viewer may not see it."""

    span: Span
    contact: str | None
    stage: str
    renewal: renewal_rules.RenewalStanding


@dataclass(frozen=True)
class Outlook:
    asked: OutlookQuestion
    indicator: Indicator
    verdicts: Sequence[Verdict]
    now: Scenario
    supposed: Scenario | None
    points: Sequence[Point]
    goals: Sequence[Target]
    need: Need | None
    supposed_need: Need | None
    units: Sequence[UnitRates]
    cohorts: Sequence[Cohort]
    lapses: Sequence[Lapses]
    soon: Sequence[Soon]
    stages: Sequence[reserve_pool.Stage]
    validity: Sequence[autumn_counts.AutumnCount]
    record: backtest.Record

    @property
    def rates(self) -> Rates:
        return self.now.rates

    @property
    def years(self) -> list[int]:
        return sorted({year for row in self.units for year in row.years})


def possible() -> bool:
    """Whether the plan's indicators are there at all."""
    return Indicator.objects.headlines().exists()


def build_outlook(asked: OutlookQuestion, user: User) -> Outlook:
    """The number of queries depends neither on the firms nor on the units. Figures go by certificate dates."""
    spans.refresh()
    goals, chronicles = _goals(asked.as_of), _chronicles()
    prospects = {
        code: scenario.build_scenario(chronicle, asked.as_of)
        for code, chronicle in chronicles.items()
    }
    now = prospects[asked.kind]
    supposed = scenario.under(now, asked.supposed) if asked.supposed else None
    own = [goal for goal in goals if goal.indicator.code == asked.kind]
    need, supposed_need = _needs(now, own), _needs(supposed, own) if supposed else None
    return Outlook(
        asked=asked,
        indicator=Indicator.objects.get(code=asked.kind),
        verdicts=[_verdict(goal, prospects, supposed if goal in own else None) for goal in goals],
        now=now,
        supposed=supposed,
        points=_points(asked, now, supposed, own),
        goals=own,
        need=need,
        supposed_need=supposed_need,
        units=_units(now, need, user),
        cohorts=_cohorts(asked, own) if now.has_term else [],
        lapses=cohorts.lapses_by_month(asked.kind, asked.as_of, scope_of(asked))
        if now.has_term
        else [],
        soon=_soon(asked, user) if now.has_term else [],
        stages=reserve_pool.stages(now.lives, asked.as_of) if now.has_term else [],
        validity=autumn_counts.count_by_certainty(asked.as_of, asked.kind, now)
        if now.has_term
        else [],
        record=backtest.run_backtest(chronicles[asked.kind], asked.as_of),
    )


def verdicts_on(as_of: dt.date) -> list[tuple[Verdict, backtest.Record]]:
    """Every headline target ahead, as things go, and how such forecasts have done; from the spans as stored."""
    chronicles = _chronicles()
    prospects = {
        code: scenario.build_scenario(chronicle, as_of) for code, chronicle in chronicles.items()
    }
    records = {
        code: backtest.run_backtest(chronicle, as_of) for code, chronicle in chronicles.items()
    }
    goals = _goals(as_of)
    return [(_verdict(goal, prospects), records[goal.indicator.code]) for goal in goals]


def _goals(as_of: dt.date) -> list[Target]:
    ahead = Target.objects.filter(unit=None, indicator__headline=True, due__gt=as_of)
    return list(ahead.select_related("indicator").order_by("indicator__order", "due"))


def _chronicles() -> dict[str, firm_history.Chronicle]:
    return {
        code: firm_history.read(code, Definition.CERTIFICATE)
        for code in Indicator.objects.headline_codes()
    }


def scope_of(asked: OutlookQuestion) -> str:
    return asked.unit.code if asked.unit else str(Scope.DISTRICT)


# --- verdicts and fan -----------------------------------------------------------------------------------------------
def _verdict(
    goal: Target, prospects: Mapping[str, Scenario], supposed: Scenario | None = None
) -> Verdict:
    """`supposed`: the kind of the goal under the reader's supposition, where there is one."""
    now, smallest = prospects[goal.indicator.code], smallest_of(goal)
    return Verdict(
        target=goal,
        smallest=smallest,
        stock=now.stock,
        lacking=now.lacking,
        chance=_chance(now, goal.due, smallest),
        supposed=_chance(supposed, goal.due, smallest) if supposed else None,
    )


def smallest_of(goal: Target) -> int:
    """The smallest number of firms that meets a counted target."""
    assert goal.value is not None  # only reported figures are compared with another indicator
    return Operator(goal.operator).smallest_whole(goal.value)


def _chance(seen: Scenario, day: dt.date, smallest: int | None) -> TargetChance | None:
    if seen.lacking:
        return None
    found = seen.on(day)
    return TargetChance(
        found.mean, *found.range80, found.at_least(smallest) if smallest is not None else 1.0
    )


def _points(
    asked: OutlookQuestion, now: Scenario, supposed: Scenario | None, goals: Sequence[Target]
) -> list[Point]:
    """Quarter ends: two years counted, the day of the forecast, then to the last target; one scan."""
    until = max(
        (goal.due for goal in goals), default=asked.as_of + relativedelta(years=HORIZON_YEARS)
    )
    before, after = quarter_ends(asked.as_of, until)
    counts = counting.count_stored(before, Definition.CERTIFICATE)
    shown = [Point(day, counts.stock(day, asked.kind, Scope.DISTRICT)) for day in before]
    smallest = smallest_of(goals[-1]) if goals else None
    here = TargetChance(now.stock, now.stock, now.stock, 1.0)
    shown.append(Point(asked.as_of, now.stock, here, here if supposed else None))
    return shown + [
        Point(
            day,
            None,
            _chance(now, day, smallest),
            _chance(supposed, day, smallest) if supposed else None,
        )
        for day in after
    ]


def quarter_ends(as_of: dt.date, until: dt.date) -> tuple[list[dt.date], list[dt.date]]:
    """The QUARTERS_BACK ends before a day, and those after it up to another."""
    start = Period.of(as_of).first_day
    ahead = (until.year - as_of.year + 1) * 4
    ends = [
        start + relativedelta(months=3 * n) - relativedelta(days=1)
        for n in range(1 - QUARTERS_BACK, ahead + 2)
    ]
    return [day for day in ends if day < as_of], [day for day in ends if as_of < day <= until]


# --- what it takes, by unit -----------------------------------------------------------------------------------------
def _needs(seen: Scenario, goals: Sequence[Target]) -> Need | None:
    """For the last target ahead."""
    if not goals or seen.lacking:
        return None
    batches = list(ApplicationBatch.objects.filter(kind=goals[-1].indicator.qualification_kind_id))
    return needs.estimate_need(seen, smallest_of(goals[-1]), goals[-1].due, batches)


def _units(now: Scenario, need: Need | None, user: User) -> list[UnitRates]:
    """Parks, and towns for their firms outside the parks, that have or had firms; a reporter sees the own unit."""
    stock, reserve = now.stock_by_unit, reserve_pool.by_unit(now.as_of)
    shares = needs.shared_out(need.firms, needs.unit_weights(stock, reserve)) if need else {}
    learned = now.rates.renewal if now.has_term else now.rates.exit
    known = {*stock, *reserve, *learned.tallies}
    return [
        UnitRates(
            unit=unit,
            years=_years(now, unit.pk),
            tally=learned.tallies.get(unit.pk, NOTHING),
            rate=learned.of(unit.pk),
            need=shares.get(unit.pk, 0) if need else None,
            stock=stock[unit.pk],
            reserve=reserve.get(unit.pk, 0),
        )
        for unit in Unit.objects.reporting().visible_to(user).filter(pk__in=known)
    ]


def _years(now: Scenario, unit: int) -> dict[int, RateTally]:
    if now.has_term:
        return {
            year: one.tally for (owner, year), one in now.rates.renewals.items() if owner == unit
        }
    return {year: tally for (owner, year), tally in now.rates.exits.items() if owner == unit}


def sum_of(rates: Rates, year: int | None = None) -> Renewals:
    """What became of the certificates of a year, or of all."""
    rows = [one for (_, when), one in rates.renewals.items() if year is None or when == year]
    return Renewals(
        *(sum(getattr(one, name) for one in rows) for name in ("seamless", "gap", "lost"))
    )


# --- certificates that run out --------------------------------------------------------------------------------------
def _cohorts(asked: OutlookQuestion, goals: Sequence[Target]) -> list[Cohort]:
    """On the day of the forecast and at each year's end up to the last target."""
    last = goals[-1].due.year if goals else asked.as_of.year + HORIZON_YEARS
    ends = [dt.date(year, 12, 31) for year in range(asked.as_of.year, last + 1)]
    return [
        cohorts.cohort(asked.kind, day)
        for day in [asked.as_of, *(end for end in ends if end > asked.as_of)]
    ]


def _soon(asked: OutlookQuestion, user: User) -> list[Soon]:
    found = list(cohorts.lapsing_soon(asked.kind, asked.as_of, user, scope_of(asked)))
    firms = [span.enterprise_id for span in found]
    open_to = contacts.shown_to(user, firms)
    stages = cohorts.pooled(firms, asked.as_of)
    standing = renewal_rules.standings([span.qualification for span in found], asked.as_of)
    return [
        Soon(
            span,
            contacts.contact_line(span.enterprise, open_to),
            stages.get(span.enterprise_id, ""),
            standing[span.qualification_id],
        )
        for span in found
    ]
