"""Writing cells of a workbook: text that can never become a formula, comments of a fitting size."""

from __future__ import annotations

import io
import math
import re
import unicodedata
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment

LONGEST_TEXT = 32_767
"""Characters of a cell. Spreadsheet programs report a longer text as damage."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA_BEGINS = tuple("=+-@＝＋－＠\t\r")
"""What a spreadsheet program may take for the beginning of a formula."""
_COMMENT_WIDTH, _COMMENT_LINE = 300, 20
_COMMENT_COLUMNS = 42
LINE_HEIGHT = 14.0
"""Points of a line of text of size 10."""


def write_text(cell: Any, text: str) -> None:
    """The cell holds the text as it is, also after an edit in the spreadsheet program.

    Control characters are left out.
    """
    _write_as_text(cell, _NOT_IN_XML.sub("", text))


def write_raw(cell: Any, text: str) -> None:
    """As `write_text`, but control characters stay, in the notation of the format.

    For a copy of a user's own file: the next check must find the same problems.
    """
    _write_as_text(cell, _NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text))


def _write_as_text(cell: Any, text: str) -> None:
    cell.value = text[:LONGEST_TEXT]
    # openpyxl takes a value that begins with "=" for a formula, so the type is set after it.
    cell.data_type = "s"
    if text.startswith(FORMULA_BEGINS):
        cell.quotePrefix = True


def lines_of(text: str, width: float) -> int:
    """How many lines the text takes in a column of a width."""
    return sum(max(1, math.ceil(text_width(line) / width)) for line in text.split("\n"))


def text_width(text: str) -> int:
    """In the unit of column widths: a Chinese character is twice as wide as a Latin one."""
    width = len(text)
    for character in text:
        if unicodedata.east_asian_width(character) in "WFA":
            width += 1
    return width


def comment_box(text: str, author: str) -> Comment:
    """A comment in a box as high as its text needs."""
    height = _COMMENT_LINE * (lines_of(text, _COMMENT_COLUMNS) + 1)
    return Comment(text, author, height=height, width=_COMMENT_WIDTH)


def bytes_of(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
