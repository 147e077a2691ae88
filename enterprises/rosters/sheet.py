"""The reader: a spreadsheet file becomes typed rows, problems and notes. It writes nothing and knows no database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from enterprises.rosters import catalogue as c
from enterprises.rosters import structure
from enterprises.rosters.catalogue import Unreadable
from enterprises.rosters.cells import Source
from enterprises.rosters.columns import Column, Layout, title_key
from enterprises.rosters.header import Header, find_header
from enterprises.rosters.marks import Stamp, unsealed
from enterprises.rosters.problems import ROW_OF_ADDRESS, Note, Problem, UnknownTitle, shown
from enterprises.rosters.row import Row
from enterprises.rosters.rules import ROW_RULES, Context
from enterprises.rosters.structure import Merges
from enterprises.rosters.suggestion import unknown_titles
from enterprises.rosters.table import MAX_DATA_ROWS, RawRow, Table, is_blank, letter_of, too_many
from enterprises.rosters.vocabulary import Vocabulary
from enterprises.rosters.workbook import read_table

ERROR_VALUES = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)

_SIGNATURE = re.compile(
    r"^[（(]?(?:填表|填报|制表|审核|复核|经办|负责|单位负责|分管领导|主要领导|报送)(?:人|单位|日期|时间)?(?:签字|签名|签章)?\s*[:：（(]"
    r"|[（(](?:单位)?(?:公章|盖章|单位盖章)[）)]|^(?:联系电话|日期|盖章)\s*[:：]"
)
_TOTAL = re.compile(r"^(?:本页|全区|全园区)?(?:合计|总计|小计|共计)(?:$|[\s:：\d（(])")
_REMARK = re.compile(r"^(?:注|备注|说明|附注|填表说明|填报说明)\s*\d{0,2}\s*[:：.、]|^(?:以下空白|以下无正文)$")
# A row without name and code that still has so many values is a firm whose name and code were forgotten.
FEWEST_VALUES_OF_A_FIRM = 3
BEAT_ROWS = 500


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
    rows: list[Row] = field(default_factory=list)
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


@dataclass(frozen=True, slots=True)
class _Sheet:
    """All that reading one row takes."""

    table: Table
    header: Header
    source: Source
    merges: Merges


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
    source = Source(vocabulary, table.epoch, table.kind == "csv")
    header = find_header(table, mapping or {}, source)
    reading = _begin(table, header, source)
    sheet = _Sheet(table, header, source, Merges(table, header))
    for count, raw in enumerate(table.rows):
        if count % BEAT_ROWS == 0:
            beat("核对单元格", done=count, total=len(table.rows))
        if raw[0] > header.last_row:
            _take(raw, sheet, reading)
    if not reading.rows and not header.layout.may_be_empty:
        raise c.NO_ROWS.refuse(filename)
    if not reading.rows:
        reading.problems.append(c.EMPTY_ROSTER.problem(filename, "文件", filename))
    if len(reading.rows) > max_rows:
        raise too_many(filename, max_rows, len(reading.rows))
    beat("核对各行", done=len(reading.rows), total=len(reading.rows))
    _apply_rules(reading, header, Context(header.layout, today, header.as_of))
    return reading


def _begin(table: Table, header: Header, source: Source) -> Reading:
    reading = Reading(table.filename, header.layout, header.reporting_unit, header.as_of, sealed=table.sealed)
    reading.notes = [*table.notes, *structure.notes(table, header)]
    reading.extra_titles = [title for _, title in header.extra]
    reading.unknown_titles = unknown_titles(
        table, header.last_row, header.layout, set(header.columns), header.unknown, source
    )
    unknown = set(header.unknown)
    for place in header.extra:
        why = "不认识的列，未读取" if place in unknown else "附加列，未读取"
        reading.ignored.append(Note(table.address(header.last_row, place[0]), "", shown(place[1]), why))
    return reading


def _take(raw: RawRow, sheet: _Sheet, reading: Reading) -> None:
    number, values = raw
    table, header = sheet.table, sheet.header
    reason = _why_no_firm(raw, table, header)
    if reason:
        at = next(at for at, value in enumerate(values) if not is_blank(value))
        reading.ignored.append(Note(table.address(number, at), "", shown(_whole_line(values)), reason))
        return
    _check_width(raw, table, header, reading)
    reading.rows.append(_read_row(raw, sheet, reading))


def _whole_line(values: Sequence[object]) -> str:
    return " ".join(shown(value).strip() for value in values if not is_blank(value))


def _why_no_firm(raw: RawRow, table: Table, header: Header) -> str | None:
    """Why the row is not a firm (signature, total, note, repeated header …); None when it is one."""
    number, values = raw
    filled = {
        name
        for name, at in header.columns.items()
        if (at < len(values) and not is_blank(values[at])) or (number, at) in table.failures
    }
    if "uscc" not in filled:
        texts = [str(value).strip() for value in values if isinstance(value, str) and value.strip()]
        if any(_SIGNATURE.search(text) for text in texts):
            return "签字行"
        if texts and _TOTAL.match(re.sub(r"\s", "", texts[0])):
            return "合计行"
        if texts and _REMARK.match(texts[0]):
            return "说明文字"
    identifying = [column.field for column in header.layout.columns if column.identifies]
    if not filled.intersection(identifying) and len(filled - {"number"}) < FEWEST_VALUES_OF_A_FIRM:
        return "没有企业名称和信用代码"
    code = header.columns["uscc"]
    if "uscc" in filled and header.layout.fields_by_title.get(title_key(values[code])) == "uscc":
        return "重复的标题行"
    return None


def _check_width(raw: RawRow, table: Table, header: Header, reading: Reading) -> None:
    number, values = raw
    beyond = next((at for at in range(header.width, len(values)) if not is_blank(values[at])), None)
    if beyond is None:
        return
    address = table.address(number, beyond)
    if table.kind == "csv":
        reading.problems.append(c.SHIFTED.problem(address, "", values[beyond]))
    else:
        reading.ignored.append(Note(address, "", shown(values[beyond]), "在标题行范围之外，未读取"))


def _read_row(raw: RawRow, sheet: _Sheet, reading: Reading) -> Row:
    number, cells = raw
    table, header = sheet.table, sheet.header
    values: dict[str, object] = {}
    unread: set[str] = set()
    for column in header.layout.columns:
        values[column.field] = column.blank
        at = header.columns.get(column.field)
        if at is None:
            continue
        seen = cells[at] if at < len(cells) else None
        try:
            value, changed = _read_cell(column, seen, table.failures.get((number, at)), sheet.source)
            if value == column.blank:
                _refuse_covered(column, number, at, sheet)
        except Unreadable as trouble:
            unread.add(column.field)
            problem = trouble.rule.problem(table.address(number, at), column.title, seen, trouble.reason)
            reading.problems.append(problem)
            continue
        values[column.field] = value
        if changed:
            reading.normalised.append(Note(table.address(number, at), column.title, shown(seen), shown(value)))
    seen_cells = {name: cells[at] for name, at in header.columns.items() if at < len(cells)}
    return Row(table.sheet, number, values, header.columns, seen_cells, frozenset(unread))


def _refuse_covered(column: Column, number: int, at: int, sheet: _Sheet) -> None:
    """A blank cell below or beside the one value of a merged area is not simply blank: to the eye it is filled."""
    area = sheet.merges.covering(number, at)
    if area is not None:
        first = f"{letter_of(area.left + 1)}{area.top}"
        rule = c.MERGED_NEEDED if column.present or column.filled else c.MERGED
        raise Unreadable(rule, f"与{area}合并，只有首格{first}有值，本行的“{column.title}”为空")


def _read_cell(column: Column, seen: object, failure: c.Rule | None, source: Source) -> tuple[object, bool]:
    if failure is not None:
        raise Unreadable(failure)
    if is_blank(seen):
        return column.blank, False
    if isinstance(seen, str) and seen.strip() in ERROR_VALUES:
        raise Unreadable(c.ERROR_CELL, f"单元格是错误值{seen.strip()}，或超出范围的日期")
    value, changed = column.parse(seen, source)
    # Nothing but invisible characters is as good as blank.
    return (column.blank, True) if value == "" else (value, changed)


def _apply_rules(reading: Reading, header: Header, context: Context) -> None:
    titles = {column.field: column.title for column in header.layout.columns}
    for rule in ROW_RULES:
        assert rule.check is not None
        for finding in rule.check(reading.rows, context):
            row = finding.row
            seen = row.seen.get(finding.field)
            problem = rule.problem(row.address(finding.field), titles[finding.field], seen, finding.reason)
            reading.problems.append(problem)
    reading.problems.sort(key=_position)


def _position(problem: Problem) -> tuple[int, int, str]:
    """By row, then column: A before Z before AA."""
    match = ROW_OF_ADDRESS.search(problem.address)
    if match is None:
        return 0, 0, problem.code
    return int(match[2]), len(match[1]), match[1] + problem.code
