"""Charts: what a chart shows, and the sentence it proves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from parks.numbers import grouped
from targets.figures.counting import Value
from targets.figures.question import Question
from targets.figures.trend import TrendMonth
from targets.home import chart_options
from targets.home.dashboard import DistrictFigures, Figure, Headline, UnitFigures
from targets.home.lapsing import LapsingQuarter
from targets.output.chart_parts import Chart, chinese_day


def district_charts(page: DistrictFigures) -> dict[str, Chart]:
    """Charts of the home page by name: a trend per headline indicator, and the lapsing quarters."""
    charts = []
    for headline in page.headlines:
        code = headline.figure.indicator.code
        charts.append(headline_trend(f"{code}-trend", headline, page.question))
    charts.append(lapsing_chart("lapsing", page.lapsing, page.question.known_later))
    return _by_name(charts)


def unit_charts(page: UnitFigures) -> dict[str, Chart]:
    """Charts of a unit's page by name."""
    charts = []
    for figure in page.figures:
        code = figure.indicator.code
        if code in page.months:
            charts.append(figure_trend(f"{code}-trend", figure, page.months[code], page.question))
    charts.append(lapsing_chart("lapsing", page.lapsing, page.question.known_later))
    return _by_name(charts)


def _by_name(charts: Iterable[Chart]) -> dict[str, Chart]:
    return {chart.name: chart for chart in charts}


def headline_trend(name: str, headline: Headline, question: Question) -> Chart:
    """A trend with the plan's path and its goals marked on it."""
    goals = {goal.now.target.due: goal.now.target.wording for goal in headline.goals}
    return figure_trend(name, headline.figure, headline.months, question, goals)


def figure_trend(
    name: str,
    figure: Figure,
    months: Sequence[TrendMonth],
    question: Question,
    goals: dict[dt.date, str] | None = None,
) -> Chart:
    """`goals`: day on which a goal falls due → its wording."""
    return Chart(
        name,
        f"{figure.indicator.short_name}逐月走势",
        _trend_sentence(figure, months, question),
        chart_options.trend_option(months, goals or {}, question.known_later),
        counted_url=figure.url,
    )


def _trend_sentence(figure: Figure, months: Sequence[TrendMonth], question: Question) -> str:
    on = question.on
    sentence = f"{chinese_day(on)}{figure.indicator.short_name}{_in_words(figure.value)}家"
    if figure.change is not None:
        sentence += f"，较上年同日{_change_in_words(figure.change)}"
        if figure.first_seen:
            sentence += f"，另首见{figure.first_seen}家"
    # The path is drawn from month to month, and the asked day takes the place of its month's end.
    path = next((month.path for month in months if month.day == on), None)
    if path is not None:
        sentence += f"，{_gap_in_words(_whole(figure.value) - round(path))}"
    if chart_options.is_shrinking(months):
        last = months[-1]
        certificates = "如不计新认定，按现有证书"
        if question.known_later:
            certificates = f"{question.known_later}的证书"
        sentence += f"；{certificates}到期推算，{last.day:%Y年%-m月}末余{_in_words(last.value)}家"
    return sentence + "。"


def _change_in_words(change: int) -> str:
    if change > 0:
        return f"增加{grouped(change)}家"
    if change < 0:
        return f"减少{grouped(-change)}家"
    return "持平"


def _gap_in_words(gap: int) -> str:
    """Firms above or below the plan's path."""
    if gap > 0:
        return f"高于目标进度线{grouped(gap)}家"
    if gap < 0:
        return f"低于目标进度线{grouped(-gap)}家"
    return "正好在目标进度线"


def lapsing_chart(name: str, quarters: Sequence[LapsingQuarter], known_later: str = "") -> Chart:
    """`known_later`: of a past day, by when it was known which certificates were renewed."""
    option = chart_options.lapsing_option(quarters)
    title = "高新技术企业证书到期"
    if known_later:
        title += f"（{known_later}，已续的不列）"
    return Chart(name, title, _lapsing_sentence(quarters, known_later), option)


def _lapsing_sentence(quarters: Sequence[LapsingQuarter], known_later: str) -> str:
    total = sum(quarter.firms for quarter in quarters)
    last_day = chinese_day(quarters[-1].until - dt.timedelta(1))
    until = f"到{last_day}，{known_later}" if known_later else f"到{last_day}"
    if not total:
        return f"{until}没有证书到期。"
    # Of equal quarters the earlier one is named: it is the more urgent.
    most = max(quarters, key=lambda quarter: quarter.firms)
    return (
        f"{until}有{total}家证书到期，{most.label}最多（{most.firms}家）；"
        "不重新认定即退出有效名单。"
    )


def _in_words(value: Value) -> str:
    return "—" if value is None else grouped(value)


def _whole(value: Value) -> int:
    return int(value or 0)
