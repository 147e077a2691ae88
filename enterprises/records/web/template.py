"""The empty workbook of a register: its columns, dropdowns, and a sheet of help."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.datavalidation import DataValidation

from enterprises.models import RecordField, RecordKind
from enterprises.models.records import FieldType
from enterprises.records.kinds import spec_of
from enterprises.rosters.definition.letters import letter_of
from enterprises.rosters.definition.marks import HELP_SHEET, LISTS_SHEET
from enterprises.rosters.definition.records.layouts import layout_of
from enterprises.rosters.writing.cells_out import bytes_of, comment_box, write_text
from enterprises.rosters.writing.template import (
    BOLD,
    FONT,
    GRID,
    HEADER_FILL,
    HELP_AUTHOR,
    HELP_TITLES,
    HELP_WIDTHS,
    MIDDLE,
    REQUIRED_FILL,
    TITLE,
)
from parks.district import DISTRICT
from parks.models import Unit

HEADER_ROW, LAST_ROW = 2, 2_000
HAND_IN = (
    "一条记录一行，从标题行的下一行填起；带“必填”的列每行都要填，有下拉列表的请从列表中选择。",
    "列可以调整先后，也可以在右侧另加自己的列；标题行不要改动，不要合并单元格。",
    "填好后在台账页面“载入表格”上传；先逐格检查，看过将写入的内容再确认写入。",
    "已登记的记录再次列入不会重复：空缺的补上，级别、复核、结束等有新的日期的记为变动。",
)
KIND_WORDS = {
    FieldType.TEXT: "文字",
    FieldType.DAY: "日期，如 2026-06-30",
    FieldType.MONEY: "金额",
    FieldType.WHOLE: "整数",
    FieldType.YES_NO: "填“是”或“否”",
    FieldType.CODE: "18位统一社会信用代码",
    FieldType.PLACE: "本区园区平台或镇街的名称",
}


def template_of(kind: RecordKind) -> bytes:
    """The .xlsx file."""
    book = Workbook()
    book.properties.creator = DISTRICT.bureau
    book.properties.title = f"{kind.name}台账"
    sheet = book.active
    sheet.title = kind.name[:31]
    write_text(sheet.cell(1, 1), f"{DISTRICT.name}{kind.name}台账")
    sheet.cell(1, 1).font = TITLE
    looks = {column.field: column.look for column in layout_of(spec_of(kind)).columns}
    for at, column in enumerate(kind.columns, 1):
        _write_head(sheet, at, column)
        dimension, look = sheet.column_dimensions[letter_of(at)], looks[column.code]
        dimension.width, dimension.number_format = max(look.width, 14), look.number_format
        dimension.font = FONT
    sheet.freeze_panes = f"B{HEADER_ROW + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    _write_help(book.create_sheet(HELP_SHEET), kind)
    _offer_choices(sheet, book.create_sheet(LISTS_SHEET), kind)
    return bytes_of(book)


def _write_head(sheet: Any, at: int, column: RecordField) -> None:
    cell = sheet.cell(HEADER_ROW, at)
    text, fill = column.title, HEADER_FILL
    if column.is_required:
        text, fill = f"{text}\n（必填）", REQUIRED_FILL
    write_text(cell, text)
    cell.font, cell.alignment, cell.border, cell.fill = BOLD, MIDDLE, GRID, fill
    cell.comment = comment_box(help_text(column), HELP_AUTHOR)


def help_text(column: RecordField) -> str:
    if column.type == FieldType.CHOICE:
        return f"选填：{'、'.join(each['name'] for each in column.choices)}"
    words = KIND_WORDS[FieldType(column.type)]
    return f"{words}，单位{column.unit}".removesuffix("，单位")


def _write_help(sheet: Any, kind: RecordKind) -> None:
    lines = [line for line in (*HAND_IN, kind.note) if line]
    write_text(sheet.cell(1, 1), f"{kind.name}：{HELP_SHEET}")
    sheet.cell(1, 1).font = TITLE
    for row, text in enumerate(lines, 2):
        write_text(sheet.cell(row, 1), f"{row - 1}. {text}")
        sheet.cell(row, 1).font = FONT
        sheet.cell(row, 1).alignment = Alignment(vertical="center", wrap_text=True)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
        sheet.row_dimensions[row].height = 28
    head = len(lines) + 3
    told = [(each.title, "必填" * each.is_required, help_text(each)) for each in kind.columns]
    for row, values in enumerate([HELP_TITLES, *told], head):
        for at, text in enumerate(values, 1):
            cell = sheet.cell(row, at)
            write_text(cell, text)
            cell.font, cell.border = BOLD if row == head else FONT, GRID
            cell.alignment = Alignment(vertical="center", wrap_text=True)
    for letter, width in zip("ABC", HELP_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width


def _offer_choices(sheet: Any, lists: Any, kind: RecordKind) -> None:
    """Words on a sheet of their own: a list inside a validation holds 255 characters only."""
    lists.sheet_state = "hidden"
    place = 0
    for at, column in enumerate(kind.columns, 1):
        words = _words(column)
        if not words:
            continue
        place += 1
        for row, word in enumerate([column.title, *words], 1):
            write_text(lists.cell(row, place), word)
        letter = letter_of(place)
        validation = DataValidation(
            type="list",
            formula1=f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(words) + 1}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=column.title[:32],
            error=help_text(column)[:255],
        )
        validation.add(f"{letter_of(at)}{HEADER_ROW + 1}:{letter_of(at)}{LAST_ROW}")
        sheet.add_data_validation(validation)


def _words(column: RecordField) -> list[str]:
    if column.type == FieldType.CHOICE:
        return [each["name"] for each in column.choices]
    if column.type == FieldType.YES_NO:
        return ["是", "否"]
    if column.type == FieldType.PLACE:
        return [unit.name for unit in Unit.objects.reporting()]
    return []
