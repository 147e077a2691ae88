"""The waterfall from opening to closing stock, and the sentence it proves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from targets.bridge.page import BridgeNumber, BridgePage
from targets.output.chart_parts import (
    COUNTED,
    GRID,
    INK,
    SOFT,
    Chart,
    Option,
    chinese_day,
    frame,
    names_axis,
    tooltip,
)

GAINED, LOST = "#17693a", "#a85b00"
CLEAR = "rgba(0,0,0,0)"
NARROW = 4
"""The axis begins above zero where the stock is so many times what moved: else the steps could not be seen."""


def build_chart(page: BridgePage) -> Chart:
    title = f"{page.scope}{page.kind}增减变动"
    return Chart("bridge", title, said(page), waterfall(steps(page)))


def said(page: BridgePage) -> str:
    bridge = page.bridge
    days = f"{chinese_day(bridge.since)}至{chinese_day(bridge.until)}，{page.scope}{page.kind}"
    stocks = f"由{bridge.opening}家变为{bridge.closing}家"
    if not bridge.gains and not bridge.losses:
        return f"{days}{bridge.opening}家，没有增减。"
    net = (
        f"净增{bridge.net}家"
        if bridge.net > 0
        else f"净减{-bridge.net}家"
        if bridge.net < 0
        else "增减相抵"
    )
    ways = [f"增加{bridge.gains}家次{_mostly(page, '+')}"] if bridge.gains else []
    ways += [f"减少{bridge.losses}家次{_mostly(page, '−')}"] if bridge.losses else []
    return f"{days}{stocks}，{net}：{'，'.join(ways)}。"


def _mostly(page: BridgePage, sign: str) -> str:
    """The largest of several reasons, in brackets; of one reason its name."""
    there = [one for one in page.numbers if one.sign == sign and one.firms]
    most = max(there, key=lambda one: one.firms)
    return f"（{'其中' if len(there) > 1 else '均为'}{most.label}{most.firms if len(there) > 1 else ''}）"


def steps(page: BridgePage) -> list[tuple[BridgeNumber, int, int]]:
    """(number, from, to) of every bar: stocks from zero, each step from where the last one ended; no empty steps."""
    drawn, level = [], 0
    for number in page.numbers:
        if not number.sign:
            level = number.firms
            drawn.append((number, 0, level))
        elif number.firms:
            before, level = level, level + (number.firms if number.sign == "+" else -number.firms)
            drawn.append((number, before, level))
    return drawn


def axis_begins(bars: Sequence[tuple[BridgeNumber, int, int]]) -> int:
    """Where the axis begins: zero, or a round number below the lowest step."""
    levels = [end for _, _, end in bars]
    low, moved = min(levels), max(levels) - min(levels)
    if low <= NARROW * max(moved, 1) or not moved:
        return 0
    step = max(10 ** (len(str(moved)) - 1), 5)
    return max((low - moved) // step * step, 0)


def waterfall(bars: Sequence[tuple[BridgeNumber, int, int]]) -> Option:
    """Horizontal, so that the names of the steps are read on a phone as on paper; first step on top."""
    begins = axis_begins(bars)
    upwards = list(reversed(bars))
    return {
        **frame(),
        "grid": {"top": 4, "left": 6, "right": 56, "bottom": 24, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "item", "formatter": "{b}：{c}家"},
        "xAxis": {
            "type": "value",
            "min": begins,
            "minInterval": 1,
            "name": f"横轴从{begins}家起" if begins else "",
            "nameLocation": "middle",
            "nameGap": 24,
            "nameTextStyle": {"color": SOFT},
            "axisLabel": {"color": SOFT, "hideOverlap": True, "showMinLabel": not begins},
            "splitLine": {"lineStyle": {"color": GRID}},
        },
        "yAxis": names_axis([number.label for number, _, _ in upwards], fontSize=13),
        "series": [_hidden([_lower(bar, begins) for bar in upwards]), _shown(upwards, begins)],
    }


def _lower(bar: tuple[BridgeNumber, int, int], begins: int) -> int:
    number, start, end = bar
    return min(start, end) if number.sign else begins


def _hidden(values: Sequence[int]) -> Option:
    return {
        "type": "bar",
        "stack": "steps",
        "silent": True,
        "data": list(values),
        "barMaxWidth": 20,
        "itemStyle": {"color": CLEAR},
        "tooltip": {"show": False},
    }


def _shown(bars: Sequence[tuple[BridgeNumber, int, int]], begins: int) -> Option:
    return {
        "type": "bar",
        "stack": "steps",
        "name": "家数",
        "data": [_bar(bar, begins) for bar in bars],
        "barMaxWidth": 20,
        "label": {"show": True, "position": "right", "color": INK, "fontSize": 13},
    }


def _bar(bar: tuple[BridgeNumber, int, int], begins: int) -> dict[str, Any]:
    number, start, end = bar
    color = {"+": GAINED, "−": LOST}.get(number.sign, COUNTED)
    length = abs(end - start) if number.sign else end - begins
    return {
        "value": length,
        "itemStyle": {"color": color},
        "label": {"formatter": f"{number.sign}{number.firms}"},
        "tooltip": {"formatter": f"{number.label}：{number.sign}{number.firms}家"},
    }
