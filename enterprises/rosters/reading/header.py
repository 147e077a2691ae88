"""Finding the header row, which also shows the kind of list, and reading the lines above it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.cells import EARLIEST, LATEST, CellSource
from enterprises.rosters.definition.column import title_key
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.letters import letter_of
from enterprises.rosters.definition.marks import REASON_TITLE
from enterprises.rosters.definition.problems import FileRefused, display_text
from enterprises.rosters.definition.quarter_words import NamedQuarter, quarters_named
from enterprises.rosters.definition.registers import LAYOUTS
from enterprises.rosters.definition.table import HEADER_ROWS, RawTable, is_blank
from enterprises.rosters.reading.suggestion import Place, unknown_titles

# Two words of a title line above the list may look like titles; three hardly do.
FEWEST_TITLES, LONGEST_TITLE = 3, 200
MOST_QUARTERS = 20
"""Quarters kept that the lines above the header name."""
# A file with all columns that a kind of list needs is probably of that kind, so that counts as much
# as six known columns more. Not above all: a roster that lacks one needed column, but has a dozen
# that only rosters have, is still a roster.
WORTH_OF_COMPLETENESS = 6

_UNIT = re.compile(r"(?:填报|报送|上报|编制)(?:单位|部门)[:：]\s*(\S{1,100})")
_AS_OF = re.compile(
    r"截[至止](?:日期|时间)?[:：]?\s*([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns are.

    `columns`: field → column from 0. `last_row`: the row above the first firm.
    `width`: columns from the first up to the last title.
    `extra`: columns that are not read. `unknown`: those of them that nobody has decided about.
    `beside`: those of them that bear another title of a field which is read → that field.
    """

    layout: Layout
    last_row: int
    width: int
    columns: dict[str, int]
    extra: tuple[Place, ...]
    unknown: tuple[Place, ...]
    beside: Mapping[int, str]
    reporting_unit: str | None
    as_of: dt.date | None
    quarters: tuple[NamedQuarter, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row, or two, read as the header of a layout.

    `titles`: per column the readings of its title, the preferred one first; () for a blank one.
    `fields`: per column the field it stands for. `beside`: columns with another title of a field
    that stands under its own title, too; they are not read.
    """

    layout: Layout
    first_row: int
    last_row: int
    titles: tuple[tuple[str, ...], ...]
    fields: tuple[str | None, ...]
    beside: Mapping[int, str]

    @property
    def known_fields(self) -> set[str]:
        return {name for name in self.fields if name}

    @property
    def score(self) -> tuple[int, int]:
        """The best candidate has the greatest; of equals one row is better than two."""
        score = len(self.known_fields)
        if not self.layout.missing_columns(self.known_fields):
            score += WORTH_OF_COMPLETENESS
        return score, self.first_row - self.last_row

    def extra_columns(self) -> Iterator[Place]:
        """Columns whose title stands for no field.

        Left out is the column of reasons that the portal itself adds to an annotated copy.
        """
        for at, (titles, name) in enumerate(zip(self.titles, self.fields, strict=True)):
            if titles and not name and title_key(titles[-1]) != title_key(REASON_TITLE):
                yield at, titles[-1]


def find_header(
    table: RawTable,
    mapping: Mapping[str, str],
    source: CellSource,
    layouts: Sequence[Layout] = LAYOUTS,
) -> Header:
    """The best header among the first rows.

    Raises FileRefused when there is none, or a column is missing or there twice.
    `mapping`: title_key → field, or "" for a column to be ignored. It goes before known titles.
    `layouts`: the kinds of list it may be.
    """
    best = max(
        _candidates(table, mapping, layouts), key=lambda candidate: candidate.score, default=None
    )
    if best is None or len(best.known_fields) < FEWEST_TITLES:
        raise catalogue.NO_HEADER.refuse(table.filename)
    _refuse_double_columns(table, best)
    columns = {name: at for at, name in enumerate(best.fields) if name}
    extra = tuple(best.extra_columns())
    unknown = tuple(place for place in extra if not _is_decided(place[1], mapping))
    if best.layout.missing_columns(set(columns)):
        raise _refusal_of_missing(table, best, unknown, source)
    unit, as_of, quarters = _title_facts(table, best.first_row)
    width = 0
    for at, titles in enumerate(best.titles):
        if titles:
            width = at + 1
    return Header(
        best.layout,
        best.last_row,
        width,
        columns,
        extra,
        unknown,
        best.beside,
        unit,
        as_of,
        quarters,
    )


def _is_decided(title: str, mapping: Mapping[str, str]) -> bool:
    """Whether the unit need not be asked what a column means.

    A further column of remarks is nothing to ask about. "" in the mapping: the unit has answered
    that the column is to be ignored.
    """
    return title_key(title).startswith("备注") or mapping.get(title_key(title)) == ""


def _refusal_of_missing(
    table: RawTable, best: _Candidate, unknown: tuple[Place, ...], source: CellSource
) -> FileRefused:
    """The refusal asks what the titles are that may stand for the missing columns."""
    known = best.known_fields
    missing = best.layout.missing_columns(known)
    titles = "、".join(f"“{column.title}”" for column in missing)
    problem = catalogue.MISSING_COLUMNS.refuse(
        table.filename, f"缺少必需的列：{titles}（按“{best.layout.title}”识别）"
    ).problem
    questions = unknown_titles(table, best.last_row, best.layout, known, unknown, source)
    wanted = {column.field: column.title for column in missing}
    asked = [
        f"“{question.title}”（{question.address.rpartition('!')[2]}）可能是“{wanted[question.suggestion]}”"
        for question in questions
        if question.suggestion in wanted
    ]
    if asked:
        fix = f"请说明这几列是什么：{'；'.join(asked)}。确实没有的列，再补上"
        problem = replace(problem, fix=fix[: catalogue.LONGEST_REASON])
    return FileRefused(problem, best.layout.name, questions)


def _candidates(
    table: RawTable, mapping: Mapping[str, str], layouts: Sequence[Layout]
) -> Iterator[_Candidate]:
    """Each of the first rows alone, and joined with the next one (a header in two rows)."""
    first_rows = {number: values for number, values in table.rows if number <= HEADER_ROWS + 1}
    for number, values in first_rows.items():
        if number > HEADER_ROWS:
            continue
        # Every layout is tried with every row: the score decides, also about the kind of list.
        alone = tuple(_joined_titles(values, ()))
        below = first_rows.get(number + 1)
        joined = tuple(_joined_titles(values, below)) if below is not None else ()
        for layout in layouts:
            yield _Candidate(layout, number, number, alone, *_fields(layout, alone, mapping))
            if joined:
                fields = _fields(layout, joined, mapping)
                yield _Candidate(layout, number, number + 1, joined, *fields)


def _joined_titles(upper: Sequence[object], lower: Sequence[object]) -> Iterator[tuple[str, ...]]:
    """Per column the readings of a title over two rows: both together, the lower, the upper."""
    for at in range(max(len(upper), len(lower))):
        parts = []
        for row in (upper, lower):
            if at < len(row) and not is_blank(row[at]):
                parts.append(_title_text(row[at]))
        if len(parts) == 2:
            yield "".join(parts), parts[1], parts[0]
        else:
            yield tuple(parts)


def _title_text(value: object) -> str:
    # A title such as 2026 is stored as a float, and should not read as 2026.0.
    text = display_text(value) if isinstance(value, float) else str(value)
    return text.strip()[:LONGEST_TITLE]


def _fields(
    layout: Layout, titles: tuple[tuple[str, ...], ...], mapping: Mapping[str, str]
) -> tuple[tuple[str | None, ...], dict[int, str]]:
    """Per column the field it stands for, and the columns beside one of the field's own title."""
    found = [_field_of(layout, readings, mapping) for readings in titles]
    own = Counter(name for name, is_own in found if name and is_own)
    fields: list[str | None] = []
    beside = {}
    for at, (name, is_own) in enumerate(found):
        # The title that the template has is meant for the field; 手机 beside 联系电话 is more.
        if name and not is_own and own[name] == 1:
            beside[at] = name
            fields.append(None)
        else:
            fields.append(name)
    return tuple(fields), beside


def _field_of(
    layout: Layout, readings: tuple[str, ...], mapping: Mapping[str, str]
) -> tuple[str | None, bool]:
    """The field that one of a title's readings stands for, or None.

    With it whether that is the field's own title, or what the unit has said of it.
    """
    keys = [title_key(reading) for reading in readings]
    for key in keys:
        # What the unit has said of a title holds only for lists that have the field.
        if key in mapping and (mapping[key] == "" or mapping[key] in layout.fields):
            return mapping[key] or None, True
    for key in keys:
        if key in layout.fields_by_title:
            name = layout.fields_by_title[key]
            return name, key == title_key(layout.column(name).title)
    return None, False


def _refuse_double_columns(table: RawTable, best: _Candidate) -> None:
    counts = Counter(name for name in best.fields if name)
    for name, count in counts.items():
        if count > 1:
            where = [at for at, field in enumerate(best.fields) if field == name]
            named = "与".join(f"{letter_of(at + 1)}列“{best.titles[at][0]}”" for at in where)
            raise catalogue.DOUBLE_COLUMN.refuse(
                table.filename, f"{named}是同一列", table.address(best.last_row, where[1])
            )


def _title_facts(
    table: RawTable, header_row: int
) -> tuple[str | None, dt.date | None, tuple[NamedQuarter, ...]]:
    """Reporting unit, day of the data and quarters, where the lines above the header name them."""
    unit, as_of = None, None
    quarters: list[NamedQuarter] = []
    for number, values in table.rows:
        if number >= header_row:
            break
        for value in values:
            text = unicodedata.normalize("NFKC", str(value))
            if unit is None and (match := _UNIT.search(text)):
                unit = match[1]
            if as_of is None and (match := _AS_OF.search(text)):
                as_of = _valid_day(*match.groups())
            quarters += quarters_named(text[:LONGEST_TITLE])
    return unit, as_of, tuple(quarters[:MOST_QUARTERS])


def _valid_day(year: str, month: str, day: str) -> dt.date | None:
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return date if EARLIEST <= date <= LATEST else None
