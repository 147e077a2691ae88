"""Reading .xlsx with openpyxl: values as last calculated, and the cells that have none."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, iterparse

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import MAC_EPOCH

from enterprises.rosters import catalogue as c
from enterprises.rosters.safety import MEGABYTE, check_package, whole_tags
from enterprises.rosters.table import MAX_COLUMNS, Table, filled_rows, is_blank

# The parser holds a whole row in memory, at twenty times its length.
MAX_ROW_BYTES = 8 * MEGABYTE

_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row [^>]*\bhidden=[\"'](?:1|true)[\"']")
_FAR_CELL = re.compile(rb"<(?:\w+:)?c [^>]*\br=[\"'](?:G[S-Z]|[H-Z][A-Z]|[A-Z]{3})[0-9]")


def read_xlsx(path: Path, filename: str, max_rows: int) -> Table:
    with zipfile.ZipFile(path) as archive:
        check_package(archive, filename)
    # Given a path, openpyxl judges it by its ending; stored files have none.
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = book.worksheets
            visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
            if not visible:
                raise c.NO_SHEET.refuse(filename, "文件中没有工作表" if not sheets else "工作表全部处于隐藏状态")
            return _read_sheet(path, filename, visible[0], sheets, max_rows)
        finally:
            book.close()


def _read_sheet(path: Path, filename: str, sheet: Any, sheets: list[Any], max_rows: int) -> Table:
    table = Table(filename, sheet.title, "xlsx", [])
    table.epoch = 1904 if sheet.parent.epoch == MAC_EPOCH else 1900
    has_formulas = _look_through(path, sheet, table)
    table.rows = list(filled_rows(_values(sheet), filename, max_rows, table.notes))
    if has_formulas:
        table.failures = dict.fromkeys(_uncalculated(path, sheet), c.FORMULA)
    table.notes += [_other_sheet(other) for other in sheets if other is not sheet and _has_data(other)]
    return table


def _values(sheet: Any) -> Iterator[tuple[object, ...]]:
    # Writers get <dimension> wrong, and openpyxl would silently drop the rows outside it.
    sheet.reset_dimensions()
    return sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)


def _part(sheet: Any) -> str:
    return sheet._worksheet_path  # openpyxl has no public way from a sheet to its part


def _look_through(path: Path, sheet: Any, table: Table) -> bool:
    """Whether there are formulas. On the way refuse an endless row, and note hidden rows and far cells.

    Reading to the end also proves the checksum.
    """
    formulas = far = False
    hidden = row_length = 0
    with zipfile.ZipFile(path) as archive, archive.open(_part(sheet)) as stream:
        for block in whole_tags(stream):
            row_start = max(block.rfind(b"<row"), block.rfind(b":row"), block.rfind(b"</row"))
            row_length = len(block) - row_start if row_start >= 0 else row_length + len(block)
            if row_length > MAX_ROW_BYTES:
                raise c.SUSPICIOUS.refuse(table.filename, "工作表中有异常庞大的行，为安全起见不予读取")
            formulas = formulas or _FORMULA.search(block) is not None
            far = far or _FAR_CELL.search(block) is not None
            hidden += len(_HIDDEN_ROW.findall(block))
    if hidden:
        table.notes.append(f"含隐藏行{hidden}行，已一并读取")
    if far:
        table.notes.append(f"第{MAX_COLUMNS}列以后的单元格未读取")
    return formulas


def _uncalculated(path: Path, sheet: Any) -> Iterator[tuple[int, int]]:
    """(row, column from 0) of cells with a formula and no stored result; an empty text is a result."""
    row = column = 0
    with zipfile.ZipFile(path) as archive, archive.open(_part(sheet)) as stream:
        for event, element in iterparse(stream, ("start", "end")):
            name = element.tag.rpartition("}")[2]
            if name == "row" and event == "start":
                row, column = int(element.get("r", row + 1)), 0
            elif name == "c" and event == "end":
                row, column = coordinate_to_tuple(element.get("r") or "A1") if element.get("r") else (row, column + 1)
                if _lacks_result(element):
                    yield row, column - 1
            elif name == "row":
                element.clear()


def _lacks_result(cell: Element) -> bool:
    children = {child.tag.rpartition("}")[2]: child for child in cell}
    if "f" not in children or "is" in children:
        return False
    return "v" not in children or (not children["v"].text and cell.get("t") != "str")


def _has_data(sheet: Any) -> bool:
    rows = _values(sheet)
    return any(not is_blank(value) for _, row in zip(range(100), rows, strict=False) for value in row)


def _other_sheet(sheet: Any) -> str:
    hidden = "隐藏的" if sheet.sheet_state != "visible" else ""
    return f"{hidden}工作表“{sheet.title}”有内容，未读取"
