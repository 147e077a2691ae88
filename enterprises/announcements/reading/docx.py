"""Word documents (.docx): the body in its order, read from its XML, as its print shows it.

Text that is deleted or moved away under review is not read, nor is hidden text; inserted text is.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

from enterprises.announcements.reading.document import (
    UNSEEN,
    Block,
    Paragraph,
    PrintedTable,
    Row,
    Unread,
    rows_of_list,
)
from enterprises.announcements.reading.refusals import SCANNED

MEGABYTE = 1024 * 1024
MOST_BODY_BYTES = 64 * MEGABYTE
MOST_SPANNED = 100
BODY, LINKS = "word/document.xml", "_rels/.rels"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""The same text box again, for old programs."""
_TRANSPARENT = ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")
"""Elements around paragraphs and tables that change nothing about them."""
_APART = ("txbxContent", "tbl")
"""What stands in a paragraph or a cell and is read by itself."""
_NOT_SHOWN = ("moveFrom", "rt")
_PICTURES = ("drawing", "pict")
_EMBEDDED = ("altChunk", "object")
_OFF = ("0", "false", "off")


def blocks_of_docx(path: Path, filename: str) -> list[Block]:
    """Paragraphs and tables. Raises FileRefused, and KeyError, ValueError or lxml's errors for a
    broken document.
    """
    # No entities, no network: the document comes from outside.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    with zipfile.ZipFile(path) as archive:
        body_name = _body_name(archive, parser)
        if archive.getinfo(body_name).file_size > MOST_BODY_BYTES:
            raise ValueError("the body is too large")
        root = etree.fromstring(archive.read(body_name), parser)
    names = _STRICT if root.tag.startswith(_STRICT) else _W
    body = root.find(f"{names}body")
    if body is None:
        raise ValueError("no body")
    blocks = list(_Body(names).blocks(body))
    if not any(isinstance(block, (Paragraph, PrintedTable)) for block in blocks) and _has(
        body, names, _PICTURES
    ):
        raise SCANNED.refuse(filename)
    return blocks


def _body_name(archive: zipfile.ZipFile, parser: etree.XMLParser) -> str:
    """Some programs call the body otherwise; the package says how."""
    if BODY in archive.namelist() or LINKS not in archive.namelist():
        return BODY
    for link in etree.fromstring(archive.read(LINKS), parser):
        if str(link.get("Type", "")).endswith("/officeDocument"):
            return str(link.get("Target", "")).lstrip("/")
    return BODY


def _has(body: etree._Element, names: str, tags: Iterable[str]) -> bool:
    return next(body.iter(*(f"{names}{tag}" for tag in tags)), None) is not None


class _Body:
    """`names`: the namespace of the document, in braces."""

    def __init__(self, names: str) -> None:
        self._names = names
        self._transparent = {f"{names}{tag}" for tag in _TRANSPARENT}
        self._apart = {f"{names}{tag}" for tag in _APART}
        self._not_shown = {_FALLBACK, *(f"{names}{tag}" for tag in _NOT_SHOWN)}
        self._paragraphs = self._tables = 0
        self._has_hidden = False

    def blocks(self, body: etree._Element) -> Iterator[Block]:
        for element in self._content(body):
            if element.tag == self._tag("tbl"):
                self._tables += 1
                yield PrintedTable(rows_of_list(self._rows(element, self._tables)))
            else:
                self._paragraphs += 1
                if text := self._text(element).strip():
                    yield Paragraph(f"第{self._paragraphs}段", text)
        if self._has_hidden:
            yield Unread("正文", UNSEEN)
        if _has(body, self._names, _EMBEDDED):
            yield Unread("正文", "嵌入的文件")

    def _tag(self, name: str) -> str:
        return f"{self._names}{name}"

    def _content(self, parent: etree._Element) -> Iterator[etree._Element]:
        """Paragraphs and tables, also those wrapped in a control or a revision, and within others."""
        for element in parent:
            if element.tag in self._transparent:
                yield from self._content(element)
            elif element.tag in (self._tag("p"), self._tag("tbl")):
                yield element
                yield from self._inner(element)

    def _inner(self, element: etree._Element) -> Iterator[etree._Element]:
        """The text boxes and tables in a paragraph or table."""
        for each in self._shown(element):
            if each.tag == self._tag("txbxContent"):
                yield from self._content(each)
            elif each.tag == self._tag("tbl"):
                yield each
                yield from self._inner(each)

    def _shown(self, parent: etree._Element) -> Iterator[etree._Element]:
        """What is printed of an element, in its order; what is read by itself without its content."""
        for element in parent:
            if element.tag in self._not_shown or self._is_hidden(element):
                continue
            yield element
            if element.tag not in self._apart:
                yield from self._shown(element)

    def _is_hidden(self, element: etree._Element) -> bool:
        if element.tag != self._tag("r") or not self._is_on(element, "rPr", "vanish"):
            return False
        self._has_hidden = True
        return True

    def _is_on(self, element: etree._Element, of: str, name: str) -> bool:
        found = element.find(f"{self._tag(of)}/{self._tag(name)}")
        return found is not None and found.get(self._tag("val"), "1") not in _OFF

    def _rows(self, table: etree._Element, number: int) -> Iterator[Row]:
        rows = (each for each in self._wrapped(table, "tr") if not self._is_gone(each))
        for at, row in enumerate(rows, 1):
            cells = [""] * self._count(row, "trPr", "gridBefore", 0)
            for cell in self._wrapped(row, "tc"):
                cells.append(self._text(cell))
                # The columns behind a cell that spans several keep their places.
                cells += [""] * (self._count(cell, "tcPr", "gridSpan", 1) - 1)
            yield Row(f"表{number}第{at}行", tuple(cells))

    def _wrapped(self, parent: etree._Element, name: str) -> Iterator[etree._Element]:
        for element in parent:
            if element.tag == self._tag(name):
                yield element
            elif element.tag in self._transparent:
                yield from self._wrapped(element, name)

    def _is_gone(self, row: etree._Element) -> bool:
        """Deleted under review, or hidden."""
        deleted = row.find(f"{self._tag('trPr')}/{self._tag('del')}") is not None
        return deleted or self._is_on(row, "trPr", "hidden")

    def _count(self, element: etree._Element, of: str, name: str, else_: int) -> int:
        found = element.find(f"{self._tag(of)}/{self._tag(name)}")
        told = found.get(self._tag("val"), "") if found is not None else ""
        return min(int(told[:4]), MOST_SPANNED) if told.isdecimal() else else_

    def _text(self, element: etree._Element) -> str:
        parts: list[str] = []
        for each in self._shown(element):
            if each.tag == self._tag("t"):
                parts.append(each.text or "")
            elif each.tag == self._tag("tab"):
                parts.append("\t")
            elif each.tag in (self._tag("br"), self._tag("p")) and parts:
                parts.append("\n")
        return "".join(parts)
