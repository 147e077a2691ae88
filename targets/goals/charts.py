"""The charts of the goals page: one of parks, one of towns; a bar is done, a mark is the goal."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from targets.goals import words
from targets.goals.page import GoalRow, GoalsPage
from targets.output.chart_parts import (
    COUNTED,
    PATH,
    Chart,
    Option,
    frame,
    legend,
    names_axis,
    tooltip,
)

NAMES = ("parks", "towns")
ROW, EDGES = 26, 60
"""Height in pixels of a bar with its distance, and of what stands above and below them."""


def build_charts(page: GoalsPage) -> dict[str, Chart]:
    """For those who see the whole district; a reporter's single row needs no chart."""
    charts = {}
    for name, group in zip(NAMES, page.groups, strict=False):
        # A unit with neither goal nor firms would be an empty line of the chart.
        rows = [row for row in group.rows if row.asked.goal or row.asked.done]
        # Groups without a sum are those of a reporter.
        if group.total is None or not rows:
            continue
        title = f"{group.title}：{page.asked.measure.label}完成情况"
        sentence = words.of_chart(rows, page.asked.measure)
        image = f"{reverse('goal_chart', args=[name])}?{page.asked.query()}"
        charts[name] = Chart(name, title, sentence, bars(rows), image)
    return charts


def image_height(chart: Chart) -> int:
    """Pixels of the drawn image."""
    return EDGES + ROW * len(chart.option["yAxis"]["data"])


def bars(rows: Sequence[GoalRow]) -> Option:
    """One horizontal bar for each row, the first row on top."""
    upwards = list(reversed(rows))  # a category axis is drawn from the bottom
    return {
        **frame(),
        "legend": {**legend(), "data": ["已完成", "目标"]},
        "grid": {"top": 36, "left": 6, "right": 12, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "axis", "axisPointer": {"type": "shadow"}},
        # Without numbers: they stand beside the names, where no bar can hide them.
        "xAxis": {"type": "value", "show": False},
        "yAxis": names_axis([_axis_label(row) for row in upwards], fontSize=13, interval=0),
        "series": [_done_series(upwards), _goal_series(upwards)],
    }


def _done_series(rows: Sequence[GoalRow]) -> Option:
    return {
        "type": "bar",
        "name": "已完成",
        "data": [row.asked.done for row in rows],
        "barMaxWidth": 14,
        "itemStyle": {"color": COUNTED},
    }


def _goal_series(rows: Sequence[GoalRow]) -> Option:
    """A line across the bar."""
    # A scatter series: a line chart would join the goals of different units.
    return {
        "type": "scatter",
        "name": "目标",
        "symbol": "rect",
        "symbolSize": [3, 20],
        "data": [row.asked.goal for row in rows],
        "itemStyle": {"color": PATH},
    }


def _axis_label(row: GoalRow) -> str:
    """Name, done and goal. On the bars the numbers would be hidden where the goal is exceeded."""
    goal = "—" if row.asked.goal is None else row.asked.goal
    return f"{row.name}  {row.asked.done or 0} / {goal}"
