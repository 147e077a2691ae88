"""The problems of a roster as a workbook, for a clerk who works them off beside her own file."""

from __future__ import annotations

from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from enterprises.rosters.writing.cells_out import bytes_of, write_text

TITLES = (("级别", 8), ("位置", 16), ("列", 22), ("填写内容", 26), ("原因", 46), ("怎么改", 46))


def problem_list(caption: str, lines: Iterable[tuple[str, ...]]) -> bytes:
    """The .xlsx file. A line is: level, place, column, text of the cell, reason, fix."""
    book = Workbook()
    sheet = book.active
    sheet.title = "问题清单"
    write_text(sheet["A1"], caption)
    sheet["A1"].font = Font(bold=True, size=14)
    for number, (title, width) in enumerate(TITLES, 1):
        cell = sheet.cell(2, number, title)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for row, line in enumerate(lines, 3):
        for number, text in enumerate(line, 1):
            cell = sheet.cell(row, number)
            write_text(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = f"A2:F{max(sheet.max_row, 2)}"
    return bytes_of(book)
