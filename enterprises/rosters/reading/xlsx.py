"""Reading .xlsx: values as last calculated, and the cells that have none.

calamine reads a plainly written sheet some ten times faster than the careful way and gives the same
values. Where a workbook is laid out or written so that calamine would drop something or ask for
memory without end, it is read row by row.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

import python_calamine as calamine

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.marks import STAMP_SHEET
from enterprises.rosters.definition.table import (
    HEADER_ROWS,
    LONG_GAP,
    MAX_COLUMNS,
    RawRow,
    RawTable,
    filled_rows,
)
from enterprises.rosters.reading.book import Beginning, Sheet, first_rows
from enterprises.rosters.reading.formats.cell_row import CellRow
from enterprises.rosters.reading.formats.number_format import Formats, formats_of_styles
from enterprises.rosters.reading.package import Parts, package_of
from enterprises.rosters.reading.safety import (
    PART_LIMITS,
    check_package,
    check_part_size,
    is_utf8,
)
from enterprises.rosters.reading.sheet_cells import rows_of_sheet, shared_texts
from enterprises.rosters.reading.sheet_xml import SheetFacts, look_through, prove_whole


class XlsxBook:
    """An .xlsx that is open; see `book.Book`."""

    def __init__(self, path: Path, filename: str, max_rows: int) -> None:
        self.filename, self._path, self._max_rows = filename, path, max_rows
        self._archive = zipfile.ZipFile(path)
        self._texts: list[str] | None = None
        try:
            check_package(self._archive, filename)
            self._parts = Parts(self._archive)
            self._package = package_of(self._parts)
            # Wherever the relations place them, these parts stay as small as in their usual place.
            for kind, part in self._package.others.items():
                limit = PART_LIMITS[
                    "sharedstrings.xml" if kind == "sharedStrings" else kind + ".xml"
                ]
                check_part_size(self._parts.entry(part), limit, filename)
            self._formats = self._read_formats()
        except BaseException:
            self._archive.close()
            raise
        self.sheets = [Sheet(sheet.name, sheet.visible) for sheet in self._package.sheets]

    def close(self) -> None:
        self._archive.close()

    def top(self, sheet: Sheet) -> list[RawRow]:
        def rows() -> Iterator[RawRow]:
            with self._parts.open(self._part_of(sheet.name)) as stream:
                for row in self._careful_rows(cast(IO[bytes], Beginning(stream))):
                    yield row.number, row.values

        return first_rows(rows)

    def table(self, sheet: Sheet) -> RawTable:
        part = self._part_of(sheet.name)
        facts = look_through(
            self._parts, part, self.filename, self._max_rows, self._formats.special
        )
        table = _table_without_rows(self.filename, sheet.name, self._package.epoch, facts)
        # calamine holds the whole block of cells from A1 to the last one in memory, 32 bytes each.
        small = facts.last_row <= self._max_rows + 2 * HEADER_ROWS + LONG_GAP
        fast = self._package.usual and facts.plain and small and not facts.far
        others = [self._package.book, *self._package.others.values()]
        if fast and all(is_utf8(self._parts.open(other).read(200)) for other in others):
            # calamine would read the sound beginning of a broken part without an error.
            for other in others:
                prove_whole(self._parts, other)
            try:
                _read_with_calamine(self, table, facts)
            except calamine.CalamineError:
                # It may be put off by a part that the careful way does not even look at.
                table = _table_without_rows(self.filename, sheet.name, self._package.epoch, facts)
                _read_with_care(self, table, facts)
        else:
            _read_with_care(self, table, facts)
        return table

    def _part_of(self, name: str) -> str:
        return next(sheet.part for sheet in self._package.sheets if sheet.name == name)

    def _read_formats(self) -> Formats:
        styles = self._package.others.get("styles")
        return formats_of_styles(self._parts.read(styles)) if styles else Formats()

    def _careful_rows(self, stream: IO[bytes]) -> Iterator[CellRow]:
        if self._texts is None:
            texts = self._package.others.get("sharedStrings")
            self._texts = shared_texts(self._parts.open(texts)) if texts else []
        return rows_of_sheet(stream, self._texts, self._formats, self._package.epoch)


def _table_without_rows(filename: str, name: str, epoch: int, facts: SheetFacts) -> RawTable:
    table = RawTable(filename, name, "xlsx", [], epoch=epoch, merged=facts.merged)
    table.hidden_rows, table.hidden_columns = facts.hidden_rows, facts.hidden_columns
    table.filtered, table.filter_area = facts.filter_set, facts.filter
    if facts.far:
        table.notes.append(f"第{MAX_COLUMNS}列以后的单元格未读取")
    return table


# Both fill in the table's rows, failures and stamp, and tests hold them against each other.
# --- with calamine ---
def _read_with_calamine(book: XlsxBook, table: RawTable, facts: SheetFacts) -> None:
    table.failures = dict.fromkeys(facts.unanswered, catalogue.FORMULA)
    with calamine.load_workbook(str(book._path)) as quick:
        cells = quick.get_sheet_by_name(table.sheet)
        # Not iter_rows: it drops empty columns before the first value.
        rows: Iterable[Sequence[object]] = cells.to_python(skip_empty_area=False)
        if facts.errors or facts.unanswered:
            # A formula without a result keeps its row, whatever else is in it.
            rows = _with_errors(rows, dict.fromkeys(facts.unanswered, "") | facts.errors)
        numbered: Iterable[RawRow] = enumerate(rows, start=1)
        if facts.styled:
            numbered = _with_formats(numbered, facts.styled, book._formats, table)
        filled = filled_rows(numbered, table.filename, book._max_rows, table.notes, table.failures)
        table.rows = list(filled)
        if any(sheet.name == STAMP_SHEET for sheet in book.sheets):
            stamp = quick.get_sheet_by_name(STAMP_SHEET).to_python(skip_empty_area=False, nrows=1)
            table.sealed = str(stamp[0][0]) if stamp and stamp[0] else ""


def _with_formats(
    rows: Iterable[RawRow],
    styled: dict[tuple[int, int], int],
    formats: Formats,
    table: RawTable,
) -> Iterator[RawRow]:
    """The rows with numbers as their cells show them, where calamine gives the bare number."""
    by_row: dict[int, list[int]] = {}
    for number, at in styled:
        by_row.setdefault(number, []).append(at)
    for number, values in rows:
        if number not in by_row:
            yield number, values
            continue
        row = CellRow(number, list(values))
        for at in by_row[number]:
            value = values[at] if at < len(values) else None
            # To calamine a day of some formats is one already.
            if isinstance(value, int | float) and not isinstance(value, bool):
                row.put(at, formats.value_of(value, styled[number, at], table.epoch))
        table.failures.update({(number, at): rule for at, rule in row.failures.items()})
        yield number, row.values


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


# --- with care ---
def _read_with_care(book: XlsxBook, table: RawTable, facts: SheetFacts) -> None:
    def numbered(stream: IO[bytes]) -> Iterator[RawRow]:
        for row in book._careful_rows(stream):
            table.failures.update({(row.number, at): rule for at, rule in row.failures.items()})
            yield row.number, row.values

    with book._parts.open(book._part_of(table.sheet)) as stream:
        rows = filled_rows(
            numbered(stream), table.filename, book._max_rows, table.notes, table.failures
        )
        table.rows = list(rows)
    stamp = next((sheet for sheet in book.sheets if sheet.name == STAMP_SHEET), None)
    if stamp and (top := book.top(stamp)):
        table.sealed = str(top[0][1][0])
