"""Reading .xlsx: values as last calculated, and the cells that have none.

calamine reads a plainly written sheet some ten times faster than openpyxl and gives the same values. Where a sheet
is written so that calamine would drop something or ask for memory without end, openpyxl reads it, row by row.
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

from enterprises.rosters.definition import catalogue as c
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

_OTHER_PARTS = ("xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml")


def read_xlsx(path: Path, filename: str, max_rows: int) -> RawTable:
    with zipfile.ZipFile(path) as archive:
        check_package(archive, filename)
        package = package_of(archive)
        sheet = package.roster(filename)
        facts = look_through(archive, sheet.part, filename, max_rows)
        table = _table(filename, sheet, package, facts)
        table.notes += [
            _other_sheet(other)
            for other in _others(package, sheet)
            if has_values(archive, other.part)
        ]
        # calamine holds the whole block of cells from A1 to the last one in memory, 32 bytes each.
        small = facts.last_row <= max_rows + 2 * HEADER_ROWS + MAX_BLANK_ROWS
        fast = facts.plain and small and not facts.far and _others_are_plain(archive)
        for part in _OTHER_PARTS:
            if fast and part in archive.namelist():
                prove_whole(archive, part)
    read = _read_quickly if fast else _read_carefully
    read(path, sheet, package, facts, table, max_rows)
    return table


def _table(filename: str, sheet: SheetPart, package: Package, facts: SheetFacts) -> RawTable:
    table = RawTable(filename, sheet.name, "xlsx", [], epoch=package.epoch, merged=facts.merged)
    table.hidden_rows, table.hidden_columns = facts.hidden_rows, facts.hidden_columns
    table.filtered, table.filter_area = facts.filter_set, facts.filter
    if facts.far:
        table.notes.append(f"第{MAX_COLUMNS}列以后的单元格未读取")
    return table


def _others(package: Package, sheet: SheetPart) -> list[SheetPart]:
    return [
        other for other in package.sheets if other is not sheet and other.name not in OWN_SHEETS
    ]


def _other_sheet(sheet: SheetPart) -> str:
    return f"{'' if sheet.visible else '隐藏的'}工作表“{sheet.name}”有内容，未读取"


def _others_are_plain(archive: zipfile.ZipFile) -> bool:
    names = set(archive.namelist())
    return all(is_utf8(archive.open(part).read(200)) for part in _OTHER_PARTS if part in names)


# --- with calamine ----------------------------------------------------------------------------------------------
def _read_quickly(
    path: Path,
    sheet: SheetPart,
    package: Package,
    facts: SheetFacts,
    table: RawTable,
    max_rows: int,
) -> None:
    with calamine.load_workbook(str(path)) as book:
        # Not iter_rows: it drops empty columns before the first value.
        rows: Iterable[Sequence[object]] = book.get_sheet_by_name(sheet.name).to_python(
            skip_empty_area=False
        )
        if facts.errors:
            rows = _with_errors(rows, facts.errors)
        table.rows = list(filled_rows(rows, table.filename, max_rows, table.notes))
        if any(other.name == STAMP_SHEET for other in package.sheets):
            stamp = book.get_sheet_by_name(STAMP_SHEET).to_python(skip_empty_area=False, nrows=1)
            table.sealed = str(stamp[0][0]) if stamp and stamp[0] else ""
    table.failures = dict.fromkeys(facts.unanswered, c.FORMULA)


def _with_errors(
    rows: Iterable[Sequence[object]], errors: dict[tuple[int, int], str]
) -> Iterator[Sequence[object]]:
    """The rows with the texts of error cells put back, also behind the last cell that calamine sees."""
    by_row: dict[int, dict[int, str]] = {}
    for (number, at), text in errors.items():
        by_row.setdefault(number, {})[at] = text
    last = 0
    for last, row in enumerate(rows, start=1):
        yield _patched(row, by_row.pop(last)) if last in by_row else row
    for number in sorted(by_row):
        yield from ([] for _ in range(last + 1, number))
        yield _patched([], by_row[number])
        last = number


def _patched(row: Sequence[object], errors: dict[int, str]) -> list[object]:
    patched = [*row, *[""] * (max(errors) + 1 - len(row))]
    for at, text in errors.items():
        patched[at] = text
    return patched


# --- with openpyxl ----------------------------------------------------------------------------------------------
def _read_carefully(
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
            table.rows = list(
                filled_rows(_values(book[sheet.name]), table.filename, max_rows, table.notes)
            )
            if STAMP_SHEET in book.sheetnames:
                table.sealed = str(next(_values(book[STAMP_SHEET]), ("",))[0])
        finally:
            book.close()
    if facts.formulas:
        table.failures = dict.fromkeys(_uncalculated(path, sheet.part), c.FORMULA)


def _values(sheet: Any) -> Iterator[tuple[object, ...]]:
    # Writers get <dimension> wrong, and openpyxl would silently drop the rows outside it.
    sheet.reset_dimensions()
    return sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)


def _uncalculated(path: Path, part: str) -> Iterator[tuple[int, int]]:
    """(row, column from 0) of cells with a formula and no stored result; an empty text is a result."""
    row = column = 0
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        for event, element in iterparse(stream, ("start", "end")):
            name = element.tag.rpartition("}")[2]
            if name == "row" and event == "start":
                row, column = int(element.get("r", row + 1)), 0
            elif name == "c" and event == "end":
                row, column = (
                    coordinate_to_tuple(element.get("r") or "A1")
                    if element.get("r")
                    else (row, column + 1)
                )
                if _lacks_result(element):
                    yield row, column - 1
            elif name == "row":
                element.clear()


def _lacks_result(cell: Element) -> bool:
    children = {child.tag.rpartition("}")[2]: child for child in cell}
    if "f" not in children or "is" in children:
        return False
    return "v" not in children or (not children["v"].text and cell.get("t") != "str")
