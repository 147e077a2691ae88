"""What pdfium knows of a page: its letters and the lines that are drawn on it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from enterprises.announcements.reading.geometry import Letter, Ruling

MOST_LETTERS, MOST_SEGMENTS = 60_000, 20_000
"""Of one page: a page of a list has a fiftieth of it."""
SHORTEST = 4.0
"""Points; shorter strokes are part of a drawing."""
SLANT = 0.8
Point = tuple[float, float]
Turn = Callable[[float, float], Point]


class TooMuch(Exception):
    """A page with more on it than any list has."""


def letters_of(page: pypdfium2.PdfPage) -> list[Letter]:
    """Everything printed but spaces, as the page is held upright."""
    text, turn = page.get_textpage(), _turn_of(page)
    count = text.count_chars()
    if count > MOST_LETTERS:
        raise TooMuch
    box, found = pdfium.FS_RECTF(), []
    for at in range(count):
        sign = chr(pdfium.FPDFText_GetUnicode(text.raw, at))
        if sign.isspace() or not sign.isprintable():
            continue
        # The box of the font, not of the ink: a comma stands on its line, too.
        if pdfium.FPDFText_GetLooseCharBox(text.raw, at, box):
            one, other = turn(box.left, box.bottom), turn(box.right, box.top)
            (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
            found.append(Letter(sign, x0, y0, x1, y1))
    text.close()
    return found


def rulings_of(page: pypdfium2.PdfPage) -> tuple[list[Ruling], list[Ruling]]:
    """(lines across, upright lines); frames and thin areas count as their edges."""
    turn = _turn_of(page)
    across, upright = [], []
    for number, (one, other) in enumerate(_segments(page)):
        if number > MOST_SEGMENTS:
            raise TooMuch
        (x0, y0), (x1, y1) = turn(*one), turn(*other)
        if abs(y0 - y1) < SLANT and abs(x0 - x1) > SHORTEST:
            across.append(Ruling((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x0 - x1) < SLANT and abs(y0 - y1) > SHORTEST:
            upright.append(Ruling((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return across, upright


def has_pictures(page: pypdfium2.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))


def _segments(page: pypdfium2.PdfPage) -> Iterator[tuple[Point, Point]]:
    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        matrix = drawn.get_matrix()
        points: list[Point] = []
        for at in range(pdfium.FPDFPath_CountSegments(drawn.raw)):
            segment = pdfium.FPDFPath_GetPathSegment(drawn.raw, at)
            x, y = ctypes.c_float(), ctypes.c_float()
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
                yield from pairwise(points)
                points = []
            points.append(matrix.on_point(x.value, y.value))
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
