"""What other programs open is read, or refused by its name with the one step that helps."""

import struct

import pytest
import xlwt

from enterprises.rosters.definition.problems import FileRefused
from tests.enterprises import odd_files as odd
from tests.enterprises.workbooks import code, firm, lines, problems, read

SAMPLES_READ = {
    "04a-tab.xls": 1,
    "04c-tab-utf16.csv": 1,
    "05a-eq.csv": 1,
    "05d-apos.csv": 1,
    "06a-cover-first.xlsx": 2,
    "22-xls-codepage-1252-jxl.xls": 2,
    "23-xls-WORKBOOK-caps.xls": 1,
    "24a-backslash.xlsx": 1,
    "24c-otherdir.xlsx": 1,
    "24e-emptyfill-far.xlsx": 1,
    "26-after-1000-blank.xlsx": 2,
    "39-xls-formula-0406.xls": 2,
}


def refusal(path):
    with pytest.raises(FileRefused) as refused:
        read(path)
    return refused.value.problem


def holds_both(reading):
    assert reading.problems == []
    assert [row.values["uscc"] for row in reading.rows] == [code(1), code(2)]
    assert [str(row.values["registered_on"]) for row in reading.rows] == ["2015-03-02"] * 2


def test_every_sample_is_read_with_all_its_firms(samples):
    for name, firms in SAMPLES_READ.items():
        reading = read(samples / "habits" / name)
        assert (name, len(reading.rows)) == (name, firms)
        assert [problem for problem in reading.problems if problem.blocks] == [], name
        assert {str(row.values["hightech_share"]) for row in reading.rows} == {"67.80"}, name


# --- .xlsx --------------------------------------------------------------------------------------------------------
PACKAGES = [
    odd.with_backslashes,
    odd.in_capitals,
    odd.in_another_folder,
    odd.at_the_root,
    odd.strict,
    odd.with_an_empty_fill,
    odd.with_wild_styles,
]


@pytest.mark.parametrize("build", PACKAGES, ids=lambda build: build.__name__)
def test_a_package_of_another_program_is_read(tmp_path, build):
    holds_both(read(build(tmp_path)))


def test_two_parts_of_one_name_but_for_the_slash_are_refused(tmp_path):
    path = odd.repacked(odd.good(tmp_path), {"xl\\worksheets\\sheet1.xml": b"<a/>"})
    assert "重名" in refusal(path).reason


# --- .ods ---------------------------------------------------------------------------------------------------------
def test_an_ods_is_read_with_its_days_and_numbers(tmp_path):
    path = odd.ods(tmp_path / "a.ods", odd.ods_table("名册", lines(firm(1), firm(2))))
    reading = read(path)
    holds_both(reading)
    assert str(reading.rows[0].values["revenue"]) == "1000.50"
    assert reading.rows[0].cells["uscc"] == "名册!C3"


PERCENT = (
    '<table:table-cell office:value-type="percentage" office:value="0.678">'
    "<text:p>68%</text:p></table:table-cell>"
)
ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="">'
    "<text:p>#DIV/0!</text:p></table:table-cell>"
)
UNANSWERED = '<table:table-cell table:formula="of:=1+1"/>'
SPACES = (
    '<table:table-cell office:value-type="string"><office:annotation><text:p>旁注</text:p>'
    '</office:annotation><text:p>甲<text:s text:c="2"/>乙<text:span>丙</text:span></text:p>'
    "</table:table-cell>"
)


def test_ods_percentages_errors_formulas_and_notes(tmp_path):
    rows = lines(
        firm(1, hightech_share=PERCENT, revenue=ERROR, staff=UNANSWERED, contact_name=SPACES)
    )
    reading = read(odd.ods(tmp_path / "a.ods", odd.ods_table("名册", rows)))
    assert problems(reading) == [("R004", "名册!J3"), ("R003", "名册!L3")]
    values = reading.rows[0].values
    assert (str(values["hightech_share"]), values["contact_name"]) == ("67.80", "甲  乙丙")


