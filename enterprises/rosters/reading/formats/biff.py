"""The records of a workbook stream of .xls ([MS-XLS] 2.1.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

# Kinds of records.
BOF, EOF, CODEPAGE, FILEPASS, IGNORED = 0x0809, 0x000A, 0x0042, 0x002F, 0x00E1
BOUNDSHEET, DATE1904, FORMAT, CELL_FORMAT = 0x0085, 0x0022, 0x041E, 0x00E0
NUMBER, SMALL_NUMBER, SMALL_NUMBERS = 0x0203, 0x027E, 0x00BD
BOOL_OR_ERROR, STRING = 0x0205, 0x0207
FORMULAS = (0x0006, 0x0206, 0x0406)
"""The last two are formulas as Excel 3 and 4 wrote them; some programs still do."""
SHARED_TEXTS, SHARED_TEXT, LABEL, CONTINUE = 0x00FC, 0x00FD, 0x0204, 0x003C
RICH_TEXT, OLD_SMALL_NUMBER = 0x00D6, 0x007E
ROW, COLUMNS, MERGED_CELLS, FILTER_MODE = 0x0208, 0x007D, 0x00E5, 0x009B
BIFF8 = 0x0600


def records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """(kind, body) of one substream, up to its end record; those of charts inside it left out."""
    for kind, at, length in places(stream, position):
        yield kind, stream[at : at + length]


def places(stream: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """(kind, place of the body, its length), likewise."""
    depth = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        depth += kind == BOF
        if depth <= 1:
            yield kind, position + 4, length
        if kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        position += 4 + length


def is_whole(stream: bytes, position: int) -> bool:
    """Whether a substream begins and ends as it should, and no record of it is cut off."""
    first = last = None
    for kind, at, length in places(stream, position):
        first = kind if first is None else first
        last = kind if at + length <= len(stream) else None
    return first == BOF and last == EOF


def all_places(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """As `places`, of every substream; what follows the last one is padding."""
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        if kind == 0 and length == 0:
            return
        yield kind, position + 4, length
        position += 4 + length


def small_number(bits: int) -> float:
    """The number of an RK record: 30 bits of a float or an integer, perhaps of hundredths."""
    if bits & 2:
        value = float((bits ^ 0x80000000) - 0x80000000 >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (bits & 0xFFFFFFFC) << 32))[0]
    return value / 100 if bits & 1 else value
