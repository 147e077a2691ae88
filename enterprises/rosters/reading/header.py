"""Finding the header row below the titles, telling the kind of list by it, and reading the titles above it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from enterprises.rosters.definition import catalogue as c
from enterprises.rosters.definition.cells import EARLIEST, LATEST, CellSource
from enterprises.rosters.definition.columns import LAYOUTS, Layout, title_key
from enterprises.rosters.definition.marks import REASON_TITLE
from enterprises.rosters.definition.problems import FileRefused, shown
from enterprises.rosters.definition.table import HEADER_ROWS, RawTable, is_blank, letter_of
from enterprises.rosters.reading.suggestion import Place, unknown_titles

FEWEST_TITLES, LONGEST_TITLE = 3, 200
# A list of all a kind's needed columns is of that kind; but a roster that lacks one, with a dozen columns that only
# rosters have, is not a register of firms that happens to need no more.
WORTH_OF_COMPLETENESS = 6

_UNIT = re.compile(r"(?:填报|报送|上报|编制)(?:单位|部门)[:：]\s*(\S{1,100})")
_AS_OF = re.compile(
    r"截[至止](?:日期|时间)?[:：]?\s*([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
)


@dataclass(frozen=True, slots=True)
class Header:
    """`columns`: field → column from 0. `last_row`: the row above the first firm. `extra`: the columns that are
    not read; `unknown`: those of them nobody has decided about (column from 0, title)."""

    layout: Layout
    last_row: int
    width: int
    columns: dict[str, int]
    extra: tuple[Place, ...]
    unknown: tuple[Place, ...]
    reporting_unit: str | None
    as_of: dt.date | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    layout: Layout
    first_row: int
    last_row: int
    titles: tuple[tuple[str, ...], ...]
    fields: tuple[str | None, ...]

    @property
    def known(self) -> set[str]:
        return {name for name in self.fields if name}

    @property
    def score(self) -> tuple[int, int]:
        complete = not self.layout.missing(self.known)
        return len(self.known) + WORTH_OF_COMPLETENESS * complete, self.first_row - self.last_row

    def extra(self) -> Iterator[Place]:
        """Columns with a title of no field, but for the one that the portal itself adds to a checked copy."""
        for at, (titles, name) in enumerate(zip(self.titles, self.fields, strict=True)):
            if titles and not name and title_key(titles[-1]) != title_key(REASON_TITLE):
                yield at, titles[-1]


def find_header(table: RawTable, mapping: Mapping[str, str], source: CellSource) -> Header:
    """The best header of the first rows; raises Refused without one, with a column missing or given twice.

    `mapping`: title_key → field, or "" for a column to be passed over; goes before the known titles.
    """
    best = max(_candidates(table, mapping), key=lambda candidate: candidate.score, default=None)
    if best is None or len(best.known) < FEWEST_TITLES:
        raise c.NO_HEADER.refuse(table.filename)
    _refuse_doubles(table, best)
    columns = {name: at for at, name in enumerate(best.fields) if name}
    extra = tuple(best.extra())
    unknown = tuple(place for place in extra if not _is_decided(place[1], mapping))
    if best.layout.missing(set(columns)):
        raise _missing(table, best, set(columns), unknown, source)
    unit, as_of = _title_facts(table, best.first_row)
    width = max((at + 1 for at, titles in enumerate(best.titles) if titles), default=0)
    return Header(best.layout, best.last_row, width, columns, extra, unknown, unit, as_of)


def _is_decided(title: str, mapping: Mapping[str, str]) -> bool:
    """Remarks of their own are kept without a question; "" says that the unit has passed the column over before."""
    return title_key(title).startswith("备注") or mapping.get(title_key(title)) == ""


def _missing(
    table: RawTable,
    best: _Candidate,
    known: set[str],
    unknown: tuple[Place, ...],
    source: CellSource,
) -> FileRefused:
    titles = "、".join(f"“{column.title}”" for column in best.layout.missing(known))
    problem = c.MISSING_COLUMNS.refuse(
        table.filename, f"缺少必需的列：{titles}（按“{best.layout.title}”识别）"
    ).problem
    asked = unknown_titles(table, best.last_row, best.layout, known, unknown, source)
    return FileRefused(problem, best.layout.name, asked)


def _candidates(table: RawTable, mapping: Mapping[str, str]) -> Iterator[_Candidate]:
    """Each of the first rows alone, and joined with the next one (a header in two rows)."""
    head = [row for row in table.rows if row[0] <= HEADER_ROWS]
    following = {number: values for number, values in table.rows if number <= HEADER_ROWS + 1}
    for number, values in head:
        titles = tuple((_title(value),) if not is_blank(value) else () for value in values)
        below = following.get(number + 1)
        for layout in LAYOUTS:
            yield _candidate(layout, number, number, titles, mapping)
            if below is not None:
                yield _candidate(layout, number, number + 1, tuple(_joined(values, below)), mapping)


def _joined(upper: Sequence[object], lower: Sequence[object]) -> Iterator[tuple[str, ...]]:
    """The readings of a title over two rows: both together, then either alone."""
    for at in range(max(len(upper), len(lower))):
        parts = [
            _title(row[at]) for row in (upper, lower) if at < len(row) and not is_blank(row[at])
        ]
        yield ("".join(parts), *reversed(parts)) if len(parts) == 2 else tuple(parts)


def _title(value: object) -> str:
    return (shown(value) if isinstance(value, float) else str(value)).strip()[:LONGEST_TITLE]


def _candidate(
    layout: Layout,
    first: int,
    last: int,
    titles: tuple[tuple[str, ...], ...],
    mapping: Mapping[str, str],
) -> _Candidate:
    fields = tuple(
        _field(layout, [title_key(reading) for reading in readings], mapping) for readings in titles
    )
    return _Candidate(layout, first, last, titles, fields)


def _field(layout: Layout, keys: list[str], mapping: Mapping[str, str]) -> str | None:
    own = [mapping[key] for key in keys if mapping.get(key, "-") in ("", *layout.fields)]
    return (
        own[0] or None if own else next(filter(None, map(layout.fields_by_title.get, keys)), None)
    )


def _refuse_doubles(table: RawTable, best: _Candidate) -> None:
    counts = Counter(name for name in best.fields if name)
    for name, count in counts.items():
        if count > 1:
            where = [at for at, found in enumerate(best.fields) if found == name]
            named = "与".join(f"{letter_of(at + 1)}列“{best.titles[at][0]}”" for at in where)
            raise c.DOUBLE_COLUMN.refuse(
                table.filename, f"{named}是同一列", table.address(best.last_row, where[1])
            )


def _title_facts(table: RawTable, header_row: int) -> tuple[str | None, dt.date | None]:
    texts = [
        unicodedata.normalize("NFKC", str(value))
        for number, values in table.rows
        if number < header_row
        for value in values
        if not is_blank(value)
    ]
    units = (match[1] for match in map(_UNIT.search, texts) if match)
    days = (_day(*match.groups()) for match in map(_AS_OF.search, texts) if match)
    return next(units, None), next((day for day in days if day), None)


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None
