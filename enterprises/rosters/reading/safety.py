"""What a file is, and whether its zip directory is harmless, before any parser sees it.

A hostile workbook of 2 KB can make a parser take gigabytes, so sizes are judged from the zip
directory first. Python's zipfile stops at the declared size, so a lying directory ends as a damaged
file.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from enterprises.inspection.beginnings import OLE, ZIP
from enterprises.rosters.definition import catalogue
from enterprises.rosters.reading.formats.foreign import (
    BY_SUFFIX,
    FIND_THE_TABLE,
    SPREADSHEETS,
    UNPACK,
    beginning_as_text,
    foreign_format,
)
from enterprises.rosters.reading.package import plain_name

MEGABYTE = 1024 * 1024
MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 256 * MEGABYTE
MAX_RATIO = 200
PART_LIMITS = {
    "styles.xml": 4 * MEGABYTE,
    "workbook.xml": MEGABYTE,
    "[content_types].xml": MEGABYTE,
    "sharedstrings.xml": 32 * MEGABYTE,
}
"""By the last part of a name, in lower case: the folder differs between programs."""
PROLOGUE_BYTES = 64 * 1024
"""Bytes of each part that are searched for a DTD: it can only stand before the first element."""
HEAD_BYTES = 4096

ODS_TYPES = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
)
TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".xls")
"""A text under these names is read as a table; exports often give it the last one."""
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))


def kind_of(path: Path, filename: str, max_bytes: int) -> str:
    """ "xlsx", "xls", "ods" or "csv"; raises FileRefused naming what the file is otherwise.

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
        head = stream.read(HEAD_BYTES)
    suffix = Path(filename).suffix.lower()
    if suffix in (".xlsm", ".xltm"):
        raise catalogue.MACROS.refuse(filename, f"这是含宏的工作簿（{suffix}），不接收")
    # Formats that nobody reads are refused by their extension, with a reason of their own.
    if foreign := SPREADSHEETS.get(suffix):
        raise catalogue.OLD_FORMAT.refuse(filename, f"这是{foreign.name}，不支持", fix=foreign.fix)
    if head.startswith(ZIP):
        return _zip_kind(suffix, filename)
    if head.startswith(OLE):
        return _ole_kind(path, suffix, filename)
    return _text_kind(head, suffix, filename)


def _zip_kind(suffix: str, filename: str) -> str:
    if suffix not in (".xlsx", ".ods"):
        extension = suffix or "没有扩展名"
        raise catalogue.WRONG_NAME.refuse(
            filename, f"文件内容是Excel 工作簿（.xlsx）或压缩包，扩展名却是“{extension}”"
        )
    return suffix[1:]


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
    if foreign := foreign_format(head):
        raise catalogue.NOT_A_TABLE.refuse(
            filename, f"文件内容是{foreign.name}，不是 Excel 97 及以后的工作簿", fix=foreign.fix
        )
    text = beginning_as_text(head)
    if suffix == ".csv" and "\0" in text:
        raise catalogue.BAD_TEXT.refuse(filename, "CSV 文件中含有空字符（NUL），不是文本文件")
    # Control characters besides tabs and line breaks: not a text file of any kind. In a CSV they
    # are a problem of the cell in which they stand.
    if suffix != ".csv" and re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise catalogue.NOT_A_TABLE.refuse(filename, "文件内容不是 Excel 工作簿，也不是文本")
    if suffix in TEXT_SUFFIXES:
        return "csv"
    raise catalogue.WRONG_NAME.refuse(
        filename,
        "文件内容是文本，不是 Excel 工作簿；以逗号或制表符分隔的，请把扩展名改为 .csv",
        fix="请把扩展名改为 .csv 后重新上传",
    )


def check_package(archive: zipfile.ZipFile, filename: str) -> None:
    """Raise FileRefused for a package that is not a plain .xlsx of a modest size."""
    entries = archive.infolist()
    names = [plain_name(entry.filename) for entry in entries]
    # Sizes first: all later checks read from the archive.
    check_sizes(entries, filename)
    # Of two parts with a name one would be checked and the other might be read.
    if len(set(names)) != len(names):
        raise catalogue.SUSPICIOUS.refuse(filename, "压缩包内有重名的部分，为安全起见不予读取")
    if any(entry.flag_bits & 1 for entry in entries):
        raise catalogue.ENCRYPTED.refuse(filename)
    _check_family(archive, set(names), filename)
    check_no_doctype(archive, entries, filename)


