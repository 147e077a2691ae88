"""The cells of an .xls, from the records of its sheet ([MS-XLS] 2.4)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence

from enterprises.rosters.definition import catalogue
from enterprises.rosters.reading.formats import biff
from enterprises.rosters.reading.formats.cell_row import CellRow
from enterprises.rosters.reading.formats.number_format import BUILT_IN, GENERAL, Broken, Formats
from enterprises.rosters.reading.formats.xls_text import TextOf, biff_text, text_of_bodies

_NO_NUMBER = b"\xff\xff"
_TEXT, _BOOL, _ERROR, _BLANK_TEXT = 0, 1, 2, 3
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_NUMBER, _SMALL = struct.Struct("<HHHd"), struct.Struct("<HHHI")
"""Row, column, format, and a number or that of a text."""


class RecordCells:
    """`rows`: row from 1 → its cells, in the order in which they stand in the file."""

    def __init__(
        self, formats: Formats, epoch: int, texts: Sequence[str], text_of: TextOf | None
    ) -> None:
        """`text_of`: reads a text of Excel 5; None for a later workbook."""
        self._formats, self._epoch, self._texts = formats, epoch, texts
        self._text_of = text_of or biff_text
        self._may_go_on = text_of is None
        self.rows: dict[int, CellRow] = {}
        self._takers: dict[int, Callable[[bytes], None]] = {
            biff.SHARED_TEXT: self._take_shared_text,
            biff.NUMBER: self._take_number,
            biff.SMALL_NUMBER: self._take_small_number,
            biff.SMALL_NUMBERS: self._take_small_numbers,
            biff.OLD_SMALL_NUMBER: self._take_small_number,
            biff.LABEL: self._take_label,
            biff.RICH_TEXT: self._take_label,
            biff.BOOL_OR_ERROR: self._take_bool_or_error,
        }

    def read(self, records: Iterable[tuple[int, bytes]], most_rows: int) -> None:
        """Take the cells in, until there are more rows than that; the rest is left unread."""
        # A formula whose result is a text has it in a record behind it.
        waiting: tuple[int, int] | None = None
        pieces: list[bytes] = []
        for kind, body in records:
            if pieces and kind != biff.CONTINUE and waiting:
                self._put(*waiting, self._whole_text(pieces))
                waiting, pieces = None, []
            if taker := self._takers.get(kind):
                taker(body)
                if len(self.rows) > most_rows:
                    return
            elif kind in biff.FORMULAS:
                waiting = self._take_formula(body)
            elif waiting and (kind == biff.STRING or pieces):
                pieces.append(body)
        if pieces and waiting:
            self._put(*waiting, self._whole_text(pieces))

    def _whole_text(self, pieces: list[bytes]) -> str:
        return text_of_bodies(pieces) if self._may_go_on else self._text_of(pieces[0])

    # --- one kind of record each ---
    def _take_shared_text(self, body: bytes) -> None:
        row, column, _, number = _SMALL.unpack_from(body)
        self._put(row, column, self._texts[number])

    def _take_number(self, body: bytes) -> None:
        row, column, style, number = _NUMBER.unpack_from(body)
        self._put(row, column, self._shown(style, number))

    def _take_small_number(self, body: bytes) -> None:
        row, column, style, bits = _SMALL.unpack_from(body)
        self._put(row, column, self._shown(style, biff.small_number(bits)))

    def _take_small_numbers(self, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        # Six bytes for each column; the number of the last column stands at the end.
        for at in range(4, len(body) - 7, 6):
            style, bits = struct.unpack_from("<HI", body, at)
            self._put(row, column, self._shown(style, biff.small_number(bits)))
            column += 1

    def _take_label(self, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        self._put(row, column, self._text_of(body[6:]))

    def _take_bool_or_error(self, body: bytes) -> None:
        row, column, _, value, is_error = struct.unpack_from("<HHHBB", body)
        self._put(row, column, _error(value) if is_error else bool(value))

    def _take_formula(self, body: bytes) -> tuple[int, int] | None:
        """Note the result of a formula; gives the place of one whose text is yet to come."""
        row, column, style, number = _NUMBER.unpack_from(body)
        waits = False
        if body[12:14] != _NO_NUMBER:
            self._put(row, column, self._shown(style, number))
        elif body[6] == _BOOL:
            self._put(row, column, bool(body[8]))
        elif body[6] == _ERROR:
            self._put(row, column, _error(body[8]))
        else:
            # An empty text, or never calculated: some programs write both the same. A text that is
            # announced but does not come is no blank either.
            waits = body[6] == _TEXT
            self._put(row, column, Broken(catalogue.FORMULA))
        return (row, column) if waits else None

    def _shown(self, style: int, number: float) -> object:
        return self._formats.value_of(number, style, self._epoch)

    def _put(self, row: int, column: int, value: object) -> None:
        cells = self.rows.get(row)
        if cells is None:
            cells = self.rows[row] = CellRow(row + 1)
        if not isinstance(value, Broken):
            cells.failures.pop(column, None)
        cells.put(column, value)


def _error(code: int) -> str:
    """The text by which every kind of file names an error."""
    return _ERRORS.get(code, "#N/A")


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
