"""What a file is that is no spreadsheet of a kind that is read: named by how it begins."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

FIND_THE_TABLE = "这不是表格文件，请上传原来的表格文件（.xlsx、.xls、.ods 或 .csv）"
UNPACK = "请先解压，再上传里面的表格文件"
OPEN_AND_SAVE = "请用 Excel 或 WPS 打开这个文件，另存为“Excel 工作簿（*.xlsx）”后重新上传"
SAVE_IN_WPS = "请用 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后重新上传"
EXPORT_FROM_NUMBERS = "请在 Numbers 中导出为 Excel（.xlsx）后重新上传"


class Foreign(NamedTuple):
    """`name`: what the file is. `fix`: the one step that leads to a file that can be read."""

    name: str
    fix: str = OPEN_AND_SAVE


# Formats that other programs open; nobody reads them here, whatever they hold.
SPREADSHEETS = {
    ".et": Foreign("WPS 表格旧格式（.et）", SAVE_IN_WPS),
    ".ett": Foreign("WPS 表格模板（.ett）", SAVE_IN_WPS),
    ".xlsb": Foreign("Excel 二进制工作簿（.xlsb）"),
    ".xlsm": Foreign("含宏的 Excel 工作簿（.xlsm）"),
    ".xltm": Foreign("含宏的 Excel 模板（.xltm）"),
    ".xltx": Foreign("Excel 模板（.xltx）"),
    ".xlt": Foreign("Excel 97-2003 模板（.xlt）"),
    ".numbers": Foreign("苹果 Numbers 表格（.numbers）", EXPORT_FROM_NUMBERS),
    ".fods": Foreign("单文件 OpenDocument 表格（.fods）"),
}
BY_SUFFIX = SPREADSHEETS | {
    ".dbf": Foreign("dBase 数据库（.dbf）"),
    ".doc": Foreign("Word 文档（.doc）", FIND_THE_TABLE),
    ".docx": Foreign("Word 文档（.docx）", FIND_THE_TABLE),
    ".wps": Foreign("WPS 文字文档（.wps）", FIND_THE_TABLE),
    ".pdf": Foreign("PDF 文件", FIND_THE_TABLE),
    ".htm": Foreign("网页（HTML）"),
    ".html": Foreign("网页（HTML）"),
    ".mht": Foreign("单个文件网页（MHTML）"),
    ".mhtml": Foreign("单个文件网页（MHTML）"),
    ".xml": Foreign("XML 文件"),
    ".zip": Foreign("压缩包（.zip）", UNPACK),
    ".rar": Foreign("压缩包（.rar）", UNPACK),
    ".7z": Foreign("压缩包（.7z）", UNPACK),
}
FEWEST_ZEROS = 4
_PICTURE = Foreign("图片", FIND_THE_TABLE)
_PACKED = Foreign("压缩包", UNPACK)
_BY_FIRST_BYTES = (
    (b"%PDF", BY_SUFFIX[".pdf"]),
    (b"{\\rtf", Foreign("RTF 文档", FIND_THE_TABLE)),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"Rar!", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"\x1f\x8b\x08", _PACKED),
    # The record that begins a sheet of Excel 2 to 4, and of Excel 5 without a container.
    (b"\x09\x00\x04\x00", Foreign("Excel 早期版本的工作表（2.0）")),
    (b"\x09\x02\x06\x00", Foreign("Excel 早期版本的工作表（3.0）")),
    (b"\x09\x04\x06\x00", Foreign("Excel 早期版本的工作表（4.0）")),
    (b"\x09\x08\x08\x00", Foreign("Excel 早期版本的工作簿（5.0）")),
    (b"ID;P", Foreign("SYLK 符号链接文件")),
    (b"TABLE\r\n0,1\r\n", Foreign("DIF 数据交换文件")),
)
_MARKS = (
    # Before those of UTF-16, with which they begin.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What may stand before the first element: declarations, comments, a DTD.
_PROLOGUE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype[^>]*>)*", re.DOTALL | re.I)
_ELEMENT = re.compile(r"<(?:([\w.-]+):)?([A-Za-z][\w.-]*)[\s/>]")
_XML_2003 = Foreign("XML 表格 2003（.xml）")
_MAIL_HEAD = re.compile(
    r"\s*(?:(?:from|subject|date|message-id|x-[\w-]+):.*\r?\n(?:[ \t].*\r?\n)*)*"
    r"mime-version:\s*1\.0",
    re.I,
)
_LESS_AND_NAME = re.compile(r"\s*<[!?a-z]", re.I)


def beginning_as_text(head: bytes) -> str:
    """The first bytes as text; those of no known encoding as one character each."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, errors="replace")
    return head.decode(unmarked_encoding(head) or "latin-1", errors="replace")


def unmarked_encoding(head: bytes) -> str:
    """The encoding of a text in UTF-16 or UTF-32 without its mark; "" for anything else."""
    first, second, third, fourth = (head[at::4].count(0) for at in range(4))
    # Of the four bytes of UTF-32 the highest is always zero, the next one nearly always.
    quarter = len(head) // 4
    if quarter >= FEWEST_ZEROS:
        if fourth == quarter and third * 8 >= quarter * 7 and first * 8 <= quarter:
            return "utf-32-le"
        if first >= quarter and second * 8 >= quarter * 7 and fourth * 8 <= quarter:
            return "utf-32-be"
    return _unmarked_utf16(head)


def _unmarked_utf16(head: bytes) -> str:
    """The encoding of a text in UTF-16 without its mark; "" for anything else.

    It shows in the zero bytes of its ASCII characters, which all stand on one side.
    """
    even, odd = head[0::2].count(0), head[1::2].count(0)
    more, fewer = max(even, odd), min(even, odd)
    if more < FEWEST_ZEROS or more * 16 < len(head) or fewer * 8 > more:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def foreign_format(head: bytes) -> Foreign | None:
    """What a file that is no zip package and no compound file is; None for what may be text."""
    for first, foreign in _BY_FIRST_BYTES:
        # "BM" may begin a text; a picture has a size and zeros behind it.
        if head.startswith(first) and (first != b"BM" or b"\0" in head[:16]):
            return foreign
    text = beginning_as_text(head)
    if _MAIL_HEAD.match(text):
        return BY_SUFFIX[".mht"]
    if not _LESS_AND_NAME.match(text):
        return None
    return _of_markup(text)


def _of_markup(text: str) -> Foreign:
    start = _PROLOGUE.match(text)
    first = _ELEMENT.match(text, start.end() if start else 0)
    name = first[2].lower() if first else ""
    if "urn:schemas-microsoft-com:office:spreadsheet" in text and name == "workbook":
        return _XML_2003
    if 'progid="Excel.Sheet"' in text:
        return _XML_2003
    if name in ("document", "document-content") and "opendocument" in text:
        return BY_SUFFIX[".fods"]
    is_xml = text.lstrip().startswith("<?xml")
    if is_xml and name != "html":
        return BY_SUFFIX[".xml"]
    return BY_SUFFIX[".html"]
