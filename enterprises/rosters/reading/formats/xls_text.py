"""Texts in the records of an .xls: their encodings, and the table that cells point into."""

from __future__ import annotations

import codecs
import contextlib
import struct
from collections.abc import Callable, Iterable, Sequence

from enterprises.rosters.reading.formats import biff

TextOf = Callable[[bytes], str]
_EXTENDED, _RICH, _WIDE = 4, 8, 1
"""Bits of a text's options: phonetic signs, runs of different looks, two bytes a character."""
_CODE_PAGES = {
    0x8000: "mac_roman", 0x8001: "cp1252", 936: "gb18030", 10000: "mac_roman",
    10001: "shift_jis", 10002: "big5", 10003: "euc_kr", 10006: "mac_greek",
    10007: "mac_cyrillic", 10008: "gb18030", 10029: "mac_latin2", 10081: "mac_turkish",
}  # fmt: skip
"""Those that Python knows by another name than their number."""
USUAL = "gb18030"
"""The code page of Chinese Windows, where a workbook names none."""


def biff_text(body: bytes) -> str:
    """A text with its length in two bytes and its options in one, cut where the record ends."""
    if len(body) < 3:
        return ""
    length, options = struct.unpack_from("<HB", body)
    at = 3 + (2 if options & _RICH else 0) + (4 if options & _EXTENDED else 0)
    return _decoded(body[at:], length, options)


def short_text(body: bytes) -> str:
    """A text with its length and its options in one byte each, such as the name of a sheet."""
    return _decoded(body[2:], body[0], body[1])


def old_text_in(encoding: str) -> TextOf:
    """Reads a text of Excel 5, which has its length in two bytes."""

    def old_text(body: bytes) -> str:
        length = struct.unpack_from("<H", body)[0]
        return body[2 : 2 + length].decode(encoding, errors="replace")

    return old_text


def encoding_of(records: Iterable[tuple[int, bytes]]) -> str:
    """The encoding of a workbook of Excel 5, by the code page that it names."""
    for kind, body in records:
        if kind == biff.CODEPAGE and len(body) >= 2:
            page = struct.unpack_from("<H", body)[0]
            name = _CODE_PAGES.get(page, f"cp{page}")
            try:
                return codecs.lookup(name).name
            except LookupError:
                return USUAL
    return USUAL


def with_continuations(kind: int, records: Sequence[tuple[int, bytes]]) -> list[bytes]:
    """The body of the first record of a kind and those of the records that go on with it."""
    bodies: list[bytes] = []
    for each, body in records:
        if bodies and each != biff.CONTINUE:
            break
        if bodies or each == kind:
            bodies.append(body)
    return bodies


def text_of_bodies(bodies: Sequence[bytes]) -> str:
    """A text that may go on in further records; without options it is an empty one."""
    return _Bodies(bodies).text() if len(bodies[0]) >= 3 else ""


def shared_texts(records: Sequence[tuple[int, bytes]]) -> list[str]:
    """The table of texts that cells point into; its own counts are often wrong."""
    bodies = with_continuations(biff.SHARED_TEXTS, records)
    if not bodies:
        return []
    table, texts = _Bodies(bodies, 8), []
    # What is left behind the last text is none; a cell that points there has no text to be found.
    with contextlib.suppress(ValueError):
        while table.more:
            texts.append(table.text())
    return texts


class _Bodies:
    """Bytes that run on from one record into the next. Raises ValueError where they end early."""

    def __init__(self, bodies: Sequence[bytes], at: int = 0) -> None:
        self._bodies, self._number, self._at = bodies, 0, at

    @property
    def more(self) -> bool:
        while self._number < len(self._bodies) and self._at >= len(self._bodies[self._number]):
            self._number, self._at = self._number + 1, 0
        return self._number < len(self._bodies)

    def text(self) -> str:
        length, options = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if options & _RICH else 0
        signs = struct.unpack("<I", self._take(4))[0] if options & _EXTENDED else 0
        parts = []
        while True:
            # Not from the next record, even where this one ends with the head of the text.
            left = self._bodies[self._number][self._at :]
            width = 2 if options & _WIDE else 1
            count = min(length, len(left) // width)
            parts.append(_decoded(left, count, options))
            self._at += count * width
            length -= count
            if not length:
                break
            # Where characters go on in another record, their width is said anew.
            self._at = len(self._bodies[self._number])
            options = self._take(1)[0]
        self._take(4 * runs + signs)
        return "".join(parts)

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            if not self.more:
                raise ValueError("texts end early")
            body = self._bodies[self._number]
            part = body[self._at : self._at + size - len(taken)]
            self._at += len(part)
            taken += part
        return taken


def _decoded(data: bytes, length: int, options: int) -> str:
    if options & _WIDE:
        return data[: 2 * length].decode("utf-16-le", errors="replace")
    return data[:length].decode("latin-1")
