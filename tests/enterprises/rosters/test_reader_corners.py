"""Workbooks at the corners of their formats, which spreadsheet programs open without a word."""

import datetime as dt
import struct
from contextlib import closing

import pytest
import xlwt

from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.table import MAX_DATA_ROWS
from enterprises.rosters.reading.formats.xls_text import shared_texts
from enterprises.rosters.reading.xls import XlsBook
from tests.enterprises import odd_files as odd
from tests.enterprises import old_files as old
from tests.enterprises.workbooks import SHEET, code, firm, lines, problems, read, repacked, xlsx

NAMES = ["重庆测试1号机械有限公司", "重庆测试2号机械有限公司"]
BOOK = "xl/workbook.xml"


def names_in(reading):
    return [row.values["name"] for row in reading.rows]


def refusal(path):
    with pytest.raises(FileRefused) as refused:
        read(path)
    return refused.value.problem


def undated(number, **values):
    return firm(number, registered_on="2015-03-02", tech_entered_on="2020-05-06", **values)


# --- .xls ---------------------------------------------------------------------------------------------------------
def test_a_workbook_embedded_in_another_is_not_read_in_its_place(tmp_path):
    outer = old.excel_5(lines(undated(1), undated(2)), 936, "gb18030")
    inner = old.excel_5(lines(undated(3)), 936, "gb18030")
    assert names_in(read(old.compound(tmp_path / "a.xls", outer, inner))) == NAMES


def test_a_workbook_of_excel_5_is_read_in_its_code_page(tmp_path):
    path = old.compound(
        tmp_path / "a.xls", old.excel_5(lines(undated(1), undated(2)), 936, "gb18030")
    )
    reading = read(path)
    assert reading.problems == []
    assert names_in(reading) == NAMES
    assert reading.rows[0].values["registered_on"] == dt.date(2015, 3, 2)


@pytest.mark.parametrize(("page", "encoding"), [(10029, "mac_latin2"), (1250, "cp1250")])
def test_texts_of_foreign_code_pages_are_read_as_they_are_shown(tmp_path, page, encoding):
    path = old.compound(tmp_path / "a.xls", old.excel_5([["Ärkusz Łódź"]], page, encoding))
    with closing(XlsBook(path, path.name, MAX_DATA_ROWS)) as book:
        assert book.table(book.sheets[0]).rows == [(1, ["Ärkusz Łódź"])]


def test_a_workbook_of_excel_5_locked_with_the_known_password_is_read(tmp_path):
    stream = old.locked(old.excel_5(lines(undated(1), undated(2)), 936, "gb18030"))
    assert names_in(read(old.compound(tmp_path / "a.xls", stream))) == NAMES


def test_a_sheet_that_breaks_off_is_damaged_and_not_read_in_part(tmp_path):
    stream = old.excel_5(lines(undated(1), undated(2)), 936, "gb18030")
    cut = stream[: stream.rindex("重庆测试2号".encode("gb18030"))]
    assert refusal(old.compound(tmp_path / "a.xls", cut)).code == "F008"


def test_a_table_of_texts_goes_on_in_further_records(tmp_path):
    firms = [
        firm(number, remark=("甲" if number % 2 else "a") * 200 + str(number))
        for number in range(1, 200)
    ]
    reading = read(odd.xls(tmp_path / "a.xls", lines(*firms)))
    assert reading.problems == []
    assert [row.values["remark"] for row in reading.rows] == [each["remark"] for each in firms]


def test_a_text_may_begin_in_the_record_behind_its_head():
    head, wide = struct.pack("<HB", 2, 0), "乙丙".encode("utf-16-le")
    parts = [(0xFC, bytes(8) + head), (0x3C, b"\0A"), (0x3C, b"\0B" + b"\2\0\1" + wide + b"\1")]
    assert shared_texts(parts) == ["AB", "乙丙"]


def test_a_row_of_nothing_but_errors_is_no_blank_one(tmp_path):
    def errors(sheet):
        for at in range(len(ROSTER.columns)):
            sheet.row(3).set_cell_error(at, 0x17)

    found = problems(read(odd.xls(tmp_path / "a.xls", lines(firm(1)), errors)))
    assert ("R004", "名册!B4") in found
    assert ("R004", "名册!C4") in found


