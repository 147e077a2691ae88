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
from targets.bulletin import sheets, words
from targets.bulletin.content import NO_GOAL, Bulletin
from targets.bulletin.sheets import BulletinSheet
from targets.releases.sealed import seal_in_words

HEAD_ROW = 4
NARROWEST, WIDEST, PORTRAIT = 6, 44, 100
"""Widths of columns and, of all together, that of an upright page; in digits."""
DIGIT, EDGE = 5.25, 3.75
"""Width in points of a digit of the workbook's type, and of what a column has beside its digits."""
A4 = (595, 842)
MARGIN, HEAD_AND_FOOT = 29, 43
"""In points: at the left and right, and at the top and bottom."""
FEWEST_ROWS = 6
"""On a last page; with fewer the sheet is drawn in to do without it."""
LINE_HEIGHT = 16
CENTRED = ("位次", "序号")
LINE = Side("thin", color="B9C5D3")
BLUE = "0B4A8F"
HEAD_FILL = PatternFill("solid", fgColor="E8F0F9")
CHART_ROWS = 16
ONE_LINE_TITLE, BROKEN_TITLE = 5, 3
"""Characters of a title that is not broken, and of a line of one that is."""
FIRST_WIDE = "\u2e81"
"""From here on characters are as wide as two digits: the scripts of East Asia."""
BOX = Border(LINE, LINE, LINE, LINE)


def build_workbook(bulletin: Bulletin) -> bytes:
    """The district, targets, parks with two charts, towns, goals, tasks, decisions, certificates
    that run out, bridge and corrections.
    """
    book, seal = Workbook(), seal_in_words(bulletin.release)
    for number, sheet in enumerate(sheets.build_sheets(bulletin)):
        written = book.active if number == 0 else book.create_sheet()
        _write_sheet(written, bulletin, sheet)  # type: ignore[arg-type]
        if seal:
            # Small, so that it stands beside the number of the page.
            written.oddFooter.right.text = f"&7{seal}"  # type: ignore[union-attr]
        for place, (title, column) in enumerate(sheet.charts):
            row = HEAD_ROW + len(sheet.rows) + 2 + place * CHART_ROWS
            _add_chart(written, title, column, len(sheet.rows), f"A{row}")  # type: ignore[arg-type]
    return bytes_of(book)


def _write_sheet(worksheet: Worksheet, bulletin: Bulletin, sheet: BulletinSheet) -> None:
    worksheet.title = sheet.name
    widths = []
    for number, column in enumerate(sheet.columns):
        widths.append(_column_width(column, [row[number] for row in sheet.rows]))
        worksheet.column_dimensions[get_column_letter(number + 1)].width = widths[-1]
    _write_lines_above(worksheet, bulletin, sheet, widths)
    for number, column in enumerate(sheet.columns, 1):
        cell = worksheet.cell(HEAD_ROW, number, column)
        cell.font, cell.fill, cell.border = Font(bold=True), HEAD_FILL, BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for at, row in enumerate(sheet.rows, HEAD_ROW + 1):
        for number, (column, value) in enumerate(zip(sheet.columns, row, strict=True), 1):
            _write_cell(worksheet.cell(at, number), value, centred=column in CENTRED)
    for (at, number), fill in sheet.fills.items():
        worksheet.cell(HEAD_ROW + 1 + at, number + 1).fill = PatternFill("solid", fgColor=fill)
    # Excel fits the height of wrapped rows only when a person edits them: it is reckoned here.
    for at, row in enumerate([sheet.columns, *sheet.rows], HEAD_ROW):
        worksheet.row_dimensions[at].height = LINE_HEIGHT * max(map(_lines_needed, row, widths))
    worksheet.freeze_panes = worksheet.cell(HEAD_ROW + 1, 1)
    _set_up_print(worksheet, widths, with_charts=bool(sheet.charts))


def _write_lines_above(
    worksheet: Worksheet, bulletin: Bulletin, sheet: BulletinSheet, widths: Sequence[float]
) -> None:
    """Title, edition and note: as wide as the table, and as high as they need to be."""
    release = bulletin.release
    edition = f"{bulletin.title}（第{release.number}版）"
    lines = (
        f"{sheet.name}（{release.quarter}）",
        f"{edition}　统计日 {release.as_of:%Y-%m-%d}　证书日期口径"
        f"　印发日期 {bulletin.issued_on:%Y-%m-%d}",
        "　".join(note for note in (sheet.note, words.sole_person_note(release)) if note),
    )
    for at, text in enumerate(lines, 1):
        # Merged, since Excel would break a long line within its first narrow column.
        worksheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=len(widths))
        cell = worksheet.cell(at, 1)
        write_text(cell, text)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        worksheet.row_dimensions[at].height = LINE_HEIGHT * _lines_needed(text, sum(widths))
    worksheet["A1"].font = Font(bold=True, size=14)
    worksheet.row_dimensions[1].height = 1.5 * LINE_HEIGHT


