"""The user's own workbook with every problem marked in it: coloured cells, comments, a column of reasons, a list.

It can be corrected and sent in as it is, any number of times: the marks of the time before are taken off first.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import column_index_from_string

from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.columns import title_key
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
    letter_of,
)
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading.header import Header, find_header
from enterprises.rosters.writing.cells_out import LINE_HEIGHT, comment, lines_of, write_text
from enterprises.rosters.writing.copying import Copy, copy_of
from enterprises.rosters.writing.summary import FILLS, SUMMARY_TITLE, add_summary, level_of

MOST_COMMENTS = 2_000
"""More of them make the spreadsheet program slow; further cells are coloured and listed."""
REASON_WIDTH = 70
_HEADING = f"【{COMMENT_AUTHOR}】"
"""Begins what the portal says in a comment; what stands before it is the user's own."""
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

    Raises Refused for a file that cannot be opened at all.
    """
    copy = copy_of(path, kind, filename, _sheet_of(problems))
    _take_off_marks(copy)
    header = _header(copy, filename, mapping or {})
    left = _mark_cells(copy.sheet, _by_cell(problems))
    if header:
        _write_reasons(copy.sheet, header, problems)
    notes = [*copy.losses]
    if left:
        notes.append(
            f"批注只加在前{MOST_COMMENTS:,}个单元格上，另有{left:,}个只着色；全部问题见下面的清单"
        )
    add_summary(copy.book, copy.sheet, filename, problems, notes)
    return copy.to_bytes()


def _sheet_of(problems: Sequence[Problem]) -> str | None:
    matches = ((problem, ROW_OF_ADDRESS.search(problem.address)) for problem in problems)
    return next((problem.address[: match.start()] for problem, match in matches if match), None)


def _by_cell(problems: Sequence[Problem]) -> Marked:
    """(row, column from 1) → its problems, errors first."""
    found: dict[tuple[int, int], list[Problem]] = defaultdict(list)
    for problem in problems:
        match = ROW_OF_ADDRESS.search(problem.address)
        if match and match[1]:
            found[int(match[2]), column_index_from_string(match[1])].append(problem)
    return {
        place: sorted(same, key=lambda problem: not problem.blocks) for place, same in found.items()
    }


# --- off ------------------------------------------------------------------------------------------------------------
def _take_off_marks(copy: Copy) -> None:
    for sheet in copy.book.worksheets:
        if (
            sheet is not copy.sheet
            and sheet.title.startswith(SUMMARY_SHEET)
            and sheet["A1"].value == SUMMARY_TITLE
        ):
            copy.book.remove(sheet)
    fills = {
        at for at, fill in enumerate(copy.book._fills) if str(fill.fgColor.rgb)[-6:] in _OWN_COLOURS
    }
    reasons = _reason_cells(copy)
    # The cells there are, and no others: asking the sheet for an area makes every cell in it.
    for place, cell in list(copy.sheet._cells.items()):
        if place in reasons:
            del copy.sheet._cells[place]
        elif cell.has_style and cell._style.fillId in fills:
            cell.fill = PatternFill()
        if cell.comment:
            _take_off_comment(cell)


def _take_off_comment(cell: Any) -> None:
    """What the user wrote stays, in a box of its size: openpyxl does not know how large it was."""
    text = cell.comment.text
    theirs, heading, _ = text.partition(_HEADING)
    kept = theirs.strip() if heading or cell.comment.author != COMMENT_AUTHOR else ""
    cell.comment = comment(kept, cell.comment.author) if kept else None


def _reason_cells(copy: Copy) -> set[tuple[int, int]]:
    """Where the column of reasons of the time before stands."""
    own, cells = title_key(REASON_TITLE), copy.sheet._cells
    titles = [
        place
        for place, cell in cells.items()
        if place[0] <= HEADER_ROWS + 1
        and isinstance(cell.value, str)
        and title_key(cell.value) == own
    ]
    return {
        place for row, column in titles for place in cells if place[1] == column and place[0] >= row
    }


# --- on -------------------------------------------------------------------------------------------------------------
def _header(copy: Copy, filename: str, mapping: Mapping[str, str]) -> Header | None:
    """Where the titles stand; None for a sheet without."""
    width = min(copy.sheet.max_column, MAX_COLUMNS)
    height = min(copy.sheet.max_row, HEADER_ROWS + 1)
    rows: list[RawRow] = [
        (row, tuple(copy.value_at(row, column) for column in range(1, width + 1)))
        for row in range(1, height + 1)
    ]
    try:
        return find_header(
            RawTable(filename, copy.sheet.title, "xlsx", rows), mapping, CellSource(Vocabulary())
        )
    except FileRefused:
        return None


def _mark_cells(sheet: Any, marked: Marked) -> int:
    """How many cells were left without a comment."""
    heads = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    in_order = sorted(marked.items(), key=lambda pair: (not pair[1][0].blocks, pair[0]))
    for number, ((row, column), problems) in enumerate(in_order):
        cell = sheet.cell(row, column)
        if isinstance(cell, MergedCell):
            top, left = next(head for head, area in heads.items() if cell.coordinate in area)
            cell = sheet.cell(top, left)
        if cell.fill.fgColor.rgb != ERROR_FILL:
            cell.fill = FILLS[level_of(problems[0])]
        if number < MOST_COMMENTS:
            _comment_on(cell, problems)
    return max(0, len(in_order) - MOST_COMMENTS)


def _comment_on(cell: Any, problems: Sequence[Problem]) -> None:
    said = "\n".join(f"{level_of(each)}：{_sentence(each)}（{each.code}）" for each in problems)
    if cell.comment and _HEADING in cell.comment.text:  # two cells of one merged area
        cell.comment = comment(f"{cell.comment.text}\n{said}", cell.comment.author)
    elif cell.comment:
        cell.comment = comment(f"{cell.comment.text}\n{_HEADING}\n{said}", cell.comment.author)
    else:
        cell.comment = comment(f"{_HEADING}\n{said}", COMMENT_AUTHOR)


def _sentence(problem: Problem) -> str:
    return "。".join(part.rstrip("。") for part in (problem.reason, problem.fix) if part) + "。"


def _write_reasons(sheet: Any, header: Header, problems: Sequence[Problem]) -> None:
    rows: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.row is not None and problem.row > header.last_row:
            rows[problem.row].append(problem)
    if not rows:
        return
    column = _free_column(sheet, header)
    sheet.column_dimensions[letter_of(column)].width = REASON_WIDTH
    title = sheet.cell(header.last_row, column)
    _write_reason(title, REASON_TITLE, PatternFill("solid", fgColor="D9D9D9"), Font(bold=True))
    for row, same in rows.items():
        same.sort(key=lambda problem: not problem.blocks)
        _write_reason(
            sheet.cell(row, column), "\n".join(map(_reason, same)), FILLS[level_of(same[0])], Font()
        )
        _make_room(sheet, row, column)


def _write_reason(cell: Any, text: str, fill: PatternFill, font: Font) -> None:
    write_text(cell, text)
    cell.fill, cell.font = fill, font
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def _reason(problem: Problem) -> str:
    where = "" if not problem.title or problem.title in problem.reason else f"{problem.title}："
    return f"【{level_of(problem)}】{where}{_sentence(problem)}"


def _make_room(sheet: Any, row: int, column: int) -> None:
    lines = lines_of(sheet.cell(row, column).value, REASON_WIDTH)
    if lines > 1 and LINE_HEIGHT * lines > (sheet.row_dimensions[row].height or 0):
        sheet.row_dimensions[row].height = LINE_HEIGHT * lines


def _free_column(sheet: Any, header: Header) -> int:
    """The first right of the titles in which nothing stands."""
    used = {
        column
        for (row, column), cell in sheet._cells.items()
        if row >= header.last_row and (cell.value is not None or isinstance(cell, MergedCell))
    }
    return next(column for column in itertools.count(header.width + 1) if column not in used)
