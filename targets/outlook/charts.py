"""The outlook's charts: fan, cohorts under the target line, lapses by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse

from targets.figures import links
from targets.outlook import words as outlook_words
from targets.outlook.assembly import Outlook, Point
from targets.outlook.cells import figures_question
from targets.outlook.model.cohorts import Cohort, Lapses
from targets.outlook.model.needs import Need
from targets.output.chart_parts import (  # fmt: skip
    BAND,
    COUNTED,
    COUNTED_LINE,
    EXPECTED,
    INK,
    PAPER,
    PATH,
    SHADES,
    SOFT,
    SUPPOSED,
    Chart,
    Option,
    frame,
    goal_mark,
    legend,
    line,
    names_axis,
    numbers_axis,
    tooltip,
)

BAND_NAME, TOP_NAME = "80%区间下限", "80%区间"


def build_charts(page: Outlook) -> dict[str, Chart]:
    """By name; those without anything to draw are left out."""
    charts = [_fan_chart(page)]
    if page.cohorts:
        sentence = outlook_words.of_cohorts(page.cohorts, page.need, page.now.record.term_years)
        option = cohorts(page.cohorts, page.need)
        charts.append(_build_chart(page, "cohorts", "有效证书按发证年度", sentence, option))
    if page.lapses:
        sentence, title = outlook_words.of_lapses(page.lapses), "逐月到期企业"
        if known := page.question.known_later:
            title += f"（{known}）"
        charts.append(_build_chart(page, "lapses", title, sentence, lapses(page.lapses)))
    return {chart.name: chart for chart in charts}


def _build_chart(page: Outlook, name: str, title: str, sentence: str, option: Option) -> Chart:
    image = f"{reverse('outlook_chart', args=[name])}?{page.question.query()}"
    return Chart(name, title, sentence, option, image.rstrip("?"))


def _fan_chart(page: Outlook) -> Chart:
    goals = {goal.due: goal.wording for goal in page.goals}
    smallest = page.need.goal if page.need else None
    title = f"{page.indicator.short_name}逐季预测"
    chart = _build_chart(
        page, "fan", title, outlook_words.of_fan(page), fan(page.points, goals, smallest)
    )
    return replace(chart, counted_url=links.figure(figures_question(page), page.question.kind))


def fan(points: Sequence[Point], goals: dict[Any, str], smallest: int | None) -> Option:
    """Counted quarters, then expectation and 80 % band.

    The band is an area stacked upon an invisible line, its lower end.
    """
    # ECharts has no band of two lines: its lower end and its height are stacked.
    lows: list[int | None] = []
    heights: list[int | None] = []
    for point in points:
        chance = point.chance
        lows.append(chance.low if chance else None)
        heights.append(chance.high - chance.low if chance else None)
    counted = [point.actual for point in points]
    expected = [_expected_number(point.chance) for point in points]
    lines = [
        _invisible_line(BAND_NAME, lows),
        _band_area(heights),
        line(COUNTED_LINE, counted, COUNTED, "solid", 2.5),
        line("预计家数", expected, EXPECTED, "dashed", 2),
    ]
    names = [COUNTED_LINE, "预计家数", TOP_NAME]
    if any(point.supposed for point in points):
        supposed = [_expected_number(point.supposed) for point in points]
        lines.append(line("假设情形", supposed, SUPPOSED, "dotted", 2.5))
        names.append("假设情形")
    if smallest is not None:
        lines.append(_goal_line(points, goals, smallest))
        names.append("目标")
    # The target belongs into view also where everything lies above it.
    lowest = [point.chance.low if point.chance else point.actual or 0 for point in points]
    if smallest:
        lowest.append(smallest)
    return {
        **frame(),
        "legend": {**legend(), "data": names},
        "grid": {"top": 60, "left": 6, "right": 34, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "axis"},
        "xAxis": _category_axis([f"{point.day:%Y-%m}" for point in points], gap=False),
        "yAxis": {**numbers_axis(), "min": _axis_floor(min(lowest))},
        "series": lines,
    }


def _axis_floor(low: int) -> int:
    """A round number well below. A fan has no areas to compare, so it need not begin at zero."""
    step = 100 if low > 400 else 10
    return max((low * 8 // 10) // step * step, 0)


def _expected_number(chance: Any) -> int | None:
    return round(chance.expected) if chance else None


def _invisible_line(name: str, data: Sequence[float | None]) -> Option:
    return {**line(name, data, BAND, "solid", 0), "stack": "band", "tooltip": {"show": False}}


def _band_area(data: Sequence[float | None]) -> Option:
    return {
        **line(TOP_NAME, data, BAND, "solid", 0),
        "stack": "band",
        "areaStyle": {"color": BAND, "opacity": 0.55},
        "tooltip": {"show": False},
    }


def _goal_line(points: Sequence[Point], goals: dict[Any, str], smallest: int) -> Option:
    data: list[Any] = [smallest] * len(points)
    last = points[-1].day
    words = f"{last.year}年 {goals[last]}" if last in goals else f"目标 {smallest}"
    data[-1] = goal_mark(smallest, words)
    return {**line("目标", data, PATH, "dotted", 2), "showSymbol": True}


def cohorts(days: Sequence[Cohort], need: Need | None) -> Option:
    """A bar for each day, its parts the years of issue.

    What the target still lacks stands on top, in outline.
    """
    years = sorted({year for cohort in days for year in cohort.years if year is not None})
    bars = []
    for place, year in enumerate(years):
        bars.append(_year_part(year, place, [cohort.years.get(year, 0) for cohort in days]))
    names = [bar["name"] for bar in bars]
    if need:
        bars.append(_missing_part([max(need.goal - cohort.total, 0) for cohort in days]))
        bars[-1]["markLine"] = _goal_mark_line(need.goal)
        names.append("距目标还差")
    return {
        **frame(),
        "legend": {**legend(), "data": names},
        "grid": {"top": 60, "left": 6, "right": 60, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "item"},
        "xAxis": _category_axis([f"{cohort.day:%Y-%m-%d}" for cohort in days], gap=True),
        "yAxis": {**numbers_axis(), "min": 0},
        "series": bars,
    }


def _year_part(year: int, place: int, data: Sequence[int]) -> Option:
    shade = SHADES[place % len(SHADES)]
    on_dark = place % len(SHADES) < 2
    return {
        "type": "bar",
        "name": f"{year}年发证",
        "stack": "cohort",
        "data": [value or None for value in data],
        "barMaxWidth": 90,
        "itemStyle": {"color": shade, "borderColor": PAPER, "borderWidth": 1},
        "label": {
            "show": True,
            "color": PAPER if on_dark else INK,
            "formatter": "{c}",
        },
    }


def _missing_part(data: Sequence[int]) -> Option:
    return {
        "type": "bar",
        "name": "距目标还差",
        "stack": "cohort",
        "data": [value or None for value in data],
        "barMaxWidth": 90,
        "itemStyle": {
            "color": PAPER,
            "borderColor": PATH,
            "borderWidth": 1.5,
            "borderType": "dashed",
        },
        "label": {"show": True, "color": PATH, "formatter": "{c}"},
    }


def _goal_mark_line(goal: int) -> Option:
    return {
        "silent": True,
        "symbol": "none",
        "data": [{"yAxis": goal}],
        "lineStyle": {"color": PATH, "type": "dotted", "width": 2},
        "label": {"position": "end", "color": PATH, "formatter": f"目标 {goal}"},
    }


def lapses(rows: Sequence[Lapses]) -> Option:
    return {
        **frame(),
        "grid": {"top": 20, "left": 6, "right": 6, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "item"},
        "xAxis": _category_axis([f"{row.month:%Y-%m}" for row in rows], gap=True),
        "yAxis": {**numbers_axis(), "show": False, "min": 0},
        "series": [
            {
                "type": "bar",
                "name": "到期企业",
                "data": [row.firms or None for row in rows],
                "itemStyle": {"color": COUNTED},
                "label": {"show": True, "position": "top", "color": INK, "formatter": "{c}"},
            }
        ],
    }


def _category_axis(names: Sequence[str], *, gap: bool) -> Option:
    return {**names_axis(names, color=SOFT, hideOverlap=True), "boundaryGap": gap}
