"""Charts: the sentence a chart proves, and its ECharts option as a plain dict. Browser and server draw the same dict.

No double quotes in a font family: the server-side renderer writes them unescaped. No HTML tooltips: the pages' content
security policy forbids the inline styles they need.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from targets.counting import Value
from targets.dashboard import Figure, Headline, Home, Quarter, UnitRow
from targets.trend import Month
from targets.unit_page import UnitPage

FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"
INK, SOFT, LINE, GRID = "#1b2734", "#4a5868", "#8593a3", "#e4e9ef"
COUNTED, PATH, EXPECTED = "#0b4a8f", "#a85b00", "#3d7ab8"
YEAR = 12

Option = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """`name` is unique on its page and part of the address of its image."""

    name: str
    title: str
    conclusion: str
    option: Option


def of_home(page: Home) -> dict[str, Chart]:
    charts = [series(f"{one.figure.indicator.code}-trend", one) for one in page.headlines]
    charts += [ranking(f"{code}-parks", rows) for code, rows in page.parks.items()]
    charts.append(lapsing("lapsing", page.lapsing))
    return {chart.name: chart for chart in charts}


def of_unit(page: UnitPage) -> dict[str, Chart]:
    trends = [one for one in page.figures if one.indicator.code in page.months]
    charts = [unit_series(f"{one.indicator.code}-trend", one, page.months[one.indicator.code]) for one in trends]
    charts.append(lapsing("lapsing", page.lapsing))
    return {chart.name: chart for chart in charts}


# --- the monthly series ---------------------------------------------------------------------------------------


def series(name: str, headline: Headline) -> Chart:
    goals = {goal.now.target.due: goal.now.target.wording for goal in headline.goals}
    indicator, months = headline.figure.indicator, headline.months
    return Chart(
        name,
        f"{indicator.short_name}逐月走势",
        _said_of_series(headline.figure, months),
        _series_option(months, goals),
    )


def unit_series(name: str, figure: Figure, months: Sequence[Month]) -> Chart:
    said = _said_of_series(figure, months)
    return Chart(name, f"{figure.indicator.short_name}逐月走势", said, _series_option(months, {}))


def _said_of_series(figure: Figure, months: Sequence[Month]) -> str:
    known = [month for month in months if not month.to_come]
    if not known:
        return "尚无逐月数据。"
    now = known[-1]
    said = f"{chinese_day(now.day)}{figure.indicator.short_name}{now.value}家"
    if figure.change is not None:
        said += f"，较上年同日{_more_or_less(figure.change)}"
    if now.path is not None:
        gap = _whole(now.value) - round(now.path)
        said += f"，{'高于' if gap > 0 else '低于' if gap < 0 else '正好在'}目标进度线" + (
            f"{abs(gap)}家" if gap else ""
        )
    last = months[-1]
    if _shrinks(months):
        said += f"；如不计新认定，按现有证书到期推算，{last.day:%Y年%-m月}末余{last.value}家"
    return said + "。"


def _shrinks(months: Sequence[Month]) -> bool:
    """Certificates run out in the months to come: otherwise the tail says nothing."""
    tail = [month.value for month in months if month.to_come]
    known = [month.value for month in months if not month.to_come]
    return bool(tail and known and tail[-1] != known[-1])


def _series_option(months: Sequence[Month], goals: dict[dt.date, str]) -> Option:
    known = [_plain(month.value) if not month.to_come else None for month in months]
    lines = [_line("实际家数", known, COUNTED, "solid", 2.5)]
    if any(month.path is not None for month in months):
        lines.append(_path_line(months, goals))
    if _shrinks(months):
        turn = max(number for number, month in enumerate(months) if not month.to_come)
        tail = [_plain(month.value) if number >= turn else None for number, month in enumerate(months)]
        lines.append(_line("按现有证书到期推算（不计新认定）", tail, EXPECTED, "dashed", 2))
    return {
        **_frame(),
        "legend": _legend(),
        "grid": {"top": 72, "left": 6, "right": 34, "bottom": 4, "containLabel": True},
        "tooltip": {**_tooltip(), "trigger": "axis"},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": [f"{month.day:%Y-%m}" for month in months],
            "axisLabel": {"interval": YEAR - 1, "color": SOFT, "hideOverlap": True},
            "axisTick": {"interval": YEAR - 1},
            "axisLine": {"lineStyle": {"color": LINE}},
        },
        "yAxis": {
            "type": "value",
            "min": _floor(months),
            "minInterval": 1,
            "axisLabel": {"color": SOFT},
            "splitLine": {"lineStyle": {"color": GRID}},
        },
        "series": lines,
    }


def _legend() -> Option:
    return {
        "top": 0,
        "left": 0,
        "itemWidth": 26,
        "itemGap": 16,
        "textStyle": {"color": INK},
    }


def _line(name: str, data: Sequence[Any], color: str, kind: str, width: float) -> Option:
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
    line = _line("目标进度线（基期为推算）", data, PATH, "dotted", 2)
    return {**line, "showSymbol": True}


def _goal_point(month: Month, goals: dict[dt.date, str]) -> Any:
    value = _plain(month.path)
    if month.day not in goals:
        return value
    label = {
        "show": True,
        "position": "top",
        "align": "right",
        "color": PATH,
        "fontWeight": "bold",
        "formatter": f"{month.day.year}年 {goals[month.day]}",
    }
    return {"value": value, "symbol": "diamond", "symbolSize": 11, "label": label}


def _floor(months: Sequence[Month]) -> int:
    """Where the axis begins: at 0 when the values span a wide range, else at a round number below the lowest."""
    numbers = [float(n) for month in months for n in (month.value, month.path) if n is not None]
    if not numbers or min(numbers) < 0.45 * max(numbers):
        return 0
    step = 10 ** (len(str(int(max(numbers)))) - 1)
    return int(min(numbers) * 0.95 // step * step)


# --- bars -----------------------------------------------------------------------------------------------------


def ranking(name: str, rows: Sequence[UnitRow]) -> Chart:
    title = f"{rows[0].figure.indicator.short_name}园区排名" if rows else "园区排名"
    return Chart(name, title, _said_of_ranking(rows), _ranking_option(rows))


def _said_of_ranking(rows: Sequence[UnitRow]) -> str:
    total = sum(_whole(row.figure.value) for row in rows)
    if not total:
        return "六大园区平台暂无企业。"
    first = rows[0]
    said = (
        f"{first.unit.short_name}最多，{first.figure.value}家，占全区{first.figure.share}%；六大园区平台合计{total}家"
    )
    rises = [row for row in rows if (row.figure.change or 0) > 0]
    if rises:
        fastest = max(rises, key=lambda row: row.figure.change or 0)
        said += f"，一年来{fastest.unit.short_name}增加最多（{fastest.figure.change}家）"
    return said + "。"


def _ranking_option(rows: Sequence[UnitRow]) -> Option:
    upwards = list(reversed(rows))  # a category axis is drawn from the bottom
    return {
        **_frame(),
        "grid": {"top": 4, "left": 6, "right": 48, "bottom": 4, "containLabel": True},
        "tooltip": {**_tooltip(), "trigger": "item"},
        "xAxis": {"type": "value", "show": False, "min": 0},
        "yAxis": {
            "type": "category",
            "data": [row.unit.short_name for row in upwards],
            "axisLabel": {"color": INK, "fontSize": 13},
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": LINE}},
        },
        "series": [_bars([row.figure.value for row in upwards], "right")],
    }


def lapsing(name: str, quarters: Sequence[Quarter]) -> Chart:
    return Chart(name, "高新技术企业证书到期", _said_of_lapsing(quarters), _lapsing_option(quarters))


def _said_of_lapsing(quarters: Sequence[Quarter]) -> str:
    total = sum(quarter.firms for quarter in quarters)
    last = quarters[-1].until - dt.timedelta(1)
    if not total:
        return f"到{chinese_day(last)}没有证书到期。"
    most = max(quarters, key=lambda quarter: quarter.firms)
    return f"到{chinese_day(last)}有{total}家证书到期，{most.label}最多（{most.firms}家）；不重新认定即退出有效名单。"


def _lapsing_option(quarters: Sequence[Quarter]) -> Option:
    return {
        **_frame(),
        "grid": {"top": 26, "left": 6, "right": 6, "bottom": 4, "containLabel": True},
        "tooltip": {**_tooltip(), "trigger": "item"},
        "xAxis": {
            "type": "category",
            "data": [quarter.label.replace("年", "年\n") for quarter in quarters],
            "axisLabel": {"color": INK, "interval": 0, "lineHeight": 17},
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": LINE}},
        },
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


# --- shared ---------------------------------------------------------------------------------------------------


def _frame() -> Option:
    return {"animation": False, "textStyle": {"fontFamily": FONT, "fontSize": 12}, "aria": {"enabled": False}}


def _tooltip() -> Option:
    return {"renderMode": "richText", "confine": True, "textStyle": {"fontFamily": FONT, "color": INK}}


def _plain(value: Value) -> int | float | None:
    return round(float(value), 1) if isinstance(value, Decimal) else value


def _whole(value: Value) -> int:
    return int(value or 0)


def _more_or_less(change: int) -> str:
    return f"增加{change}家" if change > 0 else f"减少{-change}家" if change < 0 else "持平"


def chinese_day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
