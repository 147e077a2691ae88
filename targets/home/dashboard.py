"""The figures a page shows, joined and ready: pages, print and bulletins read these, they count nothing themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q

from enterprises.models import Period
from parks.models import Unit
from targets.figures import counting, links, live_or_frozen, progress, trend
from targets.figures.counting import Counts, Value
from targets.figures.headlines import HEADLINES, headline_indicators, quarter_in_words
from targets.figures.progress import ParkShareClause, Plan, Progress
from targets.figures.question import Question
from targets.models import Baseline, Indicator, Scope

QUARTERS_AHEAD = 4


@dataclass(frozen=True)
class Figure:
    """A number, the list behind it, and how it moved against a year ago (None for what is no whole number)."""

    indicator: Indicator
    value: Value
    url: str
    year_ago: Value
    share: Decimal | None

    @property
    def change(self) -> int | None:
        if isinstance(self.value, int) and isinstance(self.year_ago, int):
            return self.value - self.year_ago
        return None


@dataclass(frozen=True)
class Goal:
    """A target today and, once its day has passed, how it stood on that day."""

    now: Progress
    at_due: Progress | None
    url: str
    at_due_url: str

    @property
    def overdue(self) -> bool:
        return self.at_due is not None

    @property
    def since_due(self) -> str:
        """What has become of the target since its day, where today's verdict is another."""
        if self.at_due is None or self.now.met is None or self.now.met == self.at_due.met:
            return ""
        return "；现已达到" if self.now.met else "；现未达到"

    @property
    def bar(self) -> Decimal:
        """Share of the way, kept within what a bar can show."""
        return min(max(self.now.share_of_way or Decimal(0), Decimal(0)), Decimal(100))


@dataclass(frozen=True)
class Headline:
    figure: Figure
    goals: list[Goal]
    baseline: Baseline | None
    doubling: Progress | None
    share: ParkShareClause
    parks_url: str
    outside_url: str
    months: list[trend.TrendMonth]


@dataclass(frozen=True)
class UnitRow:
    unit: Unit
    page: str
    figure: Figure


@dataclass(frozen=True)
class LapsingQuarter:
    """Firms whose count ends in [since, until) unless a new certificate follows."""

    label: str
    since: dt.date
    until: dt.date
    firms: int
    url: str


@dataclass(frozen=True)
class Home:
    question: Question
    headlines: list[Headline]
    parks: dict[str, list[UnitRow]]
    lapsing: list[LapsingQuarter]
    others: list[Goal]
    freshness: trend.SeriesFreshness


def home(question: Question) -> Home:
    """The district on a day. The number of queries does not depend on the number of firms or units."""
    source = live_or_frozen.source_for(question)
    against = source.plan()
    due_days = _due_days(question, against)
    counts = source.count([question.on, question.year_ago, *due_days])
    goals = _goals(question, counts, against)
    indicators = headline_indicators()
    rows = source.series(Scope.DISTRICT, HEADLINES)
    units = list(Unit.objects.parks())
    return Home(
        question=question,
        headlines=[
            _headline(question, counts, goals, one, rows.get(one.code)) for one in indicators
        ],
        parks={one.code: _ranking(question, counts, one, units) for one in indicators},
        lapsing=lapsing_quarters(question, Scope.DISTRICT),
        others=[goal for goal in goals if goal.now.target.indicator.code not in HEADLINES],
        freshness=source.freshness(rows),
    )


def plan(question: Question) -> list[Goal]:
    """Every target of the district, in the plan's order."""
    source = live_or_frozen.source_for(question)
    against = source.plan()
    return _goals(question, source.count([question.on, *_due_days(question, against)]), against)


def _due_days(question: Question, against: Plan) -> list[dt.date]:
    """The days on which targets of the district fell due before the asked day, in order."""
    return sorted({one.due for one in against.targets_of(Scope.DISTRICT) if one.due < question.on})


