"""What a document holds, whatever its format: paragraphs and tables in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple


class Row(NamedTuple):
    """One row of a table: where it stands, for people, and the texts of its cells."""

    place: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """`title`: the name of the sheet, where the format has sheets."""

    rows: tuple[Row, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    place: str
    text: str


Block = Paragraph | PrintedTable

_SPACE = re.compile(r"\s+")


def without_spaces(text: str) -> str:
    """Printed lines break and spread words anywhere: 合 计, 企业\\n名称."""
    return _SPACE.sub("", text)
