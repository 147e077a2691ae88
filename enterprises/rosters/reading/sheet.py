"""The reader: a spreadsheet file becomes typed rows, problems and notes.

It writes nothing and knows no database.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.letters import letter_of
from enterprises.rosters.definition.problems import (
    ROW_OF_ADDRESS,
    Note,
    Problem,
    UnknownTitle,
    display_text,
)
from enterprises.rosters.definition.quarter_words import NamedQuarter
from enterprises.rosters.definition.records.told import NOTHING_TOLD, Told
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.definition.rules import Context, rules_for
from enterprises.rosters.definition.table import MAX_DATA_ROWS, RawTable, too_many
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading import structure
from enterprises.rosters.reading.header import Header, find_header
from enterprises.rosters.reading.row_reader import RowReader
from enterprises.rosters.reading.suggestion import unknown_titles
from enterprises.rosters.reading.workbook import read_table
from parks.beat import Beat, silent
from parks.numbers import grouped

BEAT_ROWS = 500
MAX_PROBLEMS, MAX_NOTES = 50_000, 200_000
"""More of them make the file a refused one: see `_refuse_flood`."""


@dataclass(slots=True)
class Reading:
    """What one file says. With any error among `problems` nothing of it may be written.

    `normalised`: cells read otherwise than written. `ignored`: rows and columns that were not read.
    `notes`: sentences about the file as a whole. `sealed`: the portal's stamp as it stands in the
    file; only the parent has the key to it (`stamps.unsealed`).
    `quarters`: those that the lines above the header name.
    `extra_titles`: columns that were not read. `unknown_titles`: those nobody has decided about.
    """

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
    quarters: tuple[NamedQuarter, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(problem.blocks for problem in self.problems)


def read_register(
    path: Path,
    filename: str,
    vocabulary: Vocabulary,
    today: dt.date,
    max_rows: int = MAX_DATA_ROWS,
    mapping: Mapping[str, str] | None = None,
    beat: Beat = silent,
    max_bytes: int = sys.maxsize,
    told: Told = NOTHING_TOLD,
) -> Reading:
    """Read a roster or a register; raises FileRefused when the file as a whole cannot be read.

    `mapping`: what the unit has said of its titles, title_key → field, "" for a column to ignore.
    Files that people send are read by `sandbox.read_safely`, which calls this in a child process.
    """
    beat("读取工作表")
    table = read_table(path, filename, max_rows, max_bytes, today, mapping, told=told)
    source = CellSource(vocabulary, table.epoch, table.kind == "csv")
    header = find_header(table, mapping or {}, source, replace(told, today=today))
    reading = _new_reading(table, header, source)
    # Rows above the header are titles and were read with it.
    reader = RowReader(table, header, source, reading)
    for count, raw in enumerate(table.rows):
        if count % BEAT_ROWS == 0:
            beat("核对单元格", done=count, total=len(table.rows))
            _refuse_flood(reading)
        if raw[0] > header.last_row:
            reader.read_row(raw)
    if not reading.rows and not header.layout.may_be_empty:
        raise catalogue.NO_ROWS.refuse(filename)
    if not reading.rows:
        reading.problems.append(catalogue.EMPTY_ROSTER.problem(filename, "文件", filename))
    # Only now are firms told from remarks and totals, so that the limit is exact.
    if len(reading.rows) > max_rows:
        raise too_many(filename, max_rows, len(reading.rows))
    beat("核对各行", done=len(reading.rows), total=len(reading.rows))
    _apply_rules(reading, header, Context(header.layout, today, header.as_of))
    return reading


def _new_reading(table: RawTable, header: Header, source: CellSource) -> Reading:
    reading = Reading(
        table.filename,
        header.layout,
        header.reporting_unit,
        header.as_of,
        sealed=table.sealed,
        quarters=header.quarters,
    )
    reading.problems = list(table.problems)
    reading.notes = [*table.notes, *structure.structure_notes(table, header)]
    for name, unit in header.units.items():
        title = header.layout.column(name).title
        letter = letter_of(header.columns[name] + 1)
        reading.notes.append(f"{letter}列“{title}”按{unit}读取，已换算为万元")
    reading.extra_titles = [title for _, title in header.extra]
    reading.unknown_titles = unknown_titles(
        table, header.last_row, header.layout, set(header.columns), header.unknown, source
    )
    titles = {at: name for name, at in header.columns.items()}
    columns = {column.field: column.title for column in header.layout.columns}
    for row, at, seen, value in table.unwrapped:
        title = columns[titles[at]] if at in titles else ""
        reading.normalised.append(Note(table.address(row, at), title, seen, value))
    unknown = set(header.unknown)
    for at, title in header.extra:
        reason = "不认识的列，未读取" if (at, title) in unknown else "附加列，未读取"
        if at in header.beside:
            read = header.layout.column(header.beside[at]).title
            reason = f"与“{read}”列同义，只读取“{read}”列，本列未读取"
        if at in header.unfinished:
            reason = f"{header.unfinished[at]}年度还没有结束，未读取"
        address = table.address(header.last_row, at)
        reading.ignored.append(Note(address, "", display_text(title), reason))
    return reading


def _apply_rules(reading: Reading, header: Header, context: Context) -> None:
    # Problems name the column by its official title, whatever the file calls it.
    titles = {column.field: column.title for column in header.layout.columns}
    # What a column says whose title is still asked about is not called missing.
    waiting = header.layout.fields - set(header.columns) if reading.unknown_titles else set()
    for rule in rules_for(header.layout):
        assert rule.check is not None
        for finding in rule.check(reading.rows, context):
            row, name = finding.row, finding.field
            if name in waiting:
                continue
            problem = rule.problem(
                row.address(name), titles[name], row.seen.get(name), finding.reason
            )
            reading.problems.append(problem)
        _refuse_flood(reading)
    reading.problems.sort(key=_position_in_sheet)


def _refuse_flood(reading: Reading) -> None:
    """Half a million problems of one file help nobody, and would fill the memory of the parent."""
    if len(reading.problems) > MAX_PROBLEMS:
        first = reading.problems[0]
        example = f"如{first.address.rpartition('!')[2]}“{first.seen}”：{first.reason}"
        raise catalogue.TOO_MUCH_WRONG.refuse(
            reading.filename, f"问题超过{grouped(MAX_PROBLEMS)}个，{example}"
        )
    if len(reading.normalised) + len(reading.ignored) > MAX_NOTES:
        raise catalogue.TOO_MUCH_WRONG.refuse(
            reading.filename, f"写法不规范的单元格超过{grouped(MAX_NOTES)}个"
        )


def _position_in_sheet(problem: Problem) -> tuple[int, int, str]:
    """By row, then column: A before Z before AA."""
    match = ROW_OF_ADDRESS.search(problem.address)
    if match is None:
        return 0, 0, problem.code
    return int(match[2]), len(match[1]), match[1] + problem.code
