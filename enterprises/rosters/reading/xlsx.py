"""Reading .xlsx: values as last calculated, and the cells that have none.

calamine reads a plainly written sheet some ten times faster than openpyxl and gives the same
values. Where a sheet is written so that calamine would drop something or ask for memory without
end, openpyxl reads it, row by row.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, iterparse

import openpyxl
import python_calamine as calamine
from openpyxl.utils.cell import coordinate_to_tuple

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.marks import OWN_SHEETS, STAMP_SHEET
from enterprises.rosters.definition.table import (
    HEADER_ROWS,
    MAX_BLANK_ROWS,
    MAX_COLUMNS,
    RawTable,
    filled_rows,
)
from enterprises.rosters.reading.package import Package, SheetPart, package_of
from enterprises.rosters.reading.safety import check_package, is_utf8
from enterprises.rosters.reading.sheet_xml import SheetFacts, has_values, look_through, prove_whole

# Besides the sheet itself, calamine reads these; all must be sound for it to be trusted.
_OTHER_PARTS = ("xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml")


def read_xlsx(path: Path, filename: str, max_rows: int) -> RawTable:
    with zipfile.ZipFile(path) as archive:
        check_package(archive, filename)
        package = package_of(archive)
        sheet = package.roster_sheet(filename)
        facts = look_through(archive, sheet.part, filename, max_rows)
        table = _table_without_rows(filename, sheet, package, facts)
        for unread in package.sheets:
            if unread is sheet or unread.name in OWN_SHEETS:
                continue
            if has_values(archive, unread.part):
                hidden = "" if unread.visible else "隐藏的"
                table.notes.append(f"{hidden}工作表“{unread.name}”有内容，未读取")
        # calamine holds the whole block of cells from A1 to the last one in memory, 32 bytes each.
        small = facts.last_row <= max_rows + 2 * HEADER_ROWS + MAX_BLANK_ROWS
        fast = facts.plain and small and not facts.far and _other_parts_are_utf8(archive)
        # calamine would read the sound beginning of a broken part without an error.
        for part in _OTHER_PARTS:
            if fast and part in archive.namelist():
                prove_whole(archive, part)
    # Both fill in the table's rows, failures and stamp, and tests hold them against each other.
    read = _read_with_calamine if fast else _read_with_openpyxl
    read(path, sheet, package, facts, table, max_rows)
    return table


def _table_without_rows(
    filename: str, sheet: SheetPart, package: Package, facts: SheetFacts
) -> RawTable:
    table = RawTable(filename, sheet.name, "xlsx", [], epoch=package.epoch, merged=facts.merged)
    table.hidden_rows, table.hidden_columns = facts.hidden_rows, facts.hidden_columns
    table.filtered, table.filter_area = facts.filter_set, facts.filter
    if facts.far:
        table.notes.append(f"第{MAX_COLUMNS}列以后的单元格未读取")
    return table


def _other_parts_are_utf8(archive: zipfile.ZipFile) -> bool:
    for part in _OTHER_PARTS:
        if part in archive.namelist() and not is_utf8(archive.open(part).read(200)):
            return False
    return True


# --- with calamine ---
def _read_with_calamine(
    path: Path,
    sheet: SheetPart,
    package: Package,
    facts: SheetFacts,
    table: RawTable,
    max_rows: int,
) -> None:
    with calamine.load_workbook(str(path)) as book:
        cells = book.get_sheet_by_name(sheet.name)
        # Not iter_rows: it drops empty columns before the first value.
        rows: Iterable[Sequence[object]] = cells.to_python(skip_empty_area=False)
        if facts.errors:
            rows = _with_errors(rows, facts.errors)
        table.rows = list(filled_rows(rows, table.filename, max_rows, table.notes))
        if any(part.name == STAMP_SHEET for part in package.sheets):
            stamp = book.get_sheet_by_name(STAMP_SHEET).to_python(skip_empty_area=False, nrows=1)
            table.sealed = str(stamp[0][0]) if stamp and stamp[0] else ""
    table.failures = dict.fromkeys(facts.unanswered, catalogue.FORMULA)


def _with_errors(
    rows: Iterable[Sequence[object]], errors: dict[tuple[int, int], str]
) -> Iterator[Sequence[object]]:
    """The rows with the texts of error cells put back, also behind the last cell of calamine's."""
    # calamine gives error cells as blanks, and drops trailing blanks.
    by_row: dict[int, dict[int, str]] = {}
    for (number, at), text in errors.items():
        by_row.setdefault(number, {})[at] = text
    last = 0
    for last, row in enumerate(rows, start=1):
        yield _row_with_errors(row, by_row.pop(last, {}))
    for number in sorted(by_row):
        for _ in range(last + 1, number):
            yield []
        yield _row_with_errors([], by_row[number])
        last = number


def _row_with_errors(row: Sequence[object], errors: dict[int, str]) -> Sequence[object]:
    if not errors:
        return row
    cells = [*row, *[""] * (max(errors) + 1 - len(row))]
    for at, text in errors.items():
        cells[at] = text
    return cells


# --- with openpyxl ---
def _read_with_openpyxl(
    path: Path,
    sheet: SheetPart,
    package: Package,
    facts: SheetFacts,
    table: RawTable,
    max_rows: int,
) -> None:
    # Given a path, openpyxl judges it by its ending; stored files have none.
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            rows = _row_values(book[sheet.name])
            table.rows = list(filled_rows(rows, table.filename, max_rows, table.notes))
            if STAMP_SHEET in book.sheetnames:
                table.sealed = str(next(_row_values(book[STAMP_SHEET]), ("",))[0])
        finally:
            book.close()
    # A second pass over the XML: openpyxl gives formulas or results, never both.
    if facts.formulas:
        cells = _uncalculated_cells(path, sheet.part)
        table.failures = dict.fromkeys(cells, catalogue.FORMULA)


def _row_values(sheet: Any) -> Iterator[tuple[object, ...]]:
    # Writers get <dimension> wrong, and openpyxl would silently drop the rows outside it.
    sheet.reset_dimensions()
    return sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)


def _uncalculated_cells(path: Path, part: str) -> Iterator[tuple[int, int]]:
    """(row, column from 0) of cells with a formula and no result; an empty text is a result."""
    row = column = 0
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        for event, element in iterparse(stream, ("start", "end")):
            name = element.tag.rpartition("}")[2]
            if name == "row" and event == "start":
                row, column = int(element.get("r", row + 1)), 0
            elif name == "c" and event == "end":
                column += 1
                # A cell without an address stands right of the one before it.
                if address := element.get("r"):
                    row, column = coordinate_to_tuple(address)
                if _lacks_result(element):
                    yield row, column - 1
            elif name == "row":
                # Read rows are dropped, or the whole sheet would be in memory at the end.
                element.clear()


def _lacks_result(cell: Element) -> bool:
    # <f> is the formula, <v> its result, <is> a text in place of one.
    children = {child.tag.rpartition("}")[2]: child for child in cell}
    if "f" not in children or "is" in children:
        return False
    return "v" not in children or (not children["v"].text and cell.get("t") != "str")
