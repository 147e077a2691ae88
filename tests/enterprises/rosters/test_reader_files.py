"""Files that are not what they seem: each is refused with a sentence that names what it is, or read in full."""

import datetime as dt
import zipfile

import pytest
import xlwt

from enterprises.rosters.definition import table
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.reading import sheet
from enterprises.rosters.reading.sheet import read_register
from tests.enterprises.vocabulary import VOCABULARY
from tests.enterprises.workbooks import (
    SHEET,
    TODAY,
    code,
    firm,
    lines,
    read,
    read_firms,
    repacked,
    xlsx,
)


def good(folder, *firms):
    return xlsx(folder / "名册.xlsx", lines(*(firms or (firm(1), firm(2)))))


def test_a_file_over_the_size_limit_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(21 * 1024 * 1024))
    with pytest.raises(FileRefused, match=r"22\.0 MB，超过20 MB"):
        read(path)


def test_entry_names_that_climb_out_write_nothing(tmp_path):
    path = repacked(good(tmp_path), {"../../outside.xml": b"<a/>", "/abs.xml": b"<a/>"})
    assert len(read(path).rows) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["名册.xlsx"]


@pytest.mark.parametrize("row", [1_048_576, 4_000_000_000])
def test_a_cell_at_the_far_corner_is_left_out_and_said(tmp_path, row):
    far = f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row></sheetData>'.encode()
    reading = read(
        repacked(good(tmp_path), {SHEET: lambda data: data.replace(b"</sheetData>", far)})
    )
    assert len(reading.rows) == 2
    assert any("空白" in note for note in reading.notes)
    assert any("列以后" in note for note in reading.notes)


def test_many_blank_rows_are_passed_over(tmp_path):
    blank = b"".join(
        b'<row r="%d"><c r="A%d" s="1"/></row>' % (row, row) for row in range(5, 300_000)
    )
    path = repacked(
        good(tmp_path), {SHEET: lambda data: data.replace(b"</sheetData>", blank + b"</sheetData>")}
    )
    assert len(read(path).rows) == 2


def test_too_many_rows_are_refused_with_the_limit(tmp_path):
    path = good(tmp_path, *(firm(number) for number in range(8)))
    assert len(read_register(path, path.name, VOCABULARY, TODAY, max_rows=8).rows) == 8
    with pytest.raises(FileRefused, match="8行超过7行"):
        read_register(path, path.name, VOCABULARY, TODAY, max_rows=7)


def test_far_too_many_rows_are_refused_before_they_are_all_read(tmp_path):
    path = good(tmp_path, *(firm(number) for number in range(60)))
    with pytest.raises(FileRefused, match="超过10行"):
        read_register(path, path.name, VOCABULARY, TODAY, max_rows=10)


def test_the_first_visible_sheet_is_read_and_the_others_are_reported(tmp_path):
    def more(book):
        for name, state in (("封存", "hidden"), ("附表", "visible")):
            sheet = book.create_sheet(name, 0 if state == "hidden" else None)
            sheet.sheet_state = state
            sheet.append(["内容"])

    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm()), more))
    assert reading.rows[0].cells["name"] == "名册!B3"
    assert reading.notes == ["隐藏的工作表“封存”有内容，未读取", "工作表“附表”有内容，未读取"]


def xls(path, rows, errors=(), formulas=()):
    book = xlwt.Workbook()
    hidden = book.add_sheet("封存")
    hidden.write(0, 0, "内容")
    hidden.visibility = 1
    sheet = book.add_sheet("名册")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if value is not None:
                sheet.write(row, column, value, *([day] if isinstance(value, dt.date) else []))
    for row, column in errors:
        sheet.row(row).set_cell_error(column, 0x2A)
    for row, column in formulas:
        sheet.write(row, column, xlwt.Formula("1/0"))
    book.set_active_sheet(1)
    book.save(str(path))
    return path


def test_xls_error_cells_and_unanswered_formulas_are_no_blanks(tmp_path):
    blank = firm(1, revenue=None, rd_expense=None)
    reading = read(xls(tmp_path / "a.xls", lines(blank), errors=[(2, 9)], formulas=[(2, 10)]))
    assert [(problem.code, problem.address) for problem in reading.problems] == [
        ("R004", "名册!J3"),
        ("R003", "名册!K3"),
    ]
    assert reading.rows[0].values["registered_on"] == dt.date(2015, 3, 2)
    assert reading.notes == ["隐藏的工作表“封存”有内容，未读取"]


def test_what_is_told_of_an_unknown_column_holds_no_characters_a_database_refuses(tmp_path):
    rows = lines(firm())
    rows[1] = [*rows[1][:-1], "备\0注" * 40]
    ignored = read(xls(tmp_path / "a.xls", rows)).ignored
    assert [(note.address, note.seen[:3], len(note.seen)) for note in ignored] == [
        ("名册!Z2", "备�注", 60)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_csv_is_decoded_and_addressed_like_a_sheet(tmp_path, encoding, end):
    rows = [
        ["" if value is None else str(value) for value in line]
        for line in lines(firm(name="重庆㼆𠮷有限公司"))
    ]
    (tmp_path / "德感.csv").write_bytes(end.join(",".join(row) for row in rows).encode(encoding))
    reading = read(tmp_path / "德感.csv")
    assert reading.problems == reading.normalised == []
    assert reading.rows[0].values["name"] == "重庆㼆𠮷有限公司"
    assert reading.rows[0].cells["uscc"] == "德感!C3"


def test_a_csv_row_with_a_comma_too_many_is_an_error(tmp_path):
    header = ",".join(str(title) for title in lines()[1])
    (tmp_path / "a.csv").write_text(f"{header}\n1,甲公司,{code(1)}{',' * 24}1\n", encoding="utf-8")
    assert "R017" in {problem.code for problem in read(tmp_path / "a.csv").problems}


def test_a_thousand_firms_are_read_each_once_in_their_order(tmp_path):
    rows = read(good(tmp_path, *(firm(number) for number in range(1000)))).rows
    assert [row.values["uscc"] for row in rows] == [code(number) for number in range(1000)]


def test_a_flood_of_problems_is_refused_with_the_first_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "MAX_PROBLEMS", 20)
    monkeypatch.setattr(sheet, "BEAT_ROWS", 1)
    assert len(read_firms(tmp_path, *(firm(n, revenue="很多") for n in range(20))).problems) == 20
    with pytest.raises(FileRefused, match="问题超过20个，如J3“很多”：不是有效的数字"):
        read_firms(tmp_path, *(firm(n, revenue="很多") for n in range(21)), firm(22))
    with pytest.raises(FileRefused, match="问题超过20个"):
        read_firms(tmp_path, *(firm(n, rd_staff=99) for n in range(21)))
    monkeypatch.setattr(sheet, "MAX_NOTES", 20)
    with pytest.raises(FileRefused, match="写法不规范的单元格超过20个"):
        read_firms(tmp_path, *(firm(n, town="德感街道办事处") for n in range(22)))


def test_the_limits_are_those_of_the_handbook():
    assert (table.MAX_DATA_ROWS, table.MAX_COLUMNS, table.HEADER_ROWS) == (20_000, 200, 20)


def test_the_package_helper_keeps_a_good_file_good(tmp_path):
    path = repacked(good(tmp_path), {})
    assert zipfile.ZipFile(path).testzip() is None
    assert read_firms(tmp_path, firm()).problems == []
