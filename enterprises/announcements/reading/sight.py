"""Which letters of a printed page its reader sees.

Unseen are letters without ink or of the colour of their ground, letters outside of the page or of
what clips them, letters too small to read, and those over which something was painted. pdfium tells
of neither: to it all of them are text.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

MOST_OBJECTS = 100_000
"""Of one page."""
SMALLEST = 1.5
"""Points; smaller letters are dust."""
THINNEST = 4.0
"""Points; narrower rectangles are ruling lines and cover no letter."""
ALIKE, FAINT = 12, 12
"""Of 255: a difference of colour that nobody sees, and an ink that hardly is one."""
WHITE = (255, 255, 255)
UNINKED = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
FILLED = (pdfium.FPDF_TEXTRENDERMODE_FILL, pdfium.FPDF_TEXTRENDERMODE_FILL_CLIP)
CORNERS = range(4, 7)
"""So many points a rectangle may have, with those that come back to its beginning."""
Colour = tuple[int, ...]


class TooFull(Exception):
    """A page with more on it than any list has."""


class Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        # A place that is no number is in no box.
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def within(self, other: Box) -> Box:
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )


class Painted(NamedTuple):
    """An area that is painted: `at` its place in the order of painting.

    `colour`: None for a picture and the like. `covers`: it hides all that lies below it.
    """

    at: int
    box: Box
    colour: Colour | None
    covers: bool


class Ink(NamedTuple):
    """Of a text: its place in the order of painting, its colour where it is one, what clips it."""

    at: int
    is_inked: bool
    colour: Colour | None
    clip: Box | None


class Sight:
    """What is painted on one page, and so which of its letters are seen."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = _page_box(page)
        self._order: dict[int | None, int] = {}
        self._clips: dict[int | None, Box | None] = {}
        self._inks: dict[int | None, Ink] = {}
        self.areas: list[Painted] = []
        for at, (drawn, matrix) in enumerate(objects_of(page)):
            self._order[_address(drawn.raw)] = at
            if drawn.type == pdfium.FPDF_PAGEOBJ_TEXT:
                self._clips[_address(drawn.raw)] = _clip_of(drawn.raw, matrix)
            elif area := _area(drawn, matrix, at):
                self.areas.append(area)
        self._starts = [area.at for area in self.areas]
        self._covers = [area for area in self.areas if area.covers]
        self._cover_starts = [area.at for area in self._covers]
        self._colours = {area.colour for area in self.areas}

    def sees(self, text: Any, box: Box) -> bool:
        """`text`: the object that the letter in the box belongs to."""
        ink = self._ink(text)
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        if not ink.is_inked or max(box.right - box.left, box.top - box.bottom) < SMALLEST:
            return False
        if not self._page.holds(x, y) or (ink.clip and not ink.clip.holds(x, y)):
            return False
        above = self._covers[bisect_right(self._cover_starts, ink.at) :]
        return not any(area.box.holds(x, y) for area in above) and self._stands_out(ink, x, y)

    def _stands_out(self, ink: Ink, x: float, y: float) -> bool:
        """Its colour is another than that of its ground."""
        if ink.colour is None or not _is_like_any(ink.colour, self._colours | {WHITE}):
            return True
        below = self.areas[: bisect_right(self._starts, ink.at)]
        for area in reversed(below):
            if area.box.holds(x, y):
                return area.colour is None or not _is_like(ink.colour, area.colour)
        return not _is_like(ink.colour, WHITE)

    def _ink(self, text: Any) -> Ink:
        address = _address(text)
        if address not in self._inks:
            mode = pdfium.FPDFTextObj_GetTextRenderMode(text)
            colour, alpha = _fill_of(text)
            is_inked = mode not in UNINKED and (mode not in FILLED or alpha > FAINT)
            at = self._order.get(address, len(self._order))
            told = colour if mode in FILLED else None
            self._inks[address] = Ink(at, is_inked, told, self._clips.get(address))
        return self._inks[address]


def objects_of(
    page: pypdfium2.PdfPage,
) -> Iterator[tuple[pypdfium2.PdfObject, pypdfium2.PdfMatrix]]:
    """All that is painted, in its order, with the matrix of the drawings that hold it."""
    for at, drawn in enumerate(page.get_objects()):
        if at > MOST_OBJECTS:
            raise TooFull
        matrix, around = pypdfium2.PdfMatrix(), drawn.container
        while around is not None:
            matrix, around = matrix.multiply(around.get_matrix()), around.container
        yield drawn, matrix


