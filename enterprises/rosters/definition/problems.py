"""What the reader reports about a file: problems, notes, and the refusal of a whole file."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from enterprises.marks import Mark, Tone
from enterprises.rosters.definition.letters import ranges

ROW_OF_ADDRESS = re.compile(r"!([A-Z]*)(\d+)$")
"""Column (may be empty) and row of an address."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"

    @property
    def word(self) -> str:
        return SEVERITY_WORDS[self]

    @property
    def mark(self) -> Mark:
        return SEVERITY_MARKS[self]


SEVERITY_WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}
SEVERITY_MARKS = {
    Severity.ERROR: Mark(Tone.BAD, "x-circle"),
    Severity.WARNING: Mark(Tone.WATCH, "exclamation-triangle"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong. `address` is sheet!cell, or the file name for the file as a whole."""

    code: str
    severity: Severity
    address: str
    title: str
    seen: str
    reason: str
    fix: str

    @property
    def blocks(self) -> bool:
        """Nothing of the file may be written while it stands."""
        return self.severity is Severity.ERROR

    @property
    def row(self) -> int | None:
        """None when it is about no row."""
        match = ROW_OF_ADDRESS.search(self.address)
        return int(match[2]) if match else None


@dataclass(frozen=True, slots=True)
class Note:
    """Something read otherwise than written (value = what was read), or ignored (value = why)."""

    address: str
    title: str
    seen: str
    value: str


@dataclass(frozen=True, slots=True)
class UnknownTitle:
    """A title that stands for no known column.

    `suggestion`: the field it probably means, or "". `confidence`: from 0 to 1.
    `samples`: the first values below it, as a clerk sees them.
    """

    title: str
    address: str
    suggestion: str
    confidence: float
    samples: tuple[str, ...]


class FileRefused(Exception):
    """The file cannot be read at all; nothing of it was taken.

    When columns are missing, `layout` names the kind of list (Layout.name), `unknown_titles` are
    the titles that may stand for them, and `missing` their fields.
    """

    def __init__(
        self,
        problem: Problem,
        layout: str = "",
        unknown_titles: Sequence[UnknownTitle] = (),
        missing: Sequence[str] = (),
    ) -> None:
        super().__init__(problem.reason)
        self.problem = problem
        self.layout = layout
        self.unknown_titles = tuple(unknown_titles)
        self.missing = tuple(missing)


def text_of_cell(value: object) -> str:
    """A cell's value as its sheet shows it, where that needs no format."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    # Spreadsheets store whole numbers as floats; beyond 1e15 a float no longer knows every digit.
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value)


def display_text(value: object, limit: int = 60) -> str:
    """A cell's value as a clerk sees it, cut to `limit` characters, controls made visible."""
    text = text_of_cell(value)
    if not text.isprintable():
        # An ideographic space counts as not printable, and is common in Chinese text.
        text = "".join(ch if ch.isprintable() or ch == "　" else "�" for ch in text)
    if len(text) > limit:
        text = f"{text[: limit - 1]}…"
    return text


def by_cause(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Problems of one code in one column together: errors first, then the more frequent."""
    groups: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        groups[problem.code, problem.title].append(problem)
    return sorted(groups.values(), key=lambda same: (not same[0].blocks, -len(same), same[0].code))


def row_ranges(problems: Iterable[Problem]) -> str:
    """第3–5、9行; empty when none is about a row."""
    rows = {problem.row for problem in problems if problem.row is not None}
    if not rows:
        return ""
    return f"第{'、'.join(ranges(rows))}行"
