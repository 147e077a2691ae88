"""Web pages (.html): their paragraphs and tables."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html

from enterprises.announcements.reading.document import Block, Paragraph, PrintedTable, Row

TEXTS = ("p", "li", "h1", "h2", "h3", "h4", "title", "div")
MOST_SPANNED = 100


def blocks_of_page(data: bytes) -> list[Block]:
    """Raises lxml's errors for what is no page."""
    root = html.document_fromstring(data, parser=html.HTMLParser(encoding=_encoding(data)))
    for element in root.xpath("//script | //style"):
        element.drop_tree()
    return list(_blocks(root))


def _encoding(data: bytes) -> str:
    """Chinese pages that are no UTF-8 are in one of the encodings that GB 18030 holds, whatever they say."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _blocks(root: html.HtmlElement) -> Iterator[Block]:
    tables = texts = 0
    for element in root.iter("table", *TEXTS):
        if element.tag == "table":
            tables += 1
            yield PrintedTable(tuple(_rows(element, tables)))
        elif not _is_wrapper(element):
            texts += 1
            if told := " ".join(element.text_content().split()):
                yield Paragraph(f"第{texts}段", told)


def _is_wrapper(element: html.HtmlElement) -> bool:
    """It holds other paragraphs, or stands in a table that is read as such."""
    inner = next(element.iterdescendants("table", *TEXTS), None)
    return inner is not None or next(element.iterancestors("table"), None) is not None


def _rows(table: html.HtmlElement, number: int) -> Iterator[Row]:
    for at, row in enumerate(table.iter("tr"), 1):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            cells.append(" ".join(cell.text_content().split()))
            told = cell.get("colspan", "1")
            span = int(told) if told.isdigit() else 1
            cells += [""] * (min(span, MOST_SPANNED) - 1)
        yield Row(f"表{number}第{at}行", tuple(cells))
