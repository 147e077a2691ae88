"""What a file is, and whether its zip directory is harmless, before any parser sees it.

A hostile workbook of 2 KB can make a parser take gigabytes, so sizes are judged from the zip
directory first. Python's zipfile stops at the declared size, so a lying directory ends as a damaged
file.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from enterprises.rosters.definition import catalogue

MEGABYTE = 1024 * 1024
MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 256 * MEGABYTE
MAX_RATIO = 200
PART_LIMITS = {
    "xl/styles.xml": 4 * MEGABYTE,
    "xl/workbook.xml": MEGABYTE,
    "[content_types].xml": MEGABYTE,
    "xl/sharedstrings.xml": 32 * MEGABYTE,
}
PROLOGUE_BYTES = 64 * 1024
"""Bytes of each part that are searched for a DTD: it can only stand before the first element."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_HTML = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table|head|meta|div)", re.I)
_OLD_SUFFIXES = {
    ".et": "WPS 表格旧格式（.et）",
    ".xlsb": "Excel 二进制工作簿（.xlsb）",
    ".ods": "OpenDocument 表格（.ods）",
    ".numbers": "苹果 Numbers 表格（.numbers）",
}


def kind_of(path: Path, filename: str, max_bytes: int) -> str:
    """ "xlsx", "xls" or "csv"; raises FileRefused naming what the file is otherwise.

    Judged by its first bytes: the extension only has to agree with them.
    """
    size = path.stat().st_size
    if size == 0:
        raise catalogue.EMPTY_FILE.refuse(filename)
    if size > max_bytes:
        raise catalogue.TOO_LARGE.refuse(
            filename, f"文件有{size / 1_000_000:.1f} MB，超过{max_bytes // 1_000_000} MB"
        )
    with path.open("rb") as stream:
        head = stream.read(4096)
    # Formats that nobody reads are refused by their extension, with a reason of their own.
    suffix = Path(filename).suffix.lower()
    if suffix in (".xlsm", ".xltm"):
        raise catalogue.MACROS.refuse(filename, f"这是含宏的工作簿（{suffix}），不接收")
    if suffix in _OLD_SUFFIXES:
        raise catalogue.OLD_FORMAT.refuse(filename, f"这是{_OLD_SUFFIXES[suffix]}，不支持")
    if head.startswith(_ZIP):
        return _zip_kind(suffix, filename)
    if head.startswith(_OLE):
        return _ole_kind(path, suffix, filename)
    return _text_kind(head, suffix, filename)


def _zip_kind(suffix: str, filename: str) -> str:
    if suffix != ".xlsx":
        extension = suffix or "没有扩展名"
        raise catalogue.WRONG_NAME.refuse(
            filename, f"文件内容是Excel 工作簿（.xlsx），扩展名却是“{extension}”"
        )
    return "xlsx"


def _ole_kind(path: Path, suffix: str, filename: str) -> str:
    # An .xlsx with a password to open it is a compound file with the encrypted package inside.
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise catalogue.ENCRYPTED.refuse(filename)
    if suffix != ".xls":
        raise catalogue.OLD_FORMAT.refuse(
            filename, "文件内容是旧版 Excel 97-2003 工作簿（.xls）或 WPS .et，扩展名却不是 .xls"
        )
    return "xls"


def _text_kind(head: bytes, suffix: str, filename: str) -> str:
    if _HTML.match(head):
        raise catalogue.NOT_A_TABLE.refuse(filename, "文件内容是网页（HTML），不是表格文件")
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if suffix == ".csv":
        # Text in UTF-16 has a zero byte for every ASCII character.
        if utf16 or b"\0" not in head:
            return "csv"
        raise catalogue.BAD_TEXT.refuse(filename, "CSV 文件中含有空字符（NUL），不是文本文件")
    # Control characters besides tabs and line breaks: not a text file of any kind.
    if not utf16 and re.search(rb"[\x00-\x08\x0e-\x1f]", head):
        raise catalogue.NOT_A_TABLE.refuse(filename, "文件内容不是 Excel 工作簿，也不是文本")
    raise catalogue.WRONG_NAME.refuse(
        filename, "文件内容是文本，不是 Excel 工作簿；如为逗号分隔的文本，请把扩展名改为 .csv"
    )


