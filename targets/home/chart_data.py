"""The numbers of a chart as a file, read from the very option that is drawn."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse

from parks.models import User
from targets.figures.question import Question
from targets.output.chart_parts import Chart, Option
from targets.output.spreadsheet import Columns, download

WIDTH = 24


def table_of(option: Option) -> tuple[list[str], list[list[Any]]]:
    """Names of the series; and of each category, top or left first, its name and its value in every series."""
    across = option["xAxis"]["type"] == "category"
    names = [str(name).replace("\n", "") for name in option["xAxis" if across else "yAxis"]["data"]]
    series = option["series"]
    values = [[_number(point) for point in one["data"]] for one in series]
    rows = [[name, *points] for name, *points in zip(names, *values, strict=True)]
    return [one["name"] for one in series], rows if across else rows[::-1]


def _number(point: Any) -> Any:
    """A point that is named on the chart is a dict."""
    return point["value"] if isinstance(point, dict) else point


def export_chart(
    chart: Chart, question: Question, scope: str, user: User, form_at: str
) -> FileResponse:
    names, rows = table_of(chart.option)
    columns: Columns = [("项目", WIDTH), *((name, WIDTH) for name in names)]
    name = f"{chart.title}_{scope}_{question.on:%Y%m%d}"
    shown = f"发布版 {question.release}" if question.release else "实时"
    said = [
        f"{scope}　{shown}　统计日 {question.on}　{question.definition_label}",
        chart.conclusion,
    ]
    return download(
        name, form_at, title=chart.title, said=said, user=user, columns=columns, rows=rows
    )
