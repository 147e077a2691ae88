"""The numbers of a chart as a file, read from the very option that is drawn."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse

from enterprises.rosters.writing.list_file import Columns, download
from parks.models import User
from targets.figures.question import Question
from targets.output.chart_parts import Chart, Option

WIDTH = 24


def table_of(option: Option) -> tuple[list[str], list[list[Any]]]:
    """Names of the series; and for each category its name and its value in every series."""
    # Names are broken in two to fit beneath narrow bars.
    rows = [[str(name).replace("\n", "")] for name in option["xAxis"]["data"]]
    names = []
    # Read from what is drawn: picture and file cannot differ.
    for series in option["series"]:
        names.append(series["name"])
        for row, point in zip(rows, series["data"], strict=True):
            # A point that carries a label is a dict, with the number inside.
            row.append(point["value"] if isinstance(point, dict) else point)
    return names, rows


def export_chart(
    chart: Chart, question: Question, scope: str, user: User, form_at: str
) -> FileResponse:
    names, rows = table_of(chart.option)
    columns: Columns = [("项目", WIDTH), *((name, WIDTH) for name in names)]
    edition = f"发布版 {question.release}" if question.release else "实时"
    return download(
        f"{chart.title}_{scope}_{question.on:%Y%m%d}",
        form_at,
        title=chart.title,
        said=[
            f"{scope}　{edition}　统计日 {question.on}　{question.definition_label}",
            chart.conclusion,
        ],
        user=user,
        columns=columns,
        rows=rows,
    )
