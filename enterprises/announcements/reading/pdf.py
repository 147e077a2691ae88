"""PDF with text: tables by their ruling lines, or by where their titles stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import pypdfium2

from enterprises.announcements.reading import pdf_page
from enterprises.announcements.reading.document import (
    UNSEEN,
    Block,
    Paragraph,
    PrintedTable,
    Row,
    Unread,
)
from enterprises.announcements.reading.geometry import (
    LINE_GAP,
    Grid,
    Letter,
    Word,
    cells_of,
    column_edges,
    grids_of,
    height_of,
    lines_of,
    rows_of,
    words_of,
)
from enterprises.announcements.reading.refusals import (
    ENCRYPTED,
    GARBLED,
    LOADING_FORM,
    RECOGNISED,
    SCANNED,
    TOO_LARGE,
)
from enterprises.announcements.reading.titles import Field, field_of, is_header, is_page_number

MOST_PAGES, MOST_LETTERS = 300, 500_000
MOST_GARBLED = 0.05
"""Of all letters: a list of whose letters more cannot be read is none."""
PASSWORD = "password"
_NAME_AND_CODE = re.compile(r"(.*[一-鿿）)])([0-9A-Z]{8,})")


def blocks_of_pdf(path: Path, filename: str) -> list[Block]:
    """Raises FileRefused for what no program can read as text, pypdfium2's errors for a broken file."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if PASSWORD in str(error).lower():
            raise ENCRYPTED.refuse(filename) from None
        raise
    with closing(document):
        if len(document) > MOST_PAGES:
            raise TOO_LARGE.refuse(filename, f"文件有{len(document)}页，超过{MOST_PAGES}页")
        # The page that such a form shows until Adobe's own program has built it asks to wait.
        if document.get_formtype() == pypdfium2.raw.FORMTYPE_XFA_FULL:
            raise LOADING_FORM.refuse(filename)
        return _blocks(document, filename)


def _blocks(document: pypdfium2.PdfDocument, filename: str) -> list[Block]:
    blocks: list[Block] = []
    unread: list[Block] = []
    pictures = False
    printed = unreadable = 0
    columns = _Columns()
    for number, page in enumerate(document, 1):
        try:
            text = pdf_page.text_of(page)
            across, upright = pdf_page.rulings_of(page)
        except pdf_page.TooFull:
            raise TOO_LARGE.refuse(filename, f"第{number}页的内容过多，不是名单") from None
        letters = text.letters
        pictures = pictures or (not letters and pdf_page.has_pictures(page))
        printed, unreadable = printed + len(letters), unreadable + text.unreadable
        if printed > MOST_LETTERS:
            raise TOO_LARGE.refuse(filename, f"到第{number}页文字已经过多，不是名单")
        grids = grids_of(across, upright)
        blocks += _ruled(number, letters, grids) if grids else columns.blocks(number, letters)
        if text.unseen:
            unread.append(Unread(f"第{number}页", UNSEEN))
        page.close()
    if not blocks and pictures:
        raise (RECOGNISED if unread else SCANNED).refuse(filename)
    if unreadable > MOST_GARBLED * printed:
        raise GARBLED.refuse(filename)
    return blocks + unread


def _ruled(number: int, letters: Sequence[Letter], grids: Sequence[Grid]) -> list[Block]:
    """The tables of the page and the lines around them, from the top."""
    inside: list[list[Letter]] = [[] for _ in grids]
    outside: list[Letter] = []
    for letter in letters:
        at = next((at for at, grid in enumerate(grids) if grid.holds(letter)), None)
        (outside if at is None else inside[at]).append(letter)
    placed: list[tuple[float, Block]] = [
        (line[0].height, Paragraph(f"第{number}页", _text(line))) for line in lines_of(outside)
    ]
    for at, (grid, held) in enumerate(zip(grids, inside, strict=True), 1):
        rows = (
            Row(f"第{number}页表{at}第{row}行", cells)
            for row, cells in enumerate(cells_of(grid, held), 1)
        )
        placed.append((grid.top, PrintedTable(tuple(rows))))
    return [block for _, block in sorted(placed, key=lambda pair: -pair[0])]


class _Columns:
    """Pages without ruling lines: the columns of the last header hold for the pages behind it."""

    def __init__(self) -> None:
        self._header: list[Word] = []

    def blocks(self, number: int, letters: Sequence[Letter]) -> list[Block]:
        printed = lines_of(letters)
        lines = [words_of(line) for line in printed]
        texts = [" ".join(_texts(line)) for line in lines]
        first = next((at for at, line in enumerate(lines) if is_header(_texts(line))), None)
        if first is not None:
            self._header = lines[first]
        if not self._header:
            return [Paragraph(f"第{number}页", text) for text in texts]
        start = first or 0
        before = [Paragraph(f"第{number}页", text) for text in texts[:start]]
        listed = [
            (height_of(line), words)
            for line, words in zip(printed[start:], lines[start:], strict=True)
            if not is_page_number("".join(_texts(words)))
        ]
        most = LINE_GAP * median(letter.top - letter.bottom for letter in letters)
        return [*before, PrintedTable(tuple(self._rows(number, listed, most)))]

    def _rows(
        self, number: int, listed: Sequence[tuple[float, Sequence[Word]]], most: float
    ) -> Iterator[Row]:
        edges = column_edges(self._header, [line for _, line in listed if len(line) > 1])
        lines = [_cells(line, edges) for _, line in listed]
        titles = [field_of(word.text) for word in self._header]
        begins = [False] * len(lines)
        if Field.NUMBER_IN_LIST in titles:
            column = titles.index(Field.NUMBER_IN_LIST)
            begins = [cells[column].isdecimal() or is_header(cells) for cells in lines]
        rows = rows_of([height for height, _ in listed], begins, most) if any(begins) else None
        for row in rows or [[at] for at in range(len(lines))]:
            cells = ["".join(lines[at][column] for at in row) for column in range(len(edges) + 1)]
            yield Row(f"第{number}页第{row[0] + 1}行", tuple(cells))


def _cells(line: Sequence[Word], edges: Sequence[float]) -> list[str]:
    cells = [""] * (len(edges) + 1)
    for word in line:
        first, last = bisect_right(edges, word.left), bisect_right(edges, word.right)
        # A name that fills its column touches the code in the next one.
        parts = _NAME_AND_CODE.fullmatch(word.text) if first < last else None
        if parts:
            cells[first] += parts[1]
            cells[last] += parts[2]
        else:
            cells[bisect_right(edges, word.middle)] += word.text
    return cells


def _texts(line: Sequence[Word]) -> list[str]:
    return [word.text for word in line]


def _text(line: Sequence[Letter]) -> str:
    return "".join(letter.text for letter in line)
