"""ECharts options as plain dicts; browser and server draw the same dict.

No double quotes in a font family: the server-side renderer writes them unescaped. No HTML tooltips:
the content security policy of the pages forbids the inline styles that they need.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from targets.figures.counting import Value
from targets.figures.trend import TrendMonth
from targets.home.lapsing import LapsingQuarter
from targets.output.chart_parts import (
    COUNTED,
    COUNTED_LINE,
    EXPECTED,
    INK,
    LINE,
    PATH,
    SOFT,
    Option,
    frame,
    goal_mark,
    legend,
    line,
    names_axis,
    numbers_axis,
    tooltip,
)

TAIL_OF_TODAY = "按现有证书到期推算（不计新认定）"
YEAR = 12
"""In months: the axis names one month a year."""


def trend_option(
    months: Sequence[TrendMonth], goals: dict[dt.date, str], known_later: str = ""
) -> Option:
    """The known months, the plan's path if there is one, and how certificates run out.

    Those of the day itself; of a past day those that are `known_later`.
    """
    known = [None if month.to_come else _plain_number(month.value) for month in months]
    lines = [line(COUNTED_LINE, known, COUNTED, "solid", 2.5)]
    # A unit, and a day after the last target, have no path.
    if any(month.path is not None for month in months):
        lines.append(_path_line(months, goals))
    if is_shrinking(months):
        name = f"{known_later}的证书到期推算" if known_later else TAIL_OF_TODAY
        lines.append(line(name, _tail(months), EXPECTED, "dashed", 2))
    return {
        **frame(),
        "legend": legend(),
        "grid": {"top": 72, "left": 6, "right": 34, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "axis"},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": [f"{month.day:%Y-%m}" for month in months],
            # One name a year: month by month they would not fit, least of all on a phone.
            "axisLabel": {"interval": YEAR - 1, "color": SOFT, "hideOverlap": True},
            "axisTick": {"interval": YEAR - 1},
            "axisLine": {"lineStyle": {"color": LINE}},
        },
        # From zero: an axis that is cut off would make a small change look like a large one.
        "yAxis": {**numbers_axis(), "min": 0},
        "series": lines,
    }


def _tail(months: Sequence[TrendMonth]) -> list[int | float | None]:
    """The months to come, led by the last known one so that both lines meet."""
    known = sum(not month.to_come for month in months)
    tail: list[int | float | None] = [None] * (known - 1)
    tail += [_plain_number(month.value) for month in months[known - 1 :]]
    return tail


def _path_line(months: Sequence[TrendMonth], goals: dict[dt.date, str]) -> Option:
    data = [_goal_point(month, goals) for month in months]
    path = line("目标进度线（基期为推算）", data, PATH, "dotted", 2)
    return {**path, "showSymbol": True}


def _goal_point(month: TrendMonth, goals: dict[dt.date, str]) -> Any:
    """Named where a goal falls due."""
    value = _plain_number(month.path)
    if month.day not in goals:
        return value
    return goal_mark(value, f"{month.day.year}年 {goals[month.day]}")


def lapsing_option(quarters: Sequence[LapsingQuarter]) -> Option:
    # The year stands above the quarter, so that the names fit beneath narrow bars.
    names = [quarter.label.replace("年", "年\n") for quarter in quarters]
    return {
        **frame(),
        "grid": {"top": 26, "left": 6, "right": 6, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "item"},
        "xAxis": names_axis(names, interval=0, lineHeight=17),
        "yAxis": {"type": "value", "show": False, "min": 0},
        "series": [_bars([quarter.firms for quarter in quarters])],
    }


def _bars(values: Sequence[Value]) -> Option:
    return {
        "type": "bar",
        "name": "家数",
        "data": [_plain_number(value) for value in values],
        "barMaxWidth": 30,
        "itemStyle": {"color": COUNTED},
        "label": {
            "show": True,
            "position": "top",
            "color": INK,
            "fontSize": 13,
            "formatter": "{c}",
        },
    }


def is_shrinking(months: Sequence[TrendMonth]) -> bool:
    """Whether certificates run out in the months to come; if not, their tail would say nothing."""
    # Months to come count only today's certificates, so they can fall but never rise.
    tail = [month.value for month in months if month.to_come]
    known = [month.value for month in months if not month.to_come]
    return bool(tail and known and int(tail[-1] or 0) < int(known[-1] or 0))


def _plain_number(value: Value) -> int | float | None:
    return round(float(value), 1) if isinstance(value, Decimal) else value
