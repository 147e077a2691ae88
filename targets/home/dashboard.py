"""The figures of the district and of a unit, joined and ready for pages and charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parks.models import Unit
from targets import in_flight
from targets.figures import counting, links, live_or_frozen, past_due, trend
from targets.figures.counting import Counts, Value
from targets.figures.indicators import CountedIndicator, IndicatorSet, first_of
from targets.figures.known import KnownDays, Reach
from targets.figures.live_or_frozen import FigureSource, FirstSeen
from targets.figures.progress import ParkShareClause, Progress
from targets.figures.question import Question
from targets.goals.page import GoalsBoard
from targets.home import judged
from targets.home.judged import Goal
from targets.home.lapsing import LapsingQuarter, count_lapsing
from targets.in_flight import InFlight
from targets.models import Baseline, Scope

Flying = Callable[[], InFlight]
"""Asked once the firms are counted: by what counts it is judged who is in flight."""


@dataclass(frozen=True)
class Ground:
    """What every figure of a page is reckoned from.

    `counts` must contain the question's day and the same day a year ago, `seen` lies between these
    two. `known`: how far the facts reach, None for a release. `flying`: as `flying_on` tells.
    """

    question: Question
    counts: Counts
    seen: FirstSeen
    known: KnownDays | None
    flying: InFlight


@dataclass(frozen=True)
class Figure:
    """A number, the list behind it, and how it moved against a year ago.

    `change` is None for what is no whole number; `share` is the percentage of the district; `reach`
    how far the facts behind it go, None for a release. `first_seen`: firms that a roster named first
    in that year. They stand in the number, but are told beside the change: nobody knows since when
    they hold it. `in_flight`: firms that have applied and do not count; None where nobody knows.
    """

    indicator: CountedIndicator
    value: Value
    url: str
    year_ago: Value
    share: Decimal | None
    reach: Reach | None
    first_seen: int
    in_flight: int | None

    @property
    def flying_url(self) -> str:
        return in_flight.list_url(self.url)

    @property
    def as_of(self) -> str:
        """What of the number is older than its day, in words; empty where nothing is."""
        return self.reach.in_words if self.reach else ""

    @property
    def change(self) -> int | None:
        # A share moves by percentage points, which would be read as firms.
        if isinstance(self.value, int) and isinstance(self.year_ago, int):
            return self.value - self.year_ago - self.first_seen
        return None


@dataclass(frozen=True)
class Headline:
    """One headline indicator of the district: its figure, its goals, the park share, its months.

    `share_goal` is the target that asks for the share; None where the plan asks for none.
    `outside_url` opens the firms outside the parks on the day on which the share is judged.
    """

    figure: Figure
    goals: list[Goal]
    baseline: Baseline | None
    doubling: Progress | None
    share: ParkShareClause
    share_goal: Goal | None
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


def nobody_known() -> InFlight:
    """For what shows no firms in flight, such as a chart."""
    return in_flight.NOBODY_KNOWN


def flying_on(question: Question, board: GoalsBoard | None) -> InFlight:
    """Firms in flight on the question's day; `board`: the goals of that day, where there are any.

    Nobody for a release, of a day to come, when nobody knows who will have applied, and by class
    years, by which others count.
    """
    if question.release or not question.by_certificate or question.on > question.today:
        return in_flight.NOBODY_KNOWN
    # The goals have counted them already, for every scope.
    return board.done.flying if board else in_flight.on_day(question.on)


def count_district(question: Question, flying: Flying = nobody_known) -> DistrictFigures:
    """The number of queries does not depend on the number of firms or units."""
    source = live_or_frozen.source_for(question)
    plan = source.plan()
    # All days are counted at once: the spans are then read once.
    counts = source.count(
        [question.on, question.year_ago, *past_due.due_days_before(plan, question.on)]
    )
    goals = judged.judge_goals(question, counts, plan)
    indicators = counts.indicators
    series = source.series(Scope.DISTRICT, indicators.headline_codes)
    ground = _ground(source, question, counts, flying)
    parks = list(Unit.objects.parks())
    headlines, rows_of_parks = [], {}
    for indicator in indicators.headlines:
        row = series.get(indicator.code)
        headlines.append(_headline(ground, goals, indicator, row))
        rows_of_parks[indicator.code] = _unit_rows(ground, indicator, parks)
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


def count_unit(question: Question, unit: Unit, flying: Flying = nobody_known) -> UnitFigures:
    """The number of queries does not depend on the number of firms."""
    source = live_or_frozen.source_for(question)
    counts = source.count([question.on, question.year_ago])
    indicators = counts.indicators
    series = source.series(unit.code, indicators.headline_codes)
    ground = _ground(source, question, counts, flying)
    figures, months = [], {}
    for indicator in indicators.stocks:
        figure = build_figure(ground, indicator, unit.code)
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


def _ground(source: FigureSource, question: Question, counts: Counts, flying: Flying) -> Ground:
    seen = live_or_frozen.first_seen(source, question.year_ago, question.on)
    return Ground(question, counts, seen, source.known(), flying())


def build_figure(ground: Ground, indicator: CountedIndicator, scope: str) -> Figure:
    """One indicator over one scope."""
    question, counts = ground.question, ground.counts
    value = counts.value(question.on, scope, indicator.code)
    district = counts.value(question.on, Scope.DISTRICT, indicator.code)
    share = None
    # Only numbers of firms have a share of the district; a percentage has none.
    if isinstance(value, int) and isinstance(district, int):
        share = counting.percent(value, district)
    reach = None
    if ground.known:
        kind = indicator.kind
        reach = ground.known.reach(
            question.on, kind, scope, lambda where: counts.stock(question.on, kind, where)
        )
    return Figure(
        indicator=indicator,
        value=value,
        url=links.figure(question, indicator.code, scope),
        year_ago=counts.value(question.year_ago, scope, indicator.code),
        share=share,
        reach=reach,
        first_seen=ground.seen.firms(indicator.kind, scope),
        in_flight=ground.flying.firms(indicator.kind, scope, question.on),
    )


def _headline(
    ground: Ground,
    goals: Sequence[Goal],
    indicator: CountedIndicator,
    row: trend.MonthlySeries | None,
) -> Headline:
    question, counts = ground.question, ground.counts
    code = indicator.code
    indicator_goals = [goal for goal in goals if goal.now.target.indicator.code == code]
    targets = [goal.now for goal in indicator_goals]
    total = build_figure(ground, indicator, Scope.DISTRICT)
    shown = [replace(goal, in_flight=total.in_flight) for goal in indicator_goals]
    # The share of the parks is a target of another indicator, so all goals are handed over.
    share = judged.judge_share(question, counts, goals, code)
    judged_on = share.goal.shown.as_of if share.goal else question.on
    return Headline(
        figure=total,
        goals=shown,
        baseline=next((target.baseline for target in targets if target.baseline), None),
        # Doubling is a clause of one of the targets; it is told once, beside all of them.
        doubling=next((target for target in targets if target.doubling is not None), None),
        share=share.now,
        share_goal=share.goal,
        parks_url=links.figure(question, code, Scope.PARKS),
        outside_url=links.figure(question, code, Scope.OUTSIDE, judged_on),
        months=trend.months(row, question, total.value, targets, question.known_until),
    )


def _unit_rows(ground: Ground, indicator: CountedIndicator, units: Sequence[Unit]) -> list[UnitRow]:
    rows = []
    for unit in units:
        page = links.page(ground.question, "unit", unit.code)
        rows.append(UnitRow(unit, page, build_figure(ground, indicator, unit.code)))
    return rows
