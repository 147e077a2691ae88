"""A sheet as it stands in a file: raw values under their row numbers. Their meaning comes later."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.letters import letter_of
from enterprises.rosters.definition.problems import FileRefused, Problem
from parks.numbers import grouped

MAX_COLUMNS = 200
LONG_GAP = 1_000
"""Blank rows after which a clerk hardly expects more; what follows is read and said."""
MAX_DATA_ROWS = 20_000
HEADER_ROWS = 20

RawRow = tuple[int, Sequence[object]]


class Area(NamedTuple):
    """A block of cells: rows from 1, columns from 0, ends inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = letter_of(self.left + 1), letter_of(self.right + 1)
        return f"{first}{self.top}:{last}{self.bottom}"


@dataclass(slots=True)
class RawTable:
    """One sheet.

    `rows`: (row number from 1, raw values), blank rows left out.
    `failures`: cells without a readable value, (row, column from 0) → what is wrong.
    `epoch`: 1900 or 1904, for dates that stand as numbers. `hidden_columns` count from 0.
    `filtered`: a filter is set, on `filter_area` where that is known.
    `sealed`: the portal's own stamp, as it stands in the file.
    `unwrapped`: (row, column from 0, as written, as read) of cells that lost a guard around them.
    `problems`: what is wrong with the file beside this sheet.
    """

    filename: str
    sheet: str
    kind: Literal["xlsx", "xls", "ods", "csv"]
    rows: list[RawRow]
    failures: dict[tuple[int, int], catalogue.Rule] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    epoch: int = 1900
    merged: list[Area] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    filtered: bool = False
    filter_area: str = ""
    sealed: str = ""
    unwrapped: list[tuple[int, int, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def address(self, row: int, column: int) -> str:
        """Where a cell stands; the column counts from 0."""
        return f"{self.sheet}!{letter_of(column + 1)}{row}"


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def filled_rows(
    rows: Iterable[RawRow],
    filename: str,
    max_rows: int,
    notes: list[str],
    failures: Container[tuple[int, int]] = (),
) -> Iterator[RawRow]:
    """Leave blank rows out, and the noise of numbers; say where many are blank; refuse too many.

    Formats reach far below the last firm, often to the end of the sheet.

    `failures`: as in `RawTable`, known of a row once it is given; a lost value is no blank.
    """
    filled = last = 0
    said = False
    for number, values in rows:
        if not said and number - last > LONG_GAP:
            notes.append(
                f"第{last + 1}行起有{grouped(LONG_GAP)}行以上空白，再往下的内容（如有）已一并读取"
            )
            said = True
        places = range(len(values))
        if all(map(is_blank, values)) and not any((number, at) in failures for at in places):
            continue
        filled += 1
        # Titles and notes may stand above and below; the exact limit is checked on the firms.
        if filled > max_rows + 2 * HEADER_ROWS:
            raise too_many(filename, max_rows)
        yield number, [without_noise(v) if v.__class__ is float else v for v in values]
        last = number


def without_noise(value: float) -> float:
    """A number as spreadsheet programs show it: 49.99999999999999 has always been 50.

    They show 15 digits; what stands behind them is what a calculation in binary leaves over.
    """
    return float(f"{value:.15g}")


def too_many(filename: str, max_rows: int, counted: int | None = None) -> FileRefused:
    """The exception to raise; `counted`: how many rows there are, where that is known."""
    count = f"有{grouped(counted)}行" if counted else ""
    return catalogue.TOO_MANY_ROWS.refuse(
        filename, f"数据{count}超过{grouped(max_rows)}行，无法一次读取"
    )
