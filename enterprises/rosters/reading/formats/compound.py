"""Compound files ([MS-CFB]), in which .xls keeps its workbook: reading one of its streams.

A compound file is a small file system of sectors, with a table that chains the sectors of a stream.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

_CHAIN_END, _FREE = 0xFFFFFFFA, 0xFFFFFFFF
"""From this sector number on there is no sector; a free one, or no entry at all."""


def directory_of(data: bytes) -> Mapping[str, bytes]:
    """Name in lower case → its entry of 128 bytes: the root first, then what lies right in it.

    A workbook that is embedded in this one lies in a storage of its own, under the same names.
    """
    size = _sector_size(data)
    first = struct.unpack_from("<I", data, 48)[0]
    directory = _chain(data, _sector_table(data, size), first, size)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    names: dict[str, bytes] = {}
    for number in _numbers_in_root(entries):
        entry = entries[number]
        # The length counts the zero character at the end of the name.
        length = min(struct.unpack_from("<H", entry, 64)[0], 64)
        name = entry[: max(length - 2, 0)].decode("utf-16-le", errors="replace").lower()
        names.setdefault(name, entry)
    return names


def _numbers_in_root(entries: Sequence[bytes]) -> Iterator[int]:
    """The root and its tree of entries; all the others too where the tree is broken."""
    seen, waiting, broken = {0}, [], False
    if entries:
        yield 0
        waiting.append(struct.unpack_from("<I", entries[0], 76)[0])
    while waiting:
        number = waiting.pop()
        if number >= len(entries) or number in seen:
            broken = broken or number != _FREE
            continue
        seen.add(number)
        yield number
        waiting += struct.unpack_from("<II", entries[number], 68)
    if broken:
        yield from (number for number in range(len(entries)) if number not in seen)


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