def check_sizes(
    entries: list[zipfile.ZipInfo], filename: str, most_bytes: int = MAX_UNPACKED_BYTES
) -> None:
    """Raise FileRefused for a package of too many or too large parts. `most_bytes`: of all."""
    if len(entries) > MAX_ENTRIES:
        raise catalogue.SUSPICIOUS.refuse(
            filename, f"压缩包内有{len(entries)}个部分，超过{MAX_ENTRIES}个"
        )
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise catalogue.SUSPICIOUS.refuse(
            filename, f"解压后超过{most_bytes // MEGABYTE} MB，为安全起见不予读取"
        )
    for entry in entries:
        name = plain_name(entry.filename).rpartition("/")[2]
        check_part_size(entry, PART_LIMITS.get(name, MAX_UNPACKED_BYTES), filename)


def check_part_size(entry: zipfile.ZipInfo, limit: int, filename: str) -> None:
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
        if name.endswith(("vbaproject.bin", "vbadata.xml")) or "xl/macrosheets/" in name:
            raise catalogue.MACROS.refuse(filename)
    if any(name.endswith("workbook.bin") for name in names):
        raise catalogue.OLD_FORMAT.refuse(filename, "这是 Excel 二进制工作簿（.xlsb），不支持")
    if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(200):
        raise catalogue.OLD_FORMAT.refuse(
            filename,
            "这是 OpenDocument 文件（.ods），扩展名却是“.xlsx”",
            fix="请把扩展名改为 .ods 后重新上传",
        )
    if any(name.endswith(".iwa") or name == "index.zip" for name in names):
        numbers = BY_SUFFIX[".numbers"]
        raise catalogue.OLD_FORMAT.refuse(filename, f"这是{numbers.name}，不支持", fix=numbers.fix)
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise catalogue.NOT_A_TABLE.refuse(
            filename, "这是 Word 或 PowerPoint 文件，不是表格文件", fix=FIND_THE_TABLE
        )
    if "[content_types].xml" not in names:
        raise catalogue.NOT_A_TABLE.refuse(
            filename, "这是普通压缩包，不是 Excel 工作簿", fix=UNPACK
        )


def check_ods(archive: zipfile.ZipFile, filename: str) -> None:
    """Raise FileRefused for a package that is not a plain .ods of a modest size."""
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    check_sizes(entries, filename)
    if len(names) != len(entries):
        raise catalogue.SUSPICIOUS.refuse(filename, "压缩包内有重名的部分，为安全起见不予读取")
    if "[Content_Types].xml" in names:
        raise catalogue.WRONG_NAME.refuse(
            filename,
            "文件内容是 Excel 工作簿（.xlsx），扩展名却是“.ods”",
            fix="请把扩展名改为 .xlsx 后重新上传",
        )
    kind = archive.open("mimetype").read(200).strip() if "mimetype" in names else ODS_TYPES[0]
    if kind not in ODS_TYPES or "content.xml" not in names:
        raise catalogue.NOT_A_TABLE.refuse(
            filename, "文件内容不是 OpenDocument 表格（.ods）", fix=FIND_THE_TABLE
        )
    # A password encrypts the parts one by one; the manifest says so.
    manifest = "META-INF/manifest.xml"
    if any(entry.flag_bits & 1 for entry in entries) or (
        manifest in names and b"encryption-data" in archive.open(manifest).read(MEGABYTE)
    ):
        raise catalogue.ENCRYPTED.refuse(filename)
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise catalogue.MACROS.refuse(filename, fix="请另存为不含宏的 .ods 或 .xlsx 后重新上传")
    content = [entry for entry in entries if entry.filename == "content.xml"]
    check_no_doctype(archive, content, filename)


def check_no_doctype(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], filename: str
) -> None:
    """Raise FileRefused: a DTD can declare entities that swell in memory, or that fetch other files."""
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
