"""Lists as .xlsx or .csv, row by row, so that memory does not grow with the list.

No cell can become a formula.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from enterprises.models import SourceFile
from enterprises.rosters.writing.cells_out import FORMULA_BEGINS, write_text
from parks.district import DISTRICT
from parks.models import User
from parks.security.leaving import tell_rows

Columns = Sequence[tuple[str, int]]
"""Titles and widths."""
COLUMNS: Columns = (
    ("统一社会信用代码", 22),
    ("企业名称", 42),
    ("园区平台", 16),
    ("镇街", 12),
    ("技术领域", 18),
    ("有效资质", 36),
    ("证书编号", 20),
    ("发证日期", 12),
    ("有效期至", 12),
    ("后备库", 10),
    ("状态", 10),
)
"""Of a list of firms."""
NUMBER = ("序号", 6)
IN_MEMORY = 5_000_000
"""Bytes up to which a finished file is kept in memory instead of on disk."""


def head_of(lines: Iterable[str], user: User) -> list[str]:
    """The lines at the head of a file, after a warning of demo data and before who took it when."""
    head = []
    if SourceFile.objects.tell_of_a_demo():
        # A file leaves the portal and its banner: it has to say by itself that it is invented.
        head.append(f"演示数据：企业和数字均为程序生成，不是{DISTRICT.name}真实情况")
    head += lines
    exported_at = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    head.append(f"导出时间：{exported_at}　导出人：{user}（{user.username}）")
    return head


def workbook_of(
    *, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], columns: Columns = COLUMNS
) -> IO[bytes]:
    """A file with the title, the lines of `head`, the column titles and the rows, numbered."""
    # Rows are written as they come, so a list of any length needs the same memory.
    book = Workbook(write_only=True)
    sheet = book.create_sheet("企业名单" if columns is COLUMNS else "数据")
    columns = [NUMBER, *columns]
    for number, (_, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    first = len(head) + 3
    sheet.freeze_panes = f"D{first}"
    sheet.append([text(sheet, title, Font(bold=True, size=14))])
    for line in head:
        sheet.append([text(sheet, line)])
    sheet.append([heading(sheet, name) for name, _ in columns])
    for number, row in enumerate(rows, 1):
        cells: list[Any] = [number]
        for value in row:
            cells.append(text(sheet, value) if isinstance(value, str) else value)
        sheet.append(cells)
    return finished(book)


class CountedRows:
    """Rows, counted as they are written: a list of any length is never held as a whole."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self._rows:
            self.number += 1
            yield row


def download(
    name: str,
    form_at: str,
    *,
    title: str,
    said: Iterable[str],
    user: User,
    columns: Columns,
    rows: Iterable[Sequence[Any]],
) -> FileResponse:
    """The table as .xlsx, headed by what is said, or as bare .csv; `name` without its extension."""
    counted = CountedRows(rows)
    if form_at == "csv":
        file = csv_of(columns=columns, rows=counted)
    else:
        file = workbook_of(title=title, head=head_of(said, user), rows=counted, columns=columns)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.{form_at}")
    tell_rows(response, counted.number)
    return response


def finished(book: Workbook) -> IO[bytes]:
    """The file of a workbook, at its beginning."""
    file = _temporary_file()
    book.save(file)
    file.seek(0)
    return file


def csv_of(*, columns: Columns, rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """Column titles and rows, as spreadsheet programs in Chinese open it: UTF-8 with its mark."""
    file = _temporary_file()
    # Without the mark, Excel would read UTF-8 in the system's own encoding.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([name for name, _ in columns])
    writer.writerows([_without_formula(value) for value in row] for row in rows)
    # Without this, the wrapper would close the file when it is thrown away.
    text.detach()
    file.seek(0)
    return file


def _temporary_file() -> IO[bytes]:
    # Not in a `with`: the response that sends the file closes it.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    return file  # type: ignore[return-value]


def _without_formula(value: Any) -> Any:
    """The value; after an apostrophe where a spreadsheet program would calculate it."""
    if isinstance(value, str) and value.startswith(FORMULA_BEGINS):
        # A name from a roster may begin like a formula: opening the file must not run it.
        return f"'{value}"
    return value


def text(sheet: Any, value: str, font: Font | None = None) -> WriteOnlyCell:
    """A cell that stays text whatever it begins with, also after it was edited."""
    cell = WriteOnlyCell(sheet)
    write_text(cell, value)
    if font:
        cell.font = font
    return cell


def heading(sheet: Any, name: str) -> WriteOnlyCell:
    cell = text(sheet, name, Font(bold=True))
    cell.fill = PatternFill("solid", fgColor="E8F0F9")
    cell.alignment = Alignment(vertical="center")
    return cell