def _page_box(page: pypdfium2.PdfPage) -> Box:
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page.raw, box)
    return Box(box.left, box.bottom, box.right, box.top)


def _area(drawn: pypdfium2.PdfObject, matrix: pypdfium2.PdfMatrix, at: int) -> Painted | None:
    if drawn.type in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
        return Painted(at, _box_of(drawn, matrix), None, covers=False)
    if drawn.type != pdfium.FPDF_PAGEOBJ_PATH or not _is_filled(drawn.raw):
        return None
    box = _box_of(drawn, matrix)
    if min(box.right - box.left, box.top - box.bottom) < THINNEST:
        return None
    colour, alpha = _fill_of(drawn.raw)
    is_solid = colour is not None and alpha == WHITE[0]
    covers = (
        is_solid and not pdfium.FPDFPageObj_HasTransparency(drawn.raw) and _is_upright(drawn.raw)
    )
    return Painted(at, box, colour if covers else None, covers)


def _box_of(drawn: pypdfium2.PdfObject, matrix: pypdfium2.PdfMatrix) -> Box:
    left, bottom, right, top = drawn.get_bounds()
    box = _around([matrix.on_point(x, y) for x in (left, right) for y in (bottom, top)])
    clip = _clip_of(drawn.raw, matrix)
    return box.within(clip) if clip else box


def _around(points: list[tuple[float, float]]) -> Box:
    across, up = zip(*points, strict=True)
    return Box(min(across), min(up), max(across), max(up))


def _clip_of(raw: Any, matrix: pypdfium2.PdfMatrix) -> Box | None:
    """What is left of an object: at most the boxes around all that clips it."""
    clip, found = pdfium.FPDFPageObj_GetClipPath(raw), None
    many = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
    for at in range(max(many, 0)):
        points = []
        for number in range(pdfium.FPDFClipPath_CountPathSegments(clip, at)):
            segment = pdfium.FPDFClipPath_GetPathSegment(clip, at, number)
            points.append(matrix.on_point(*point_of(segment)))
        if points:
            box = _around(points)
            found = box.within(found) if found else box
    return found


def point_of(segment: Any) -> tuple[float, float]:
    x, y = ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPathSegment_GetPoint(segment, x, y)
    return x.value, y.value


def is_ground(drawn: pypdfium2.PdfObject) -> bool:
    """A path that fills an area and draws no line: the stripe of a row, the colour of a page."""
    left, bottom, right, top = drawn.get_bounds()
    is_wide = min(right - left, top - bottom) >= THINNEST
    return is_wide and _is_filled(drawn.raw) and not _is_stroked(drawn.raw)


def _is_filled(raw: Any) -> bool:
    return _draw_mode(raw)[0] != 0


def _is_stroked(raw: Any) -> bool:
    return _draw_mode(raw)[1] != 0


def _draw_mode(raw: Any) -> tuple[int, int]:
    """(how it is filled, whether its outline is drawn)."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(raw, fill, stroke)
    return fill.value, stroke.value


def _is_upright(raw: Any) -> bool:
    """A rectangle along the axes; anything else fills its box in part."""
    many = pdfium.FPDFPath_CountSegments(raw)
    if many not in CORNERS:
        return False
    points = [point_of(pdfium.FPDFPath_GetPathSegment(raw, at)) for at in range(many)]
    box = _around(points)
    return all(x in (box.left, box.right) and y in (box.bottom, box.top) for x, y in points)


def _fill_of(raw: Any) -> tuple[Colour | None, int]:
    """(colour, how opaque it is); no colour where it is a pattern."""
    red, green, blue, alpha = (ctypes.c_uint(0) for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(raw, red, green, blue, alpha):
        return None, WHITE[0]
    return (red.value, green.value, blue.value), alpha.value


def _is_like_any(colour: Colour, others: set[Colour | None]) -> bool:
    return any(other is not None and _is_like(colour, other) for other in others)


def _is_like(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) < ALIKE for a, b in zip(one, other, strict=True))


def _address(raw: Any) -> int | None:
    return ctypes.cast(raw, ctypes.c_void_p).value
