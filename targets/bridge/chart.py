"""The waterfall from opening to closing stock, and the sentence it proves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from parks.numbers import grouped
from targets.bridge.page import BridgeNumber, BridgePage
from targets.output import chart_parts
from targets.output.chart_parts import (
    CLEAR,
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

GAIN, LOSS = "+", "−"
# The sign stands beside every number: colour alone would not reach everybody.
COLOURS = {GAIN: chart_parts.GAIN, LOSS: chart_parts.LOSS}
"""A stock has the colour of what is counted."""
LABEL = {"show": True, "position": "right", "color": INK, "fontSize": 13}
NARROW = 4
"""The axis begins above zero where the stock is so many times what moved.

Otherwise the steps could not be seen.
"""


class Step(NamedTuple):
    """A bar of the waterfall, from one level to the other."""

    number: BridgeNumber
    start: int
    end: int


def build_chart(page: BridgePage) -> Chart:
    title = f"{page.scope}{page.kind}增减变动"
    return Chart("bridge", title, bridge_sentence(page), waterfall(bridge_steps(page)))


def bridge_sentence(page: BridgePage) -> str:
    """From when to when, both stocks, the net change, and the largest reason for each direction."""
    bridge = page.bridge
    days = f"{chinese_day(bridge.since)}至{chinese_day(bridge.until)}，{page.scope}{page.kind}"
    if not bridge.gains and not bridge.losses:
        return f"{days}{grouped(bridge.opening)}家，没有增减。"
    reasons = []
    if bridge.gains:
        reasons.append(f"增加{bridge.gains}家次{_largest_reason(page, GAIN)}")
    if bridge.losses:
        reasons.append(f"减少{bridge.losses}家次{_largest_reason(page, LOSS)}")
    stocks = f"由{grouped(bridge.opening)}家变为{grouped(bridge.closing)}家"
    if bridge.first_seen:
        reasons.append(f"首见{bridge.first_seen}家不算增长")
    return f"{days}{stocks}，{_net_in_words(bridge.net)}：{'，'.join(reasons)}。"


def _net_in_words(net: int) -> str:
    if net > 0:
        return f"净增{grouped(net)}家"
    if net < 0:
        return f"净减{grouped(-net)}家"
    return "增减相抵"


def _largest_reason(page: BridgePage, sign: str) -> str:
    """The largest of several reasons, in brackets; of one reason its name."""
    reasons = [number for number in page.numbers if number.sign == sign and number.firms]
    largest = max(reasons, key=lambda number: number.firms)
    # "Of these" makes no sense where there is only one reason.
    if len(reasons) == 1:
        return f"（均为{largest.label}）"
    return f"（其中{largest.label}{largest.firms}）"


def bridge_steps(page: BridgePage) -> list[Step]:
    """Stocks from zero, each step from where the last one ended; no empty steps."""
    steps, level = [], 0
    for number in page.numbers:
        if not number.sign:
            level = number.firms
            steps.append(Step(number, 0, level))
        # A term of zero would be an empty bar with a name: it is left out.
        elif number.firms:
            before = level
            level += number.firms if number.sign == GAIN else -number.firms
            steps.append(Step(number, before, level))
    return steps


def axis_begins(steps: Sequence[tuple[BridgeNumber, int, int]]) -> int:
    """Where the axis begins: zero, or a round number below the lowest step."""
    levels = [end for _, _, end in steps]
    low = min(levels)
    moved = max(levels) - low
    if not moved or low <= NARROW * moved:
        return 0
    # Round to the magnitude of what moved: 37 firms moved → tens, 370 → hundreds; at least fives.
    unit = max(10 ** (len(str(moved)) - 1), 5)
    return max((low - moved) // unit * unit, 0)


def waterfall(steps: Sequence[tuple[BridgeNumber, int, int]]) -> Option:
    """Horizontal, first step on top: the names of the steps are read on a phone as on paper."""
    begins = axis_begins(steps)
    upwards = [Step(*step) for step in reversed(steps)]
    return {
        **frame(),
        "grid": {"top": 4, "left": 6, "right": 56, "bottom": 24, "containLabel": True},
        "tooltip": {**tooltip(), "trigger": "item", "formatter": "{b}：{c}家"},
        "xAxis": {
            "type": "value",
            "min": begins,
            "minInterval": 1,
            # An axis that does not begin at zero says so in words.
            "name": f"横轴从{grouped(begins)}家起" if begins else "",
            "nameLocation": "middle",
            "nameGap": 24,
            "nameTextStyle": {"color": SOFT},
            "axisLabel": {
                "color": SOFT,
                "hideOverlap": True,
                "showMinLabel": not begins,
            },
            "splitLine": {"lineStyle": {"color": GRID}},
        },
        "yAxis": names_axis([step.number.label for step in upwards], fontSize=13),
        "series": [_hidden_bars(upwards), _step_bars(upwards), _stock_levels(upwards)],
    }


def _hidden_bars(steps: Sequence[Step]) -> Option:
    """What lies under each step, so that it floats at its level; ECharts has no waterfall."""
    return {
        "type": "bar",
        "stack": "steps",
        "silent": True,
        "data": [min(step.start, step.end) if step.number.sign else None for step in steps],
        "barMaxWidth": 20,
        "itemStyle": {"color": CLEAR},
        "tooltip": {"show": False},
    }


def _step_bars(steps: Sequence[Step]) -> Option:
    return {
        "type": "bar",
        "stack": "steps",
        "name": "家数",
        "data": [_bar(step) if step.number.sign else None for step in steps],
        "barMaxWidth": 20,
        "label": LABEL,
    }


def _bar(step: Step) -> dict[str, Any]:
    number = step.number
    change = f"{number.sign}{grouped(number.firms)}"
    return {
        "value": abs(step.end - step.start),
        "itemStyle": {"color": COLOURS[number.sign]},
        "label": {"formatter": change},
        "tooltip": {"formatter": f"{number.label}：{change}家"},
    }


def _stock_levels(steps: Sequence[Step]) -> Option:
    """A stock as a line at its level: a bar would have to begin at zero, and hide the steps."""
    return {
        # A scatter series: a line chart would join the two stocks through the steps.
        "type": "scatter",
        "name": "期初、期末",
        "symbol": "rect",
        "symbolSize": [4, 24],
        "itemStyle": {"color": COUNTED},
        "data": [None if step.number.sign else _level(step) for step in steps],
        "label": LABEL,
    }


def _level(step: Step) -> dict[str, Any]:
    firms = grouped(step.number.firms)
    return {
        "value": step.end,
        "label": {"formatter": firms},
        "tooltip": {"formatter": f"{step.number.label}：{firms}家"},
    }
