"""Whether a document is what its name says and its package harmless, before any parser sees it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from enterprises.announcements.reading.refusals import ENCRYPTED, OLD_WORD, for_documents
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.reading.formats.foreign import foreign_format
from enterprises.rosters.reading.package import plain_name
from enterprises.rosters.reading.safety import (
    HEAD_BYTES,
    OLE,
    ZIP,
    check_no_doctype,
    check_sizes,
)

WORD, PDF, TEXT = ".docx", ".pdf", ".txt"
PAGES = (".html", ".htm", ".mhtml", ".mht")
RICH_TEXT = b"{\\rtf"
BEGINNING_OF_PDF, DEEPEST_BEGINNING = b"%PDF-", 1024
"""What may stand before it: mail programs and web servers put a line or two there."""
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
SAVE_WITHOUT_MACROS = "请用 Word 或 WPS 打开，另存为不含宏的 .docx 后重新上传"


def check_name(path: Path, filename: str, suffix: str) -> None:
    """Raise FileRefused for a document whose content is of another kind than its name says."""
    if suffix not in (WORD, PDF, TEXT, *PAGES):
        return
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if suffix == WORD and head.startswith(OLE):
        # A .docx with a password to open it is a compound file with the encrypted package inside.
        raise (ENCRYPTED if ENCRYPTED_PACKAGE in path.read_bytes() else OLD_WORD).refuse(filename)
    if suffix == WORD and head.startswith(RICH_TEXT):
        raise OLD_WORD.refuse(filename, "文件内容是 RTF 文档，扩展名却是“.docx”")
    told, right = _kind(head, suffix)
    if right and suffix not in right:
        raise catalogue.WRONG_NAME.refuse(
            filename,
            f"文件内容是{told}，扩展名却是“{suffix}”",
            fix=f"请把扩展名改为 {'、'.join(right[:2])} 后重新上传",
        )


def _kind(head: bytes, suffix: str) -> tuple[str, tuple[str, ...]]:
    """(what it is, the names it may have); no names where it may well have its own."""
    if BEGINNING_OF_PDF in head[:DEEPEST_BEGINNING]:
        return "PDF", (PDF,)
    if head.startswith(ZIP):
        return " Word、Excel 文件或压缩包", (WORD, ".xlsx")
    if head.startswith(OLE):
        return "旧版 Word 或 Excel 文件", (".doc", ".xls")
    foreign = foreign_format(head)
    if foreign and "网页" in foreign.name and suffix != TEXT:
        return foreign.name, PAGES
    return "", ()


def check_word(path: Path, filename: str) -> None:
    """Raise FileRefused for a package that is not a plain .docx of a modest size."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        names = [plain_name(entry.filename) for entry in entries]
        _check_family(set(names), filename)
        if any(entry.flag_bits & 1 for entry in entries):
            raise ENCRYPTED.refuse(filename)
        parts = [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))]
        try:
            check_sizes(entries, filename)
            check_no_doctype(archive, parts, filename)
        except FileRefused as refused:
            raise for_documents(refused) from None
        # Of two parts with a name one would be checked and the other might be read.
        if len(set(names)) != len(names):
            reason = "压缩包内有重名的部分，为安全起见不予读取"
            raise for_documents(catalogue.SUSPICIOUS.refuse(filename, reason))


def _check_family(names: set[str], filename: str) -> None:
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise catalogue.MACROS.refuse(filename, fix=SAVE_WITHOUT_MACROS)
    if "xl/workbook.xml" in names:
        raise catalogue.WRONG_NAME.refuse(
            filename,
            "文件内容是 Excel 工作簿，扩展名却是“.docx”",
            fix="请把扩展名改为 .xlsx 后重新上传",
        )
