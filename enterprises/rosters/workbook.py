"""From a file on disk to a `Table`, whatever kind of spreadsheet it is. The front door to the file formats."""

from __future__ import annotations

import logging
from pathlib import Path

from enterprises.rosters import catalogue as c
from enterprises.rosters.csvfile import read_csv
from enterprises.rosters.problems import Refused
from enterprises.rosters.safety import kind_of
from enterprises.rosters.table import Table
from enterprises.rosters.xls import read_xls
from enterprises.rosters.xlsx import read_xlsx

READERS = {"xlsx": read_xlsx, "xls": read_xls, "csv": read_csv}

log = logging.getLogger(__name__)


def read_table(path: Path, filename: str, max_rows: int, max_bytes: int) -> Table:
    """The first visible sheet of the file; raises Refused with a reason a clerk understands.

    `filename` is the name the user gave the file: only its extension and its stem are used.
    """
    kind = kind_of(path, filename, max_bytes)
    try:
        return READERS[kind](path, filename, max_rows)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # the parsers raise whatever a broken file provokes
        log.warning("unreadable %s file: %r", kind, error, exc_info=True)
        raise c.DAMAGED.refuse(filename) from error
