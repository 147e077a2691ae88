"""Web pages (.html): their paragraphs and tables, as a browser shows them."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from itertools import islice

from lxml import html

from enterprises.announcements.reading.document import (
    UNSEEN,
    Block,
    Paragraph,
    PrintedTable,
    Row,
    Unread,
    rows_of_list,
)
from enterprises.announcements.reading.titles import DEEPEST_HEADER, is_header

TEXTS = ("p", "li", "h1", "h2", "h3", "h4", "title", "div")
CELLS = ("td", "th")
MOST_SPANNED, MOST_ROWS_SPANNED, MOST_COLUMNS = 100, 20_000, 500
HEAD_BYTES = 4096
_MAIL = re.compile(rb"^mime-version:", re.I | re.M)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def blocks_of_page(data: bytes) -> list[Block]:
    """Raises lxml's errors for what is no page."""
    data = _page_of_mail(data)
    root = html.document_fromstring(data, parser=html.HTMLParser(encoding=_encoding(data)))
    for element in root.xpath("//script | //style | //template | //noscript"):
        element.drop_tree()
    hidden = [element for element in root.xpath("//*[@hidden or @style]") if _is_hidden(element)]
    has_hidden = any(element.text_content().strip() for element in hidden)
    for element in hidden:
        element.drop_tree()
    blocks = list(_blocks(root))
    return [*blocks, Unread("页面", UNSEEN)] if has_hidden else blocks


def _page_of_mail(data: bytes) -> bytes:
    """A page that was saved in one file (.mhtml) is a mail with the page as a part."""
    if not _MAIL.search(data[:HEAD_BYTES]):
        return data
    parts = email.message_from_bytes(data).walk()
    page = next((part for part in parts if part.get_content_type() == "text/html"), None)
    told = page.get_payload(decode=True) if page else None
    return told if isinstance(told, bytes) else data


def _encoding(data: bytes) -> str:
    """Chinese pages that are no UTF-8 are in one of the encodings that GB 18030 holds, whatever they say."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _is_hidden(element: html.HtmlElement) -> bool:
    is_body = element.tag in ("html", "body")
    told = element.get("hidden") is not None or _HIDDEN.search(element.get("style", ""))
    return bool(told) and not is_body


def _blocks(root: html.HtmlElement) -> Iterator[Block]:
    tables = texts = 0
    layouts = {table for table in root.iter("table") if _is_layout(table)}
    for element in root.iter("table", *CELLS, *TEXTS):
        if element.tag == "table":
            if element not in layouts:
                tables += 1
                yield PrintedTable(rows_of_list(_rows(element, tables)))
            continue
        around = next(element.iterancestors("table"), None)
        is_of_table = around is not None and around not in layouts
        if not is_of_table and not _is_wrapper(element):
            texts += 1
            if told := " ".join(element.text_content().split()):
                yield Paragraph(f"第{texts}段", told)


def _is_layout(table: html.HtmlElement) -> bool:
    """A table of tables: it only says where they stand."""
    if next(table.iterdescendants("table"), None) is None:
        return False
    return not any(is_header(row.cells) for row in islice(_rows(table, 0), DEEPEST_HEADER))


def _is_wrapper(element: html.HtmlElement) -> bool:
    return next(element.iterdescendants("table", *CELLS, *TEXTS), None) is not None


def _rows(table: html.HtmlElement, number: int) -> Iterator[Row]:
    rows = (row for row in table.iter("tr") if next(row.iterancestors("table")) is table)
    below: dict[int, int] = {}
    """Of each column, over how many further rows a cell goes on."""
    for at, row in enumerate(rows, 1):
        cells: list[str] = []
        for cell in row.iterchildren(*CELLS):
            _pass_over(cells, below)
            span = min(_span(cell, "colspan", MOST_SPANNED), MOST_COLUMNS - len(cells))
            rows_more = _span(cell, "rowspan", MOST_ROWS_SPANNED) - 1
            below |= dict.fromkeys(range(len(cells), len(cells) + span), rows_more)
            cells += [_text(cell), *[""] * (span - 1)][:span]
        _pass_over(cells, below)
        yield Row(f"表{number}第{at}行", tuple(cells))


def _pass_over(cells: list[str], below: dict[int, int]) -> None:
    """Leave the columns empty that a cell of a row above takes."""
    while below.get(len(cells), 0) > 0:
        below[len(cells)] -= 1
        cells.append("")


def _span(cell: html.HtmlElement, name: str, most: int) -> int:
    told = cell.get(name, "1").strip()
    if not told.isdecimal():
        return 1
    # 0 is down to the foot of the table.
    return min(int(told[:6]), most) or most


def _text(cell: html.HtmlElement) -> str:
    """Without the tables in it: they are read by themselves."""
    if next(cell.iterdescendants("table"), None) is None:
        return " ".join(cell.text_content().split())
    depth = sum(1 for _ in cell.iterancestors("table"))
    texts = cell.xpath(".//text()[count(ancestor::table) = $depth]", depth=depth)
    return " ".join("".join(texts).split())
