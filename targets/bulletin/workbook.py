"""The bulletin's figures as an Excel workbook with native charts, fit to be printed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from enterprises.rosters.writing.cells_out import bytes_of, write_text
from targets.bulletin import sheets
from targets.bulletin.content import Bulletin
from targets.bulletin.sheets import BulletinSheet

HEAD_ROW = 4
NARROWEST, WIDEST, PORTRAIT = 7, 44, 100
"""Widths of columns and, of all together, that of an upright page; in digits."""
LINE_HEIGHT = 16
CENTRED = ("位次", "序号")
LINE = Side("thin", color="B9C5D3")
BLUE = "0B4A8F"
HEAD_FILL = PatternFill("solid", fgColor="E8F0F9")
CHART_ROWS = 16


def build_workbook(bulletin: Bulletin) -> bytes:
    """The district, parks with two charts, towns, goals, tasks, expiring certificates, bridge and corrections."""
    book = Workbook()
    for number, sheet in enumerate(sheets.build_sheets(bulletin)):
        made = book.active if number == 0 else book.create_sheet()
        _write(made, bulletin, sheet)  # type: ignore[arg-type]
        for place, (title, column) in enumerate(sheet.charts):
            at = HEAD_ROW + len(sheet.rows) + 2 + place * CHART_ROWS
            _chart(made, title, column, len(sheet.rows), f"A{at}")  # type: ignore[arg-type]
    return bytes_of(book)


def _write(made: Worksheet, bulletin: Bulletin, sheet: BulletinSheet) -> None:
    made.title = sheet.name
    widths = [
        _column_width(column, [row[at] for row in sheet.rows])
        for at, column in enumerate(sheet.columns)
    ]
    for number, width in enumerate(widths, 1):
        made.column_dimensions[get_column_letter(number)].width = width
    release = bulletin.release
    where = (
        f"{bulletin.title}（第{release.number}版）　统计日 {release.as_of:%Y-%m-%d}　证书日期口径"
    )
    for at, text in enumerate((f"{sheet.name}（{release.quarter}）", where, sheet.note), 1):
        _line(made, at, text, sum(widths), len(widths))
    made["A1"].font = Font(bold=True, size=14)
    made.row_dimensions[1].height = 1.5 * LINE_HEIGHT
    for number, column in enumerate(sheet.columns, 1):
        cell = made.cell(HEAD_ROW, number, column)
        cell.font, cell.fill, cell.border = Font(bold=True), HEAD_FILL, _boxed()
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for at, row in enumerate(sheet.rows, HEAD_ROW + 1):
        for number, value in enumerate(row, 1):
            _cell(made.cell(at, number), value, centred=sheet.columns[number - 1] in CENTRED)
    for (at, number), fill in sheet.fills.items():
        made.cell(HEAD_ROW + 1 + at, number + 1).fill = PatternFill("solid", fgColor=fill)
    for at, row in enumerate([sheet.columns, *sheet.rows], HEAD_ROW):
        made.row_dimensions[at].height = LINE_HEIGHT * max(map(_lines, row, widths))
    made.freeze_panes = made.cell(HEAD_ROW + 1, 1)
    _print(made, landscape=sum(widths) > PORTRAIT)


def _line(made: Worksheet, at: int, text: str, width: float, columns: int) -> None:
    """A line above the table, as wide as the table and as high as it needs to be."""
    made.merge_cells(start_row=at, start_column=1, end_row=at, end_column=columns)
    cell = made.cell(at, 1)
    write_text(cell, text)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    made.row_dimensions[at].height = (
        (1.4 if at == 1 else 1) * LINE_HEIGHT * _lines(text, width / (1.4 if at == 1 else 1))
    )


def _cell(cell: Any, value: Any, *, centred: bool) -> None:
    if isinstance(value, str):
        write_text(cell, value)
    else:
        cell.value = value
    if isinstance(value, Decimal):
        cell.number_format = "0.0" if value.as_tuple().exponent == -1 else "0.00"
    side = "center" if centred else "left" if isinstance(value, str) else "right"
    cell.border = _boxed()
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=isinstance(value, str))


def _column_width(title: str, values: Sequence[Any]) -> float:
    """As wide as the longest value; a long title is broken in two."""
    longest = max([_width(title) / (1 if len(title) <= 6 else 2), *map(_width, values)])
    return min(max(longest + 3, NARROWEST), WIDEST)


def _lines(value: Any, width: float) -> int:
    return sum(max(1, math.ceil(_width(part) / (width - 1))) for part in str(value).split("\n"))


def _boxed() -> Border:
    return Border(LINE, LINE, LINE, LINE)


def _width(value: Any) -> int:
    """In the widths of a digit: a Chinese character takes two."""
    return sum(2 if ord(one) > 0x2E80 else 1 for one in str("" if value is None else value))


def _print(made: Worksheet, *, landscape: bool) -> None:
    """A4, all columns on one page's width, the head on every page, pages numbered."""
    made.page_setup.paperSize = made.PAPERSIZE_A4
    made.page_setup.orientation = "landscape" if landscape else "portrait"
    made.page_setup.fitToWidth, made.page_setup.fitToHeight = 1, 0
    made.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    made.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    made.print_options.horizontalCentered = True
    made.oddFooter.center.text = "— &P —"


def _chart(made: Worksheet, title: str, column: int, rows: int, at: str) -> None:
    chart = BarChart()
    chart.type, chart.title, chart.legend, chart.gapWidth = "col", title, None, 60
    chart.width, chart.height = 17, 7.5
    chart.add_data(Reference(made, min_col=column, min_row=HEAD_ROW + 1, max_row=HEAD_ROW + rows))
    chart.set_categories(Reference(made, min_col=2, min_row=HEAD_ROW + 1, max_row=HEAD_ROW + rows))
    chart.series[0].graphicalProperties.solidFill = BLUE
    chart.dataLabels = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False
    )
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines = None
    made.add_chart(chart, at)
