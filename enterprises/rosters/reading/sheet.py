"""The reader: a spreadsheet file becomes typed rows, problems and notes. It writes nothing and knows no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from enterprises.rosters.definition import catalogue as c
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.columns import Layout
from enterprises.rosters.definition.marks import Stamp, unsealed
from enterprises.rosters.definition.problems import (
    ROW_OF_ADDRESS,
    Note,
    Problem,
    UnknownTitle,
    shown,
)
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.definition.rules import ROW_RULES, Context
from enterprises.rosters.definition.table import MAX_DATA_ROWS, RawTable, too_many
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading import structure
from enterprises.rosters.reading.header import Header, find_header
from enterprises.rosters.reading.row_reader import RowReader
from enterprises.rosters.reading.suggestion import unknown_titles
from enterprises.rosters.reading.workbook import read_table

BEAT_ROWS = 500
MAX_PROBLEMS, MAX_NOTES = 50_000, 200_000

Beat = Callable[..., None]
"""beat(phase, done=…, total=…): a sign of life."""


def silent(phase: str = "", *, done: int = 0, total: int | None = None) -> None:
    """Nobody is watching."""


@dataclass(slots=True)
class Reading:
    """What one file says. With any error among `problems` nothing of it may be written.

    `extra_titles`: every column that was not read; `unknown_titles`: those of them nobody has decided about."""

    filename: str
    layout: Layout
    reporting_unit: str | None
    as_of: dt.date | None
    rows: list[RosterRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    normalised: list[Note] = field(default_factory=list)
    ignored: list[Note] = field(default_factory=list)
    extra_titles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unknown_titles: list[UnknownTitle] = field(default_factory=list)
    sealed: str = ""

    @property
    def has_errors(self) -> bool:
        return any(problem.blocks for problem in self.problems)

    @property
    def stamp(self) -> Stamp | None:
        """For whom and when the portal made this workbook; None for any other workbook. Unsealed only here, so that
        reading itself needs no secret."""
        return unsealed(self.sealed) if self.sealed else None


def read_register(
    path: Path,
    filename: str,
    vocabulary: Vocabulary,
    today: dt.date,
    max_rows: int = MAX_DATA_ROWS,
    mapping: Mapping[str, str] | None = None,
    beat: Beat = silent,
    max_bytes: int | None = None,
) -> Reading:
    """Read a roster or a district register; raises Refused when the file as a whole cannot be read.

    `mapping`: what the unit has said of its own titles, title_key → field, or "" for a column to be passed over.
    Files that people send are read by `jail.read_safely`, which calls this in a child process.
    """
    beat("读取工作表")
    table = read_table(path, filename, max_rows, max_bytes or settings.MAX_REGISTER_BYTES)
    source = CellSource(vocabulary, table.epoch, table.kind == "csv")
    header = find_header(table, mapping or {}, source)
    reading = _begin(table, header, source)
    reader = RowReader(table, header, source, reading)
    for count, raw in enumerate(table.rows):
        if count % BEAT_ROWS == 0:
            beat("核对单元格", done=count, total=len(table.rows))
            _refuse_flood(reading)
        if raw[0] > header.last_row:
            reader.take(raw)
    if not reading.rows and not header.layout.may_be_empty:
        raise c.NO_ROWS.refuse(filename)
    if not reading.rows:
        reading.problems.append(c.EMPTY_ROSTER.problem(filename, "文件", filename))
    if len(reading.rows) > max_rows:
        raise too_many(filename, max_rows, len(reading.rows))
    beat("核对各行", done=len(reading.rows), total=len(reading.rows))
    _apply_rules(reading, header, Context(header.layout, today, header.as_of))
    return reading


def _begin(table: RawTable, header: Header, source: CellSource) -> Reading:
    reading = Reading(
        table.filename, header.layout, header.reporting_unit, header.as_of, sealed=table.sealed
    )
    reading.notes = [*table.notes, *structure.notes(table, header)]
    reading.extra_titles = [title for _, title in header.extra]
    reading.unknown_titles = unknown_titles(
        table, header.last_row, header.layout, set(header.columns), header.unknown, source
    )
    unknown = set(header.unknown)
    for place in header.extra:
        why = "不认识的列，未读取" if place in unknown else "附加列，未读取"
        reading.ignored.append(
            Note(table.address(header.last_row, place[0]), "", shown(place[1]), why)
        )
    return reading


def _apply_rules(reading: Reading, header: Header, context: Context) -> None:
    titles = {column.field: column.title for column in header.layout.columns}
    for rule in ROW_RULES:
        assert rule.check is not None
        for finding in rule.check(reading.rows, context):
            row = finding.row
            seen = row.seen.get(finding.field)
            problem = rule.problem(
                row.address(finding.field), titles[finding.field], seen, finding.reason
            )
            reading.problems.append(problem)
        _refuse_flood(reading)
    reading.problems.sort(key=_position)


def _refuse_flood(reading: Reading) -> None:
    """Half a million remarks on one file help nobody, and would fill the memory of whoever shows them."""
    if len(reading.problems) > MAX_PROBLEMS:
        first = reading.problems[0]
        example = f"如{first.address.rpartition('!')[2]}“{first.seen}”：{first.reason}"
        raise c.TOO_MUCH_WRONG.refuse(reading.filename, f"问题超过{MAX_PROBLEMS:,}个，{example}")
    if len(reading.normalised) + len(reading.ignored) > MAX_NOTES:
        raise c.TOO_MUCH_WRONG.refuse(reading.filename, f"写法不规范的单元格超过{MAX_NOTES:,}个")


def _position(problem: Problem) -> tuple[int, int, str]:
    """By row, then column: A before Z before AA."""
    match = ROW_OF_ADDRESS.search(problem.address)
    if match is None:
        return 0, 0, problem.code
    return int(match[2]), len(match[1]), match[1] + problem.code
