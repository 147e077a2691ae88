"""What pdfium knows of a page: its letters and the lines that are drawn on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple
from unicodedata import category

import pypdfium2
import pypdfium2.raw as pdfium

from enterprises.announcements.reading.geometry import Letter, Ruling
from enterprises.announcements.reading.sight import (
    Box,
    Sight,
    TooFull,
    is_ground,
    objects_of,
    point_of,
)

MOST_LETTERS, MOST_SEGMENTS = 60_000, 20_000
"""Of one page: a page of a list has a fiftieth of it."""
SHORTEST = 4.0
"""Points; shorter strokes are part of a drawing."""
SLANT = 0.8
SAME = 0.25
"""Of a letter's size: a letter that stands so near to its like is the same one."""
UNREADABLE = "\ufffd"
NAMELESS = ("Co", "Cn")
"""Signs of which only the font knows what they look like."""
HIGH_HALVES, LOW_HALVES = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
Point = tuple[float, float]
Turn = Callable[[float, float], Point]


class PageText(NamedTuple):
    """`letters`: everything printed but spaces, as the page is held upright.

    `unseen`: what stands there and nobody sees. `unreadable`: letters of which no one can say which.
    """

    letters: list[Letter]
    unseen: str
    unreadable: int


def text_of(page: pypdfium2.PdfPage) -> PageText:
    text, turn = page.get_textpage(), _turn_of(page)
    if text.count_chars() > MOST_LETTERS:
        raise TooFull
    sight, printed, unseen, unreadable = Sight(page), _Printed(), [], 0
    box = pdfium.FS_RECTF()
    for at, sign in _signs(text):
        # The box of the font, not of the ink: a comma stands on its line, too.
        if not pdfium.FPDFText_GetLooseCharBox(text.raw, at, box):
            continue
        place = Box(box.left, box.bottom, box.right, box.top)
        if not sight.sees(pdfium.FPDFText_GetTextObject(text.raw, at), place):
            unseen.append(sign)
            continue
        one, other = turn(box.left, box.bottom), turn(box.right, box.top)
        (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
        unreadable += printed.add(Letter(sign, x0, y0, x1, y1)) and sign == UNREADABLE
    text.close()
    return PageText(printed.letters, "".join(unseen), unreadable)


def _signs(text: pypdfium2.PdfTextPage) -> Iterator[tuple[int, str]]:
    """(place, sign) of all that is printed; a sign that the font does not name is UNREADABLE.

    Left out it would make another firm's name of what remains.
    """
    high = 0
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, at)
        if code in HIGH_HALVES:
            high = code
            continue
        if code in LOW_HALVES and high:
            code = 0x10000 + (high - HIGH_HALVES.start) * 0x400 + code - LOW_HALVES.start
        high = 0
        sign = chr(code)
        if category(sign) in NAMELESS or pdfium.FPDFText_HasUnicodeMapError(text.raw, at) == 1:
            yield at, UNREADABLE
        elif not sign.isspace() and sign.isprintable():
            yield at, sign


class _Printed:
    """Letters, each once: bold is often the same letter again, a hair beside itself."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self._near: defaultdict[tuple[str, int, int], list[Letter]] = defaultdict(list)

    def add(self, letter: Letter) -> bool:
        """False for one that stands there already."""
        size = max(letter.top - letter.bottom, 1.0)
        across, up = int(letter.middle // size), int(letter.height // size)
        around = ((x, y) for x in (across - 1, across, across + 1) for y in (up - 1, up, up + 1))
        for x, y in around:
            if any(_is_same(letter, other) for other in self._near.get((letter.text, x, y), ())):
                return False
        self._near[letter.text, across, up].append(letter)
        self.letters.append(letter)
        return True


def _is_same(one: Letter, other: Letter) -> bool:
    across, up = one.right - one.left, one.top - one.bottom
    is_near = abs(one.middle - other.middle) < SAME * across
    return is_near and abs(one.height - other.height) < SAME * up


def rulings_of(page: pypdfium2.PdfPage) -> tuple[list[Ruling], list[Ruling]]:
    """(lines across, upright lines); frames and thin areas count as their edges, stripes do not."""
    turn = _turn_of(page)
    across, upright = [], []
    for number, (one, other) in enumerate(_segments(page)):
        if number > MOST_SEGMENTS:
            raise TooFull
        (x0, y0), (x1, y1) = turn(*one), turn(*other)
        if abs(y0 - y1) < SLANT and abs(x0 - x1) > SHORTEST:
            across.append(Ruling((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x0 - x1) < SLANT and abs(y0 - y1) > SHORTEST:
            upright.append(Ruling((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return across, upright


def has_pictures(page: pypdfium2.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))


def _segments(page: pypdfium2.PdfPage) -> Iterator[tuple[Point, Point]]:
    for drawn, around in objects_of(page):
        if drawn.type != pdfium.FPDF_PAGEOBJ_PATH or is_ground(drawn):
            continue
        matrix = drawn.get_matrix().multiply(around)
        points: list[Point] = []
        for at in range(pdfium.FPDFPath_CountSegments(drawn.raw)):
            segment = pdfium.FPDFPath_GetPathSegment(drawn.raw, at)
            if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
                yield from pairwise(points)
                points = []
            points.append(matrix.on_point(*point_of(segment)))
            if pdfium.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        yield from pairwise(points)


def _turn_of(page: pypdfium2.PdfPage) -> Turn:
    """From the page's own places to those of the page as it is looked at."""
    turned = page.get_rotation()
    width, height = page.get_size()
    if turned in (90, 270):
        width, height = height, width
    turns: dict[int, Turn] = {
        90: lambda x, y: (y, width - x),
        180: lambda x, y: (width - x, height - y),
        270: lambda x, y: (height - y, x),
    }
    return turns.get(turned, lambda x, y: (x, y))
