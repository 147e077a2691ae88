"""What a document holds, whatever its format: paragraphs and tables in their order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

MOST_LINES = 20_000
"""Of one document: the whole city has a tenth of it."""


class Row(NamedTuple):
    """One row of a table: where it stands, for people, and the texts of its cells."""

    place: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """`title`: the name of the sheet, where the format has sheets."""

    rows: tuple[Row, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that the document holds and that is not read, in words for people."""

    place: str
    what: str


class TooMuch(Exception):
    """More than any list has; says of what."""


UNSEEN = "看不见的文字"
Block = Paragraph | PrintedTable | Unread

_SPACE = re.compile(r"\s+")
_SIGNLESS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""What is no sign in print: controls, joiners, turns of direction, halves of signs."""


def without_spaces(text: str) -> str:
    """Printed lines break and spread words anywhere: 合 计, 企业\\n名称."""
    return _SPACE.sub("", text)


def printed(text: str) -> str:
    """A database, a terminal and a page take nothing else."""
    return _SIGNLESS.sub("", text)


def rows_of_list(rows: Iterable[Row]) -> tuple[Row, ...]:
    """All of them. Raises TooMuch before a table that is none of firms has taken the memory."""
    found = []
    for row in rows:
        found.append(row)
        if len(found) > 2 * MOST_LINES:
            raise TooMuch(f"表格超过{2 * MOST_LINES}行")
    return tuple(found)
