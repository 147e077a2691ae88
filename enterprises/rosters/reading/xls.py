"""Reading legacy .xls: the stream of records in it ([MS-XLS]), sheet by sheet.

The records are read here and not by calamine, which asks for a block of memory from the first cell
to the last, refuses a whole workbook for an oddity that Excel and LibreOffice pass over, and gives
an error cell and a blank one the same empty text.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.table import MAX_COLUMNS, Area, RawRow, RawTable, filled_rows
from enterprises.rosters.reading.book import PEEK_ROWS, Sheet, first_rows
from enterprises.rosters.reading.formats import biff, xls_text
from enterprises.rosters.reading.formats.biff import records
from enterprises.rosters.reading.formats.compound import directory_of, stream_of
from enterprises.rosters.reading.formats.foreign import FIND_THE_TABLE
from enterprises.rosters.reading.formats.xls_cells import RecordCells, formats_of_records
from enterprises.rosters.reading.formats.xls_cipher import deciphered

MOST_ROWS = 65_536
_WORKSHEET, _VISIBLE = 0, 0


@dataclass(frozen=True, slots=True)
class _Place:
    """`start`: where the sheet's records begin in the stream."""

    sheet: Sheet
    start: int


class XlsBook:
    """An .xls that is open; see `book.Book`."""

    def __init__(self, path: Path, filename: str, max_rows: int) -> None:
        self.filename, self._max_rows = filename, max_rows
        stream = deciphered(workbook_stream(path.read_bytes(), filename))
        if stream is None:
            raise catalogue.ENCRYPTED.refuse(filename)
        self._stream, self._globals = stream, list(records(stream, 0))
        is_biff8 = _is_biff8(self._globals)
        # Since Excel 97 texts are in UTF-16; some programs name the code page of their computer all
        # the same.
        old_text = xls_text.old_text_in(xls_text.encoding_of(self._globals))
        self._text_of = None if is_biff8 else old_text
        self._formats = formats_of_records(self._globals, is_biff8)
        self._texts = xls_text.shared_texts(self._globals) if is_biff8 else []
        self._epoch = 1904 if (biff.DATE1904, b"\x01\x00") in self._globals else 1900
        self._places = list(self._worksheets())
        if not self._places and not biff.is_whole(stream, 0):
            raise ValueError("records of the workbook end early")
        self.sheets = [place.sheet for place in self._places]

    def close(self) -> None:
        """The file was closed when its bytes were read."""

    def top(self, sheet: Sheet) -> list[RawRow]:
        return first_rows(lambda: self._rows(sheet, PEEK_ROWS))

    def table(self, sheet: Sheet) -> RawTable:
        table = RawTable(self.filename, sheet.name, "xls", [], epoch=self._epoch)
        rows = self._rows(sheet, MOST_ROWS, table)
        table.rows = list(
            filled_rows(rows, self.filename, self._max_rows, table.notes, table.failures)
        )
        _note_structure(self._stream, self._start_of(sheet), table)
        return table

    def _rows(
        self, sheet: Sheet, most_rows: int, table: RawTable | None = None
    ) -> Iterator[RawRow]:
        """The rows in their order; the table gets their failures."""
        start = self._start_of(sheet)
        if not biff.is_whole(self._stream, start):
            raise ValueError("records of a sheet end early")
        cells = RecordCells(self._formats, self._epoch, self._texts, self._text_of)
        cells.read(records(self._stream, start), most_rows)
        for _, row in sorted(cells.rows.items()):
            if table is not None:
                table.failures.update({(row.number, at): rule for at, rule in row.failures.items()})
            yield row.number, row.values

    def _start_of(self, sheet: Sheet) -> int:
        return self._places[self.sheets.index(sheet)].start

    def _worksheets(self) -> Iterator[_Place]:
        # Every sheet is a stream of records of its own; BoundSheet says where it begins.
        for kind, body in self._globals:
            if kind == biff.BOUNDSHEET and body[5] == _WORKSHEET:
                name = body[7 : 7 + body[6]]
                text = (
                    name.decode(xls_text.encoding_of(self._globals), errors="replace")
                    if self._text_of
                    else xls_text.short_text(body[6:])
                )
                # A sheet's two lowest bits say whether it is hidden.
                sheet = Sheet(text.rstrip("\0"), body[4] & 3 == _VISIBLE)
                yield _Place(sheet, struct.unpack_from("<I", body)[0])


def workbook_stream(data: bytes, filename: str) -> bytes:
    """The bytes of the workbook in a compound file; ValueError when there is none.

    Raises FileRefused for another office file.
    """
    entries = directory_of(data)
    # Programs write the name in large or small letters.
    for name in ("Workbook", "Book"):
        if entry := entries.get(name.lower()):
            return stream_of(data, entry, next(iter(entries.values())))
    for name, kind in (("worddocument", "Word 文档"), ("powerpoint document", "PowerPoint 文件")):
        if name in entries:
            raise catalogue.NOT_A_TABLE.refuse(
                filename, f"文件内容是{kind}，不是表格文件", fix=FIND_THE_TABLE
            )
    raise ValueError("no Workbook stream")


def _is_biff8(book: list[tuple[int, bytes]]) -> bool:
    """Whether the workbook is of Excel 97 or later."""
    kind, body = book[0] if book else (0, b"")
    return kind == biff.BOF and struct.unpack_from("<H", body)[0] == biff.BIFF8


def _note_structure(stream: bytes, start: int, table: RawTable) -> None:
    """Note hidden rows and columns, merged areas and a set filter.

    See [MS-XLS] Row, ColInfo, MergeCells, FilterMode.
    """
    for kind, body in records(stream, start):
        # The bits and offsets are those of [MS-XLS]; a length that is too short is a damaged
        # record.
        if kind == biff.ROW and len(body) >= 14 and body[12] & 0x20:
            table.hidden_rows.append(struct.unpack_from("<H", body)[0] + 1)
        elif kind == biff.COLUMNS and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            table.hidden_columns += range(first, min(last + 1, MAX_COLUMNS))
        elif kind == biff.MERGED_CELLS:
            # A count of two bytes, then eight bytes for each area.
            for at in range(2, len(body) - 7, 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", body, at)
                table.merged.append(Area(top + 1, left, bottom + 1, right))
        elif kind == biff.FILTER_MODE:
            table.filtered = True
