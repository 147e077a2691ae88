"""Files that are not what they seem: each is refused with a sentence that names what it is, or read in full."""

import datetime as dt
import struct
import zipfile

import openpyxl
import pytest
import xlwt
from openpyxl.chart import BarChart, Reference

from enterprises.rosters import table
from enterprises.rosters.problems import Refused
from enterprises.rosters.sheet import read_register
from tests.enterprises.vocabulary import VOCABULARY
from tests.enterprises.workbooks import SHEET, TODAY, code, firm, lines, read, read_firms, repacked, xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
NOT_WORKBOOKS = [
    ("a.xlsx", b"", "文件为空"),
    ("a.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    ("a.xls", b"\xef\xbb\xbf<table><tr><td>1</td></tr></table>", "网页"),
    ("a.xlsx", "企业名称,统一社会信用代码\n".encode(), "扩展名改为 .csv"),
    ("a.xlsx", OLE, "旧版"),
    ("a.et", OLE, "WPS"),
    ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "已加密"),
    ("a.xls", OLE, "损坏"),
    ("a.xlsb", b"PK\x03\x04", ".xlsb"),
    ("a.ods", b"PK\x03\x04", ".ods"),
    ("a.numbers", b"PK\x03\x04", "Numbers"),
    ("a.xlsm", b"PK\x03\x04", "宏"),
    ("a.pdf", b"%PDF-1.7\x00\x01", "不是 Excel"),
    ("a.xlsx", b"MZ\x90\x00\x03PK\x03\x04", "不是 Excel"),
    ("a.csv", "企业名称,代码\0\n".encode(), "NUL"),
    ("a.csv", b"\xff\xff\xff,1\n", "编码"),
    ("a.csv", "企业名称\t代码\n甲\t乙\n".encode(), "制表符"),
    ("a.csv", '企业名称,代码\n"甲,乙\n丙,丁\n'.encode(), "引号"),
    ("a.csv", ("企业名称,代码\n" + "甲" * 140_000 + ",1\n").encode(), "字段过长"),
]


@pytest.mark.parametrize(("name", "data", "words"), NOT_WORKBOOKS)
def test_a_file_that_is_no_workbook_is_named_for_what_it_is(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused) as refusal:
        read(tmp_path / name)
    assert words in refusal.value.problem.reason
    assert refusal.value.problem.address == name


def good(folder, *firms):
    return xlsx(folder / "名册.xlsx", lines(*(firms or (firm(1), firm(2)))))


def bomb(size):
    return lambda data: data.replace(b"<sheetData>", b"<sheetData>" + b" " * size)


def endless_row(data):
    cells = b"".join(b"<c><v>%d</v></c>" % (number * 2_654_435_761 % 2**40) for number in range(500_000))
    return data.replace(b"<sheetData>", b'<sheetData><row r="1">' + cells + b"</row>")


def doctype(data):
    return b'<!DOCTYPE a [<!ENTITY b "c">]>' + data[data.find(b"?>") + 2 if b"?>" in data[:100] else 0 :]


