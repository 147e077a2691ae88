"""The figures of the district and of a unit, joined and ready for pages and charts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parks.models import Unit
from targets.figures import counting, links, live_or_frozen, progress, trend
from targets.figures.counting import Counts, Value
from targets.figures.indicators import CountedIndicator, IndicatorSet, first_of
from targets.figures.known import KnownDays, Reach
from targets.figures.live_or_frozen import FigureSource
from targets.figures.progress import ParkShareClause, Plan, Progress
from targets.figures.question import Question
from targets.home.lapsing import LapsingQuarter, count_lapsing
from targets.models import Baseline, Indicator, Scope

NOTHING, WHOLE = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class Figure:
    """A number, the list behind it, and how it moved against a year ago.

    `change` is None for what is no whole number; `share` is the percentage of the district; `reach`
    how far the facts behind it go, None for a release.
    """

    indicator: CountedIndicator
    value: Value
    url: str
    year_ago: Value
    share: Decimal | None
    reach: Reach | None

    @property
    def as_of(self) -> str:
        """What of the number is older than its day, in words; empty where nothing is."""
        return self.reach.in_words if self.reach else ""

    @property
    def change(self) -> int | None:
        # A share moves by percentage points, which would be read as firms.
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
        # The verdict of the due day stands: today's is told beside it only where it is another.
        if self.at_due is None or self.now.met is None or self.now.met == self.at_due.met:
            return ""
        return "；现已达到" if self.now.met else "；现又低于目标"

    @property
    def bar(self) -> Decimal:
        """Percentage of the way, kept within what a bar can show."""
        # The share itself may be below 0 or above 100, and is told so in numbers.
        return min(max(self.now.share_of_way or NOTHING, NOTHING), WHOLE)


@dataclass(frozen=True)
class Headline:
    """One headline indicator of the district: its figure, its goals, the park share, its months."""

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
class DistrictFigures:
    """The district on a day.

    `parks`: code of a headline indicator → the parks, in the plan's order.
    """

    question: Question
    headlines: list[Headline]
    parks: dict[str, list[UnitRow]]
    lapsing: list[LapsingQuarter]
    others: list[Goal]
    freshness: trend.SeriesFreshness


@dataclass(frozen=True)
class UnitFigures:
    """One unit on a day. `months`: code of a headline indicator → its months."""

    question: Question
    source: FigureSource
    indicators: IndicatorSet
    figures: list[Figure]
    months: dict[str, list[trend.TrendMonth]]
    lapsing: list[LapsingQuarter]
    freshness: trend.SeriesFreshness


def count_district(question: Question) -> DistrictFigures:
    """The number of queries does not depend on the number of firms or units."""
    source = live_or_frozen.source_for(question)
    plan = source.plan()
    # All days are counted at once: the spans are then read once.
    counts = source.count([question.on, question.year_ago, *_past_due_days(question, plan)])
    goals = _goals(question, counts, plan)
    indicators = counts.indicators
    series = source.series(Scope.DISTRICT, indicators.headline_codes)
    known = source.known()
    parks = list(Unit.objects.parks())
    headlines, rows_of_parks = [], {}
    for indicator in indicators.headlines:
        row = series.get(indicator.code)
        headlines.append(_headline(question, counts, goals, indicator, row, known))
        rows_of_parks[indicator.code] = _unit_rows(question, counts, indicator, parks, known)
    # Goals of the headline indicators stand with these; the remaining ones have a table.
    shown_above = indicators.headline_codes
    first = first_of(indicators.headlines)
    return DistrictFigures(
        question=question,
        headlines=headlines,
        parks=rows_of_parks,
        lapsing=count_lapsing(source, question, Scope.DISTRICT, first),
        others=[goal for goal in goals if goal.now.target.indicator.code not in shown_above],
        freshness=source.freshness(series),
    )


def count_unit(question: Question, unit: Unit) -> UnitFigures:
    """The number of queries does not depend on the number of firms."""
    source = live_or_frozen.source_for(question)
    counts = source.count([question.on, question.year_ago])
    indicators = counts.indicators
    series = source.series(unit.code, indicators.headline_codes)
    known = source.known()
    figures, months = [], {}
    for indicator in indicators.stocks:
        figure = build_figure(question, counts, indicator, unit.code, known)
        figures.append(figure)
        if indicator.headline:
            row = series.get(indicator.code)
            # The plan has no path for a single unit: hence no targets.
            months[indicator.code] = trend.months(
                row, question, figure.value, [], question.known_until
            )
    return UnitFigures(
        question=question,
        source=source,
        indicators=indicators,
        figures=figures,
        months=months,
        lapsing=count_lapsing(source, question, unit.code, first_of(indicators.headlines)),
        freshness=source.freshness(series),
    )


def list_goals(question: Question) -> list[Goal]:
    """Every target of the district, in the plan's order."""
    source = live_or_frozen.source_for(question)
    plan = source.plan()
    counts = source.count([question.on, *_past_due_days(question, plan)])
    return _goals(question, counts, plan)