def _write_cell(cell: Any, value: Any, *, centred: bool) -> None:
    is_text = isinstance(value, str)
    if is_text:
        write_text(cell, value)
    else:
        cell.value = value
    if isinstance(value, Decimal):
        cell.number_format = "0.0" if value.as_tuple().exponent == -1 else "0.00"
    side = "right"
    if centred:
        side = "center"
    # The dash stands for a number that there is not.
    elif is_text and value != NO_GOAL:
        side = "left"
    cell.border = BOX
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=is_text)


def _column_width(title: str, values: Sequence[Any]) -> float:
    """As wide as the longest value; a long title is broken."""
    title_width = _width_of(title) if len(title) <= ONE_LINE_TITLE else 2 * BROKEN_TITLE
    longest = max([title_width, *map(_width_of, values)])
    return min(max(longest + 2, NARROWEST), WIDEST)


def _lines_needed(value: Any, width: float) -> int:
    """How many lines a value takes in a column of this width; an empty part takes one too."""
    lines = 0
    for part in str(value).split("\n"):
        lines += max(1, math.ceil(_width_of(part) / (width - 1)))
    return lines


def _width_of(value: Any) -> int:
    """In the widths of a digit: a Chinese character takes two."""
    if value is None:
        return 0
    return sum(2 if character >= FIRST_WIDE else 1 for character in str(value))


def _set_up_print(worksheet: Worksheet, widths: Sequence[float], *, with_charts: bool) -> None:
    """A4, all columns on one page's width, the head on every page, pages numbered."""
    landscape = sum(widths) > PORTRAIT
    worksheet.page_setup.paperSize = worksheet.PAPERSIZE_A4
    worksheet.page_setup.orientation = "landscape" if landscape else "portrait"
    margins = worksheet.page_margins
    margins.left = margins.right = MARGIN / 72
    margins.top = margins.bottom = HEAD_AND_FOOT / 72
    margins.header = margins.footer = HEAD_AND_FOOT / 144
    worksheet.page_setup.fitToWidth = 1
    # Charts are no rows: with them the program finds its pages itself.
    worksheet.page_setup.fitToHeight = 0 if with_charts else _pages(worksheet, widths, landscape)
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    worksheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    worksheet.print_options.horizontalCentered = True
    worksheet.oddFooter.center.text = "— &P —"


def _pages(worksheet: Worksheet, widths: Sequence[float], landscape: bool) -> int:
    """How many pages at most; 0, as many as it takes, where the last one holds enough."""
    width, height = reversed(A4) if landscape else A4
    wide = sum(DIGIT * digits + EDGE for digits in widths)
    scale = min(1, (width - 2 * MARGIN) / wide)
    page, head = (height - 2 * HEAD_AND_FOOT) / scale, worksheet.row_dimensions[HEAD_ROW].height
    used, pages, on_page = 0.0, 1, 0
    for row in range(1, worksheet.max_row + 1):
        tall = worksheet.row_dimensions[row].height or LINE_HEIGHT
        if used + tall > page:
            used, pages, on_page = head, pages + 1, 0
        used, on_page = used + tall, on_page + 1
    return pages - 1 if pages > 1 and on_page < FEWEST_ROWS else 0


def _add_chart(worksheet: Worksheet, title: str, column: int, rows: int, at: str) -> None:
    chart = BarChart()
    chart.type, chart.title, chart.legend, chart.gapWidth = "col", title, None, 60
    chart.width, chart.height = 17, 7.5
    chart.add_data(
        Reference(worksheet, min_col=column, min_row=HEAD_ROW + 1, max_row=HEAD_ROW + rows)
    )
    chart.set_categories(
        Reference(worksheet, min_col=2, min_row=HEAD_ROW + 1, max_row=HEAD_ROW + rows)
    )
    chart.series[0].graphicalProperties.solidFill = BLUE
    chart.dataLabels = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False
    )
    # openpyxl leaves this open, and Excel then takes the axes for deleted.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines = None
    worksheet.add_chart(chart, at)
