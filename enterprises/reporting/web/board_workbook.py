"""The board of a quarter as a workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from enterprises.reporting import desk
from enterprises.reporting.board import QuarterBoard
from enterprises.rosters.writing.cells_out import bytes_of, write_text
from parks.models import User

COLUMNS = (
    ("序号", 6), ("类别", 10), ("单位", 26), ("状态", 12), ("版次", 8), ("报送时间", 18),
    ("是否逾期", 10), ("企业数", 8), *((kind.label, 8) for kind in desk.COUNTED), ("待办", 40),
)  # fmt: skip
HEAD_ROW = 4


def build_workbook(
    board: QuarterBoard, rows: Iterable[desk.DeskRow], *, by: User, at: dt.datetime
) -> bytes:
    """An .xlsx with one line per unit.

    Its head names the quarter, the counts, and who exported it when.
    """
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "报送进度"
    write_text(sheet["A1"], f"{board.quarter}名册报送进度")
    sheet["A1"].font = Font(bold=True, size=14)
    days = f"截止日{board.quarter.due_on:%Y-%m-%d}，锁定日{board.quarter.locks_on:%Y-%m-%d}"
    counts = f"应报{board.expected}，已报{board.handed_in}，已入库{board.applied}，逾期{board.late}"
    write_text(sheet["A2"], f"{counts}；{days}")
    write_text(sheet["A3"], f"导出时间：{at:%Y-%m-%d %H:%M}　导出人：{by}（{by.username}）")
    for number, (title, width) in enumerate(COLUMNS, 1):
        _put_title(sheet.cell(HEAD_ROW, number), title)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number, row in enumerate(rows, 1):
        for column, value in enumerate([number, *_cells_of(row)], 1):
            _put_value(sheet.cell(HEAD_ROW + number, column), value)
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, 4)
    return bytes_of(book)


def _cells_of(row: desk.DeskRow) -> list[Any]:
    number, handed_in = None, ""
    if version := row.line.version:
        number = version.number
        if version.submitted_at:
            handed_in = f"{timezone.localtime(version.submitted_at):%Y-%m-%d %H:%M}"
    return [
        row.line.unit.get_kind_display(),
        row.line.unit.name,
        row.label,
        number,
        handed_in,
        "逾期" if row.line.is_late else "",
        row.firms,
        *row.counts,
        "；".join(row.todo),
    ]


def _put_value(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        write_text(cell, value)
    else:
        cell.value = value


def _put_title(cell: Any, title: str) -> None:
    write_text(cell, title)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8F0F9")
    cell.alignment = Alignment(vertical="center")
