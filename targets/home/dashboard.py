"""The figures of the district and of a unit, joined and ready for pages and charts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parks.models import Unit
from targets.figures import counting, links, live_or_frozen, past_due, progress, trend
from targets.figures.counting import Counts, Value
from targets.figures.indicators import CountedIndicator, IndicatorSet, first_of
from targets.figures.live_or_frozen import FigureSource
from targets.figures.progress import ParkShareClause, Plan, Progress
from targets.figures.question import Question
from targets.home.lapsing import LapsingQuarter, count_lapsing
from targets.models import Baseline, Indicator, Scope

NOTHING, WHOLE = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class Figure:
    """A number, the list behind it, and how it moved against a year ago.

    `change` is None for what is no whole number; `share` is the percentage of the district.
    """

    indicator: CountedIndicator
    value: Value
    url: str
    year_ago: Value
    share: Decimal | None

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
        return "；现已达到" if self.now.met else "；现未达到"

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

    `parks`: code of a headline indicator → the parks, most firms first.
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
    counts = source.count(
        [question.on, question.year_ago, *past_due.due_days_before(plan, question.on)]
    )
    goals = _goals(question, counts, plan)
    indicators = counts.indicators
    series = source.series(Scope.DISTRICT, indicators.headline_codes)
    parks = list(Unit.objects.parks())
    headlines, rankings = [], {}
    for indicator in indicators.headlines:
        row = series.get(indicator.code)
        headlines.append(_headline(question, counts, goals, indicator, row))
        rankings[indicator.code] = _rank_units(question, counts, indicator, parks)
    # Goals of the headline indicators stand with these; the remaining ones have a table.
    shown_above = indicators.headline_codes
    first = first_of(indicators.headlines)
    return DistrictFigures(
        question=question,
        headlines=headlines,
        parks=rankings,
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
    figures, months = [], {}
    for indicator in indicators.stocks:
        figure = build_figure(question, counts, indicator, unit.code)
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
    counts = source.count([question.on, *past_due.due_days_before(plan, question.on)])
    return _goals(question, counts, plan)


def build_figure(
    question: Question, counts: Counts, indicator: CountedIndicator, scope: str
) -> Figure:
    """One indicator over one scope; `counts` must contain the day and the same day a year ago."""
    value = counts.value(question.on, scope, indicator.code)
    district = counts.value(question.on, Scope.DISTRICT, indicator.code)
    share = None
    # Only numbers of firms have a share of the district; a percentage has none.
    if isinstance(value, int) and isinstance(district, int):
        share = counting.percent(value, district)
    return Figure(
        indicator=indicator,
        value=value,
        url=links.figure(question, indicator.code, scope),
        year_ago=counts.value(question.year_ago, scope, indicator.code),
        share=share,
    )


def _goals(question: Question, counts: Counts, plan: Plan) -> list[Goal]:
    at_due = past_due.standings_at_due(counts, plan, question.on)
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
) -> Headline:
    code = indicator.code
    indicator_goals = [goal for goal in goals if goal.now.target.indicator.code == code]
    targets = [goal.now for goal in indicator_goals]
    total = build_figure(question, counts, indicator, Scope.DISTRICT)
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


def _rank_units(
    question: Question, counts: Counts, indicator: CountedIndicator, units: Sequence[Unit]
) -> list[UnitRow]:
    """Units with the most firms first; equal ones in the plan's order."""
    rows = []
    # Python's sort is stable: equal ones stay in the order in which the units come.
    for unit in units:
        page = links.page(question, "unit", unit.code)
        rows.append(UnitRow(unit, page, build_figure(question, counts, indicator, unit.code)))
    return sorted(rows, key=lambda row: -int(row.figure.value or 0))
