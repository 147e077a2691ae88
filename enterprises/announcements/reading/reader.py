"""Any document that people send, as its lists."""

from __future__ import annotations

import logging
from pathlib import Path

from enterprises.announcements.reading import refusals
from enterprises.announcements.reading.books import blocks_of_book
from enterprises.announcements.reading.document import MOST_LINES, Block, TooMuch
from enterprises.announcements.reading.docx import blocks_of_docx
from enterprises.announcements.reading.listing import contents_of
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.reading.opening import (
    PAGES,
    PDF,
    SAVE_WITHOUT_MACROS,
    TEXT,
    WORD,
    check_name,
    check_word,
)
from enterprises.announcements.reading.page import blocks_of_page
from enterprises.announcements.reading.pasted import blocks_of_text, is_table, text_of
from enterprises.announcements.reading.pdf import blocks_of_pdf
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.reading.safety import kind_of
from enterprises.sandbox.shortage import is_shortage

REFUSED = {
    ".doc": refusals.OLD_WORD,
    ".wps": refusals.WPS_TEXT,
    ".ofd": refusals.LAYOUT_FILE,
}
WITH_MACROS = (".docm", ".dotm")
BOOKS = (".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv")
log = logging.getLogger(__name__)


def read_document(path: Path, filename: str, max_bytes: int) -> DocumentLists:
    """The lists of the file. Raises FileRefused."""
    suffix = Path(filename).suffix.lower()
    if refusal := REFUSED.get(suffix):
        raise refusal.refuse(filename)
    if suffix in WITH_MACROS:
        raise catalogue.MACROS.refuse(filename, fix=SAVE_WITHOUT_MACROS)
    size = path.stat().st_size
    if not size:
        raise catalogue.EMPTY_FILE.refuse(filename)
    if size > max_bytes:
        told = f"文件有{size / 1_000_000:.1f} MB，超过{max_bytes // 1_000_000} MB"
        raise refusals.TOO_LARGE.refuse(filename, told)
    try:
        contents = contents_of(_blocks(path, filename, suffix, max_bytes))
    except FileRefused:
        raise
    except TooMuch as much:
        raise refusals.TOO_LARGE.refuse(filename, str(much)) from None
    except Exception as error:
        if is_shortage(error):
            raise MemoryError from error
        # The parsers raise whatever a broken file provokes.
        log.warning("unreadable %s: %r", suffix, error, exc_info=True)
        raise refusals.DAMAGED.refuse(filename) from error
    if not contents.lines:
        raise refusals.NO_LIST.refuse(filename)
    return contents


def read_pasted(text: str) -> DocumentLists:
    """Lists from text that a person has pasted: a table with tabs, or a name a line."""
    return contents_of(blocks_of_text(text))


def _blocks(path: Path, filename: str, suffix: str, max_bytes: int) -> list[Block]:
    check_name(path, filename, suffix)
    if suffix == PDF:
        return blocks_of_pdf(path, filename)
    if suffix == WORD:
        check_word(path, filename)
        return blocks_of_docx(path, filename)
    if suffix in PAGES:
        return blocks_of_page(path.read_bytes())
    if suffix == TEXT and not is_table(text := text_of(path, filename)):
        return blocks_of_text(text)
    if suffix in BOOKS:
        kind = kind_of(path, filename, max_bytes)
        return blocks_of_book(path, filename, kind, MOST_LINES)
    raise refusals.UNKNOWN.refuse(filename)
