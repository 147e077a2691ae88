"""Parts of which every chart is made: colours, axes, lines, and the chart with its sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FONT = (
    "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, "
    "WenQuanYi Micro Hei, sans-serif"
)

# Every colour of every chart stands here; a page's own stand in static/portal.css.
INK, SOFT, LINE, GRID = "#1b2734", "#4a5868", "#7b8898", "#dbe2ea"
PAPER, CLEAR = "#fff", "rgba(0,0,0,0)"

COUNTED, PATH, EXPECTED = "#0b4a8f", "#a85b00", "#3d7ab8"
BAND, SUPPOSED = "#9dbfe2", "#7a3e9d"
SHADES = (COUNTED, EXPECTED, "#8fb4dc", "#c4d9ef")
"""Parts of one bar, dark to pale."""
GAIN, LOSS = "#17693a", "#a85b00"

Option = dict[str, Any]


def numbers_axis() -> Option:
    return {
        "type": "value",
        # Firms are whole: without this a low chart would have half firms on its axis.
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


def goal_mark(value: Any, words: str) -> Option:
    """A point of a line as a diamond that is named."""
    label = {
        "show": True,
        "position": "top",
        "align": "right",
        "color": PATH,
        "fontWeight": "bold",
        "formatter": words,
    }
    return {"value": value, "symbol": "diamond", "symbolSize": 11, "label": label}


def frame() -> Option:
    return {
        # A picture drawn on the server has no time in which it could move.
        "animation": False,
        "textStyle": {"fontFamily": FONT, "fontSize": 12},
        "aria": {"enabled": False},
    }


def tooltip() -> Option:
    return {
        # An HTML tooltip needs inline styles, which the content security policy forbids.
        "renderMode": "richText",
        "confine": True,
        "textStyle": {"fontFamily": FONT, "color": INK},
    }


COUNTED_LINE = "实际家数"
"""The line of what is counted, beside what is planned and expected."""
TREND = "-trend"
"""How the names of month-by-month charts end."""


@dataclass(frozen=True)
class Chart:
    """`name` is unique on its page and part of the address of its image.

    `conclusion` says in a sentence what the chart shows. `image` is that address where the page has
    one of its own. `counted_url`: of a chart that shows firms at the ends of months, the list of
    those that it counts on the day asked.
    """

    name: str
    title: str
    conclusion: str
    option: Option
    image: str = ""
    counted_url: str = ""

    @property
    def is_trend(self) -> bool:
        return self.name.endswith(TREND)


def chinese_day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
