"""Firm lists as .xlsx, row by row: memory does not grow with the list. No cell can become a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from enterprises.rosters.writing import write_text

COLUMNS = (
    ("序号", 6), ("统一社会信用代码", 22), ("企业名称", 42), ("园区平台", 16), ("镇街", 12), ("技术领域", 18),
    ("有效资质", 36), ("证书编号", 20), ("发证日期", 12), ("有效期至", 12), ("后备库", 10), ("状态", 10),
)  # fmt: skip
IN_MEMORY = 5_000_000
"""Bytes up to which a finished file is kept in memory instead of on disk."""


def workbook_of(*, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A file with the title, the lines of `head`, the column titles and the rows (without their number)."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("企业名单")
    for number, (_, width) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    first = len(head) + 3
    sheet.freeze_panes = f"D{first}"
    sheet.append([_text(sheet, title, Font(bold=True, size=14))])
    for line in head:
        sheet.append([_text(sheet, line)])
    sheet.append([_heading(sheet, name) for name, _ in COLUMNS])
    for number, row in enumerate(rows, 1):
        sheet.append([number, *(_text(sheet, value) if isinstance(value, str) else value for value in row)])
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file  # type: ignore[return-value]


def _text(sheet: Any, value: str, font: Font | None = None) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    write_text(cell, value)
    if font:
        cell.font = font
    return cell


def _heading(sheet: Any, name: str) -> WriteOnlyCell:
    cell = _text(sheet, name, Font(bold=True))
    cell.fill = PatternFill("solid", fgColor="E8F0F9")
    cell.alignment = Alignment(vertical="center")
    return cell
