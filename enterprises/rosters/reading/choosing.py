"""Which sheet of a workbook is read, and what is said of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from enterprises import uscc
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.marks import OWN_SHEETS
from enterprises.rosters.definition.problems import FileRefused, Problem
from enterprises.rosters.definition.quarter_words import NamedQuarter, quarters_named
from enterprises.rosters.definition.records.told import NOTHING_TOLD, Told
from enterprises.rosters.definition.table import RawRow, RawTable, is_blank
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading.book import Book, Sheet
from enterprises.rosters.reading.header import Header, find_header

CODE_LENGTH = 18
SOON = dt.timedelta(days=31)
"""A list may be dated the end of a month that is not quite over."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the beginning of a sheet shows.

    `header`: of a list with all its columns. `day`: the one it is as of, where that is said.
    `refusal`: why it is none.
    """

    sheet: Sheet
    rows: Sequence[RawRow]
    header: Header | None = None
    day: dt.date | None = None
    refusal: FileRefused | None = None

    @property
    def is_part_of_a_list(self) -> bool:
        """It has titles of a list, but not all, or some twice."""
        return self.refusal is not None and self.refusal.problem.code != catalogue.NO_HEADER.code


def table_to_read(
    book: Book,
    mapping: Mapping[str, str],
    today: dt.date,
    wanted: str | None = None,
    told: Told = NOTHING_TOLD,
) -> RawTable:
    """The sheet whose titles and day fit. Raises FileRefused.

    `mapping`: as in `header.find_header`. `wanted`: the name of the sheet to read, if it is known.
    """
    users = [sheet for sheet in book.sheets if sheet.name not in OWN_SHEETS]
    visible = [sheet for sheet in users if sheet.visible]
    if len(users) == 1 and visible:
        return book.table(visible[0])
    if not book.sheets:
        raise catalogue.NO_SHEET.refuse(book.filename, "文件中没有工作表")
    if not users:
        raise catalogue.NO_SHEET.refuse(book.filename, "只有填表说明等，没有名册")
    found = [_look_at(book, sheet, mapping, today, told) for sheet in users]
    named = [each for each in found if each.sheet.name == wanted]
    chosen = named[0] if named else _choose(book, found, today)
    table = book.table(chosen.sheet)
    if visible and chosen.sheet != visible[0]:
        table.notes.append(f"名册取自工作表“{chosen.sheet.name}”")
    for other in found:
        if other is not chosen:
            _tell_of_unread(table, chosen, other)
    return table


def _look_at(
    book: Book, sheet: Sheet, mapping: Mapping[str, str], today: dt.date, told: Told
) -> _Found:
    rows = book.top(sheet)
    table = RawTable(book.filename, sheet.name, "xlsx", rows)
    try:
        header = find_header(table, mapping, CellSource(Vocabulary()), told)
    except FileRefused as refusal:
        return _Found(sheet, rows, refusal=refusal)
    day = header.as_of or _day_of_quarter(sheet.name, rows, header, today)
    return _Found(sheet, rows, header, day)


def _choose(book: Book, found: Sequence[_Found], today: dt.date) -> _Found:
    visible = [each for each in found if each.sheet.visible]
    lists = [each for each in visible if each.header]
    if lists:
        return max(lists, key=lambda each: _fitness(each, today))
    partial = [each for each in visible if each.is_part_of_a_list]
    hidden = [each.sheet.name for each in found if each.header]
    if hidden and not partial:
        name = hidden[0]
        raise catalogue.NO_SHEET.refuse(
            book.filename,
            f"名册在隐藏的工作表“{name}”上，可见的工作表中没有名册",
            fix=f"请取消隐藏工作表“{name}”，保存后重新上传",
        )
    if not visible:
        raise catalogue.NO_SHEET.refuse(book.filename, "工作表全部处于隐藏状态")
    return (partial or visible)[0]


def _fitness(each: _Found, today: dt.date) -> tuple[int, dt.date]:
    """The list of the current day is the greatest; of equals `max` takes the first.

    An undated list is taken for a current one rather than one that is known to be older.
    """
    day = each.day
    if day is None:
        return 2, dt.date.min
    if day > today + SOON:
        return 0, dt.date.min
    return (3 if day >= _last_quarter_end(today) else 1), day


def _last_quarter_end(today: dt.date) -> dt.date:
    first_month = (today.month - 1) // 3 * 3 + 1
    return dt.date(today.year, first_month, 1) - dt.timedelta(days=1)


def _day_of_quarter(
    name: str, rows: Sequence[RawRow], header: Header, today: dt.date
) -> dt.date | None:
    """The last day of the quarter that the sheet's name or the lines above the titles name."""
    texts = [name]
    for number, values in rows:
        if number < header.last_row:
            texts += [str(value) for value in values if not is_blank(value)]
    for text in texts:
        for named in quarters_named(text):
            return _quarter_end(named, today)
    return None


def _quarter_end(named: NamedQuarter, today: dt.date) -> dt.date:
    """Without a year it is the last such quarter that is over, or nearly."""
    quarter = named.number

    def end_in(year: int) -> dt.date:
        return dt.date(year + quarter // 4, quarter % 4 * 3 + 1, 1) - dt.timedelta(days=1)

    if named.year:
        return end_in(named.year)
    this_year = end_in(today.year)
    return this_year if this_year <= today + SOON else end_in(today.year - 1)


def _tell_of_unread(table: RawTable, chosen: _Found, other: _Found) -> None:
    if not other.rows:
        return
    name, hidden = other.sheet.name, "" if other.sheet.visible else "隐藏的"
    older = other.day and chosen.day and other.day != chosen.day
    if older:
        table.notes.append(f"{hidden}工作表“{name}”是{other.day}的名册，未读取")
        return
    if other.sheet.visible and (problem := _firms_left_out(table, other)):
        table.problems.append(problem)
        return
    table.notes.append(f"{hidden}工作表“{name}”有内容，未读取")


def _firms_left_out(table: RawTable, other: _Found) -> Problem | None:
    """The problem when a visible sheet names firms that are not on the one that is read."""
    left_out = dict(_codes(other.rows))
    if left_out:
        for code, _ in _codes(table.rows):
            left_out.pop(code, None)
    if not left_out:
        return None
    code, row = next(iter(left_out.items()))
    return catalogue.UNREAD_FIRMS.problem(
        table.filename,
        "文件",
        other.sheet.name,
        f"工作表“{other.sheet.name}”上还有企业（第{row}行{code}等{len(left_out)}家），没有读取；"
        f"读取的是“{table.sheet}”",
    )


def _codes(rows: Sequence[RawRow]) -> Iterator[tuple[str, int]]:
    """Valid codes of firms with their rows, in whatever column they stand."""
    for number, values in rows:
        for value in values:
            if isinstance(value, str) and len(value) >= CODE_LENGTH:
                code = uscc.normalise(value)
                if len(code) == CODE_LENGTH and not uscc.problem(code):
                    yield code, number