# --- rows of formulas that were never calculated --------------------------------------------------------------------
def formulas_in_xlsx(folder):
    row = {column.field: "=旧!A1" for column in ROSTER.columns}
    return xlsx(folder / "a.xlsx", lines(firm(1), row, firm(2)))


def formulas_in_a_careful_xlsx(folder):
    comment = {SHEET: lambda data: data.replace(b"<sheetData>", b"<!-- --><sheetData>")}
    return repacked(formulas_in_xlsx(folder), comment)


def formulas_at_the_end(folder):
    row = {column.field: "=旧!A1" for column in ROSTER.columns}
    return xlsx(folder / "a.xlsx", lines(firm(1), firm(2), row))


def formulas_in_xls(folder):
    row = {column.field: xlwt.Formula("A1") for column in ROSTER.columns}
    return odd.xls(folder / "a.xls", lines(firm(1), row, firm(2)))


def formulas_in_ods(folder):
    row = {
        column.field: '<table:table-cell table:formula="of:=[.A1]"/>' for column in ROSTER.columns
    }
    return odd.ods(folder / "a.ods", odd.ods_table("名册", lines(firm(1), row, firm(2))))


@pytest.mark.parametrize(
    ("made", "row"),
    [
        (formulas_in_xlsx, 4),
        (formulas_in_a_careful_xlsx, 4),
        (formulas_at_the_end, 5),
        (formulas_in_xls, 4),
        (formulas_in_ods, 4),
    ],
)
def test_a_row_of_nothing_but_unanswered_formulas_is_no_blank_one(tmp_path, made, row):
    reading = read(made(tmp_path))
    assert ("R003", f"名册!B{row}") in problems(reading)
    assert ("R003", f"名册!C{row}") in problems(reading)
    assert len(reading.rows) == 3


def test_formulas_prepared_in_one_column_make_no_firm(tmp_path):
    def prepared(book):
        for row in range(5, 9):
            book.active.cell(row, 10, "=旧!A1")

    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2)), prepared))
    assert reading.problems == []
    assert names_in(reading) == NAMES
    assert [note.address for note in reading.ignored] == [f"名册!J{row}" for row in range(5, 9)]


# --- .xlsx --------------------------------------------------------------------------------------------------------
def test_a_sheet_in_a_state_that_no_program_knows_is_visible(tmp_path):
    path = odd.good(tmp_path)
    changed = repacked(path, {BOOK: lambda data: data.replace(b'state="visible"', b'state="show"')})
    assert b'state="show"' in odd.zipfile.ZipFile(changed).read(BOOK)
    assert names_in(read(changed)) == NAMES


def test_a_tab_without_a_sheet_behind_it_is_passed_over(tmp_path):
    tab = b'<sheet name="Sheet9" sheetId="9"/></sheets>'
    path = repacked(odd.good(tmp_path), {BOOK: lambda data: data.replace(b"</sheets>", tab)})
    assert names_in(read(path)) == NAMES


def test_a_merged_area_that_only_a_quick_reader_stumbles_over_costs_no_list(tmp_path):
    def merge(data):
        areas = b'<mergeCells count="1"><mergeCell ref="A:B"/></mergeCells>'
        return data.replace(b"</sheetData>", b"</sheetData>" + areas, 1)

    assert names_in(read(repacked(odd.good(tmp_path), {SHEET: merge}))) == NAMES


# --- text and names -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_a_text_in_utf32_is_read(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes(odd.as_text(mark=",").encode(encoding))
    reading = read(tmp_path / "a.csv")
    assert [row.values["uscc"] for row in reading.rows] == [code(1), code(2)]


@pytest.mark.parametrize("suffix", [".xltx", ".xlt"])
def test_a_template_is_named_for_what_it_is(tmp_path, suffix):
    path = odd.good(tmp_path).rename(tmp_path / f"a{suffix}")
    problem = refusal(path)
    assert (problem.code, "模板" in problem.reason, "另存为" in problem.fix) == ("F005", True, True)
