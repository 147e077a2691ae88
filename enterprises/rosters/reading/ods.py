"""Reading .ods, as LibreOffice and WPS write it: its one stream of XML, row by row.

Repeated rows and cells, with which a small file can claim a whole sheet, are only written out where
they hold something.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.marks import STAMP_SHEET
from enterprises.rosters.definition.table import (
    MAX_COLUMNS,
    Area,
    RawRow,
    RawTable,
    filled_rows,
    is_blank,
)
from enterprises.rosters.reading.book import Sheet, first_rows
from enterprises.rosters.reading.formats.cell_row import CellRow
from enterprises.rosters.reading.formats.days import day_of_text
from enterprises.rosters.reading.formats.number_format import PERCENTAGE, Broken, as_shown
from enterprises.rosters.reading.safety import check_ods

_CONTENT = "content.xml"
_ROWS, _COLUMNS = "number-rows-repeated", "number-columns-repeated"
MAX_AREAS = 5_000
# How LibreOffice shows errors that have no name of their own.
_ERROR = re.compile(r"Err:[0-9]{3}|#[A-Z/0!?]+[!?A]?")


@dataclass(slots=True)
class _Facts:
    """What a table shows besides its values; see `RawTable`."""

    merged: list[Area] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    filtered: bool = False
    far: bool = False


class OdsBook:
    """An .ods that is open; see `book.Book`."""

    def __init__(self, path: Path, filename: str, max_rows: int) -> None:
        self.filename, self._max_rows = filename, max_rows
        self._archive = zipfile.ZipFile(path)
        try:
            check_ods(self._archive, filename)
            with self._archive.open(_CONTENT) as stream:
                self.sheets = list(_sheets_of(stream))
        except BaseException:
            self._archive.close()
            raise

    def close(self) -> None:
        self._archive.close()

    def top(self, sheet: Sheet) -> list[RawRow]:
        def rows() -> Iterator[RawRow]:
            with self._archive.open(_CONTENT) as stream:
                for row in _rows_of_table(stream, self.sheets.index(sheet), _Facts()):
                    yield row.number, row.values

        return first_rows(rows)

    def table(self, sheet: Sheet) -> RawTable:
        table, facts = RawTable(self.filename, sheet.name, "ods", []), _Facts()

        def rows() -> Iterator[RawRow]:
            with self._archive.open(_CONTENT) as stream:
                for row in _rows_of_table(stream, self.sheets.index(sheet), facts):
                    failures = {(row.number, at): rule for at, rule in row.failures.items()}
                    table.failures.update(failures)
                    yield row.number, row.values

        table.rows = list(
            filled_rows(rows(), self.filename, self._max_rows, table.notes, table.failures)
        )
        table.merged, table.filtered = facts.merged, facts.filtered
        table.hidden_rows, table.hidden_columns = facts.hidden_rows, facts.hidden_columns
        if facts.far:
            table.notes.append(f"第{MAX_COLUMNS}列以后的单元格未读取")
        stamp = next((each for each in self.sheets if each.name == STAMP_SHEET), None)
        if stamp and (top := self.top(stamp)):
            table.sealed = str(top[0][1][0])
        return table


def _sheets_of(stream: IO[bytes]) -> Iterator[Sheet]:
    """All tables of the file; a table is hidden by its style. Reads to the end of the stream."""
    hidden, style = set(), ""
    for event, element in iterparse(stream, ("start", "end")):
        name = _name(element)
        if event == "start" and name == "style":
            style = _get(element, "name")
        elif event == "start" and name == "table-properties":
            if _get(element, "display") == "false":
                hidden.add(style)
        elif event == "start" and name == "table" and _is_of_tables(element):
            yield Sheet(_get(element, "name"), _get(element, "style-name") not in hidden)
        elif event == "end":
            element.clear()


def _rows_of_table(stream: IO[bytes], wanted: int, facts: _Facts) -> Iterator[CellRow]:
    """The filled rows of one table, counted from 0."""
    seen, inside, rows = -1, False, _Rows(facts)
    table: Element | None = None
    for event, element in iterparse(stream, ("start", "end")):
        name = _name(element)
        if name == "table" and _is_of_tables(element):
            seen += event == "start"
            inside, table = event == "start" and seen == wanted, element
            if event == "end" and seen == wanted:
                return
        if event == "start" and inside and name == "table-row":
            rows.begin(element)
        elif event == "start" and inside and name == "table-column":
            rows.take_column(element)
        elif event == "end" and inside and name in ("table-cell", "covered-table-cell"):
            rows.take_cell(element)
        elif event == "end" and inside and name == "table-row":
            yield from rows.end()
            # The table would keep every row.
            if table is not None:
                del table[:]
        # What is below a cell is needed until the cell ends.
        if event == "end" and (not inside or name in ("table-row", "table-column", "annotation")):
            element.clear()


class _Rows:
    """Puts one row after another together from its cells."""

    def __init__(self, facts: _Facts) -> None:
        self._facts, self._row, self._column = facts, CellRow(0), 0
        self._repeated, self._at, self._next = 1, 0, 1
        self._element: Element | None = None
        self._hidden = False

    def begin(self, element: Element) -> None:
        self._repeated, self._at, self._element = _count(element, _ROWS), 0, element
        self._row = CellRow(self._next)
        visibility = _get(element, "visibility")
        self._hidden = visibility in ("collapse", "filter")
        self._facts.filtered = self._facts.filtered or visibility == "filter"

    def take_column(self, element: Element) -> None:
        repeated = _count(element, _COLUMNS)
        if _get(element, "visibility") == "collapse":
            last = min(self._column + repeated, MAX_COLUMNS)
            self._facts.hidden_columns += range(self._column, last)
        self._column += repeated

    def take_cell(self, element: Element) -> None:
        repeated, at = _count(element, _COLUMNS), self._at
        self._at += repeated
        value = None if _name(element) == "covered-table-cell" else _value_of(element)
        if value is not None:
            self._facts.far = self._facts.far or self._at > MAX_COLUMNS
            for column in range(at, min(self._at, MAX_COLUMNS)):
                self._row.put(column, value)
        high, wide = (
            _count(element, "number-rows-spanned"),
            _count(element, "number-columns-spanned"),
        )
        if high * wide > 1 and len(self._facts.merged) < MAX_AREAS:
            top = self._row.number
            self._facts.merged.append(Area(top, at, top + high - 1, at + wide - 1))
        element.clear()
        # The row would keep every cell, however many there are.
        if self._element is not None:
            del self._element[:]

    def end(self) -> Iterator[CellRow]:
        self._next += self._repeated
        if all(map(is_blank, self._row.values)) and not self._row.failures:
            return
        for number in range(self._row.number, self._row.number + self._repeated):
            if self._hidden:
                self._facts.hidden_rows.append(number)
            yield CellRow(number, self._row.values, self._row.failures)


def _value_of(cell: Element) -> object:
    """A value, None for a blank cell, or Broken."""
    kind, formula = _get(cell, "value-type"), _get(cell, "formula")
    text = _text_of(cell)
    if formula and _ERROR.fullmatch(text):
        return text if text.startswith("#") else Broken(catalogue.ERROR_CELL, text)
    if not kind:
        return Broken(catalogue.FORMULA) if formula and not text else text or None
    if kind in ("float", "currency", "percentage"):
        number = float(_get(cell, "value"))
        return as_shown(number, PERCENTAGE) if kind == "percentage" else number
    if kind == "date":
        return _day_of(_get(cell, "date-value"), text)
    if kind == "boolean":
        return _get(cell, "boolean-value") == "true"
    return _get(cell, "string-value") or text


def _day_of(written: str, shown: str) -> object:
    try:
        return day_of_text(written) or shown
    except ValueError:
        return shown


def _text_of(cell: Element) -> str:
    """The paragraphs of a cell as lines; notes that hang on the cell are no part of it."""
    return "\n".join("".join(_pieces(part)) for part in cell if _name(part) == "p")


def _pieces(element: Element) -> Iterator[str]:
    name = _name(element)
    if name == "s":
        yield " " * min(_count(element, "c"), 1_000)
    elif name == "tab":
        yield "\t"
    elif name == "line-break":
        yield "\n"
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""


def _is_of_tables(element: Element) -> bool:
    # The name "table" stands in other name spaces too.
    return ":table:" in element.tag


def _count(element: Element, name: str) -> int:
    written = _get(element, name)
    return max(1, int(written)) if written.isdecimal() else 1


def _get(element: Element, name: str) -> str:
    """An attribute by its local name; "" without it."""
    for key, value in element.attrib.items():
        # An extension of LibreOffice's repeats some attributes in a name space of its own.
        if key.rpartition("}")[2] == name and "calcext" not in key:
            return value
    return ""


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