def _goals(question: Question, counts: Counts, against: Plan) -> list[Goal]:
    at_due = {
        one.target.pk: one
        for day in _due_days(question, against)
        for one in progress.from_counts(counts, day, against=against)
        if one.target.due == day
    }
    return [
        Goal(
            one,
            at_due.get(one.target.pk),
            _list_behind(question, one.target.indicator, question.on),
            _list_behind(question, one.target.indicator, one.target.due),
        )
        for one in progress.from_counts(counts, question.on, against=against)
    ]


def _list_behind(question: Question, indicator: Indicator, on: dt.date) -> str:
    return links.figure(question, indicator.code, on=on) if indicator.code in counting.RULES else ""


def _headline(
    question: Question,
    counts: Counts,
    goals: Sequence[Goal],
    indicator: Indicator,
    row: trend.MonthlySeries | None,
) -> Headline:
    own = [goal for goal in goals if goal.now.target.indicator.code == indicator.code]
    targets = [goal.now for goal in own]
    total = figure(question, counts, indicator, Scope.DISTRICT)
    return Headline(
        figure=total,
        goals=own,
        baseline=next((one.baseline for one in targets if one.baseline), None),
        doubling=next((one for one in targets if one.doubling is not None), None),
        share=progress.park_share(
            counts, question.on, indicator.code, [goal.now for goal in goals]
        ),
        parks_url=links.figure(question, indicator.code, Scope.PARKS),
        outside_url=links.figure(question, indicator.code, Scope.OUTSIDE),
        months=trend.months(row, question, total.value, targets, question.known_until),
    )


def figure(question: Question, counts: Counts, indicator: Indicator, scope: str) -> Figure:
    """One indicator over one scope; `counts` must contain the day and the same day a year ago."""
    value = counts.value(question.on, scope, indicator.code)
    return Figure(
        indicator=indicator,
        value=value,
        url=links.figure(question, indicator.code, scope),
        year_ago=counts.value(question.year_ago, scope, indicator.code),
        share=_share_of_district(counts, question.on, indicator.code, value),
    )


def _share_of_district(counts: Counts, on: dt.date, code: str, value: Value) -> Decimal | None:
    whole = counts.value(on, Scope.DISTRICT, code)
    return (
        counting.percent(value, whole)
        if isinstance(value, int) and isinstance(whole, int)
        else None
    )


def _ranking(
    question: Question, counts: Counts, indicator: Indicator, units: Sequence[Unit]
) -> list[UnitRow]:
    """Parks with the most firms first; equal ones in the plan's order."""
    rows = [
        UnitRow(
            unit,
            links.page(question, "unit", unit.code),
            figure(question, counts, indicator, unit.code),
        )
        for unit in units
    ]
    return sorted(rows, key=lambda row: -int(row.figure.value or 0))


def lapsing_quarters(
    question: Question, scope: str, indicator: str = "hnte"
) -> list[LapsingQuarter]:
    """The rest of the running quarter, if any of it is left, and the four after it; one query."""
    periods = quarters_after(question.on)
    whole = live_or_frozen.lapsing(
        live_or_frozen.source_for(question), indicator, scope, periods[0][1], periods[-1][2]
    )
    firms = whole.aggregate(
        **{
            f"q{n}": Count("id", filter=Q(end__gte=since, end__lt=until))
            for n, (_, since, until) in enumerate(periods)
        }
    )
    return [
        LapsingQuarter(
            label,
            since,
            until,
            firms[f"q{n}"],
            links.lapsing(question, indicator, scope, since, until),
        )
        for n, (label, since, until) in enumerate(periods)
    ]


def quarters_after(day: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """(label, first day, day after the last) of the rest of the quarter and the next four."""
    start = Period.of(day).first_day + relativedelta(months=3)
    periods = (
        []
        if day + dt.timedelta(1) == start
        else [(f"{quarter_in_words(day)}余下", day + dt.timedelta(1), start)]
    )
    for number in range(QUARTERS_AHEAD):
        since = start + relativedelta(months=3 * number)
        periods.append((quarter_in_words(since), since, since + relativedelta(months=3)))
    return periods