BAD_PARTS = [
    ({SHEET: bomb(50_000_000)}, "异常庞大"),
    ({SHEET: endless_row}, "异常庞大的行"),
    ({"xl/styles.xml": lambda data: data + bytes(5_000_000)}, "异常庞大"),
    ({"xl/vbaProject.bin": b"x"}, "宏"),
    ({"xl/workbook.bin": b"x"}, ".xlsb"),
    ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, ".ods"),
    ({"word/document.xml": b"<a/>"}, "Word"),
    ({SHEET.upper(): b"<a/>"}, "重名"),
    ({SHEET: doctype}, "DTD"),
    ({"xl/workbook.xml": doctype}, "DTD"),
    ({SHEET: lambda data: data[: len(data) // 2]}, "损坏"),
    ({"xl/_rels/workbook.xml.rels": b"<a/>"}, "损坏"),
    ({f"junk/{number}.xml": b"" for number in range(2_001)}, "个部分"),
]


@pytest.mark.parametrize(("parts", "words"), BAD_PARTS)
def test_a_package_that_is_not_plain_is_refused(tmp_path, parts, words):
    path = repacked(good(tmp_path), parts)
    with pytest.raises(Refused) as refusal:
        read(path)
    assert words in refusal.value.problem.reason


def cut(data):
    return data[: len(data) // 2]


def spoil_checksum(data):
    at = data.index(SHEET.encode()) + len(SHEET) + 40
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def encrypt_flag(data):
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + struct.pack("<H", 1) + data[at + 2 :]


def lie_about_size(data):
    at = data.rindex(SHEET.encode()) - 46 + 24
    return data[:at] + struct.pack("<I", 100) + data[at + 4 :]


def with_junk_before(data):
    return b"junk" + data


DAMAGES = [
    (cut, "损坏"),
    (spoil_checksum, "损坏"),
    (encrypt_flag, "已加密"),
    (lie_about_size, "损坏"),
    (with_junk_before, "不是 Excel"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGES)
def test_a_damaged_package_is_refused(tmp_path, damage, words):
    path = good(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Refused) as refusal:
        read(path)
    assert words in refusal.value.problem.reason


def test_a_file_over_the_size_limit_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(21 * 1024 * 1024))
    with pytest.raises(Refused, match=r"22\.0 MB，超过20 MB"):
        read(path)


def test_entry_names_that_climb_out_write_nothing(tmp_path):
    path = repacked(good(tmp_path), {"../../outside.xml": b"<a/>", "/abs.xml": b"<a/>"})
    assert len(read(path).rows) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["名册.xlsx"]


@pytest.mark.parametrize("dimension", [b'ref="A1"', b'ref="A1:XFD1048576"'])
def test_a_wrong_dimension_drops_no_row(tmp_path, dimension):
    path = repacked(good(tmp_path), {SHEET: lambda data: data.replace(b'ref="A1:Y4"', dimension)})
    assert len(read(path).rows) == 2


def test_merges_and_links_over_the_whole_sheet_are_harmless(tmp_path):
    whole = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    path = repacked(good(tmp_path), {SHEET: lambda data: data.replace(b"</sheetData>", b"</sheetData>" + whole)})
    assert len(read(path).rows) == 2


@pytest.mark.parametrize("row", [1_048_576, 4_000_000_000])
def test_a_cell_at_the_far_corner_is_left_out_and_said(tmp_path, row):
    far = f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row></sheetData>'.encode()
    reading = read(repacked(good(tmp_path), {SHEET: lambda data: data.replace(b"</sheetData>", far)}))
    assert len(reading.rows) == 2
    assert any("空白" in note for note in reading.notes)
    assert any("列以后" in note for note in reading.notes)


def test_many_blank_rows_are_passed_over(tmp_path):
    blank = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (row, row) for row in range(5, 300_000))
    path = repacked(good(tmp_path), {SHEET: lambda data: data.replace(b"</sheetData>", blank + b"</sheetData>")})
    assert len(read(path).rows) == 2


def test_too_many_rows_are_refused_with_the_limit(tmp_path):
    path = good(tmp_path, *(firm(number) for number in range(8)))
    assert len(read_register(path, path.name, VOCABULARY, TODAY, max_rows=8).rows) == 8
    with pytest.raises(Refused, match="8行超过7行"):
        read_register(path, path.name, VOCABULARY, TODAY, max_rows=7)


def test_far_too_many_rows_are_refused_before_they_are_all_read(tmp_path):
    path = good(tmp_path, *(firm(number) for number in range(60)))
    with pytest.raises(Refused, match="超过10行"):
        read_register(path, path.name, VOCABULARY, TODAY, max_rows=10)


def test_a_book_that_shows_only_a_chart_has_no_sheet(tmp_path):
    book = openpyxl.Workbook()
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1, max_row=3))
    book.create_chartsheet("图").add_chart(chart)
    book.active.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Refused, match="全部处于隐藏状态"):
        read(tmp_path / "a.xlsx")


def test_the_first_visible_sheet_is_read_and_the_others_are_reported(tmp_path):
    def more(book):
        for name, state in (("封存", "hidden"), ("附表", "visible")):
            sheet = book.create_sheet(name, 0 if state == "hidden" else None)
            sheet.sheet_state = state
            sheet.append(["内容"])

    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm()), more))
    assert reading.rows[0].cells["name"] == "名册!B3"
    assert reading.notes == ["隐藏的工作表“封存”有内容，未读取", "工作表“附表”有内容，未读取"]


def test_hidden_rows_are_read_and_counted(tmp_path):
    def hide(book):
        book.active.row_dimensions[3].hidden = True

    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2)), hide))
    assert len(reading.rows) == 2
    assert reading.notes == ["含隐藏行1行（第3行），已一并读取"]


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
    assert [(note.address, note.seen[:3], len(note.seen)) for note in ignored] == [("名册!Y2", "备�注", 60)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_csv_is_decoded_and_addressed_like_a_sheet(tmp_path, encoding, end):
    rows = [["" if value is None else str(value) for value in line] for line in lines(firm(name="重庆㼆𠮷有限公司"))]
    (tmp_path / "德感.csv").write_bytes(end.join(",".join(row) for row in rows).encode(encoding))
    reading = read(tmp_path / "德感.csv")
    assert reading.problems == reading.normalised == []
    assert reading.rows[0].values["name"] == "重庆㼆𠮷有限公司"
    assert reading.rows[0].cells["uscc"] == "德感!C3"


def test_a_csv_row_with_a_comma_too_many_is_an_error(tmp_path):
    header = ",".join(str(title) for title in lines()[1])
    (tmp_path / "a.csv").write_text(f"{header}\n1,甲公司,{code(1)}{',' * 23}1\n", encoding="utf-8")
    assert "R017" in {problem.code for problem in read(tmp_path / "a.csv").problems}


def test_a_thousand_firms_are_read_each_once_in_their_order(tmp_path):
    rows = read(good(tmp_path, *(firm(number) for number in range(1000)))).rows
    assert [row.values["uscc"] for row in rows] == [code(number) for number in range(1000)]


def test_the_limits_are_those_of_the_handbook():
    assert (table.MAX_DATA_ROWS, table.MAX_COLUMNS, table.HEADER_ROWS) == (20_000, 200, 20)


def test_the_package_helper_keeps_a_good_file_good(tmp_path):
    path = repacked(good(tmp_path), {})
    assert zipfile.ZipFile(path).testzip() is None
    assert read_firms(tmp_path, firm()).problems == []
