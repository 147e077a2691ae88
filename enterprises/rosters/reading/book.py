"""A workbook as the choice of its sheet sees it, whatever its format."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, NamedTuple, Protocol
from xml.etree.ElementTree import ParseError

from enterprises.rosters.definition.table import RawRow, RawTable, is_blank
from enterprises.sandbox.shortage import is_shortage

PEEK_ROWS = 200
"""Rows of a sheet that are looked at before one is chosen, and when it is not the one to read."""
PEEK_BYTES = 4 * 1024 * 1024


class Sheet(NamedTuple):
    name: str
    visible: bool


class Book(Protocol):
    """`sheets`: worksheets only, in the order of their tabs; their names are all different."""

    @property
    def filename(self) -> str: ...

    @property
    def sheets(self) -> Sequence[Sheet]: ...

    def top(self, sheet: Sheet) -> list[RawRow]:
        """The first filled rows of a sheet, or fewer where it is damaged or very large."""

    def table(self, sheet: Sheet) -> RawTable:
        """All of a sheet; raises FileRefused, or anything else for a damaged file."""

    def close(self) -> None: ...


class Beginning:
    """The first bytes of a stream, to look at a part without reading all of it."""

    def __init__(self, stream: IO[bytes], size: int = PEEK_BYTES) -> None:
        self._stream, self._left = stream, size

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._stream.read(wanted) if wanted else b""
        self._left -= len(block)
        return block


def first_rows(rows: Callable[[], Iterable[RawRow]]) -> list[RawRow]:
    """The first filled rows that can be had of a part that may break off."""
    filled = (row for row in _until_broken(rows) if not all(map(is_blank, row[1])))
    return list(itertools.islice(filled, PEEK_ROWS))


def _until_broken(rows: Callable[[], Iterable[RawRow]]) -> Iterator[RawRow]:
    try:
        yield from rows()
    # What is wrong is said when, and if, the sheet is read.
    except (ParseError, ValueError, LookupError, struct.error) as error:
        if is_shortage(error):
            raise
