"""Compound files ([MS-CFB]), in which .xls keeps its workbook: reading one stream, writing one anew.

A compound file is a small file system of sectors, with a table that chains the sectors of a stream.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

SECTOR, MINI_LIMIT = 512, 4096
# From this sector number on: free, end of a chain, sectors of the table itself.
_CHAIN_END = 0xFFFFFFFA
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROOT_ENTRY, _STREAM_ENTRY = 5, 2
LISTED_IN_HEADER = 109


def directory_of(data: bytes) -> Mapping[str, bytes]:
    """Name in lower case → its entry of 128 bytes. Raises ValueError for a broken directory."""
    size = _sector_size(data)
    first = struct.unpack_from("<I", data, 48)[0]
    directory = _chain(data, _sector_table(data, size), first, size)
    names = {}
    for at in range(0, len(directory) - 127, 128):
        entry = directory[at : at + 128]
        # The length counts the zero character at the end of the name.
        length = struct.unpack_from("<H", entry, 64)[0]
        names[entry[: max(length - 2, 0)].decode("utf-16-le").lower()] = entry
    return names


def stream_of(data: bytes, entry: bytes, root: bytes) -> bytes:
    """The bytes of a stream, by its directory entry and that of the root."""
    size = _sector_size(data)
    mini_limit, first_mini = struct.unpack_from("<II", data, 56)
    table = _sector_table(data, size)
    start, length = struct.unpack_from("<II", entry, 116)
    if length >= mini_limit:
        return _chain(data, table, start, size)[:length]
    # Small streams share one of their own, in sectors of 64 bytes; the root says where it is.
    small = _chain(data, table, struct.unpack_from("<I", root, 116)[0], size)
    small_table = _words(_chain(data, table, first_mini, size))
    sectors = [small[at * 64 : at * 64 + 64] for at in _sector_numbers(small_table, start)]
    return b"".join(sectors)[:length]


def file_with(name: str, stream: bytes) -> bytes:
    """A compound file that holds nothing but this stream."""
    # A short stream would have to lie among the small ones; zeros behind its end harm nobody.
    stream = stream.ljust(MINI_LIMIT, b"\0")
    used = -(-len(stream) // SECTOR)
    tables = 1
    while tables * SECTOR // 4 < used + 1 + tables:
        tables += 1
    lists = max(0, -(-(tables - LISTED_IN_HEADER) // (SECTOR // 4 - 1)))
    while tables * SECTOR // 4 < used + 1 + tables + lists:
        tables += 1
        lists = max(0, -(-(tables - LISTED_IN_HEADER) // (SECTOR // 4 - 1)))
    # The order of sectors: the stream, the directory, the table, the lists of the table's sectors.
    directory_at, table_at = used, used + 1
    lists_at = table_at + tables
    links = [*range(1, used), _END, _END, *[_TABLE] * tables, *[_TABLE - 1] * lists]
    links += [_FREE] * (tables * SECTOR // 4 - len(links))
    numbers = [*range(table_at, table_at + tables)]
    listed = numbers[:LISTED_IN_HEADER] + [_FREE] * (LISTED_IN_HEADER - tables)
    header = _SIGNATURE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack(
        "<9I", 0, tables, directory_at, 0, MINI_LIMIT, _END, 0, lists_at if lists else _END, lists
    )
    header += struct.pack(f"<{LISTED_IN_HEADER}I", *listed)
    directory = _entry("Root Entry", _ROOT_ENTRY, 1, _END, 0)
    directory += _entry(name, _STREAM_ENTRY, _FREE, 0, len(stream)) + bytes(256)
    body = stream.ljust(used * SECTOR, b"\0") + directory
    body += struct.pack(f"<{len(links)}I", *links)
    return header + body + _further_lists(numbers[LISTED_IN_HEADER:], lists_at, lists)


def _further_lists(numbers: list[int], first: int, lists: int) -> bytes:
    """The sectors that list what the header has no room for; each ends with the next one's number."""
    room, parts = SECTOR // 4 - 1, []
    for at in range(lists):
        part = numbers[at * room : (at + 1) * room]
        part += [_FREE] * (room - len(part))
        part.append(first + at + 1 if at + 1 < lists else _END)
        parts.append(struct.pack(f"<{SECTOR // 4}I", *part))
    return b"".join(parts)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    entry = text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, _FREE, _FREE, child)
    return entry.ljust(116, b"\0") + struct.pack("<III", start, size, 0)


def _sector_size(data: bytes) -> int:
    # The header gives its logarithm; a wild one would make every chain empty.
    return 1 << min(int(struct.unpack_from("<H", data, 30)[0]), 16)


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
