"""The user's own workbook with every problem marked: coloured cells, comments, a column of reasons.

A further sheet lists all problems. The copy can be corrected and sent in as it is, any number of
times: the marks of the last check are removed first.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.column import title_key
from enterprises.rosters.definition.letters import letter_of, number_of
from enterprises.rosters.definition.marks import (
    COMMENT_AUTHOR,
    ERROR_FILL,
    REASON_TITLE,
    SUMMARY_SHEET,
    WARNING_FILL,
)
from enterprises.rosters.definition.problems import ROW_OF_ADDRESS, FileRefused, Problem
from enterprises.rosters.definition.table import (
    HEADER_ROWS,
    MAX_COLUMNS,
    RawRow,
    RawTable,
)
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading.header import Header, find_header
from enterprises.rosters.writing.cells_out import (
    LINE_HEIGHT,
    comment_box,
    lines_of,
    write_text,
)
from enterprises.rosters.writing.copying import Copy, copy_of
from enterprises.rosters.writing.summary import FILLS, SUMMARY_TITLE, add_summary, level_of
from parks.numbers import grouped

MOST_COMMENTS = 2_000
"""More comments make the spreadsheet program slow; further cells are only coloured and listed."""
REASON_WIDTH = 70
_HEADING = f"【{COMMENT_AUTHOR}】"
"""The portal's part of a comment begins with it; what stands before it is the user's own."""
_OWN_COLOURS = {ERROR_FILL[-6:], WARNING_FILL[-6:]}
_LINE = Side(style="thin", color="BFBFBF")

Marked = Mapping[tuple[int, int], Sequence[Problem]]


def annotate(
    path: Path,
    kind: str,
    filename: str,
    problems: Sequence[Problem],
    mapping: Mapping[str, str] | None = None,
) -> bytes:
    """An .xlsx. `kind` as in `safety.kind_of`, `mapping` as in `sheet.read_register`.

    Raises FileRefused for a file that cannot be opened at all.
    """
    copy = copy_of(path, kind, filename, _sheet_name_of(problems))
    # Old marks go first: the old column of reasons would be taken for a column of the user's.
    _remove_marks(copy)
    header = _header_of_copy(copy, filename, mapping or {})
    uncommented = _mark_cells(copy.sheet, _problems_by_cell(problems))
    if header:
        _write_reasons(copy.sheet, header, problems)
    notes = [*copy.losses]
    if uncommented:
        notes.append(
            f"批注只加在前{grouped(MOST_COMMENTS)}个单元格上，另有{grouped(uncommented)}个只着色；"
            "全部问题见下面的清单"
        )
    add_summary(copy.book, copy.sheet, filename, problems, notes)
    return copy.to_bytes()


def _sheet_name_of(problems: Sequence[Problem]) -> str | None:
    """The sheet the problems are about: that of the first one with a cell or row."""
    for problem in problems:
        if match := ROW_OF_ADDRESS.search(problem.address):
            return problem.address[: match.start()]
    return None


def _problems_by_cell(problems: Sequence[Problem]) -> Marked:
    """(row, column from 1) → its problems, errors first."""
    by_cell: dict[tuple[int, int], list[Problem]] = defaultdict(list)
    for problem in problems:
        match = ROW_OF_ADDRESS.search(problem.address)
        if match and match[1]:
            by_cell[int(match[2]), number_of(match[1])].append(problem)
    for same in by_cell.values():
        same.sort(key=lambda problem: not problem.blocks)
    return by_cell


# --- removing the marks of the last check ---
def _remove_marks(copy: Copy) -> None:
    for sheet in copy.book.worksheets:
        if sheet is not copy.sheet and _is_summary(sheet):
            copy.book.remove(sheet)
    own_fills = set()
    for at, fill in enumerate(copy.book._fills):
        # Spreadsheet programs may change the two digits of transparency in front.
        if str(fill.fgColor.rgb)[-6:] in _OWN_COLOURS:
            own_fills.add(at)
    reasons = _reason_cells(copy)
    # Only cells that exist already: asking the sheet for an area would create every cell in it.
    for place, cell in list(copy.sheet._cells.items()):
        if place in reasons:
            del copy.sheet._cells[place]
        elif cell.has_style and cell._style.fillId in own_fills:
            cell.fill = PatternFill()
        if cell.comment:
            _remove_own_comment(cell)


def _is_summary(sheet: Any) -> bool:
    return sheet.title.startswith(SUMMARY_SHEET) and sheet["A1"].value == SUMMARY_TITLE


def _remove_own_comment(cell: Any) -> None:
    """What the user wrote stays, in a box of its size: openpyxl does not know how large it was."""
    comment = cell.comment
    users_text, heading, _ = comment.text.partition(_HEADING)
    if not heading and comment.author == COMMENT_AUTHOR:
        users_text = ""
    users_text = users_text.strip()
    cell.comment = comment_box(users_text, comment.author) if users_text else None


def _reason_cells(copy: Copy) -> set[tuple[int, int]]:
    """Cells (row, column from 1) of the old column of reasons, its title included."""
    reason_key, cells = title_key(REASON_TITLE), copy.sheet._cells
    first_rows: dict[int, int] = {}
    for (row, column), cell in cells.items():
        if row > HEADER_ROWS + 1 or not isinstance(cell.value, str):
            continue
        if title_key(cell.value) == reason_key:
            first_rows[column] = min(row, first_rows.get(column, row))
    return {(row, column) for row, column in cells if row >= first_rows.get(column, row + 1)}


# --- setting new marks ---
def _header_of_copy(copy: Copy, filename: str, mapping: Mapping[str, str]) -> Header | None:
    """Where the titles stand; None for a sheet without."""
    width = min(copy.sheet.max_column, MAX_COLUMNS)
    height = min(copy.sheet.max_row, HEADER_ROWS + 1)
    rows: list[RawRow] = []
    for row in range(1, height + 1):
        values = [copy.value_at(row, column) for column in range(1, width + 1)]
        rows.append((row, values))
    table = RawTable(filename, copy.sheet.title, "xlsx", rows)
    try:
        return find_header(table, mapping, CellSource(Vocabulary()))
    except FileRefused:
        return None


def _mark_cells(sheet: Any, marked: Marked) -> int:
    """Colours every cell, comments the first ones; gives how many were left without a comment."""
    areas = list(sheet.merged_cells.ranges)
    # Errors first, so that they get the comments.
    in_order = sorted(marked.items(), key=lambda pair: (not pair[1][0].blocks, pair[0]))
    for number, ((row, column), problems) in enumerate(in_order):
        cell = sheet.cell(row, column)
        if isinstance(cell, MergedCell):
            # Only the first cell of a merged area can be seen.
            area = next(area for area in areas if cell.coordinate in area)
            cell = sheet.cell(area.min_row, area.min_col)
        # A warning must not hide the error of another cell of the same merged area.
        if cell.fill.fgColor.rgb != ERROR_FILL:
            cell.fill = FILLS[level_of(problems[0])]
        if number < MOST_COMMENTS:
            _comment_on(cell, problems)
    return max(0, len(in_order) - MOST_COMMENTS)


def _comment_on(cell: Any, problems: Sequence[Problem]) -> None:
    lines = [
        f"{level_of(problem)}：{_reason_and_fix(problem)}（{problem.code}）" for problem in problems
    ]
    text, author = "", COMMENT_AUTHOR
    if cell.comment:
        text, author = f"{cell.comment.text}\n", cell.comment.author
    # The heading is there already where two cells of one merged area have problems.
    if _HEADING not in text:
        text += f"{_HEADING}\n"
    cell.comment = comment_box(text + "\n".join(lines), author)


def _reason_and_fix(problem: Problem) -> str:
    """Both as sentences; either may be missing, and may end with its full stop or without."""
    return "。".join(part.rstrip("。") for part in (problem.reason, problem.fix) if part) + "。"


def _write_reasons(sheet: Any, header: Header, problems: Sequence[Problem]) -> None:
    problems_by_row: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.row is not None and problem.row > header.last_row:
            problems_by_row[problem.row].append(problem)
    if not problems_by_row:
        return
    column = _free_column(sheet, header)
    sheet.column_dimensions[letter_of(column)].width = REASON_WIDTH
    title = sheet.cell(header.last_row, column)
    _write_in_frame(title, REASON_TITLE, PatternFill("solid", fgColor="D9D9D9"), Font(bold=True))
    for row, same in problems_by_row.items():
        same.sort(key=lambda problem: not problem.blocks)
        text = "\n".join(_reason_line(problem) for problem in same)
        _write_in_frame(sheet.cell(row, column), text, FILLS[level_of(same[0])], Font())
        lines = lines_of(text, REASON_WIDTH)
        if lines > 1 and LINE_HEIGHT * lines > (sheet.row_dimensions[row].height or 0):
            sheet.row_dimensions[row].height = LINE_HEIGHT * lines


def _write_in_frame(cell: Any, text: str, fill: PatternFill, font: Font) -> None:
    write_text(cell, text)
    cell.fill, cell.font = fill, font
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def _reason_line(problem: Problem) -> str:
    column = ""
    if problem.title and problem.title not in problem.reason:
        column = f"{problem.title}："
    return f"【{level_of(problem)}】{column}{_reason_and_fix(problem)}"


def _free_column(sheet: Any, header: Header) -> int:
    """The first column right of the titles in which nothing stands."""
    used = set()
    for (row, column), cell in sheet._cells.items():
        if row >= header.last_row and (cell.value is not None or isinstance(cell, MergedCell)):
            used.add(column)
    return next(column for column in itertools.count(header.width + 1) if column not in used)
