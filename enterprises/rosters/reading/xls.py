"""Reading legacy .xls with calamine.

calamine gives an error cell and a blank cell the same empty text, knows no number formats but those
of days, and stumbles over streams that Excel and LibreOffice take. So the stream of records is made
an ordinary one first, and what calamine does not tell is looked up in it ([MS-XLS] 2.4).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import python_calamine as calamine

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.table import MAX_COLUMNS, Area, RawRow, RawTable, filled_rows
from enterprises.rosters.reading.book import PEEK_ROWS, Sheet
from enterprises.rosters.reading.formats import biff
from enterprises.rosters.reading.formats.biff import records
from enterprises.rosters.reading.formats.compound import directory_of, file_with, stream_of
from enterprises.rosters.reading.formats.foreign import FIND_THE_TABLE
from enterprises.rosters.reading.formats.xls_cells import (
    RecordCells,
    biff_text,
    formats_of_records,
    old_text,
)
from enterprises.rosters.reading.formats.xls_cipher import deciphered
from enterprises.rosters.reading.sheet_cells import CellRow

_UTF16 = struct.pack("<H", 1200)


class XlsBook:
    """An .xls that is open; see `book.Book`."""

    def __init__(self, path: Path, filename: str, max_rows: int) -> None:
        self.filename, self._max_rows = filename, max_rows
        name, stream = workbook_stream(path.read_bytes(), filename)
        opened = deciphered(stream)
        if opened is None:
            raise catalogue.ENCRYPTED.refuse(filename)
        self._is_biff8 = _is_biff8(opened)
        self._stream = _in_utf16(opened) if self._is_biff8 else opened
        self._globals = list(records(self._stream, 0))
        self._book = calamine.load_workbook(io.BytesIO(file_with(name, self._stream)))
        worksheet, visible = calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible
        self.sheets = [
            Sheet(sheet.name, bool(sheet.visible == visible))
            for sheet in self._book.sheets_metadata
            if sheet.typ == worksheet
        ]

    def close(self) -> None:
        self._book.close()

    def top(self, sheet: Sheet) -> list[RawRow]:
        rows = self._book.get_sheet_by_name(sheet.name).to_python(
            skip_empty_area=False, nrows=PEEK_ROWS
        )
        numbered = ((number, row[:MAX_COLUMNS]) for number, row in enumerate(rows, start=1))
        return list(filled_rows(numbered, self.filename, PEEK_ROWS, []))

    def table(self, sheet: Sheet) -> RawTable:
        table = RawTable(self.filename, sheet.name, "xls", [])
        table.epoch = 1904 if (biff.DATE1904, b"\x01\x00") in self._globals else 1900
        start = self._start_of(sheet)
        formats = formats_of_records(self._globals, self._is_biff8)
        text_of = biff_text if self._is_biff8 else old_text
        cells = RecordCells(formats, table.epoch, records(self._stream, start), text_of)
        raw = self._book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        numbered = _with_record_cells(raw, cells)
        table.rows = list(filled_rows(numbered, self.filename, self._max_rows, table.notes))
        table.failures = cells.failures
        _note_structure(self._stream, start, table)
        return table

    def _start_of(self, sheet: Sheet) -> int:
        # Every sheet is a stream of records of its own; BoundSheet says where it begins.
        position = self._book.sheet_names.index(sheet.name)
        bodies = [body for kind, body in self._globals if kind == biff.BOUNDSHEET]
        return int(struct.unpack_from("<I", bodies[position])[0])


def workbook_stream(data: bytes, filename: str) -> tuple[str, bytes]:
    """Name and bytes of the workbook in a compound file; ValueError when there is none.

    Raises FileRefused for another office file.
    """
    entries = directory_of(data)
    # Programs write the name in large or small letters.
    for name in ("Workbook", "Book"):
        if entry := entries.get(name.lower()):
            return name, stream_of(data, entry, next(iter(entries.values())))
    for name, kind in (("worddocument", "Word 文档"), ("powerpoint document", "PowerPoint 文件")):
        if name in entries:
            raise catalogue.NOT_A_TABLE.refuse(
                filename, f"文件内容是{kind}，不是表格文件", fix=FIND_THE_TABLE
            )
    raise ValueError("no Workbook stream")


def _is_biff8(stream: bytes) -> bool:
    """Whether the workbook is of Excel 97 or later."""
    kind, body = next(records(stream, 0), (0, b""))
    return bool(kind == biff.BOF and struct.unpack_from("<H", body)[0] == biff.BIFF8)


def _in_utf16(stream: bytes) -> bytes:
    """The stream with the code page that its texts are in.

    Since Excel 97 they are in UTF-16; some programs name the code page of their computer all the
    same, and calamine would believe them.
    """
    changed = bytearray(stream)
    for kind, at, length in biff.places(stream, 0):
        if kind == biff.CODEPAGE and length >= 2:
            changed[at : at + 2] = _UTF16
    return bytes(changed)


def _with_record_cells(raw: Sequence[Sequence[object]], cells: RecordCells) -> Iterator[RawRow]:
    """calamine's rows, with the cells put in that only the records show, also behind its last."""
    last = max([len(raw), *cells.by_row], default=0)
    for number in range(1, last + 1):
        values = raw[number - 1][:MAX_COLUMNS] if number <= len(raw) else []
        row = CellRow(number, list(values))
        for at, value in cells.by_row.get(number, {}).items():
            row.put(at, value)
        yield number, row.values


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
