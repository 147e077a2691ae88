"""What a parser gets and gives: the cell's surroundings, the value, and a cell's text made safe."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class CellSource:
    """What a parser may know besides the cell.

    `epoch`: 1900 or 1904, the year from which the file counts days.
    `as_text`: everything in the file is text (CSV).
    """

    vocabulary: Vocabulary
    epoch: int = 1900
    as_text: bool = False


Parsed = tuple[Any, bool]
"""value, changed"""
Parser = Callable[[object, CellSource], Parsed]

_ESCAPED_CONTROL = re.compile(r"_x00[01][0-9A-Fa-f]_")
LINE_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")


def as_text(raw: object) -> str:
    """A cell's value as text, checked for characters that no database should hold."""
    # Nearly every cell ends here. "_x00" begins a control character in the notation of the format.
    if isinstance(raw, str) and raw.isprintable() and "_x00" not in raw:
        return raw
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, dt.datetime | dt.date):
        return f"{raw:%Y-%m-%d}"
    text = str(raw)
    if _ESCAPED_CONTROL.search(text):
        raise Unreadable(catalogue.BAD_CHARACTERS)
    for character in text:
        is_control = unicodedata.category(character) in ("Cc", "Cs")
        if is_control and not LINE_BREAKS.match(character):
            raise Unreadable(catalogue.BAD_CHARACTERS)
    return text
