"""Spreadsheets (.xlsx, .xls, .ods, .csv): every visible sheet that is not empty, as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from enterprises.announcements.reading.document import Block, PrintedTable, Row
from enterprises.rosters.definition.table import RawTable
from enterprises.rosters.reading.csv_file import read_csv
from enterprises.rosters.reading.workbook import BOOKS

WHOLE = 1e15
"""From here on a number in a cell is no longer exact."""


def blocks_of_book(path: Path, filename: str, kind: str, max_rows: int) -> list[Block]:
    """`kind` as `safety.kind_of` tells it. Raises FileRefused, or whatever a broken file provokes."""
    if kind == "csv":
        return [_table_of(read_csv(path, filename, max_rows), "")]
    with closing(BOOKS[kind](path, filename, max_rows)) as book:
        tables = [(sheet.name, book.table(sheet)) for sheet in book.sheets if sheet.visible]
    return [_table_of(table, name) for name, table in tables if table.rows]


def _table_of(table: RawTable, name: str) -> PrintedTable:
    return PrintedTable(tuple(_rows(table)), name)


def _rows(table: RawTable) -> Iterator[Row]:
    for number, values in table.rows:
        place = f"{table.sheet}第{number}行" if table.kind != "csv" else f"第{number}行"
        yield Row(place, tuple(map(_as_text, values)))


def _as_text(value: object) -> str:
    """A cell as a person reads it: a day without its midnight, a whole number without its point."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE:
        return str(int(value))
    return str(value)
