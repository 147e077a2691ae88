"""Old workbooks (.xls) that no library at hand writes: made of records and sectors, on the spot."""

import struct
from pathlib import Path

from tests.enterprises.odd_files import BOF, BOUNDSHEET, FILEPASS, Rows, records

SECTOR, FREE, END, TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STREAM, STORAGE, ROOT = 2, 1, 5
EOF, CODEPAGE, LABEL, NUMBER = 0x0A, 0x42, 0x0204, 0x0203
EXCEL_5, BOOK, SHEET = 0x0500, 5, 16
KNOWN = "VelvetSweatshop"
PADDING = bytes((0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0, 0xBE, 0x0F, 0, 0xBF, 0x0F, 0))
KEY, VERIFIER = 0xB359, 0x9A0A
"""What the old cipher makes of the password that every program knows."""


def compound(path: Path, stream: bytes, embedded: bytes = b"", name: str = "Book") -> Path:
    """A compound file with a workbook, and perhaps another one embedded in it."""
    first, second = _padded(stream), _padded(embedded) if embedded else b""
    at_second, at_directory = len(first) // SECTOR, (len(first) + len(second)) // SECTOR
    links = [*range(1, at_second), END]
    links += [*range(at_second + 1, at_directory), END] if second else []
    links += [END, TABLE]
    assert len(links) <= SECTOR // 4
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, at_directory, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", at_directory + 1, *[FREE] * 108)
    directory = _entry("Root Entry", ROOT, child=1) + _entry(
        name, STREAM, right=2 if second else FREE, size=len(first)
    )
    if second:
        directory += _entry("MBD0001", STORAGE, child=3)
        directory += _entry(name, STREAM, start=at_second, size=len(second))
    table = struct.pack(f"<{len(links)}I", *links).ljust(SECTOR, b"\xff")
    path.write_bytes(header + first + second + directory.ljust(SECTOR, b"\0") + table)
    return path


def _padded(stream: bytes) -> bytes:
    # Shorter streams would have to lie among the small ones.
    return stream.ljust(-(-max(len(stream), 4096) // SECTOR) * SECTOR, b"\0")


def _entry(
    name: str, kind: int, right: int = FREE, child: int = FREE, start: int = 0, size: int = 0
) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, FREE, right, child)
    return head.ljust(116, b"\0") + struct.pack("<III", start, size, 0)


def excel_5(rows: Rows, page: int, encoding: str) -> bytes:
    """The stream of a workbook of Excel 5 whose texts are in a code page."""
    name = "名册".encode("gb18030") if page == 936 else b"List"
    head = _record(BOF, struct.pack("<HH4x", EXCEL_5, BOOK))
    head += _record(CODEPAGE, struct.pack("<H", page))
    start = len(head) + 4 + 7 + len(name) + 4
    head += _record(BOUNDSHEET, struct.pack("<IBBB", start, 0, 0, len(name)) + name)
    body = _record(BOF, struct.pack("<HH4x", EXCEL_5, SHEET))
    for number, row in enumerate(rows):
        for at, value in enumerate(row):
            place = struct.pack("<HHH", number, at, 0)
            if isinstance(value, int | float):
                body += _record(NUMBER, place + struct.pack("<d", value))
            elif value is not None:
                text = str(value).encode(encoding)
                body += _record(LABEL, place + struct.pack("<H", len(text)) + text)
    return head + _record(EOF) + body + _record(EOF)


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def locked(stream: bytes) -> bytes:
    """The stream of Excel 5 as its own cipher hides it, with the password that programs know."""
    lock = _record(FILEPASS, struct.pack("<HH", KEY, VERIFIER))
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    opened = bytearray(stream[:first] + lock + stream[first:])
    pair = struct.pack("<H", KEY)
    mixed = [byte ^ pair[at % 2] for at, byte in enumerate((KNOWN.encode() + PADDING)[:16])]
    key = [(byte << 2 | byte >> 6) & 255 for byte in mixed]
    for kind, at, length in records(bytes(opened)):
        if kind == BOUNDSHEET:
            # Where its sheet begins stays open, and is later by the lock.
            start = struct.unpack_from("<I", opened, at)[0] + len(lock)
            opened[at : at + 4] = struct.pack("<I", start)
        for place in range(at + (4 if kind == BOUNDSHEET else 0), at + length):
            if kind not in (BOF, FILEPASS):
                byte = opened[place] ^ key[(place + length) % 16]
                opened[place] = (byte >> 3 | byte << 5) & 255
    return bytes(opened)
