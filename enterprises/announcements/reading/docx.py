"""Word documents (.docx): the body in its order, read from its XML.

Text that is deleted under review is not read; text that is inserted is.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from enterprises.announcements.reading.document import Block, Paragraph, PrintedTable, Row

MEGABYTE = 1024 * 1024
MOST_BODY_BYTES = 64 * MEGABYTE
BODY = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_TRANSPARENT = ("sdt", "sdtContent", "ins", "customXml", "smartTag")
"""Elements around paragraphs and tables that change nothing about them."""


def blocks_of_docx(path: Path) -> list[Block]:
    """Paragraphs and tables. Raises KeyError, ValueError or lxml's errors for a broken document."""
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo(BODY).file_size > MOST_BODY_BYTES:
            raise ValueError("the body is too large")
        # No entities, no network: the document comes from outside.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        root = etree.fromstring(archive.read(BODY), parser)
    names = _STRICT if root.tag.startswith(_STRICT) else _W
    body = root.find(f"{names}body")
    if body is None:
        raise ValueError("no body")
    return list(_numbered(_content(body, names), names))


def _content(parent: etree._Element, names: str) -> Iterator[etree._Element]:
    """Paragraphs and tables, also those wrapped in a control or a revision."""
    for element in parent:
        if element.tag in (f"{names}p", f"{names}tbl"):
            yield element
        elif element.tag in {f"{names}{name}" for name in _TRANSPARENT}:
            yield from _content(element, names)


def _numbered(elements: Iterator[etree._Element], names: str) -> Iterator[Block]:
    paragraphs = tables = 0
    for element in elements:
        if element.tag == f"{names}tbl":
            tables += 1
            yield PrintedTable(tuple(_rows(element, names, tables)))
        else:
            paragraphs += 1
            if text := _text(element, names).strip():
                yield Paragraph(f"第{paragraphs}段", text)


def _rows(table: etree._Element, names: str, number: int) -> Iterator[Row]:
    rows = (element for element in table if element.tag == f"{names}tr")
    for at, row in enumerate(rows, 1):
        cells: list[str] = []
        for cell in row.iterchildren(f"{names}tc"):
            cells.append(_text(cell, names))
            # The columns behind a cell that spans several keep their places.
            cells += [""] * (_span(cell, names) - 1)
        yield Row(f"表{number}第{at}行", tuple(cells))


def _span(cell: etree._Element, names: str) -> int:
    found = cell.find(f"{names}tcPr/{names}gridSpan")
    told = found.get(f"{names}val", "1") if found is not None else "1"
    return min(int(told), 100) if told.isdigit() else 1


def _text(element: etree._Element, names: str) -> str:
    parts: list[str] = []
    for each in element.iter(f"{names}t", f"{names}br", f"{names}tab", f"{names}p"):
        if each.tag == f"{names}t":
            parts.append(each.text or "")
        elif each.tag == f"{names}tab":
            parts.append("\t")
        elif parts:
            parts.append("\n")
    return "".join(parts)
