"""From raw rows to firms. Rows that are no firm are ignored with a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cell_source import CellSource, Parsed
from enterprises.rosters.definition.cells import YES_NO_WORDS, yes_no
from enterprises.rosters.definition.column import Column, title_key
from enterprises.rosters.definition.letters import letter_of
from enterprises.rosters.definition.problems import Note, Problem, display_text
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.definition.spelling import says_nothing, says_yes, unguarded
from enterprises.rosters.definition.table import RawRow, RawTable, is_blank
from enterprises.rosters.reading.header import Header
from enterprises.rosters.reading.lines import LineJudge, RecordJudge
from enterprises.rosters.reading.structure import Merges

ERROR_VALUES = frozenset(
    (
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
    )
)

NOTHING_LOST: frozenset[int] = frozenset()
BLANK = "空白"
"""How a note calls what stands for nothing."""
REMEMBERED_VALUES = 4_096
"""Per column, so that a file cannot fill the memory with them."""

Remembered = dict[object, tuple[Any, bool, object]]
"""(type, raw value) → value, changed, the raw value itself"""


class RowCollector(Protocol):
    """Where the rows go, and what is reported about them."""

    rows: list[RosterRow]
    problems: list[Problem]
    normalised: list[Note]
    ignored: list[Note]


class RowReader:
    """Reads one row after another into the collector."""

    def __init__(
        self, table: RawTable, header: Header, source: CellSource, into: RowCollector
    ) -> None:
        self._table, self._header, self._source, self._into = table, header, source, into
        self._merges = Merges(table, header)
        columns = header.layout.columns
        self._blank = {column.field: column.blank for column in columns} | dict(header.constant)
        # Towns, fields, days and head counts come again and again: each spelling is parsed once.
        self._present: list[tuple[Column, int, Remembered]] = []
        for column in columns:
            if column.field in header.columns:
                self._present.append((column, header.columns[column.field], {}))
        present = [(column, at) for column, at, _ in self._present]
        self._judge: RecordJudge | LineJudge
        if header.layout.of_records:
            self._judge = RecordJudge(present)
        else:
            self._judge = LineJudge(present, source)
        # Row → places of the cells without a readable value, which are not blank either.
        self._lost: dict[int, frozenset[int]] = {}
        for row, at in table.failures:
            self._lost[row] = self._lost.get(row, NOTHING_LOST) | {at}

    def read_row(self, raw: RawRow) -> None:
        number, values = raw
        reason = self._why_no_firm(number, values)
        if reason is None:
            self._check_width(number, values)
            self._into.rows.append(self._firm_of_row(number, values))
            return
        filled = (at for at, value in enumerate(values) if not is_blank(value))
        at = next(filled, min(self._lost.get(number, NOTHING_LOST), default=0))
        address = self._table.address(number, at)
        self._into.ignored.append(Note(address, "", display_text(_whole_line(values)), reason))

    # --- is it a firm? ---
    def _why_no_firm(self, number: int, values: Sequence[object]) -> str | None:
        """Why the row is no firm (signature, total, note, repeated header …); None if it is one."""
        at = self._header.columns.get(self._header.layout.identifying)
        code = values[at] if at is not None and at < len(values) else None
        # A header repeated on every printed page. Codes are ASCII, which is the quicker test.
        if isinstance(code, str) and not code.isascii() and self._is_title_of_code(code):
            return "重复的标题行"
        return self._judge.why_no_firm(values, self._lost.get(number, NOTHING_LOST))

    def _is_title_of_code(self, text: str) -> bool:
        layout = self._header.layout
        return layout.fields_by_title.get(title_key(text)) == layout.identifying

    def _check_width(self, number: int, values: Sequence[object]) -> None:
        """Report the first value right of the last title.

        In a CSV a comma too many has probably shifted the row. In a workbook it is a note beside
        the list.
        """
        for at in range(self._header.width, len(values)):
            if is_blank(values[at]):
                continue
            address = self._table.address(number, at)
            if self._table.kind == "csv":
                self._into.problems.append(catalogue.SHIFTED.problem(address, "", values[at]))
            else:
                note = Note(address, "", display_text(values[at]), "在标题行范围之外，未读取")
                self._into.ignored.append(note)
            return

    # --- its values ---
    def _firm_of_row(self, number: int, cells: Sequence[object]) -> RosterRow:
        values, unread, seen_cells = dict(self._blank), set[str](), dict[str, object]()
        # This loop runs half a million times for the longest list, hence its plain local names.
        failures, width = self._table.failures, len(cells)
        for column, at, known in self._present:
            seen = cells[at] if at < width else None
            # The type belongs to the key because 1 == 1.0 == True.
            remembered = known.get((seen.__class__, seen))
            if remembered is not None and not (failures and (number, at) in failures):
                # The same object again costs neither memory nor transport.
                value, changed, seen = remembered
            else:
                try:
                    value, changed = self._parse_cell(column, number, at, seen)
                except Unreadable as error:
                    unread.add(column.field)
                    address = self._table.address(number, at)
                    problem = error.rule.problem(address, column.title, seen, error.reason)
                    self._into.problems.append(problem)
                    seen_cells[column.field] = seen
                    continue
                # Blank cells are not remembered: their place says whether a merged area covers
                # them.
                if len(known) < REMEMBERED_VALUES and not is_blank(seen):
                    known[seen.__class__, seen] = value, changed, seen
            values[column.field] = value
            seen_cells[column.field] = seen
            if changed:
                address = self._table.address(number, at)
                note = Note(address, column.title, display_text(seen), _shown(value))
                self._into.normalised.append(note)
        return RosterRow(
            self._table.sheet, number, values, self._header.columns, seen_cells, frozenset(unread)
        )

    def _parse_cell(self, column: Column, number: int, at: int, seen: object) -> Parsed:
        if (failure := self._table.failures.get((number, at))) is not None:
            raise Unreadable(failure)
        if is_blank(seen):
            self._refuse_covered(column, number, at)
            return column.blank, False
        # Error cells come as these texts from every kind of file.
        if isinstance(seen, str) and seen.strip() in ERROR_VALUES:
            raise Unreadable(
                catalogue.ERROR_CELL, f"单元格是错误值{seen.strip()}，或超出范围的日期"
            )
        text = unguarded(seen) if isinstance(seen, str) else seen
        # In a column of yes and no 无 is an answer.
        if says_nothing(text) and not (column.parse is yes_no and says_yes(str(text)) is False):
            if column.filled:
                reason = f"“{column.title}”必须填写，不能写“{str(seen).strip()[:30]}”"
                raise Unreadable(catalogue.NOTHING_NEEDED, reason)
            return column.blank, True
        value, changed = column.parse(text, self._source)
        # Nothing but invisible characters is as good as blank.
        if value == "" or value is None:
            return column.blank, True
        return value, changed or text is not seen

    def _refuse_covered(self, column: Column, number: int, at: int) -> None:
        """Refuse a blank cell of a merged area: to the eye it shows the area's one value."""
        area = self._merges.covering(number, at)
        if area is not None:
            first = f"{letter_of(area.left + 1)}{area.top}"
            # Where a blank means something, such as no park, it must not pass for an answer.
            rule = catalogue.MERGED_NEEDED if column.present or column.filled else catalogue.MERGED
            raise Unreadable(rule, f"与{area}合并，只有首格{first}有值，本行的“{column.title}”为空")


def _shown(value: object) -> str:
    """A value as a note names it; codes are put into words by whoever shows the note."""
    if value in (None, "", ()):
        return BLANK
    return YES_NO_WORDS[value] if isinstance(value, bool) else display_text(value)


def _whole_line(values: Sequence[object]) -> str:
    return " ".join(display_text(value).strip() for value in values if not is_blank(value))