def test_ods_repetitions_cost_nothing_and_hidden_rows_are_said(tmp_path):
    blank = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    cells = "".join(map(odd.ods_cell, lines(firm(2))[2]))
    last = f'<table:table-row table:visibility="collapse">{cells}</table:table-row>'
    table = odd.ods_table("名册", lines(firm(1)), extra=blank + last)
    reading = read(odd.ods(tmp_path / "a.ods", table))
    holds_both(reading)
    assert any("隐藏行1行（第1048004行）" in note for note in reading.notes)


def test_an_ods_takes_the_visible_table_with_the_list(tmp_path):
    cover = odd.ods_table("封面", [["名册"]])
    hidden = odd.ods_table("旧", lines(firm(3)), hidden=True)
    path = odd.ods(
        tmp_path / "a.ods", cover, hidden, odd.ods_table("名册", lines(firm(1), firm(2)))
    )
    reading = read(path)
    holds_both(reading)
    assert "名册取自工作表“名册”" in reading.notes
    assert "隐藏的工作表“旧”有内容，未读取" in reading.notes


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>"}, "已加密"),
        ({"Basic/Standard/Module1.xml": b"<a/>"}, "宏"),
        ({"[Content_Types].xml": b"<a/>"}, ".xlsx"),
    ],
)
def test_an_ods_that_is_locked_armed_or_none_is_refused(tmp_path, parts, words):
    path = odd.ods(tmp_path / "a.ods", odd.ods_table("名册", lines(firm(1))), parts=parts)
    assert words in refusal(path).reason


# --- .xls ---------------------------------------------------------------------------------------------------------
def old(tmp_path, change=None, **values):
    return odd.xls(tmp_path / "a.xls", lines(firm(1, **values), firm(2)), change)


@pytest.mark.parametrize("page", [1252, 936, 54936, 10000])
def test_an_xls_is_read_whatever_code_page_it_names(tmp_path, page):
    def name_page(kind, body):
        return kind, struct.pack("<H", page) if kind == 0x42 else body

    holds_both(read(odd.with_records(old(tmp_path), name_page)))


@pytest.mark.parametrize("name", ["WORKBOOK", "workbook", "WorkBook"])
def test_an_xls_is_read_however_its_stream_is_spelt(tmp_path, name):
    path = old(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data.replace("Workbook".encode("utf-16-le"), name.encode("utf-16-le")))
    assert path.read_bytes() != data
    holds_both(read(path))


def test_a_protected_xls_that_opens_without_a_password_is_read(tmp_path):
    holds_both(read(odd.protected(old(tmp_path), "VelvetSweatshop")))


def test_an_xls_with_a_password_to_open_it_stays_closed(tmp_path):
    assert refusal(odd.protected(old(tmp_path), "江津")).code == "F006"


def formulas(sheet):
    sheet.write(2, 9, xlwt.Formula("1000+0.5"))


@pytest.mark.parametrize("kind", [0x0206, 0x0406])
@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (struct.pack("<d", 1234.5), "1234.50"),
        (b"\x02\0\x07\0\0\0\xff\xff", "R004"),
        (b"\x03\0\0\0\0\0\xff\xff", "R003"),
    ],
    ids=["number", "error", "blank"],
)
def test_an_old_formula_record_is_a_value_or_an_error(tmp_path, kind, result, expected):
    def older(record, body):
        if record != 0x06:
            return record, body
        return kind, body[:6] + result + body[14:]

    reading = read(odd.with_records(old(tmp_path, formulas, revenue=None), older))
    found = problems(reading)
    if expected.startswith("R"):
        assert found == [(expected, "名册!J3")]
    else:
        assert found == []
        assert str(reading.rows[0].values["revenue"]) == expected


