"""The outlook's tables as a workbook: a sheet that says what they rest on, then one for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Font

from enterprises.rosters.writing.list_file import finished, head_of, heading, text
from parks.district import DISTRICT
from parks.models import User
from targets.outlook import words
from targets.outlook.assembly import Outlook
from targets.outlook.cells import OutlookCell, OutlookTable

WIDTH = 18


def workbook(page: Outlook, tables: Mapping[str, OutlookTable], user: User) -> IO[bytes]:
    """No cell can become a formula."""
    book = Workbook(write_only=True)
    _first_sheet(book, page, user)
    for table in tables.values():
        _table_sheet(book, table)
    return finished(book)


def _first_sheet(book: Any, page: Outlook, user: User) -> None:
    sheet = book.create_sheet("说明")
    sheet.column_dimensions["A"].width = 110
    title = f"{DISTRICT.name}{page.indicator.short_name}到期与预测"
    sheet.append([text(sheet, title, Font(bold=True, size=14))])
    question = page.question
    lines = [f"预测起点：{question.on}（证书日期口径）"]
    if page.reach.in_words:
        lines.append(f"现有{page.now.stock}家，{page.reach.in_words}")
    lines += [words.of_verdict(verdict) for verdict in page.verdicts]
    for verdict in page.verdicts:
        sentence = words.of_supposition(verdict, question.supposed, page.now.has_term)
        if sentence:
            lines.append(sentence)
    for line in head_of(lines, user):
        sheet.append([text(sheet, line)])


def _table_sheet(book: Any, table: OutlookTable) -> None:
    sheet = book.create_sheet(table.title[:31])
    for column in range(len(table.head)):
        sheet.column_dimensions[chr(ord("A") + column)].width = WIDTH
    sheet.append([heading(sheet, name) for name in table.head])
    for row in table.rows:
        sheet.append([_sheet_cell(sheet, cell) for cell in row])
    if table.note:
        sheet.append([text(sheet, table.note)])


def _sheet_cell(sheet: Any, cell: OutlookCell) -> Any:
    return text(sheet, cell.value) if isinstance(cell.value, str) else cell.value
