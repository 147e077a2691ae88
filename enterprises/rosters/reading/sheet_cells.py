"""The cells of a worksheet, read row by row with an XML parser: the careful way.

It takes any layout of the XML that the format allows, builds no row that does not stand in the
file, and asks of the styles nothing but the number formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.letters import column_of
from enterprises.rosters.reading.formats.cell_row import CellRow
from enterprises.rosters.reading.formats.days import day_of_text
from enterprises.rosters.reading.formats.number_format import Broken, Formats


def shared_texts(stream: IO[bytes]) -> list[str]:
    """The table of texts that cells point into."""
    texts: list[str] = []
    root: Element | None = None
    for event, element in iterparse(stream, ("start", "end")):
        if event == "start":
            root = element if root is None else root
        elif _name(element) == "si":
            texts.append(_text_of(element))
            # Read entries are dropped, or the whole table would be in memory twice.
            if root is not None:
                root.clear()
    return texts


def rows_of_sheet(
    stream: IO[bytes], texts: Sequence[str], formats: Formats, epoch: int
) -> Iterator[CellRow]:
    """The rows that stand in the sheet. Raises ParseError, ValueError or IndexError if broken."""
    cells = _Cells(texts, formats, epoch)
    number, at, inside = 0, -1, False
    row = CellRow(0)
    row_element: Element | None = None
    sheet_data: Element | None = None
    for event, element in iterparse(stream, ("start", "end")):
        name = _name(element)
        if event == "start":
            if name == "sheetData":
                sheet_data = element
            elif name == "row":
                number, at, inside = int(element.get("r", number + 1)), -1, True
                row, row_element = CellRow(number), element
        elif name == "c" and inside and row_element is not None:
            # A cell without an address stands right of the one before it.
            at += 1
            if address := element.get("r"):
                at = column_of(address) - 1
            row.put(at, cells.value_of(element))
            row_element.clear()
        elif name == "row" and sheet_data is not None:
            yield row
            sheet_data.clear()
            inside = False
        elif not inside:
            element.clear()


class _Cells:
    """Turns the elements of cells into values."""

    def __init__(self, texts: Sequence[str], formats: Formats, epoch: int) -> None:
        self._texts, self._formats, self._epoch = texts, formats, epoch

    def value_of(self, cell: Element) -> object:
        """A value, None for a blank cell, or Broken."""
        children = {_name(child): child for child in cell}
        kind = cell.get("t", "n")
        if "is" in children and kind in ("inlineStr", "n"):
            return _text_of(children["is"])
        written = children["v"].text if "v" in children else None
        if not written:
            return _without_result(kind, "f" in children, "v" in children)
        if kind == "n":
            return self._formats.value_of(float(written), int(cell.get("s", 0)), self._epoch)
        if kind == "s":
            return self._texts[int(written)]
        if kind == "b":
            return written.strip() in ("1", "true")
        return day_of_text(written) if kind == "d" else written


def _without_result(kind: str, formula: bool, answered: bool) -> object:
    """What a cell without a written value holds; an empty text is a result."""
    if kind == "e":
        return "#N/A"
    if formula and not (answered and kind == "str"):
        return Broken(catalogue.FORMULA)
    return "" if formula else None


def _text_of(element: Element) -> str:
    """The text of an entry, whole or in runs of different looks; phonetic signs are no part."""
    parts = []
    for child in element:
        name = _name(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [text.text or "" for text in child if _name(text) == "t"]
    return "".join(parts)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