def test_a_percentage_in_an_xls_reads_as_it_is_shown(tmp_path):
    def percent(sheet):
        sheet.write(2, 15, 0.678, xlwt.easyxf(num_format_str="0.0%"))
        sheet.write(3, 15, 1, xlwt.easyxf(num_format_str="0%"))

    reading = read(old(tmp_path, percent))
    assert [str(row.values["hightech_share"]) for row in reading.rows] == ["67.80", "100.00"]
    assert [note.seen for note in reading.normalised] == ["67.8%", "100%"]


# --- text ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["名册.xls", "名册.txt", "名册.csv", "名册.tsv"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_text_with_tabs_is_read_under_any_of_its_names(tmp_path, name, encoding):
    (tmp_path / name).write_bytes(odd.as_text().encode(encoding))
    holds_both(read(tmp_path / name))


def test_text_with_commas_named_xls_is_read(tmp_path):
    (tmp_path / "名册.xls").write_bytes(odd.as_text(mark=",").encode("gb18030"))
    holds_both(read(tmp_path / "名册.xls"))


@pytest.mark.parametrize("guard", ['="{}"', "'{}", ' ="{}"'.strip()])
def test_the_guard_around_a_code_is_taken_off_and_listed(tmp_path, guard):
    text = odd.as_text(firm(1, uscc=guard.format(code(1))), mark=",")
    (tmp_path / "名册.csv").write_text(text, encoding="utf-8")
    reading = read(tmp_path / "名册.csv")
    assert reading.rows[0].values["uscc"] == code(1)
    assert [(note.address, note.title, note.value) for note in reading.normalised] == [
        ("名册!C3", "统一社会信用代码", code(1))
    ]


TABLE = "<table><tr><td>企业名称</td></tr></table>"
MAIL = (
    "From: <saved>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n"
)
XML_2003 = '<?xml version="1.0"?>\n<!-- x --><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
FOREIGN = [
    (f"<!-- a --><!-- b -->\n<html>{TABLE}", "网页（HTML）", "另存为"),
    (f"<style>td{{}}</style>{TABLE}", "网页（HTML）", "另存为"),
    (f'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>{TABLE}', "网页（HTML）", "另存为"),
    (f"<center><font size=2>{TABLE}", "网页（HTML）", "另存为"),
    (XML_2003, "XML 表格 2003", "另存为"),
    (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><ss:Workbook>',
        "2003",
        "另存为",
    ),
    ('<?xml version="1.0"?><rows><row/></rows>', "XML 文件", "另存为"),
    (MAIL, "MHTML", "另存为"),
    ("MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "MHTML", "另存为"),
    ("ID;PWXL;N;E\r\nP;PGeneral\r\n", "SYLK", "另存为"),
    ("%PDF-1.7", "PDF", "原来的表格"),
    ("{\\rtf1\\ansi}", "RTF", "原来的表格"),
]


@pytest.mark.parametrize("name", ["名册.xls", "名册.csv", "名册.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_is_no_table_is_named_for_what_it_is(tmp_path, name, encoding):
    for text, words, step in FOREIGN:
        if encoding != "utf-8" and not text.lstrip().startswith(("<", "M", "F")):
            continue
        (tmp_path / name).write_bytes(text.encode(encoding))
        problem = refusal(tmp_path / name)
        assert words in problem.reason, text
        assert step in problem.fix, text


@pytest.mark.parametrize(
    ("name", "words", "step"),
    [
        ("名册.et", "WPS 表格旧格式", "用 WPS 打开，另存为"),
        ("名册.xlsb", "二进制", "另存为"),
        ("名册.numbers", "Numbers", "导出为 Excel"),
    ],
)
def test_formats_that_nobody_reads_name_the_way_out(tmp_path, name, words, step):
    (tmp_path / name).write_bytes(odd.good(tmp_path).read_bytes())
    problem = refusal(tmp_path / name)
    assert words in problem.reason
    assert step in problem.fix
