"""The calendar as a file: one batch a line, days as 2026-03-18, what is unknown left empty."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils import timezone

COLUMNS = {
    "year": "year",
    "batch": "number",
    "opens": "opens_on",
    "closes": "closes_on",
    "district_deadline": "district_due_at",
    "publicity": "publicity_on",
    "certificates": "certificates_on",
}
"""Title of a column → the field of a batch."""
NUMBERS = ("year", "batch")
WITH_TIME = "district_deadline"
ENCODINGS = ("utf-8-sig", "gb18030")
"""Spreadsheet programs write the second one in Chinese Windows."""
ISO_DAY = len("yyyy-mm-dd")
LARGEST = 1_000_000
"""Bytes; a calendar of a hundred years has far fewer."""


class Fault(NamedTuple):
    """What is wrong at a line (from 1), in Chinese; `column` is empty where all of it is meant."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"第{self.line}行{f' {self.column}' if self.column else ''}：{self.reason}"


class Row(NamedTuple):
    """A sound line; `days`: field of a batch → its day, those that are told."""

    line: int
    year: int
    batch: int
    days: dict[str, dt.date | dt.datetime]


@dataclass
class CalendarFile:
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class _Unfit(Exception):
    """Why a cell cannot be read."""


def read_calendar(content: bytes) -> CalendarFile:
    """All sound lines, and every fault of the others."""
    if len(content) > LARGEST:
        return CalendarFile(faults=[Fault(1, "", "文件过大，不是一份申报日历。")])
    text = _decoded(content)
    if text is None:
        return CalendarFile(faults=[Fault(1, "", "不是文本文件，请另存为 CSV（UTF-8）。")])
    return _read_lines(text)


def _decoded(content: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _read_lines(text: str) -> CalendarFile:
    found = CalendarFile()
    lines = _lines(text, found)
    number, titles = next(lines, (1, []))
    if faults := _faults_of_titles(number, titles):
        found.faults += faults
        return found
    seen: dict[tuple[int, int], int] = {}
    for number, cells in lines:
        if len(cells) != len(titles):
            reason = f"有{len(cells)}格，标题有{len(titles)}格。"
            found.faults.append(Fault(number, "", reason))
            continue
        row = _row(number, dict(zip(titles, cells, strict=True)), found.faults)
        if row is None:
            continue
        first = seen.setdefault((row.year, row.batch), number)
        if first != number:
            reason = f"{row.year}年第{row.batch}批在第{first}行已有。"
            found.faults.append(Fault(number, "batch", reason))
        else:
            found.rows.append(row)
    if not found.rows and not found.faults:
        found.faults.append(Fault(number, "", "标题以下没有批次。"))
    return found


def _lines(text: str, found: CalendarFile) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped
    except csv.Error:
        found.faults.append(Fault(reader.line_num, "", "引号不成对，读不下去。"))


def _faults_of_titles(number: int, titles: list[str]) -> list[Fault]:
    missing = [title for title in COLUMNS if title not in titles]
    unknown = [title for title in titles if title not in COLUMNS]
    faults = []
    if missing:
        faults.append(Fault(number, "", f"缺少标题 {'、'.join(missing)}。"))
    if unknown:
        shown = "、".join(title or "（空）" for title in unknown)
        faults.append(Fault(number, "", f"不认识的标题 {shown}。"))
    if len(set(titles)) != len(titles):
        faults.append(Fault(number, "", "标题有重复。"))
    return faults


def _row(number: int, cells: dict[str, str], faults: list[Fault]) -> Row | None:
    """None where something cannot be read; the faults say what."""
    values: dict[str, int] = {}
    days: dict[str, dt.date | dt.datetime] = {}
    sound = True
    for title, cell in cells.items():
        try:
            if title in NUMBERS:
                values[title] = _number(cell)
            elif cell:
                days[COLUMNS[title]] = _day(cell, with_time=title == WITH_TIME)
        except _Unfit as unfit:
            faults.append(Fault(number, title, str(unfit)))
            sound = False
    return Row(number, values["year"], values["batch"], days) if sound else None


def _number(cell: str) -> int:
    if not cell:
        raise _Unfit("不能为空。")
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 4):
        raise _Unfit(f"填的是“{cell}”，应为整数。")
    return int(cell)


def _day(cell: str, *, with_time: bool) -> dt.date | dt.datetime:
    try:
        # Also "20260318" and weeks are ISO to Python; nobody writes a calendar so.
        if len(cell) == ISO_DAY:
            return dt.date.fromisoformat(cell)
        if with_time and cell[4:5] == "-":
            moment = dt.datetime.fromisoformat(cell)
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except ValueError:
        pass
    example = "写成 2026-05-16 的样子"
    if with_time:
        example += "，可再写时间，如 2026-05-16 12:00"
    raise _Unfit(f"填的是“{cell}”，应{example}，且是存在的日子。")
