"""From a file on disk to a `RawTable`, whatever kind of spreadsheet it is."""

from __future__ import annotations

import logging
from pathlib import Path

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.table import RawTable
from enterprises.rosters.reading.csv_file import read_csv
from enterprises.rosters.reading.safety import kind_of
from enterprises.rosters.reading.xls import read_xls
from enterprises.rosters.reading.xlsx import read_xlsx

READERS = {"xlsx": read_xlsx, "xls": read_xls, "csv": read_csv}

log = logging.getLogger(__name__)


def read_table(path: Path, filename: str, max_rows: int, max_bytes: int) -> RawTable:
    """The first visible sheet of the file; raises FileRefused with a reason a clerk understands.

    `filename` is the name the user gave the file: only its extension and its stem are used.
    """
    kind = kind_of(path, filename, max_bytes)
    try:
        return READERS[kind](path, filename, max_rows)
    # A shortage of memory says nothing of the file; the child answers it with a code of its own.
    except (FileRefused, MemoryError):
        raise
    except Exception as error:
        # The parsers raise whatever a broken file provokes.
        log.warning("unreadable %s file: %r", kind, error, exc_info=True)
        raise catalogue.DAMAGED.refuse(filename) from error
