"""Finding the header row, which also shows the kind of list, and reading the lines above it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.column import (
    Column,
    TitleParts,
    field_of_year,
    parts_of,
    title_key,
)
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.letters import letter_of
from enterprises.rosters.definition.marks import REASON_TITLE
from enterprises.rosters.definition.problems import FileRefused, display_text
from enterprises.rosters.definition.quarter_words import (
    LONGEST_TITLE,
    NamedQuarter,
    said_above,
)
from enterprises.rosters.definition.records.layouts import layouts_for
from enterprises.rosters.definition.records.told import NOTHING_TOLD, Told
from enterprises.rosters.definition.table import HEADER_ROWS, RawTable, is_blank
from enterprises.rosters.definition.years import (
    figure_named,
    in_unit_of_title,
    is_figure,
    unfinished_years,
    with_years,
)
from enterprises.rosters.reading.suggestion import Place, unknown_titles

# Two words of a title line above the list may look like titles; three hardly do.
FEWEST_TITLES = 3
# A file with all columns that a kind of list needs is probably of that kind, so that counts as much
# as six known columns more. Not above all: a roster that lacks one needed column, but has a dozen
# that only rosters have, is still a roster.
WORTH_OF_COMPLETENESS = 6


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns are.

    `columns`: field → column from 0. `last_row`: the row above the first firm.
    `width`: columns from the first up to the last title.
    `extra`: columns that are not read. `unknown`: those of them that nobody has decided about.
    `beside`: those of them that bear another title of a field which is read → that field.
    `unfinished`: those of them whose title names a year that is not over yet → that year.
    `units`: field → unit of money that its title names, where it is not the column's own.
    `constant`: field → value of every row, for a column that the file lacks.
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
    unfinished: Mapping[int, int] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    constant: Mapping[str, object] = field(default_factory=dict)


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
    given: frozenset[str] = frozenset()
    """Fields that a person has told instead of a column."""

    @property
    def missing_columns(self) -> list[Column]:
        return self.layout.missing_columns(self.known_fields | self.given)

    @property
    def known_fields(self) -> set[str]:
        return {name for name in self.fields if name}

    @property
    def titled(self) -> int:
        """How many columns have a title."""
        return sum(bool(titles) for titles in self.titles)

    @property
    def score(self) -> tuple[int, int, int]:
        """The best candidate has the greatest; of equals one row is better than two.

        Without any title that is known, the row with the most columns is the likeliest.
        """
        score = len(self.known_fields)
        if not self.missing_columns:
            score += WORTH_OF_COMPLETENESS
        return score, 0 if score else self.titled, self.first_row - self.last_row

    def extra_columns(self) -> Iterator[Place]:
        """Columns whose title stands for no field.

        Left out is the column of reasons that the portal itself adds to an annotated copy.
        """
        for at, (titles, name) in enumerate(zip(self.titles, self.fields, strict=True)):
            if titles and not name and title_key(titles[-1]) != title_key(REASON_TITLE):
                # A year alone says nothing without the title below it.
                yield at, titles[-1] if parts_of(titles[-1]).key else titles[0]


def find_header(
    table: RawTable, mapping: Mapping[str, str], source: CellSource, told: Told = NOTHING_TOLD
) -> Header:
    """The best header among the first rows.

    Raises FileRefused when there is none, or a column is missing or there twice.
    `mapping`: title_key → field, or "" for a column to be ignored. It goes before known titles.
    """
    found = _candidates(table, mapping, told)
    best = max(found, key=lambda candidate: candidate.score, default=None)
    # Where a person has said what list it is, a row of unknown titles is one to be asked about.
    if best is None or (best.titled if told.kind else len(best.known_fields)) < FEWEST_TITLES:
        raise catalogue.NO_HEADER.refuse(table.filename)
    _refuse_double_columns(table, best)
    columns = {name: at for at, name in enumerate(best.fields) if name}
    extra = tuple(best.extra_columns())
    unknown = tuple(place for place in extra if not _is_decided(place[1], mapping))
    if best.missing_columns:
        raise _refusal_of_missing(table, best, unknown, source)
    above = said_above(table, best.first_row)
    unfinished = unfinished_years(columns, above.as_of or told.today)
    extra += tuple((at, best.titles[at][0]) for at in unfinished)
    columns = {name: at for name, at in columns.items() if at not in unfinished}
    layout = with_years(best.layout, columns)
    converted = _columns_of_other_units(best, layout, columns, above.money)
    is_given = told.year and layout.key_with not in columns
    return Header(
        layout.with_columns(column for column, _ in converted),
        best.last_row,
        max((at + 1 for at, titles in enumerate(best.titles) if titles), default=0),
        columns,
        extra,
        unknown,
        best.beside,
        above.reporting_unit,
        above.as_of,
        above.quarters,
        unfinished,
        {column.field: named for column, named in converted},
        {layout.key_with: told.year} if is_given else {},
    )


def _columns_of_other_units(
    best: _Candidate, layout: Layout, columns: Mapping[str, int], of_all: str
) -> list[tuple[Column, str]]:
    """Columns whose amounts stand in another unit than ours, and the unit.

    By their title, else by a line such as “单位：元” above the header.
    """
    converted = []
    for name, at in columns.items():
        named = next((unit for _, _, unit in map(parts_of, best.titles[at]) if unit), of_all)
        if column := in_unit_of_title(layout.column(name), named):
            converted.append((column, named))
    return converted


def _is_decided(title: str, mapping: Mapping[str, str]) -> bool:
    """Whether the unit need not be asked what a column means.

    A further column of remarks is nothing to ask about. "" in the mapping: the unit has answered
    that the column is to be ignored.
    """
    answers = (mapping.get(title_key(title)), mapping.get(parts_of(title).key))
    return title_key(title).startswith("备注") or "" in answers


def _refusal_of_missing(
    table: RawTable, best: _Candidate, unknown: tuple[Place, ...], source: CellSource
) -> FileRefused:
    """The refusal asks what the titles are that may stand for the missing columns."""
    known, missing = best.known_fields, best.missing_columns
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
    return FileRefused(problem, best.layout.name, questions, list(wanted))


def _candidates(table: RawTable, mapping: Mapping[str, str], told: Told) -> Iterator[_Candidate]:
    """Each of the first rows alone, and joined with the next one (a header in two rows)."""
    first_rows = {number: values for number, values in table.rows if number <= HEADER_ROWS + 1}
    layouts = layouts_for(told)
    for number, values in first_rows.items():
        if number > HEADER_ROWS:
            continue
        # Every layout is tried with every row: the score decides, also about the kind of list where
        # nobody has said it.
        alone = tuple(_joined_titles(values, ()))
        below = first_rows.get(number + 1)
        upper = _spread_years(table, number, values)
        joined = tuple(_joined_titles(upper, below)) if below is not None else ()
        for layout in layouts:
            given = frozenset({layout.key_with} if told.year else ())
            fields = _fields(layout, alone, mapping, told)
            yield _Candidate(layout, number, number, alone, *fields, given)
            if joined:
                fields = _fields(layout, joined, mapping, told)
                yield _Candidate(layout, number, number + 1, joined, *fields, given)


def _spread_years(table: RawTable, row: int, values: Sequence[object]) -> Sequence[object]:
    """The row with each year that is merged over several columns in all of them."""
    spread = list(values)
    for area in table.merged:
        if area.top != row or area.left >= len(values) or is_blank(values[area.left]):
            continue
        title = _title_text(values[area.left])
        key, year, _ = parts_of(title)
        if year is not None and not key:
            spread += [None] * (area.right + 1 - len(spread))
            spread[area.left : area.right + 1] = [title] * (area.right + 1 - area.left)
    return spread


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
    layout: Layout,
    titles: tuple[tuple[str, ...], ...],
    mapping: Mapping[str, str],
    told: Told,
) -> tuple[tuple[str | None, ...], dict[int, str]]:
    """Per column the field it stands for, and the columns beside one of the field's own title."""
    found = [_field_of(layout, readings, mapping, told.doubted) for readings in titles]
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
    layout: Layout, readings: tuple[str, ...], mapping: Mapping[str, str], doubted: Set[str]
) -> tuple[str | None, bool]:
    """The field that one of a title's readings stands for, or None.

    With it whether that is the field's own title, or what the unit has said of it.
    """
    keys = [(title_key(reading), parts_of(reading)) for reading in readings]
    for key, parts in keys:
        # What the unit has said of a title holds only for lists that have the field.
        if key in mapping and (mapping[key] == "" or mapping[key] in layout.fields):
            return mapping[key] or None, True
        if parts.key in mapping and (name := _figure_of(layout, parts, mapping, doubted)):
            return name, True
    for key, parts in keys:
        if key in layout.fields_by_title:
            named = layout.fields_by_title[key]
            is_own = key == title_key(layout.column(named).title)
            return (None, False) if named in doubted else (named, is_own)
        # Both rows of a title together go first: 营业收入 below 2024年 is of that year.
        if name := _figure_of(layout, parts, mapping, doubted):
            return name, False
    return None, False


def _figure_of(
    layout: Layout, title: TitleParts, mapping: Mapping[str, str], doubted: Set[str]
) -> str | None:
    """The field of a figure whose title also names its year, or the unit of its amounts."""
    key, year, unit = title
    if not layout.tells_figures or (year is None and not unit):
        return None
    name = mapping.get(key)
    if name is None:
        name = figure_named(key)
        if name in doubted:
            return None
    if not name or not is_figure(name) or (year is None and name not in layout.fields):
        return None
    return field_of_year(name, year)


def _refuse_double_columns(table: RawTable, best: _Candidate) -> None:
    counts = Counter(name for name in best.fields if name)
    for name, count in counts.items():
        if count > 1:
            where = [at for at, field in enumerate(best.fields) if field == name]
            named = "与".join(f"{letter_of(at + 1)}列“{best.titles[at][0]}”" for at in where)
            raise catalogue.DOUBLE_COLUMN.refuse(
                table.filename, f"{named}是同一列", table.address(best.last_row, where[1])
            )
