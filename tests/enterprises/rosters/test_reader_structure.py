"""What the eye does not see in a sheet: merged cells, hidden rows, columns and sheets, filters. Each is named."""

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.datavalidation import DataValidation

from enterprises.rosters.definition.marks import (
    HELP_SHEET,
    LISTS_SHEET,
    OWN_SHEETS,
    REASON_TITLE,
    STAMP_SHEET,
    SUMMARY_SHEET,
)
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.reading.structure import _ranges
from enterprises.rosters.writing.stamps import Stamp, unsealed
from tests.enterprises.workbooks import firm, lines, problems, read, repacked, xlsx


def with_change(folder, change, *firms):
    return read(
        xlsx(
            folder / "名册.xlsx",
            lines(*(firms or map(firm, range(1, 6)))),
            lambda book: change(book.active),
        )
    )


# --- merged cells -----------------------------------------------------------------------------------------------
def test_a_merged_cell_over_several_firms_is_an_error_where_a_value_is_missing(tmp_path):
    reading = with_change(tmp_path, lambda sheet: sheet.merge_cells("D3:D5"))
    assert problems(reading) == [("R018", "名册!D4"), ("R018", "名册!D5")]
    assert reading.problems[0].reason == "与D3:D5合并，只有首格D3有值，本行的“所属园区平台”为空"
    assert reading.notes == ["数据区有合并单元格1处（D3:D5），值只算在左上角一格"]


def test_a_needed_cell_lost_in_a_merged_one_is_not_also_called_blank(tmp_path):
    reading = with_change(tmp_path, lambda sheet: sheet.merge_cells("B3:B4"))
    assert problems(reading) == [("R018", "名册!B4")]


def test_a_merged_cell_of_an_optional_column_is_a_warning(tmp_path):
    reading = with_change(tmp_path, lambda sheet: sheet.merge_cells("J3:J4"))
    assert [(problem.code, problem.address, problem.blocks) for problem in reading.problems] == [
        ("R019", "名册!J4", False)
    ]


def test_cells_merged_side_by_side_are_found_as_well(tmp_path):
    reading = with_change(tmp_path, lambda sheet: sheet.merge_cells("B3:C3"))
    assert problems(reading) == [("R018", "名册!C3")]


def test_merged_titles_and_merged_blanks_are_no_problem(tmp_path):
    def change(sheet):
        sheet.merge_cells("A1:Z1")
        sheet.merge_cells("Z3:Z7")  # nothing in it

    reading = with_change(tmp_path, change)
    assert reading.problems == []
    assert reading.notes == ["数据区有合并单元格1处（Z3:Z7），值只算在左上角一格"]


def test_many_merged_cells_are_counted_and_the_first_dozen_named(tmp_path):
    def change(sheet):
        for row in range(3, 43, 2):
            sheet.merge_cells(f"Y{row}:Y{row + 1}")

    reading = with_change(tmp_path, change, *map(firm, range(40)))
    assert reading.notes == [
        "数据区有合并单元格20处（"
        + "、".join(f"Y{row}:Y{row + 1}" for row in range(3, 27, 2))
        + "等），值只算在左上角一格"
    ]


# --- hidden things ----------------------------------------------------------------------------------------------
def test_hidden_rows_and_columns_are_named_as_excel_shows_them(tmp_path):
    def change(sheet):
        for row in (3, 4, 6, 500):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions.group("F", "H", hidden=True)
        sheet.column_dimensions["Y"].hidden = True
        sheet.column_dimensions.group("AA", "CZ", hidden=True)  # nothing in them

    reading = with_change(tmp_path, change)
    assert len(reading.rows) == 5
    assert reading.rows[0].values["registered_on"] is not None
    assert reading.notes == [
        "含隐藏行3行（第3–4、6行），已一并读取",
        "含隐藏列4列（F–H、Y列），已一并读取",
    ]


def test_a_set_filter_is_named_and_what_it_hides_is_read(tmp_path):
    def change(sheet):
        sheet.auto_filter.ref = "A2:Z7"
        sheet.auto_filter.add_filter_column(4, ["德感街道"])
        sheet.row_dimensions[5].hidden = True

    reading = with_change(tmp_path, change)
    assert len(reading.rows) == 5
    assert reading.notes == [
        "含隐藏行1行（第5行），已一并读取",
        "设有筛选（A2:Z7），筛掉的行已一并读取",
    ]


def test_a_filter_that_filters_nothing_is_not_worth_a_word(tmp_path):
    def change(sheet):
        sheet.auto_filter.ref = "A2:Z7"

    assert with_change(tmp_path, change).notes == []


