"""Any document that people send, as its lists."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

from enterprises.announcements.reading import refusals
from enterprises.announcements.reading.books import blocks_of_book
from enterprises.announcements.reading.document import Block, Paragraph, PrintedTable, Row
from enterprises.announcements.reading.docx import blocks_of_docx
from enterprises.announcements.reading.listing import contents_of
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.reading.page import blocks_of_page
from enterprises.announcements.reading.pdf import blocks_of_pdf
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.reading.safety import check_no_doctype, check_sizes, kind_of

REFUSED = {
    ".doc": refusals.OLD_WORD,
    ".wps": refusals.WPS_TEXT,
    ".ofd": refusals.LAYOUT_FILE,
}
PAGES = (".html", ".htm", ".mhtml")
BOOKS = (".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv")
MOST_ROWS = 20_000
log = logging.getLogger(__name__)


def read_document(path: Path, filename: str, max_bytes: int) -> DocumentLists:
    """The lists of the file. Raises FileRefused."""
    suffix = Path(filename).suffix.lower()
    if refusal := REFUSED.get(suffix):
        raise refusal.refuse(filename)
    size = path.stat().st_size
    if not size:
        raise catalogue.EMPTY_FILE.refuse(filename)
    if size > max_bytes:
        told = f"文件有{size / 1_000_000:.1f} MB，超过{max_bytes // 1_000_000} MB"
        raise refusals.TOO_LARGE.refuse(filename, told)
    try:
        contents = contents_of(_blocks(path, filename, suffix, max_bytes))
    except (FileRefused, MemoryError):
        raise
    except Exception as error:
        # The parsers raise whatever a broken file provokes.
        log.warning("unreadable %s: %r", suffix, error, exc_info=True)
        raise refusals.DAMAGED.refuse(filename) from error
    if not contents.lines:
        raise refusals.NO_LIST.refuse(filename)
    return contents


def read_pasted(text: str) -> DocumentLists:
    """Lists from text that a person has pasted: a table with tabs, or a name a line."""
    return contents_of(_pasted(text))


def _blocks(path: Path, filename: str, suffix: str, max_bytes: int) -> list[Block]:
    if suffix == ".pdf":
        return blocks_of_pdf(path, filename)
    if suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            check_sizes(archive.infolist(), filename)
            parts = [entry for entry in archive.infolist() if entry.filename.endswith(".xml")]
            check_no_doctype(archive, parts, filename)
        return blocks_of_docx(path)
    if suffix in PAGES:
        return blocks_of_page(path.read_bytes())
    if suffix == ".txt" and "," not in (text := _decoded(path.read_bytes())):
        return _pasted(text)
    if suffix in BOOKS:
        kind = kind_of(path, filename, max_bytes)
        return blocks_of_book(path, filename, kind, MOST_ROWS)
    raise refusals.UNKNOWN.refuse(filename)


def _decoded(data: bytes) -> str:
    """Text as Chinese programs save it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _pasted(text: str) -> list[Block]:
    lines = [line for line in text.splitlines() if line.strip()]
    if any("\t" in line for line in lines):
        rows = (Row(f"第{at}行", tuple(line.split("\t"))) for at, line in enumerate(lines, 1))
        return [PrintedTable(tuple(rows))]
    return [Paragraph(f"第{at}行", line) for at, line in enumerate(lines, 1)]
