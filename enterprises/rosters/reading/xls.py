"""Reading legacy .xls with calamine.

calamine gives an error cell and a blank cell the same empty text, so the error cells are looked up
in the BIFF records themselves ([MS-XLS] 2.4.24 BoolErr, 2.4.127 Formula; [MS-CFB] for the
container).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.marks import OWN_SHEETS
from enterprises.rosters.definition.table import MAX_COLUMNS, Area, RawTable, filled_rows, is_blank

# Kinds of records.
_BOOLERR, _FORMULA, _EOF = 0x0205, 0x0006, 0x000A
_FILEPASS, _BOUNDSHEET, _DATE1904 = 0x002F, 0x0085, 0x0022
_ROW, _COLINFO, _MERGECELLS, _FILTERMODE = 0x0208, 0x007D, 0x00E5, 0x009B
# From this sector number on: free, end of a chain, sectors of the table itself.
_CHAIN_END = 0xFFFFFFFA


def read_xls(path: Path, filename: str, max_rows: int) -> RawTable:
    # calamine reads the values; what it does not tell is looked up in the records beside it.
    stream = workbook_stream(path.read_bytes())
    records = list(_records(stream, 0))
    if any(kind == _FILEPASS for kind, _ in records):
        raise catalogue.ENCRYPTED.refuse(filename)
    with calamine.load_workbook(str(path)) as book:
        worksheet = calamine.SheetTypeEnum.WorkSheet
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == worksheet]
        sheets = [sheet for sheet in sheets if sheet.name not in OWN_SHEETS] or sheets
        roster = _first_visible(sheets, filename)
        table = RawTable(filename, roster.name, "xls", [])
        raw = book.get_sheet_by_name(roster.name).to_python(skip_empty_area=False)
        rows = (tuple(row[:MAX_COLUMNS]) for row in raw)
        table.rows = list(filled_rows(rows, filename, max_rows, table.notes))
        for sheet in sheets:
            if sheet is not roster and _has_data(book, sheet.name):
                hidden = "" if _is_visible(sheet) else "隐藏的"
                table.notes.append(f"{hidden}工作表“{sheet.name}”有内容，未读取")
        position = book.sheet_names.index(roster.name)
    table.epoch = 1904 if (_DATE1904, b"\x01\x00") in records else 1900
    # Every sheet is a stream of records of its own; BoundSheet says where it begins.
    starts = [struct.unpack_from("<I", body)[0] for kind, body in records if kind == _BOUNDSHEET]
    table.failures = dict(_cells_without_value(stream, starts[position]))
    _note_structure(stream, starts[position], table)
    return table


def _first_visible(sheets: list[calamine.SheetMetadata], filename: str) -> calamine.SheetMetadata:
    if not sheets:
        raise catalogue.NO_SHEET.refuse(filename, "文件中没有工作表")
    for sheet in sheets:
        if _is_visible(sheet):
            return sheet
    raise catalogue.NO_SHEET.refuse(filename, "工作表全部处于隐藏状态")


def _is_visible(sheet: calamine.SheetMetadata) -> bool:
    return bool(sheet.visible == calamine.SheetVisibleEnum.Visible)


def _has_data(book: calamine.CalamineWorkbook, name: str) -> bool:
    rows = book.get_sheet_by_name(name).to_python(nrows=100)
    return any(not is_blank(value) for row in rows for value in row)


def _cells_without_value(
    stream: bytes, start: int
) -> Iterator[tuple[tuple[int, int], catalogue.Rule]]:
    """(row, column from 0) of error cells and of formulas whose result is an error or empty."""
    for kind, body in _records(stream, start):
        if kind == _BOOLERR and len(body) >= 8 and body[7] == 1:
            row, column = struct.unpack_from("<HH", body)
            yield (row + 1, column), catalogue.ERROR_CELL
        elif kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff":
            row, column = struct.unpack_from("<HH", body)
            if body[6] == 2:
                yield (row + 1, column), catalogue.ERROR_CELL
            elif body[6] == 3:
                # An empty text, or never calculated: some programs write both the same.
                yield (row + 1, column), catalogue.FORMULA


def _note_structure(stream: bytes, start: int, table: RawTable) -> None:
    """Note hidden rows and columns, merged areas and a set filter.

    See [MS-XLS] Row, ColInfo, MergeCells, FilterMode.
    """
    for kind, body in _records(stream, start):
        # The bits and offsets are those of [MS-XLS]; a length that is too short is a damaged
        # record.
        if kind == _ROW and len(body) >= 14 and body[12] & 0x20:
            table.hidden_rows.append(struct.unpack_from("<H", body)[0] + 1)
        elif kind == _COLINFO and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            table.hidden_columns += range(first, min(last + 1, MAX_COLUMNS))
        elif kind == _MERGECELLS:
            # A count of two bytes, then eight bytes for each area.
            for at in range(2, len(body) - 7, 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", body, at)
                table.merged.append(Area(top + 1, left, bottom + 1, right))
        elif kind == _FILTERMODE:
            table.filtered = True


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """(kind, body) of one substream, up to its end record."""
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        if kind == _EOF:
            return
        position += 4 + length


def workbook_stream(data: bytes) -> bytes:
    """The "Workbook" stream of a compound file; ValueError when there is none.

    A compound file is a small file system of sectors, with a table that chains the sectors of a
    file.
    """
    # The header gives the logarithm of the sector size, and where everything begins ([MS-CFB] 2.2).
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    first_directory, _, mini_limit, first_mini = struct.unpack_from("<IIII", data, 48)
    table = _sector_table(data, size)
    directory = _chain(data, table, first_directory, size)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    names = {}
    for entry in entries:
        # The length counts the zero character at the end of the name.
        length = struct.unpack_from("<H", entry, 64)[0]
        names[entry[: max(length - 2, 0)].decode("utf-16-le")] = entry
    book = names.get("Workbook") or names.get("Book")
    if book is None:
        raise ValueError("no Workbook stream")
    start, length = struct.unpack_from("<II", book, 116)
    if length >= mini_limit:
        return _chain(data, table, start, size)[:length]
    # Small files share a stream of their own, in sectors of 64 bytes; the first entry says where it
    # is.
    small = _chain(data, table, struct.unpack_from("<I", entries[0], 116)[0], size)
    small_table = _words(_chain(data, table, first_mini, size))
    sectors = [small[at * 64 : at * 64 + 64] for at in _sector_numbers(small_table, start)]
    return b"".join(sectors)[:length]


def _sector_table(data: bytes, size: int) -> tuple[int, ...]:
    """The allocation table. The header lists 109 of its sectors, a chain of lists the others."""
    listed = [number for number in struct.unpack_from("<109I", data, 76) if number < _CHAIN_END]
    more = struct.unpack_from("<I", data, 68)[0]
    seen: set[int] = set()
    # `seen` ends a damaged chain that runs in a circle.
    while more < _CHAIN_END and more not in seen:
        seen.add(more)
        numbers = _words(_sector(data, more, size))
        listed += [number for number in numbers[:-1] if number < _CHAIN_END]
        more = numbers[-1]
    return _words(b"".join(_sector(data, number, size) for number in listed))


def _chain(data: bytes, table: tuple[int, ...], start: int, size: int) -> bytes:
    """The bytes of a file: its sectors one after another."""
    return b"".join(_sector(data, number, size) for number in _sector_numbers(table, start))


def _sector_numbers(table: tuple[int, ...], number: int) -> Iterator[int]:
    """The numbers of a chain's sectors; the table gives for each sector the next one."""
    # A damaged chain may run in a circle, so no more steps than there are sectors.
    for _ in range(len(table)):
        if number >= len(table):
            return
        yield number
        number = table[number]


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size]


def _words(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
