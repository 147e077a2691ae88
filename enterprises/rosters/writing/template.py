"""The workbook that a unit fills in: its firms as registered, dropdowns, help, and a sealed stamp.

Made of plain values alone; `reporting.prefilled` takes them from the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins

from enterprises.models import Period
from enterprises.rosters.definition.column import Column
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.letters import letter_of
from enterprises.rosters.definition.marks import HELP_SHEET, LISTS_SHEET, STAMP_SHEET
from enterprises.rosters.definition.shared_columns import GONE_FIRMS
from enterprises.rosters.writing.cells_out import (
    LINE_HEIGHT,
    bytes_of,
    comment_box,
    lines_of,
    write_text,
)
from enterprises.rosters.writing.stamps import Stamp
from parks.district import DISTRICT

ROSTER_SHEET = "名册"
HELP_AUTHOR = "填表说明"
HEADER_ROW = 3
FEWEST_ROWS, SPARE_ROWS = 1_000, 500
"""Rows with dropdowns and cell formats: at least so many, and so many below the last firm."""

FONT, BOLD = Font(name="宋体", size=10), Font(name="宋体", size=10, bold=True)
TITLE = Font(name="宋体", size=16, bold=True)
HEADER_FILL = PatternFill("solid", fgColor="DCE6F1")
REQUIRED_FILL = PatternFill("solid", fgColor="FBE5C8")
FURTHER_FILL = PatternFill("solid", fgColor="E2EFDA")
_LINE = Side(style="thin", color="BFBFBF")
GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)

HAND_IN = (
    "“名册”表已填好本单位在数据截至日的企业和已登记的内容，请逐家核对，更正有变化的，补上空缺的。",
    "新增的企业填在最后一家的下面，一家一行。",
    GONE_FIRMS,
    "带“必填”的列每家企业都要填；有下拉列表的列请从列表中选择。",
    "不要改动标题行和上面两行，不要合并单元格；列可以调整先后，也可以在右侧另加自己的列。",
    "填好后保存为 Excel 工作簿（.xlsx），登录系统上传。系统逐格检查，有问题的可下载标注好的副本，改好再传。",
)
FURTHER = "绿色标题的各列是自检要用的往年数据，已知的已填好，知道多少补多少，可以全部留空或删除。"
HELP_TITLES = ("列", "是否必填", "填写内容")
HELP_WIDTHS = (30, 11, 78)

Choices = Mapping[str, Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class TemplateOrder:
    """A template for a unit and the day its data stand on.

    `rows`: a mapping per firm, field → value as a clerk writes it.
    `choices`: field → the words its dropdown offers, in their order.
    `further`: columns of figures that name their year, at the right of the roster's own.
    """

    unit: str
    unit_name: str
    as_of: dt.date
    rows: Sequence[Mapping[str, Any]] = ()
    choices: Choices = field(default_factory=dict)
    further: Sequence[Column] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """In their order. Figures of past years stand at the right end: nobody has to fill them in."""
        return (*ROSTER.columns, *self.further)

    @property
    def period(self) -> Period:
        return Period.of(self.as_of)


def build_template(order: TemplateOrder) -> bytes:
    """The .xlsx file."""
    book = Workbook()
    book.properties.creator = DISTRICT.bureau
    book.properties.title = f"{order.unit_name}{order.period.label}科技企业名册"
    sheet = book.active
    sheet.title = ROSTER_SHEET
    # The rows are prepared in advance: a validation does not grow when firms are added below.
    last_row = HEADER_ROW + max(len(order.rows) + SPARE_ROWS, FEWEST_ROWS)
    _write_titles(sheet, order)
    _write_header(sheet, order)
    _prepare_columns(sheet, order.columns, last_row)
    _write_firms(sheet, order)
    _prepare_view(sheet)
    _write_help_sheet(book.create_sheet(HELP_SHEET), order)
    _offer_choices(sheet, book.create_sheet(LISTS_SHEET), order, last_row)
    # "veryHidden" sheets cannot be made visible from the menus of Excel and WPS.
    stamp = book.create_sheet(STAMP_SHEET)
    stamp["A1"] = Stamp(order.unit, order.period.code).sealed()
    stamp.sheet_state = "veryHidden"
    return bytes_of(book)


# --- the roster's sheet ---
def _write_titles(sheet: Any, order: TemplateOrder) -> None:
    day = f"{order.as_of.year}年{order.as_of.month}月{order.as_of.day}日"
    titles = (
        (f"{DISTRICT.name}科技企业季度名册（{order.period.label}）", TITLE, 30),
        (f"填报单位：{order.unit_name}　数据截至：{day}", FONT, 20),
    )
    for row, (text, font, height) in enumerate(titles, 1):
        write_text(sheet.cell(row, 1), text)
        sheet.cell(row, 1).font = font
        sheet.cell(row, 1).alignment = Alignment(vertical="center")
        sheet.row_dimensions[row].height = height
    if order.further:
        note = sheet.cell(HEADER_ROW - 1, len(ROSTER.columns) + 1)
        write_text(note, FURTHER)
        note.font, note.alignment = FONT, Alignment(vertical="center")


def _write_header(sheet: Any, order: TemplateOrder) -> None:
    sheet.row_dimensions[HEADER_ROW].height = 46
    for at, column in enumerate(order.columns, 1):
        cell = sheet.cell(HEADER_ROW, at)
        # A break before the bracket; the reader ignores it when it compares titles.
        text, fill = column.title.replace("（", "\n（"), HEADER_FILL
        if column.filled:
            text, fill = f"{text}\n（必填）", REQUIRED_FILL
        if column.year:
            fill = FURTHER_FILL
        write_text(cell, text)
        cell.font, cell.alignment, cell.border, cell.fill = BOLD, MIDDLE, GRID, fill
        cell.comment = comment_box(_help_text(column, order.choices), HELP_AUTHOR)


def _help_text(column: Column, choices: Choices) -> str:
    """The column's help; where several words may stand in a cell, also the words."""
    if column.dropdown is None or not column.dropdown.several:
        return column.help
    words = "、".join(map(str, choices.get(column.field, ())))
    return f"{column.help}。可填：{words}"