def test_the_same_is_told_of_an_old_workbook(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for number, line in enumerate(
        lines(*(firm(n, registered_on=None, tech_entered_on=None) for n in range(1, 5)))
    ):
        for at, value in enumerate(line):
            if value is not None and (number, at) not in ((2, 3), (3, 3)):
                sheet.write(number, at, value)
    sheet.write_merge(2, 3, 3, 3, "德感工业园")
    sheet.row(4).hidden = True
    sheet.col(6).hidden = True
    book.save(str(tmp_path / "a.xls"))
    reading = read(tmp_path / "a.xls")
    assert problems(reading) == [("R018", "名册!D4")]
    assert reading.notes == [
        "含隐藏行1行（第5行），已一并读取",
        "含隐藏列1列（G列），已一并读取",
        "数据区有合并单元格1处（D3:D4），值只算在左上角一格",
    ]


@given(st.sets(st.integers(1, 60), min_size=1))
def test_ranges_name_every_number_and_no_other(numbers):
    text = _ranges(numbers, str)
    named = set()
    for part in text.removesuffix("等").split("、"):
        first, _, last = part.partition("–")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == numbers or (text.endswith("等") and named < numbers)


# --- the portal's own marks -------------------------------------------------------------------------------------
STAMP = Stamp("degan", "2026Q3")


def own_sheets(book):
    for name, state in (
        (HELP_SHEET, "visible"),
        (LISTS_SHEET, "hidden"),
        (SUMMARY_SHEET, "visible"),
    ):
        sheet = book.create_sheet(name, 0)
        sheet.sheet_state = state
        sheet.append(["内容"])
    stamp = book.create_sheet(STAMP_SHEET)
    stamp["A1"] = STAMP.sealed()
    stamp.sheet_state = "veryHidden"


def test_our_own_workbook_is_known_again_without_a_word_about_its_sheets(tmp_path):
    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm(1)), own_sheets))
    assert unsealed(reading.sealed) == STAMP
    assert reading.rows[0].sheet == "名册"
    assert reading.notes == reading.ignored == reading.problems == []


def test_a_stamp_is_read_with_care_as_well(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", lines(firm(1)), own_sheets)
    sheet = "xl/worksheets/sheet4.xml"
    path = repacked(
        path, {sheet: lambda data: data.replace(b"<sheetData>", b"<!-- --><sheetData>")}
    )
    assert (unsealed(read(path).sealed), read(path).rows[0].sheet) == (STAMP, "名册")


SEALED_AGAIN = STAMP.sealed()[:-1] + "!"
NOT_SEALED = {
    "blank": "",
    "plain": "degan:2026Q3",
    "long": "x" * 5000,
    "altered": SEALED_AGAIN,
    "number": 12,
}


@pytest.mark.parametrize("text", NOT_SEALED.values(), ids=NOT_SEALED)
def test_a_stamp_that_the_portal_did_not_seal_is_none(tmp_path, text):
    def change(book):
        book.create_sheet(STAMP_SHEET)["A1"] = text

    assert unsealed(read(xlsx(tmp_path / "a.xlsx", lines(firm(1)), change)).sealed) is None


def test_a_workbook_of_nothing_but_our_own_sheets_has_no_roster(tmp_path):
    def change(book):
        book.active.title = HELP_SHEET
        own = book.create_sheet(STAMP_SHEET)
        own["A1"] = STAMP.sealed()

    assert HELP_SHEET in OWN_SHEETS
    with pytest.raises(FileRefused) as refusal:
        read(xlsx(tmp_path / "a.xlsx", lines(firm(1)), change))
    assert (refusal.value.problem.code, refusal.value.problem.reason) == (
        "F010",
        "只有填表说明等，没有名册",
    )


def test_the_column_of_reasons_in_a_checked_copy_is_dropped_without_a_word(tmp_path):
    rows = lines(firm(1))
    rows[1].append(REASON_TITLE)
    rows[2].append("R008 名册!J3：不是有效的数字")
    reading = read(xlsx(tmp_path / "a.xlsx", rows))
    assert (
        reading.extra_titles == reading.ignored == reading.unknown_titles == reading.problems == []
    )


def test_lists_and_comments_of_a_template_are_no_content(tmp_path):
    def change(book):
        own_sheets(book)
        rule = DataValidation(type="list", formula1=f"='{LISTS_SHEET}'!$A$1:$A$9")
        rule.add("E3:E2000")
        book["名册"].add_data_validation(rule)
        for row in range(4, 300):
            for column in range(1, 26):
                book["名册"].cell(row, column).number_format = "@"

    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm(1)), change))
    assert len(reading.rows) == 1
    assert reading.notes == reading.problems == []
