"""From a file on disk to a `RawTable`, whatever kind of spreadsheet it is."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.records.told import NOTHING_TOLD, Told
from enterprises.rosters.definition.table import RawTable
from enterprises.rosters.reading.book import Book
from enterprises.rosters.reading.choosing import table_to_read
from enterprises.rosters.reading.csv_file import read_csv
from enterprises.rosters.reading.ods import OdsBook
from enterprises.rosters.reading.safety import kind_of
from enterprises.rosters.reading.xls import XlsBook
from enterprises.rosters.reading.xlsx import XlsxBook
from enterprises.sandbox.shortage import is_shortage

BOOKS: dict[str, Callable[[Path, str, int], Book]] = {
    "xlsx": XlsxBook,
    "xls": XlsBook,
    "ods": OdsBook,
}

log = logging.getLogger(__name__)


def read_table(
    path: Path,
    filename: str,
    max_rows: int,
    max_bytes: int,
    today: dt.date,
    mapping: Mapping[str, str] | None = None,
    sheet: str | None = None,
    told: Told = NOTHING_TOLD,
) -> RawTable:
    """The sheet with the list; raises FileRefused with a reason a clerk understands.

    `filename` is the name the user gave the file: only its extension and its stem are used.
    `mapping`: as in `header.find_header`. `sheet`: the name of the sheet to read, if it is known.
    """
    kind = kind_of(path, filename, max_bytes)
    try:
        if kind == "csv":
            return read_csv(path, filename, max_rows)
        with closing(BOOKS[kind](path, filename, max_rows)) as book:
            return table_to_read(book, mapping or {}, today, sheet, told)
    except FileRefused:
        raise
    except Exception as error:
        if is_shortage(error):
            # The child answers it with a code of its own.
            raise MemoryError from error
        # The parsers raise whatever a broken file provokes.
        log.warning("unreadable %s file: %r", kind, error, exc_info=True)
        raise catalogue.DAMAGED.refuse(filename) from error
