"""The catalogue of bad input: files that break off, lie, explode or merely surprise, each with what must come of it."""

import datetime as dt
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from openpyxl.chart import BarChart, Reference

from enterprises.rosters.definition.registers import TECH_REGISTER
from tests.enterprises.workbooks import SHEET, code, firm, lines, repacked, xlsx

Build = Callable[[Path], Path]
NAME = "名册.xlsx"


@dataclass(frozen=True)
class Refusal:
    """`number`: of the catalogue. `words`: part of the reason. `bomb`: a small file that would need much memory."""

    number: int
    build: Build
    words: str
    bomb: bool = False


# --- ways to make a file ----------------------------------------------------------------------------------------
def holding(name: str, data: bytes) -> Build:
    def build(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return build


def good(folder: Path, *firms: dict[str, Any]) -> Path:
    return xlsx(folder / NAME, lines(*(firms or (firm(1), firm(2)))))


def with_parts(parts: dict[str, Any]) -> Build:
    return lambda folder: repacked(good(folder), parts)


def spoilt(change: Callable[[bytes], bytes]) -> Build:
    def build(folder: Path) -> Path:
        path = good(folder)
        path.write_bytes(change(path.read_bytes()))
        return path

    return build


def with_change(change: Callable[[openpyxl.Workbook], None]) -> Build:
    return lambda folder: xlsx(folder / NAME, lines(firm(1), firm(2)), change)


def csv(text: str, name: str = "a.csv") -> Build:
    return holding(name, text.encode())


# --- what is done to it -----------------------------------------------------------------------------------------
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


def in_sheet(text: bytes, before: bytes = b"</sheetData>") -> dict[str, Any]:
    return {
        SHEET: lambda data: data.replace(
            before, text + before if before != b"<sheetData>" else before + text, 1
        )
    }


def large_in_sheet(make: Callable[[], bytes]) -> dict[str, Any]:
    """Made by the test that needs it: each worker imports the whole catalogue."""
    return {SHEET: lambda data: in_sheet(make())[SHEET](data)}


def endless_row(data: bytes) -> bytes:
    cells = b"".join(
        b"<c><v>%d</v></c>" % (number * 2_654_435_761 % 2**40) for number in range(500_000)
    )
    return data.replace(b"<sheetData>", b'<sheetData><row r="1">' + cells + b"</row>")


def doctype(data: bytes) -> bytes:
    return (
        b'<!DOCTYPE a [<!ENTITY b "c">]>'
        + data[data.find(b"?>") + 2 if b"?>" in data[:100] else 0 :]
    )


def many_rows(count: int) -> bytes:
    return b"".join(
        b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (row, row, row) for row in range(5, count)
    )


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def spoil_checksum(data: bytes) -> bytes:
    at = data.index(SHEET.encode()) + len(SHEET) + 40
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def encrypt_flag(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + struct.pack("<H", 1) + data[at + 2 :]


def lie_about_size(data: bytes) -> bytes:
    at = data.rindex(SHEET.encode()) - 46 + 24
    return data[:at] + struct.pack("<I", 100) + data[at + 4 :]


def same_name_twice(folder: Path) -> Path:
    path = good(folder)
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of just this
        archive.writestr(SHEET, b"<worksheet/>")
    return path


def only_a_chart(folder: Path) -> Path:
    book = openpyxl.Workbook()
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1, max_row=3))
    book.create_chartsheet("图").add_chart(chart)
    book.active.sheet_state = "hidden"
    book.save(folder / NAME)
    return folder / NAME


