"""Spreadsheets (.xlsx, .xls, .ods, .csv): every visible sheet that is not empty, as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from enterprises.announcements.reading.document import Block, PrintedTable, Row
from enterprises.rosters.definition.problems import text_of_cell
from enterprises.rosters.definition.table import RawTable
from enterprises.rosters.reading.csv_file import read_csv
from enterprises.rosters.reading.workbook import BOOKS


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
    """As the sheet shows it; of a moment the day alone."""
    return text_of_cell(value.date() if isinstance(value, dt.datetime) else value)
