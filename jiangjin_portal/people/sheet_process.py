"""Reading a sheet of accounts as the child process does it (see `enterprises.sandbox.child`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import python_calamine

from parks.beat import Beat

MOST_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """The first sheet of this workbook, so many rows of it."""

    path: Path
    most_rows: int
    max_outcome_bytes: int = 4_000_000


def carry_out(order: SheetOrder, beat: Beat) -> bytes:
    book = python_calamine.CalamineWorkbook.from_path(order.path)
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    cut = [[_text(cell) for cell in row[:MOST_COLUMNS]] for row in islice(rows, order.most_rows)]
    return json.dumps(cut).encode()


def _text(cell: object) -> str:
    # A number of a phone or an employee is a float in a workbook.
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
