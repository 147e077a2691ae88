"""Charts: what a chart shows, and the sentence it proves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from targets.figures.counting import Value
from targets.figures.trend import TrendMonth
from targets.home import chart_options
from targets.home.dashboard import Figure, Headline, Home, LapsingQuarter, UnitRow
from targets.home.unit_page import UnitPage
from targets.output.chart_parts import Chart, chinese_day


def of_home(page: Home) -> dict[str, Chart]:
    charts = [
        series(f"{one.figure.indicator.code}-trend", one, page.question.on)
        for one in page.headlines
    ]
    charts += [ranking(f"{code}-parks", rows) for code, rows in page.parks.items()]
    charts.append(lapsing("lapsing", page.lapsing))
    return {chart.name: chart for chart in charts}


def of_unit(page: UnitPage) -> dict[str, Chart]:
    trends = [one for one in page.figures if one.indicator.code in page.months]
    charts = [
        unit_series(
            f"{one.indicator.code}-trend", one, page.months[one.indicator.code], page.question.on
        )
        for one in trends
    ]
    charts.append(lapsing("lapsing", page.lapsing))
    return {chart.name: chart for chart in charts}


def series(name: str, headline: Headline, on: dt.date) -> Chart:
    goals = {goal.now.target.due: goal.now.target.wording for goal in headline.goals}
    indicator, months = headline.figure.indicator, headline.months
    return Chart(
        name,
        f"{indicator.short_name}逐月走势",
        _said_of_series(headline.figure, months, on),
        chart_options.series(months, goals),
    )


def unit_series(name: str, figure: Figure, months: Sequence[TrendMonth], on: dt.date) -> Chart:
    said = _said_of_series(figure, months, on)
    return Chart(
        name, f"{figure.indicator.short_name}逐月走势", said, chart_options.series(months, {})
    )


def _said_of_series(figure: Figure, months: Sequence[TrendMonth], on: dt.date) -> str:
    said = f"{chinese_day(on)}{figure.indicator.short_name}{figure.value}家"
    if figure.change is not None:
        said += f"，较上年同日{_more_or_less(figure.change)}"
    path = next((month.path for month in months if month.day == on), None)
    if path is not None:
        gap = _whole(figure.value) - round(path)
        said += f"，{'高于' if gap > 0 else '低于' if gap < 0 else '正好在'}目标进度线" + (
            f"{abs(gap)}家" if gap else ""
        )
    if chart_options.shrinks(months):
        said += f"；如不计新认定，按现有证书到期推算，{months[-1].day:%Y年%-m月}末余{months[-1].value}家"
    return said + "。"


def ranking(name: str, rows: Sequence[UnitRow]) -> Chart:
    title = f"{rows[0].figure.indicator.short_name}园区排名" if rows else "园区排名"
    return Chart(name, title, _said_of_ranking(rows), chart_options.ranking(rows))


def _said_of_ranking(rows: Sequence[UnitRow]) -> str:
    total = sum(_whole(row.figure.value) for row in rows)
    if not total:
        return "六大园区平台暂无企业。"
    first = rows[0]
    said = f"{first.unit.short_name}最多，{first.figure.value}家，占全区{first.figure.share}%；六大园区平台合计{total}家"
    rises = [row for row in rows if (row.figure.change or 0) > 0]
    if rises:
        fastest = max(rises, key=lambda row: row.figure.change or 0)
        said += f"，一年来{fastest.unit.short_name}增加最多（{fastest.figure.change}家）"
    return said + "。"


def lapsing(name: str, quarters: Sequence[LapsingQuarter]) -> Chart:
    return Chart(
        name, "高新技术企业证书到期", _said_of_lapsing(quarters), chart_options.lapsing(quarters)
    )


def _said_of_lapsing(quarters: Sequence[LapsingQuarter]) -> str:
    total = sum(quarter.firms for quarter in quarters)
    last = quarters[-1].until - dt.timedelta(1)
    if not total:
        return f"到{chinese_day(last)}没有证书到期。"
    most = max(quarters, key=lambda quarter: quarter.firms)
    return f"到{chinese_day(last)}有{total}家证书到期，{most.label}最多（{most.firms}家）；不重新认定即退出有效名单。"


def _whole(value: Value) -> int:
    return int(value or 0)


def _more_or_less(change: int) -> str:
    return f"增加{change}家" if change > 0 else f"减少{-change}家" if change < 0 else "持平"
