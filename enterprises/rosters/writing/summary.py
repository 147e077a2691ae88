"""The sheet of an annotated copy that lists every problem by its cause, with a link to its cell."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink

from enterprises.rosters.definition.causes import by_cause, row_ranges
from enterprises.rosters.definition.marks import ERROR_FILL, SUMMARY_SHEET, WARNING_FILL
from enterprises.rosters.definition.problems import ROW_OF_ADDRESS, Problem, shown
from enterprises.rosters.writing.cells_out import LINE_HEIGHT, lines_of, write_text

SUMMARY_TITLE = "名册检查结果"
"""Stands in A1: a sheet of the user's own may bear the same name."""
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
    """Behind the roster's sheet, which is shown first."""
    causes = by_cause(problems)
    sheet = book.create_sheet(SUMMARY_SHEET, book.index(roster) + 1)
    for each in book.worksheets:
        each.sheet_view.tabSelected = False  # several selected sheets would be edited together
    book.active = book.index(roster)
    _prepare(sheet)
    row = _write_head(sheet, _head(filename, problems, notes))
    if not problems:
        return
    if len(causes) < len(problems):
        row = _write_table(sheet, row + 1, "按原因汇总", CAUSES, [_cause(same) for same in causes])
    listed = [problem for same in causes for problem in same][:MOST_LISTED]
    if len(listed) < len(problems):
        row = _write_head(sheet, [f"问题过多，清单只列前{MOST_LISTED:,}处，其余改后再查。"], row)
    last = _write_table(
        sheet, row + 1, "逐条清单（点“位置”跳到该格）", PROBLEMS, [_line(each) for each in listed]
    )
    first = last - len(listed)
    _link(sheet, first, listed, roster.title)
    sheet.auto_filter.ref = f"A{first - 1}:G{last - 1}"
    sheet.print_title_rows = f"{first - 1}:{first - 1}"


def _head(filename: str, problems: Sequence[Problem], notes: Sequence[str]) -> list[str]:
    errors = sum(problem.blocks for problem in problems)
    rows = {problem.row for problem in problems if problem.row is not None}
    counts = f"错误{errors:,}处，提醒{len(problems) - errors:,}处，涉及{len(rows):,}行。"
    lines = [f"文件：{shown(filename, 100)}", counts if problems else "没有发现问题。"]
    if errors:
        lines.append("红底的是错误，必须改正。")
    if errors < len(problems):
        lines.append("黄底的是提醒，请核对；核对无误的可以不改。")
    if problems:
        lines.append(
            "改好后直接上传本文件即可：本表、着色、批注和“检查说明”列会自动识别，不必删除。"
        )
    return [*lines, *(f"{note}。" for note in notes)]


def _prepare(sheet: Any) -> None:
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


def _write_head(sheet: Any, lines: Sequence[str], first: int = 2) -> int:
    """The row behind them."""
    for row, line in enumerate(lines, first):
        write_text(sheet.cell(row, 1), line)
        sheet.cell(row, 1).font = Font(name="宋体", size=10)
        sheet.row_dimensions[row].height = 18
    return first + len(lines)


def _cause(same: list[Problem]) -> tuple[str, ...]:
    reasons = {problem.reason for problem in same}
    reason = same[0].reason if len(reasons) == 1 else f"{same[0].reason}；等"
    where = shown(row_ranges(same), 120)
    return (
        level_of(same[0]),
        same[0].code,
        str(len(same)),
        same[0].title,
        where,
        reason,
        same[0].fix,
    )


def _line(problem: Problem) -> tuple[str, ...]:
    return (
        level_of(problem), problem.code, _place(problem), problem.title, problem.seen, problem.reason, problem.fix,
    )  # fmt: skip


def _place(problem: Problem) -> str:
    match = ROW_OF_ADDRESS.search(problem.address)
    if match is None:
        return "整个文件"
    return f"{match[1]}{match[2]}" if match[1] else f"第{match[2]}行"


def _write_table(
    sheet: Any, row: int, caption: str, titles: Sequence[str], lines: Sequence[tuple[str, ...]]
) -> int:
    """The row behind it. Cells take over a finished look: giving each its own is slow for thousands."""
    write_text(sheet.cell(row, 1), caption)
    sheet.cell(row, 1).font = Font(name="宋体", size=12, bold=True)
    sheet.row_dimensions[row].height = 24
    header, plain, looks = _looks(sheet, row + 1)
    for at, title in enumerate(titles, 1):
        write_text(sheet.cell(row + 1, at), title)
        sheet.cell(row + 1, at)._style = copy(header)
    for number, values in enumerate(lines, row + 2):
        for at, text in enumerate(values, 1):
            cell = sheet.cell(number, at)
            cell._style = copy(looks[text] if at == 1 else plain)
            write_text(cell, text)
        needed = max(lines_of(text, width) for text, width in zip(values, WIDTHS, strict=True))
        sheet.row_dimensions[number].height = LINE_HEIGHT * needed + 4
    return row + 2 + len(lines)


def _looks(sheet: Any, row: int) -> tuple[Any, Any, dict[str, Any]]:
    """Styles of a title, of a cell, and of the cell that names each level."""
    cell = sheet.cell(row, 1)
    cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.font = Font(name="宋体", size=10)
    plain, looks = copy(cell._style), {}
    for level, fill in FILLS.items():
        cell.fill = fill
        looks[level] = copy(cell._style)
    cell.fill, cell.font = _HEADER_FILL, Font(name="宋体", size=10, bold=True)
    return cell._style, plain, looks


def _link(sheet: Any, first: int, problems: Sequence[Problem], title: str) -> None:
    quoted = title.replace("'", "''")
    for row, problem in enumerate(problems, first):
        match = ROW_OF_ADDRESS.search(problem.address)
        if match:
            cell = sheet.cell(row, 3)
            cell.hyperlink = Hyperlink(
                ref=cell.coordinate, location=f"'{quoted}'!{match[1] or 'A'}{match[2]}"
            )
            cell.font = _LINK
