"""Cells of an .xls that only its records show: errors, odd formulas, and numbers with a format."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.table import MAX_COLUMNS
from enterprises.rosters.reading.formats import biff
from enterprises.rosters.reading.formats.number_format import BUILT_IN, GENERAL, Broken, Formats

TextOf = Callable[[bytes], str]
_NO_NUMBER = b"\xff\xff"
_TEXT, _BOOL, _ERROR, _BLANK_TEXT = 0, 1, 2, 3
_EXTENDED, _RICH, _WIDE = 4, 8, 1
"""Bits of a text's options: phonetic signs, runs of different looks, two bytes a character."""


class RecordCells:
    """`by_row`: row from 1 → column from 0 → value. `failures`: (row, column) → the rule broken."""

    def __init__(
        self,
        formats: Formats,
        epoch: int,
        records: Iterable[tuple[int, bytes]],
        text_of: TextOf,
    ) -> None:
        self._formats, self._epoch, self._text_of = formats, epoch, text_of
        self.by_row: dict[int, dict[int, object]] = {}
        self.failures: dict[tuple[int, int], catalogue.Rule] = {}
        # A formula whose result is a text has it in the record behind it.
        waiting: tuple[int, int] | None = None
        for kind, body in records:
            if kind == biff.STRING and waiting is not None:
                self._put(*waiting, self._text_of(body))
            waiting = self._take(kind, body)

    def _take(self, kind: int, body: bytes) -> tuple[int, int] | None:
        """Note a cell; gives the place of one whose text is yet to come."""
        if kind == biff.BOOL_OR_ERROR and len(body) >= 8 and body[7] == 1:
            row, column = struct.unpack_from("<HH", body)
            self._put(row, column, Broken(catalogue.ERROR_CELL))
        elif kind == biff.FORMULA and len(body) >= 14:
            self._take_formula(body)
        elif kind in biff.OLD_FORMULAS and len(body) >= 14:
            return self._take_old_formula(body)
        elif kind == biff.NUMBER and len(body) >= 14:
            row, column, style, number = struct.unpack_from("<HHHd", body)
            self._take_number(row, column, style, number)
        elif kind == biff.SMALL_NUMBER and len(body) >= 10:
            row, column, style, bits = struct.unpack_from("<HHHI", body)
            self._take_number(row, column, style, biff.small_number(bits))
        elif kind == biff.SMALL_NUMBERS:
            self._take_small_numbers(body)
        elif kind == biff.OLD_SMALL_NUMBER and len(body) >= 10:
            row, column, style, bits = struct.unpack_from("<HHHI", body)
            self._put(row, column, self._shown(style, biff.small_number(bits)))
        elif kind == biff.RICH_TEXT and len(body) >= 9:
            row, column = struct.unpack_from("<HH", body)
            self._put(row, column, self._text_of(body[6:]))
        return None

    def _take_small_numbers(self, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        # Six bytes for each column; the number of the last column stands at the end.
        for at in range(4, len(body) - 7, 6):
            style, bits = struct.unpack_from("<HI", body, at)
            self._take_number(row, column, style, biff.small_number(bits))
            column += 1

    def _take_number(self, row: int, column: int, style: int, number: float) -> None:
        """Note a number whose format calamine does not apply."""
        if style in self._formats.special:
            self._put(row, column, self._shown(style, number))

    def _take_formula(self, body: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        if body[12:14] != _NO_NUMBER:
            self._take_number(row, column, style, struct.unpack_from("<d", body, 6)[0])
        elif body[6] == _ERROR:
            self._put(row, column, Broken(catalogue.ERROR_CELL))
        elif body[6] == _BLANK_TEXT:
            # An empty text, or never calculated: some programs write both the same.
            self._put(row, column, Broken(catalogue.FORMULA))

    def _take_old_formula(self, body: bytes) -> tuple[int, int] | None:
        """The same beginning as today's, but calamine passes these records over."""
        row, column, style = struct.unpack_from("<HHH", body)
        if body[12:14] != _NO_NUMBER:
            self._put(row, column, self._shown(style, struct.unpack_from("<d", body, 6)[0]))
        elif body[6] == _TEXT:
            return row, column
        elif body[6] == _BOOL:
            self._put(row, column, bool(body[8]))
        else:
            failure = catalogue.ERROR_CELL if body[6] == _ERROR else catalogue.FORMULA
            self._put(row, column, Broken(failure))
        return None

    def _shown(self, style: int, number: float) -> object:
        return self._formats.value_of(number, style, self._epoch)

    def _put(self, row: int, column: int, value: object) -> None:
        if isinstance(value, Broken):
            self.failures[row + 1, column], value = value
        if column < MAX_COLUMNS:
            self.by_row.setdefault(row + 1, {})[column] = value


def formats_of_records(records: Iterable[tuple[int, bytes]], is_biff8: bool) -> Formats:
    """The formats of the workbook, by the index that its cells give."""
    codes, formats, index = dict(BUILT_IN), Formats(), 0
    # The formats' texts stand before the list that points to them.
    for kind, body in records:
        if kind == biff.FORMAT and len(body) >= 5:
            codes[struct.unpack_from("<H", body)[0]] = (
                biff_text(body[2:]) if is_biff8 else body[3 : 3 + body[2]].decode("latin-1")
            )
        elif kind == biff.CELL_FORMAT and len(body) >= 4:
            number = struct.unpack_from("<H", body, 2)[0]
            formats.add(index, number, codes.get(number, GENERAL))
            index += 1
    return formats


def old_text(body: bytes) -> str:
    """A text of Excel 5 with its length in two bytes, in the code page of Chinese Windows."""
    length = struct.unpack_from("<H", body)[0]
    return body[2 : 2 + length].decode("gb18030", errors="replace")


def biff_text(body: bytes) -> str:
    """A text with its length in two bytes and its options in one, cut where the record ends."""
    length, options = struct.unpack_from("<HB", body)
    at = 3 + (2 if options & _RICH else 0) + (4 if options & _EXTENDED else 0)
    if options & _WIDE:
        return body[at : at + 2 * length].decode("utf-16-le", errors="replace")
    return body[at : at + length].decode("latin-1")
