"""The sheet of an annotated copy that lists every problem by its cause, with a link to its cell."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink

from enterprises.rosters.definition.marks import ERROR_FILL, SUMMARY_SHEET, WARNING_FILL
from enterprises.rosters.definition.problems import (
    ROW_OF_ADDRESS,
    Problem,
    by_cause,
    display_text,
    row_ranges,
)
from enterprises.rosters.writing.cells_out import LINE_HEIGHT, lines_of, write_text
from parks.numbers import grouped

SUMMARY_TITLE = "名册检查结果"
"""Stands in A1 and tells this sheet from one that the user gave the same name."""
ERROR, WARNING = "错误", "提醒"
FILLS = {
    ERROR: PatternFill("solid", fgColor=ERROR_FILL),
    WARNING: PatternFill("solid", fgColor=WARNING_FILL),
}
MOST_LISTED = 20_000

CAUSES = ("级别", "代码", "处数", "列", "所在行", "原因", "怎么改")
PROBLEMS = ("级别", "代码", "位置", "列", "填写内容", "原因", "怎么改")
WIDTHS = (8, 8, 11, 24, 30, 50, 50)
_LINE = Side(style="thin", color="BFBFBF")
_HEADER_FILL = PatternFill("solid", fgColor="DCE6F1")
_LINK = Font(name="宋体", size=10, color="0B5394", underline="single")


def level_of(problem: Problem) -> str:
    return ERROR if problem.blocks else WARNING


def add_summary(
    book: Workbook, roster: Any, filename: str, problems: Sequence[Problem], notes: Sequence[str]
) -> None:
    """Add the sheet behind that of the roster, which is shown first when the book is opened."""
    causes = by_cause(problems)
    sheet = book.create_sheet(SUMMARY_SHEET, book.index(roster) + 1)
    # Several selected sheets would be edited together.
    for worksheet in book.worksheets:
        worksheet.sheet_view.tabSelected = False
    book.active = book.index(roster)
    _prepare_sheet(sheet)
    row = _write_lines(sheet, _head_lines(filename, problems, notes))
    if not problems:
        return
    # With every problem its own cause, the first table would only repeat the second.
    if len(causes) < len(problems):
        lines = [_cause_line(same) for same in causes]
        row = _write_table(sheet, row + 1, "按原因汇总", CAUSES, lines)
    listed = [problem for same in causes for problem in same][:MOST_LISTED]
    if len(listed) < len(problems):
        row = _write_lines(
            sheet, [f"问题过多，清单只列前{grouped(MOST_LISTED)}处，其余改后再查。"], row
        )
    lines = [_problem_line(problem) for problem in listed]
    end = _write_table(sheet, row + 1, "逐条清单（点“位置”跳到该格）", PROBLEMS, lines)
    first = end - len(listed)
    _link_to_cells(sheet, first, listed, roster.title)
    sheet.auto_filter.ref = f"A{first - 1}:G{end - 1}"
    sheet.print_title_rows = f"{first - 1}:{first - 1}"


def _head_lines(filename: str, problems: Sequence[Problem], notes: Sequence[str]) -> list[str]:
    errors = sum(problem.blocks for problem in problems)
    rows = {problem.row for problem in problems if problem.row is not None}
    lines = [f"文件：{display_text(filename, 100)}", "没有发现问题。"]
    if problems:
        warnings = len(problems) - errors
        lines[1] = (
            f"错误{grouped(errors)}处，提醒{grouped(warnings)}处，涉及{grouped(len(rows))}行。"
        )
    if errors:
        lines.append("红底的是错误，必须改正。")
    if errors < len(problems):
        lines.append("黄底的是提醒，请核对；核对无误的可以不改。")
    if problems:
        lines.append(
            "改好后直接上传本文件即可：本表、着色、批注和“检查说明”列会自动识别，不必删除。"
        )
    return [*lines, *(f"{note}。" for note in notes)]


def _prepare_sheet(sheet: Any) -> None:
    for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    write_text(sheet["A1"], SUMMARY_TITLE)
    sheet["A1"].font = Font(name="宋体", size=16, bold=True)
    sheet.row_dimensions[1].height = 30
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = "C00000"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write_lines(sheet: Any, lines: Sequence[str], first: int = 2) -> int:
    """Write lines of text from a row on; gives the row behind them."""
    for row, line in enumerate(lines, first):
        write_text(sheet.cell(row, 1), line)
        sheet.cell(row, 1).font = Font(name="宋体", size=10)
        sheet.row_dimensions[row].height = 18
    return first + len(lines)


def _cause_line(same: list[Problem]) -> tuple[str, ...]:
    """The values below CAUSES."""
    first = same[0]
    reason = first.reason
    if any(problem.reason != reason for problem in same):
        reason = f"{reason}；等"
    rows = display_text(row_ranges(same), 120)
    return (level_of(first), first.code, str(len(same)), first.title, rows, reason, first.fix)


def _problem_line(problem: Problem) -> tuple[str, ...]:
    """The values below PROBLEMS."""
    return (
        level_of(problem),
        problem.code,
        _place_of(problem),
        problem.title,
        problem.seen,
        problem.reason,
        problem.fix,
    )


def _place_of(problem: Problem) -> str:
    match = ROW_OF_ADDRESS.search(problem.address)
    if match is None:
        return "整个文件"
    if not match[1]:
        return f"第{match[2]}行"
    return f"{match[1]}{match[2]}"


def _write_table(
    sheet: Any, row: int, caption: str, titles: Sequence[str], lines: Sequence[tuple[str, ...]]
) -> int:
    """Write a caption, titles and lines; gives the row behind them."""
    write_text(sheet.cell(row, 1), caption)
    sheet.cell(row, 1).font = Font(name="宋体", size=12, bold=True)
    sheet.row_dimensions[row].height = 24
    # Cells take over a finished style: giving each its own is slow for thousands of cells.
    header_style, plain_style, level_styles = _styles(sheet, row + 1)
    for at, title in enumerate(titles, 1):
        write_text(sheet.cell(row + 1, at), title)
        sheet.cell(row + 1, at)._style = copy(header_style)
    for number, values in enumerate(lines, row + 2):
        for at, text in enumerate(values, 1):
            cell = sheet.cell(number, at)
            cell._style = copy(level_styles[text] if at == 1 else plain_style)
            write_text(cell, text)
        needed = max(lines_of(text, width) for text, width in zip(values, WIDTHS, strict=True))
        sheet.row_dimensions[number].height = LINE_HEIGHT * needed + 4
    return row + 2 + len(lines)


def _styles(sheet: Any, row: int) -> tuple[Any, Any, dict[str, Any]]:
    """Styles of a title, of a cell, and of the cell that names each level.

    A style exists only on a cell, so the first cell of the row is formatted anew for each of them.
    """
    cell = sheet.cell(row, 1)
    # The first cell of the table is overwritten with its title afterwards.
    cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.font = Font(name="宋体", size=10)
    plain_style, level_styles = copy(cell._style), {}
    for level, fill in FILLS.items():
        cell.fill = fill
        level_styles[level] = copy(cell._style)
    cell.fill, cell.font = _HEADER_FILL, Font(name="宋体", size=10, bold=True)
    return cell._style, plain_style, level_styles


def _link_to_cells(sheet: Any, first: int, problems: Sequence[Problem], title: str) -> None:
    quoted = title.replace("'", "''")
    for row, problem in enumerate(problems, first):
        match = ROW_OF_ADDRESS.search(problem.address)
        if match:
            # Column 3 is the place; a row without a column is linked to its first cell.
            cell = sheet.cell(row, 3)
            cell.hyperlink = Hyperlink(
                ref=cell.coordinate, location=f"'{quoted}'!{match[1] or 'A'}{match[2]}"
            )
            cell.font = _LINK
