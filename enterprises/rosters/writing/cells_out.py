"""Writing cells of a workbook: text that can never become a formula, comments that show all they say."""

from __future__ import annotations

import io
import math
import re
import unicodedata
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment

LONGEST_TEXT = 32_767
"""Characters of a cell; the program that opens the file calls more of them damage."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA_BEGINS = tuple("=+-@＝＋－＠\t\r")
"""What a spreadsheet program may take for the beginning of a formula."""
_COMMENT_WIDTH, _COMMENT_LINE = 300, 20
_COMMENT_COLUMNS = 42
LINE_HEIGHT = 14.0
"""Points of a line of text of size 10."""


def write_text(cell: Any, text: str) -> None:
    """The cell holds the text as it is, also after an edit in the spreadsheet program. Control characters go."""
    _keep(cell, _NOT_IN_XML.sub("", text))


def write_raw(cell: Any, text: str) -> None:
    """As `write_text`, but control characters stay, in the notation of the format: the text is the user's."""
    _keep(cell, _NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text))


def _keep(cell: Any, text: str) -> None:
    cell.value = text[:LONGEST_TEXT]
    cell.data_type = "s"
    if text.startswith(FORMULA_BEGINS):
        cell.quotePrefix = True


def lines_of(text: str, width: float) -> int:
    """How many lines the text takes in a column of a width."""
    return sum(max(1, math.ceil(breadth(line) / width)) for line in text.split("\n"))


def breadth(text: str) -> int:
    """In the unit of column widths: a Chinese character is twice as wide as a Latin one."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def comment(text: str, author: str) -> Comment:
    """In a box as high as its text needs."""
    height = _COMMENT_LINE * (lines_of(text, _COMMENT_COLUMNS) + 1)
    return Comment(text, author, height=height, width=_COMMENT_WIDTH)


def bytes_of(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
