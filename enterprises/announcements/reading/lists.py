"""The lists of a document as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from enterprises.announcements.reading.titles import Field, plain

LONGEST_NUMBER = 10
"""Digits; what has more numbers no lines."""


@dataclass(slots=True)
class Line:
    """One firm of a list, as printed. `place`: where it stands, for people."""

    n: int
    table: int
    place: str
    values: dict[Field, str]

    def text(self, name: Field) -> str:
        return self.values.get(name, "")

    @property
    def no(self) -> int | None:
        told = plain(self.text(Field.NUMBER_IN_LIST))
        return int(told) if told.isdecimal() and len(told) < LONGEST_NUMBER else None


class Ignored(NamedTuple):
    place: str
    what: str


@dataclass(slots=True)
class FirmList:
    """One list: the lines of text above it, and its firms."""

    number: int
    heading: list[str]
    title: str = ""
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class DocumentLists:
    """What a document says: its text outside of lists, its lists, and the rows that are no firms."""

    texts: list[str] = field(default_factory=list)
    listings: list[FirmList] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [line for listing in self.listings for line in listing.lines]