def _prepare_columns(sheet: Any, columns: Sequence[Column], last_row: int) -> None:
    """Formats hold for whole columns, so that rows added later have them too.

    Every row with a name gets its grid by a rule of the sheet, for the same reason.
    """
    for at, column in enumerate(columns, 1):
        dimension = sheet.column_dimensions[letter_of(at)]
        dimension.width = column.look.width
        dimension.number_format = column.look.number_format
        dimension.font = FONT
        dimension.alignment = Alignment(
            horizontal="center" if column.look.centred else None,
            vertical="center",
            wrap_text=column.look.wraps,
        )
        # Of one outline, so that a click folds the whole block.
        dimension.outline_level = 1 if column.year else 0
    first, last = HEADER_ROW + 1, letter_of(len(columns))
    filled = FormulaRule(formula=[f"COUNTA($B{first}:${last}{first})>0"], border=GRID)
    sheet.conditional_formatting.add(f"A{first}:{last}{last_row}", filled)


def _write_firms(sheet: Any, order: TemplateOrder) -> None:
    columns = [
        (at, column.field, sheet.column_dimensions[letter_of(at)])
        for at, column in enumerate(order.columns, 1)
    ]
    wrapping = [column for column in ROSTER.columns if column.look.wraps]
    for number, values in enumerate(order.rows, HEADER_ROW + 1):
        for at, name, dimension in columns:
            value = values.get(name)
            if value is None or value == "":
                continue
            cell = sheet.cell(number, at)
            cell._style = copy(dimension._style)
            if isinstance(value, str):
                write_text(cell, value)
            else:
                cell.value = value
                # openpyxl gives days a format of its own when their value is set.
                cell.number_format = dimension.number_format
        lines = max(
            lines_of(values.get(column.field) or "", column.look.width) for column in wrapping
        )
        if lines > 1:
            sheet.row_dimensions[number].height = LINE_HEIGHT * lines


def _prepare_view(sheet: Any) -> None:
    """Header and names stay in sight; printed across the width of one page, under the header."""
    sheet.freeze_panes = f"C{HEADER_ROW + 1}"
    sheet.sheet_view.zoomScale = 100
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, footer=0.3)
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


# --- the sheet of help ---
def _write_help_sheet(sheet: Any, order: TemplateOrder) -> None:
    """How to hand in, then one line for each column."""
    lines = [("填表说明", TITLE)]
    for number, text in enumerate((*HAND_IN, *([FURTHER] if order.further else [])), 1):
        lines.append((f"{number}. {text}", FONT))
    for row, (text, font) in enumerate(lines, 1):
        write_text(sheet.cell(row, 1), text)
        sheet.cell(row, 1).font = font
        sheet.cell(row, 1).alignment = Alignment(vertical="center", wrap_text=True)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
        sheet.row_dimensions[row].height = 24
    head = len(lines) + 2
    _write_help_line(sheet, head, HELP_TITLES, BOLD, HEADER_FILL)
    for row, column in enumerate(order.columns, head + 1):
        required = "必填" if column.filled else ""
        values = (column.title, required, _help_text(column, order.choices))
        _write_help_line(sheet, row, values, FONT, PatternFill())
    for letter, width in zip("ABC", HELP_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write_help_line(
    sheet: Any, row: int, values: Sequence[str], font: Font, fill: PatternFill
) -> None:
    for at, text in enumerate(values, 1):
        cell = sheet.cell(row, at)
        write_text(cell, text)
        cell.font, cell.border, cell.fill = font, GRID, fill
        horizontal = "center" if at == 2 else None
        cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal=horizontal)


# --- the hidden sheet of words ---
def _offer_choices(sheet: Any, lists: Any, order: TemplateOrder, last_row: int) -> None:
    """One validation per column over all its rows.

    The words stand on a sheet of their own: a list inside a validation may hold 255 characters
    only.
    """
    lists.sheet_state = "hidden"
    place = 0
    for at, column in enumerate(order.columns, 1):
        words = order.choices.get(column.field)
        if not words or column.dropdown is None or column.dropdown.several:
            continue
        place += 1
        for row, word in enumerate((column.title, *words), 1):
            cell = lists.cell(row, place, word)
            if isinstance(word, str):
                write_text(cell, word)
        letter = letter_of(place)
        validation = DataValidation(
            type="list",
            formula1=f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(words) + 1}",
            allow_blank=True,
            showErrorMessage=True,
            errorStyle="stop" if column.dropdown.is_binding else "warning",
            errorTitle=column.title,
            error=column.help,
        )
        validation.add(f"{letter_of(at)}{HEADER_ROW + 1}:{letter_of(at)}{last_row}")
        sheet.add_data_validation(validation)