def build_figure(
    question: Question,
    counts: Counts,
    indicator: CountedIndicator,
    scope: str,
    known: KnownDays | None,
) -> Figure:
    """One indicator over one scope; `counts` must contain the day and the same day a year ago."""
    value = counts.value(question.on, scope, indicator.code)
    district = counts.value(question.on, Scope.DISTRICT, indicator.code)
    share = None
    # Only numbers of firms have a share of the district; a percentage has none.
    if isinstance(value, int) and isinstance(district, int):
        share = counting.percent(value, district)
    reach = None
    if known:
        kind = indicator.kind
        reach = known.reach(
            question.on, kind, scope, lambda where: counts.stock(question.on, kind, where)
        )
    return Figure(
        indicator=indicator,
        value=value,
        url=links.figure(question, indicator.code, scope),
        year_ago=counts.value(question.year_ago, scope, indicator.code),
        share=share,
        reach=reach,
    )


def _past_due_days(question: Question, plan: Plan) -> list[dt.date]:
    """The days before the asked one on which targets of the district fell due, in order."""
    # A target is judged on its own day: what is reached later does not meet it in time.
    due_days = {target.due for target in plan.targets_of(Scope.DISTRICT)}
    return sorted(day for day in due_days if day < question.on)


def _goals(question: Question, counts: Counts, plan: Plan) -> list[Goal]:
    # How each past target stood on its own day, by its primary key.
    at_due = {}
    for day in _past_due_days(question, plan):
        for progress_then in progress.from_counts(counts, day, against=plan):
            if progress_then.target.due == day:
                at_due[progress_then.target.pk] = progress_then
    goals = []
    for now in progress.from_counts(counts, question.on, against=plan):
        indicator, due = now.target.indicator, now.target.due
        goals.append(
            Goal(
                now=now,
                at_due=at_due.get(now.target.pk),
                url=_firms_behind(question, indicator, question.on),
                at_due_url=_firms_behind(question, indicator, due),
            )
        )
    return goals


def _firms_behind(question: Question, indicator: Indicator, on: dt.date) -> str:
    """Address of the list; a reported figure has no firms behind it."""
    return links.figure(question, indicator.code, on=on) if indicator.is_counted else ""


def _headline(
    question: Question,
    counts: Counts,
    goals: Sequence[Goal],
    indicator: CountedIndicator,
    row: trend.MonthlySeries | None,
    known: KnownDays | None,
) -> Headline:
    code = indicator.code
    indicator_goals = [goal for goal in goals if goal.now.target.indicator.code == code]
    targets = [goal.now for goal in indicator_goals]
    total = build_figure(question, counts, indicator, Scope.DISTRICT, known)
    # The share of the parks is a target of another indicator, so all targets are handed over.
    share = progress.park_share(counts, question.on, code, [goal.now for goal in goals])
    return Headline(
        figure=total,
        goals=indicator_goals,
        baseline=next((target.baseline for target in targets if target.baseline), None),
        # Doubling is a clause of one of the targets; it is told once, beside all of them.
        doubling=next((target for target in targets if target.doubling is not None), None),
        share=share,
        parks_url=links.figure(question, code, Scope.PARKS),
        outside_url=links.figure(question, code, Scope.OUTSIDE),
        months=trend.months(row, question, total.value, targets, question.known_until),
    )


def _unit_rows(
    question: Question,
    counts: Counts,
    indicator: CountedIndicator,
    units: Sequence[Unit],
    known: KnownDays | None,
) -> list[UnitRow]:
    rows = []
    for unit in units:
        page = links.page(question, "unit", unit.code)
        figure = build_figure(question, counts, indicator, unit.code, known)
        rows.append(UnitRow(unit, page, figure))
    return rows