def check_package(archive: zipfile.ZipFile, filename: str) -> None:
    """Raise FileRefused for a package that is not a plain .xlsx of a modest size."""
    entries = archive.infolist()
    names = [entry.filename.lower() for entry in entries]
    # Sizes first: all later checks read from the archive.
    _check_sizes(entries, filename)
    # Of two parts with a name one would be checked and the other might be read.
    if len(set(names)) != len(names):
        raise catalogue.SUSPICIOUS.refuse(filename, "压缩包内有重名的部分，为安全起见不予读取")
    if any(entry.flag_bits & 1 for entry in entries):
        raise catalogue.ENCRYPTED.refuse(filename)
    _check_family(archive, set(names), filename)
    _check_no_doctype(archive, entries, filename)


def _check_sizes(entries: list[zipfile.ZipInfo], filename: str) -> None:
    if len(entries) > MAX_ENTRIES:
        raise catalogue.SUSPICIOUS.refuse(
            filename, f"压缩包内有{len(entries)}个部分，超过{MAX_ENTRIES}个"
        )
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise catalogue.SUSPICIOUS.refuse(
            filename, f"解压后超过{MAX_UNPACKED_BYTES // MEGABYTE} MB，为安全起见不予读取"
        )
    for entry in entries:
        limit = PART_LIMITS.get(entry.filename.lower(), MAX_UNPACKED_BYTES)
        # Small parts may be packed as well as they like: only large ones are a burden.
        ratio = entry.file_size / max(entry.compress_size, 1)
        is_bomb = entry.file_size > MEGABYTE and ratio > MAX_RATIO
        if entry.file_size > limit or is_bomb:
            raise catalogue.SUSPICIOUS.refuse(
                filename, f"“{entry.filename[:60]}”解压后异常庞大，为安全起见不予读取"
            )


def _check_family(archive: zipfile.ZipFile, names: set[str], filename: str) -> None:
    """Tell macros, other spreadsheet formats and other office files by the names of their parts."""
    for name in names:
        if name.endswith(("vbaproject.bin", "vbadata.xml")) or name.startswith("xl/macrosheets/"):
            raise catalogue.MACROS.refuse(filename)
    if "xl/workbook.bin" in names:
        raise catalogue.OLD_FORMAT.refuse(filename, "这是 Excel 二进制工作簿（.xlsb），不支持")
    if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(200):
        raise catalogue.OLD_FORMAT.refuse(filename, "这是 OpenDocument 文件（.ods），不支持")
    if any(name.endswith(".iwa") or name == "index.zip" for name in names):
        raise catalogue.OLD_FORMAT.refuse(filename, "这是苹果 Numbers 表格（.numbers），不支持")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise catalogue.NOT_A_TABLE.refuse(filename, "这是 Word 或 PowerPoint 文件，不是表格文件")
    if "[content_types].xml" not in names:
        raise catalogue.NOT_A_TABLE.refuse(filename, "这是普通压缩包，不是 Excel 工作簿")


def _check_no_doctype(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], filename: str
) -> None:
    """A DTD can declare entities that swell in memory, or that fetch other files."""
    for entry in entries:
        with archive.open(entry) as part:
            head = part.read(PROLOGUE_BYTES)
        if any(doctype in head for doctype in _DOCTYPES):
            raise catalogue.SUSPICIOUS.refuse(filename, "文件内含 DTD 声明，为安全起见不予读取")


def is_utf8(part: bytes) -> bool:
    """Whether an XML part, judged by its beginning, is written in UTF-8."""
    head = part[:200]
    declared = re.search(rb"""encoding=["']([^"']*)""", head)
    return (
        not head.startswith((b"\xff\xfe", b"\xfe\xff"))
        and b"\0" not in head
        and (declared is None or declared[1].lower() in (b"utf-8", b"utf8"))
    )
