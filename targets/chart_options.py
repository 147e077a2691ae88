"""ECharts options as plain dicts; browser and server draw the same dict.

No double quotes in a font family: the server-side renderer writes them unescaped. No HTML tooltips: the pages' content
security policy forbids the inline styles they need.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from targets.counting import Value
from targets.dashboard import Quarter, UnitRow
from targets.trend import Month

FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"
INK, SOFT, LINE, GRID = "#1b2734", "#4a5868", "#8593a3", "#e4e9ef"
COUNTED, PATH, EXPECTED = "#0b4a8f", "#a85b00", "#3d7ab8"
YEAR = 12

Option = dict[str, Any]


def series(months: Sequence[Month], goals: dict[dt.date, str]) -> Option:
    known = [_plain(month.value) if not month.to_come else None for month in months]
    lines = [line("实际家数", known, COUNTED, "solid", 2.5)]
    if any(month.path is not None for month in months):
        lines.append(_path_line(months, goals))
    if shrinks(months):
        turn = max(number for number, month in enumerate(months) if not month.to_come)
        tail = [_plain(month.value) if number >= turn else None for number, month in enumerate(months)]
        lines.append(line("按现有证书到期推算（不计新认定）", tail, EXPECTED, "dashed", 2))
    return {
        **frame(),
        "legend": legend(),
        "grid": {"top": 72, "left": 6, "right": 34, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "axis"},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": [f"{month.day:%Y-%m}" for month in months],
            "axisLabel": {"interval": YEAR - 1, "color": SOFT, "hideOverlap": True},
            "axisTick": {"interval": YEAR - 1},
            "axisLine": {"lineStyle": {"color": LINE}},
        },
        "yAxis": {**numbers_axis(), "min": 0},
        "series": lines,
    }


def numbers_axis() -> Option:
    return {
        "type": "value",
        "minInterval": 1,
        "axisLabel": {"color": SOFT},
        "splitLine": {"lineStyle": {"color": GRID}},
    }


def names_axis(names: Sequence[str], **label: Any) -> Option:
    return {
        "type": "category",
        "data": list(names),
        "axisLabel": {"color": INK} | label,
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": LINE}},
    }


def legend() -> Option:
    return {
        "top": 0,
        "left": 0,
        "itemWidth": 26,
        "itemGap": 16,
        "textStyle": {"color": INK},
    }


def line(name: str, data: Sequence[Any], color: str, kind: str, width: float) -> Option:
    return {
        "name": name,
        "type": "line",
        "data": list(data),
        "showSymbol": False,
        "symbol": "none",
        "itemStyle": {"color": color},
        "lineStyle": {"color": color, "type": kind, "width": width},
    }


def _path_line(months: Sequence[Month], goals: dict[dt.date, str]) -> Option:
    data = [_goal_point(month, goals) for month in months]
    path = line("目标进度线（基期为推算）", data, PATH, "dotted", 2)
    return {**path, "showSymbol": True}


def _goal_point(month: Month, goals: dict[dt.date, str]) -> Any:
    value = _plain(month.path)
    if month.day not in goals:
        return value
    return goal_mark(value, f"{month.day.year}年 {goals[month.day]}")


def goal_mark(value: Any, words: str) -> Option:
    """A point of a line as a diamond that is named."""
    label = {"show": True, "position": "top", "align": "right", "color": PATH, "fontWeight": "bold", "formatter": words}
    return {"value": value, "symbol": "diamond", "symbolSize": 11, "label": label}


def ranking(rows: Sequence[UnitRow]) -> Option:
    upwards = list(reversed(rows))  # a category axis is drawn from the bottom
    return {
        **frame(),
        "grid": {"top": 4, "left": 6, "right": 48, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "item"},
        "xAxis": {"type": "value", "show": False, "min": 0},
        "yAxis": names_axis([row.unit.short_name for row in upwards], fontSize=13),
        "series": [_bars([row.figure.value for row in upwards], "right")],
    }


def lapsing(quarters: Sequence[Quarter]) -> Option:
    return {
        **frame(),
        "grid": {"top": 26, "left": 6, "right": 6, "bottom": 4, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "item"},
        "xAxis": names_axis([quarter.label.replace("年", "年\n") for quarter in quarters], interval=0, lineHeight=17),
        "yAxis": {"type": "value", "show": False, "min": 0},
        "series": [_bars([quarter.firms for quarter in quarters], "top")],
    }


def _bars(values: Sequence[Value], side: str) -> Option:
    return {
        "type": "bar",
        "name": "家数",
        "data": [_plain(value) for value in values],
        "barMaxWidth": 30 if side == "top" else 18,
        "itemStyle": {"color": COUNTED},
        "label": {"show": True, "position": side, "color": INK, "fontSize": 13, "formatter": "{c}"},
    }


def shrinks(months: Sequence[Month]) -> bool:
    """Certificates run out in the months to come; otherwise their tail would say nothing."""
    tail = [month.value for month in months if month.to_come]
    known = [month.value for month in months if not month.to_come]
    return bool(tail and known and int(tail[-1] or 0) < int(known[-1] or 0))


def frame() -> Option:
    return {"animation": False, "textStyle": {"fontFamily": FONT, "fontSize": 12}, "aria": {"enabled": False}}


def tooltip() -> Option:
    return {"renderMode": "richText", "confine": True, "textStyle": {"fontFamily": FONT, "color": INK}}


def _plain(value: Value) -> int | float | None:
    return round(float(value), 1) if isinstance(value, Decimal) else value