def old_workbook(folder: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for number, line in enumerate(lines(firm(1, registered_on=None, tech_entered_on=None))):
        for at, value in enumerate(line):
            if value is not None:
                sheet.write(number, at, value)
    book.save(str(folder / "a.xls"))
    return folder / "a.xls"


def old_workbook_misnamed(folder: Path) -> Path:
    return old_workbook(folder).rename(folder / "a.xlsx")


def too_many_firms(folder: Path) -> Path:
    return good(folder, *map(firm, range(20_001)))


def without_column(folder: Path) -> Path:
    return xlsx(folder / NAME, [line[:1] + line[2:] for line in lines(firm(1))])


def column_twice(folder: Path) -> Path:
    rows = lines(firm(1))
    rows[1].append("企业名称")
    return xlsx(folder / NAME, rows)


def no_rows_in_a_register(folder: Path) -> Path:
    return xlsx(folder / NAME, lines(layout=TECH_REGISTER))


def with_external_entity(data: bytes) -> bytes:
    return b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + data


REFUSALS = [
    Refusal(1, holding("a.xlsx", b""), "文件为空"),
    Refusal(2, spoilt(cut), "损坏"),
    Refusal(2, with_parts({SHEET: cut}), "损坏"),
    Refusal(3, spoilt(spoil_checksum), "损坏"),
    Refusal(4, holding("a.xlsx", b"<html><table><tr><td>1</td></tr></table></html>"), "网页"),
    Refusal(4, holding("a.xls", b"\xef\xbb\xbf<table><tr><td>1</td></tr></table>"), "网页"),
    Refusal(5, csv("企业名称,统一社会信用代码\n", "a.xlsx"), "扩展名改为 .csv"),
    Refusal(6, holding("a.xlsx", OLE), "旧版"),
    Refusal(6, old_workbook_misnamed, "旧版"),
    Refusal(6, holding("a.xls", OLE), "损坏"),
    Refusal(7, holding("a.et", OLE), "WPS"),
    Refusal(8, holding("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")), "已加密"),
    Refusal(8, spoilt(encrypt_flag), "已加密"),
    Refusal(9, holding("a.xlsm", b"PK\x03\x04"), "宏"),
    Refusal(9, with_parts({"xl/vbaProject.bin": b"x"}), "宏"),
    Refusal(10, holding("a.xlsb", b"PK\x03\x04"), ".xlsb"),
    Refusal(10, holding("a.ods", b"PK\x03\x04"), "损坏"),
    Refusal(10, holding("a.numbers", b"PK\x03\x04"), "Numbers"),
    Refusal(10, with_parts({"xl/workbook.bin": b"x"}), ".xlsb"),
    Refusal(10, with_parts({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), ".ods"),
    Refusal(10, with_parts({"word/document.xml": b"<a/>"}), "Word"),
    Refusal(11, holding("a.pdf", b"%PDF-1.7\x00\x01"), "不是 Excel"),
    Refusal(11, holding("a.xlsx", b"MZ\x90\x00\x03PK\x03\x04"), "不是 Excel"),
    Refusal(11, spoilt(lambda data: b"junk" + data), "不是 Excel"),
    Refusal(11, spoilt(lambda data: b"<html></html>" + data), "网页"),
    Refusal(12, with_parts(large_in_sheet(lambda: b" " * 100_000_000)), "异常庞大", bomb=True),
    Refusal(12, with_parts(large_in_sheet(lambda: many_rows(1_000_000))), "超过20,000行", bomb=True),
    Refusal(12, with_parts({SHEET: endless_row}), "异常庞大的行", bomb=True),
    Refusal(12, with_parts(
        large_in_sheet(lambda: b'<row r="4"><c r="A4" t="str"><v>' + b"x" * 50_000_000 + b"</v></c></row>")
    ), "异常庞大", bomb=True),
    Refusal(12, with_parts({"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 8_000_000 + b"</sst>"}), "异常庞大", bomb=True),
    Refusal(12, with_parts({"xl/styles.xml": lambda data: data + bytes(5_000_000)}), "异常庞大", bomb=True),
    Refusal(13, with_parts({f"junk/{number}.xml": b"" for number in range(60_000)}), "个部分", bomb=True),
    Refusal(14, with_parts({SHEET.upper(): b"<a/>"}), "重名"),
    Refusal(14, same_name_twice, "重名"),
    Refusal(16, spoilt(lie_about_size), "损坏"),
    Refusal(17, with_parts({SHEET: doctype}), "DTD"),
    Refusal(17, with_parts({"xl/workbook.xml": doctype}), "DTD"),
    Refusal(17, with_parts({"xl/workbook.xml": with_external_entity}), "DTD"),
    Refusal(17, with_parts({SHEET: lambda data: doctype(data).decode().encode("utf-16")}), "DTD"),
    Refusal(21, with_parts(in_sheet(b'<row r="3"><c r="A3"><v>1</v></c></row>')), "次序错乱"),
    Refusal(23, too_many_firms, "20,001行超过20,000行"),
    Refusal(24, only_a_chart, "全部处于隐藏状态"),
    Refusal(24, with_parts({"xl/_rels/workbook.xml.rels": b"<a/>"}), "损坏"),
    Refusal(30, column_twice, "B列“企业名称”与AA列“企业名称”"),
    Refusal(31, without_column, "缺少必需的列：“企业名称”"),
    Refusal(61, holding("a.csv", b"\xff\xff\xff,1\n"), "编码"),
    Refusal(62, csv('企业名称,代码\n"甲,乙\n丙,丁\n'), "引号"),
    Refusal(63, csv("企业名称|代码\n甲|乙\n"), "竖线"),
    Refusal(63, csv("企业名称;代码\n甲;乙\n"), "分号"),
    Refusal(63, csv("企业名称,代码\n" + "甲" * 140_000 + ",1\n"), "字段过长"),
    Refusal(64, csv("企业名称,代码\0\n"), "NUL"),
    Refusal(70, no_rows_in_a_register, "没有任何企业"),
]  # fmt: skip


@dataclass(frozen=True)
class Reads:
    """A file that is read: so many firms, these problems and no other; `said` stands among what else is told."""

    number: int
    build: Build
    firms: int = 2
    problems: tuple[tuple[str, str], ...] = ()
    said: str = ""


def reads(number: int, expected: str = "", *firms: dict[str, Any]) -> Reads:
    """`expected`: such as "R001 C3, R013 E4"."""
    pairs = tuple(tuple(each.split()) for each in expected.split(",") if each)
    return Reads(number, lambda folder: good(folder, *firms), len(firms), pairs)  # type: ignore[arg-type]


def far_cell(row: int) -> dict[str, Any]:
    return in_sheet(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>'.encode())


def with_dimension(dimension: bytes) -> dict[str, Any]:
    return {SHEET: lambda data: data.replace(b'ref="A1:Z4"', dimension)}


def more_sheets(book: openpyxl.Workbook) -> None:
    for name, state in (("封存", "hidden"), ("附表", "visible")):
        sheet = book.create_sheet(name, 0 if state == "hidden" else None)
        sheet.sheet_state = state
        sheet.append(["内容"])


def hidden_row(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[3].hidden = True


def high_up(folder: Path) -> Path:
    return xlsx(folder / NAME, [[None], ["江津区名册"], [None], *lines(firm(1), firm(2))])


def two_row_header(folder: Path) -> Path:
    rows = lines(firm(1), firm(2))
    upper, lower = list(rows[1]), [None] * len(rows[1])
    upper[1], lower[1] = "企业", "名称"
    return xlsx(folder / NAME, [rows[0], upper, lower, *rows[2:]])


def turned_round(folder: Path) -> Path:
    return xlsx(
        folder / NAME, [[*reversed(line), "法人代表"] for line in lines(firm(1), firm(2))[1:]]
    )


def decorated(folder: Path) -> Path:
    rows = lines(firm(1), firm(2))
    rows[1][1:3] = ["*企 业\n名称（必填）", "　统一社会信用代码："]
    return xlsx(folder / NAME, rows)


def formula(stored: bytes) -> Build:
    return with_parts({SHEET: lambda data: data.replace(b"<v>1000.5</v>", stored)})


def of_1904(book: openpyxl.Workbook) -> None:
    book.epoch = dt.datetime(1904, 1, 1)


def a_million_blank_rows(folder: Path) -> Path:
    rows = (b'<row r="%d"><c r="A%d" s="1"/></row>' % (row, row) for row in range(5, 1_000_000))
    return with_parts(in_sheet(b"".join(rows)))(folder)


WHOLE_SHEET = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
WHOLE_LINK = b'<hyperlinks><hyperlink ref="A1:XFD1048576" display="x"/></hyperlinks>'

READINGS = [
    Reads(18, with_parts(in_sheet(WHOLE_SHEET, b"<pageMargins"))),
    Reads(18, with_parts(in_sheet(WHOLE_LINK, b"<pageMargins"))),
    Reads(19, with_parts(far_cell(1_048_576)), said="列以后的单元格未读取"),
    Reads(20, with_parts(with_dimension(b'ref="A1"'))),
    Reads(20, with_parts(with_dimension(b'ref="A1:XFD1048576"'))),
    Reads(21, with_parts(far_cell(4_000_000_000)), said="空白"),
    Reads(22, a_million_blank_rows),
    Reads(25, with_change(more_sheets), said="工作表“附表”有内容，未读取"),
    Reads(26, with_change(more_sheets), said="隐藏的工作表“封存”有内容，未读取"),
    Reads(27, with_change(hidden_row), said="含隐藏行1行（第3行），已一并读取"),
    Reads(28, high_up),
    Reads(29, two_row_header),  # joined: better than the clear error the catalogue would also allow
    Reads(32, turned_round, said="不认识的列，未读取"),
    Reads(33, decorated),
    Reads(34, formula(b"<f>1200+34.5</f><v>1234.5</v>")),
    Reads(35, formula(b"<f>1200+34.5</f>"), problems=(("R003", "J3"), ("R003", "J4"))),
    reads(36, "R004 J3,R004 P4", firm(1, revenue="#REF!"), firm(2, hightech_share="#N/A")),
    reads(37, "", *(firm(1, registered_on=text) for text in ("2015-2-9",)), firm(2, registered_on="2015年2月9日")),
    reads(37, "R007 F3", firm(1, registered_on="02/03/2015")),
    reads(38, "", firm(1, registered_on=42_000)),
    Reads(39, lambda folder: xlsx(folder / NAME, lines(firm(1, registered_on=None)), of_1904), 1),
    reads(40, "R007 F3,R007 F4,R007 F5", *(firm(n, registered_on=value) for n, value in enumerate((60, 0, 2958466)))),
    reads(40, "R007 F3,R007 F4", firm(1, registered_on=-1), firm(2, registered_on=1e300)),
    reads(41, "R007 F3,R007 F4", firm(1, registered_on="2024-02-30"), firm(2, registered_on="2023-02-29")),
    reads(42, "R009 J5,R008 J6", *(firm(n, revenue=text) for n, text in enumerate(
        ("1,234.5", "１２３４", "1234 元", "1.2E+5")))),
    reads(43, "R008 J3,R008 J4,R008 J5,R009 J6", *(firm(n, revenue=text) for n, text in enumerate(
        ("nan", "inf", "1e999", "12abc")))),
    reads(44, "R008 J3", firm(1, revenue="٣"), firm(2, revenue="５０.５")),
    reads(45, "", firm(1, uscc=f" {code(1).lower()}　"), firm(2, uscc=code(2).translate(
        {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}))),
    reads(46, "R001 C3,R001 C4,R001 C5", firm(1, uscc="91500116MAO000001X"), firm(2, uscc=code(2)[:17]),
          firm(3, uscc=code(3) + "1")),
    reads(47, "R001 C3", firm(1, uscc=code(1)[:17] + ("0" if code(1)[17] != "0" else "1"))),
    reads(48, "R002 C3", firm(1, uscc=9.15e17)),
    reads(49, "R201 C5", firm(1), firm(2), firm(1)),
    reads(50, "R202 C3,R201 C4", firm(1), firm(2, uscc=code(1))),
    reads(52, "", firm(1, name="重庆（江津）甲有限公司"), firm(2, name="重庆(江津) 乙有限公司")),
    reads(53, "", firm(1, name="\ufeff重庆\u200b甲\u202e\u00ad有限公司\u00a0")),
    reads(54, "", firm(1, name="㈱⽯①")),
    reads(55, "", firm(1, name="𠮷野家🍜㼆")),
    reads(56, "R005 B3", firm(1, name="重庆_x0000_公司")),
    reads(57, "R006 B3", firm(1, name="甲" * 300)),
    reads(60, "", firm(1, name="<script>alert(1)</script>")),
    *(Reads(61, holding("德感.csv", "\n".join(
        ",".join("" if value is None else str(value) for value in line) for line in lines(firm(1), firm(2))
    ).encode(encoding))) for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16")),
    Reads(63, holding("德感.csv", "\n".join(
        "\t".join("" if value is None else str(value) for value in line) for line in lines(firm(1), firm(2))
    ).encode("gb18030"))),
    Reads(6, old_workbook, 1),  # read: better than the refusal that the catalogue asks for
]  # fmt: skip

ELSEWHERE = {15, 51, 58, 59, 65, 66, 67, 68, 69, 71}
"""Cases about storing, comparing with the register, writing and reviewing, not about reading a file."""
