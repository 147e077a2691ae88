"""Letters and ruling lines of a printed page become rows of cells; pure geometry, in points.

The page's origin is below left, so what stands higher has a larger y.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

NEAR = 2.0
"""Lines so near to each other are one: a thin rectangle, a line drawn twice."""
LONGEST_NUMBER = 4
"""Digits of the number of a row."""
LINE_GAP = 1.5
"""Lines of one cell stand no further apart than so many heights of a letter."""
WORD_GAP = 1.0
"""Words of different columns stand further apart than so many heights of a letter."""


class Letter(NamedTuple):
    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def height(self) -> float:
        return (self.bottom + self.top) / 2


class Ruling(NamedTuple):
    """A drawn line along an axis: `at` across it, from `start` to `end` along it."""

    at: float
    start: float
    end: float

    def covers(self, place: float) -> bool:
        return self.start - NEAR <= place <= self.end + NEAR


class Word(NamedTuple):
    text: str
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


class Grid(NamedTuple):
    """One ruled table: the heights and the columns of its lines, and what is drawn of them."""

    rows: Sequence[float]
    columns: Sequence[float]
    across: Sequence[Ruling]
    upright: Sequence[Ruling]

    @property
    def top(self) -> float:
        return self.rows[-1]

    def holds(self, letter: Letter) -> bool:
        inside = self.rows[0] <= letter.height <= self.rows[-1]
        return inside and self.columns[0] <= letter.middle <= self.columns[-1]


def lines_of(letters: Iterable[Letter]) -> list[list[Letter]]:
    """Printed lines from the top, each from the left."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda letter: -letter.height):
        # A comma is low and small, but still above the foot of the letters of its line.
        if lines and letter.height > lines[-1][0].bottom:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [sorted(line, key=lambda letter: letter.left) for line in lines]


def height_of(line: Sequence[Letter]) -> float:
    return median(letter.height for letter in line)


def rows_of(heights: Sequence[float], begins: Sequence[bool], most: float) -> list[list[int]]:
    """Printed lines, from the top, that are one row: they stand nearer to each other than rows do.

    `begins`: the line bears the number of a row, of which a row has one at most. Where no distance
    parts the rows so, each line stays by itself. `most`: further apart are no lines of a cell.
    """
    gaps = [above - below for above, below in pairwise(heights)]
    distances = {round(gap, 1) for gap in gaps if gap <= most}
    for widest in sorted(distances, reverse=True):
        rows = [[0]]
        for at, gap in enumerate(gaps, 1):
            if round(gap, 1) > widest:
                rows.append([])
            rows[-1].append(at)
        if all(sum(begins[at] for at in row) <= 1 for row in rows):
            return rows
    return [[at] for at in range(len(heights))]


def words_of(line: Sequence[Letter]) -> list[Word]:
    """The parts of a line that stand apart."""
    size = median(letter.top - letter.bottom for letter in line)
    words = [[line[0]]]
    for before, letter in pairwise(line):
        if letter.left - before.right > WORD_GAP * size:
            words.append([])
        words[-1].append(letter)
    return [
        Word("".join(letter.text for letter in word), word[0].left, word[-1].right)
        for word in words
    ]


def grids_of(across: Sequence[Ruling], upright: Sequence[Ruling]) -> list[Grid]:
    """The ruled tables of a page from the top: what upright lines hold together."""
    grids = []
    for bottom, top in _bands(upright):
        columns = _merged(line.at for line in upright if bottom <= line.start and line.end <= top)
        within = [line for line in across if bottom - NEAR <= line.at <= top + NEAR]
        rows = _merged([*(line.at for line in within), bottom, top])
        if len(rows) > 1 and len(columns) > 1:
            standing = [line for line in upright if bottom <= line.start and line.end <= top]
            grids.append(Grid(rows, columns, within, standing))
    return sorted(grids, key=lambda grid: -grid.top)


def cells_of(grid: Grid, letters: Iterable[Letter]) -> list[tuple[str, ...]]:
    """The texts of the table's cells, row by row from the top; a wide or high cell's text comes first."""
    found: defaultdict[tuple[int, int], list[Letter]] = defaultdict(list)
    for letter in letters:
        row = bisect_right(grid.rows, letter.height) - 1
        column = bisect_right(grid.columns, letter.middle) - 1
        found[_first_of_cell(grid, row, column)].append(letter)
    many_rows, many_columns = len(grid.rows) - 1, len(grid.columns) - 1
    return [
        tuple(_text(found.get((row, column), [])) for column in range(many_columns))
        for row in reversed(range(many_rows))
    ]


def column_edges(header: Sequence[Word], lines: Sequence[Sequence[Word]]) -> list[float]:
    """Where columns without ruling lines part: between the titles, in the widest gap of all lines."""
    taken = sorted((word.left, word.right) for line in lines for word in line)
    numbers = [word for line in lines for word in line if _is_number(word.text)]
    edges = []
    for title, following in pairwise(header):
        # Numbers stand at the right of their column, far from its title.
        own = (word.right for word in numbers if title.left < word.right <= following.left)
        gaps = _gaps(taken, max([title.middle, *own]), following.middle)
        # Where a long text fills every gap, columns begin under their titles.
        edges.append(max(gaps, default=(0.0, following.left - NEAR))[1])
    return edges


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def _gaps(
    taken: Sequence[tuple[float, float]], start: float, end: float
) -> list[tuple[float, float]]:
    """(width, middle) of what nothing covers between two places."""
    gaps, reached = [], start
    for left, right in taken:
        if right <= reached:
            continue
        if left >= end:
            break
        if left > reached:
            gaps.append((left - reached, (left + reached) / 2))
        reached = max(reached, right)
    if reached < end:
        gaps.append((end - reached, (end + reached) / 2))
    return gaps


def _bands(upright: Sequence[Ruling]) -> list[tuple[float, float]]:
    """From where to where upright lines reach without a break."""
    bands: list[tuple[float, float]] = []
    for line in sorted(upright, key=lambda line: line.start):
        if bands and line.start <= bands[-1][1] + NEAR:
            bands[-1] = (bands[-1][0], max(bands[-1][1], line.end))
        else:
            bands.append((line.start, line.end))
    return bands


def _merged(places: Iterable[float]) -> list[float]:
    """Ascending; places that are near each other count once."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > NEAR:
            found.append(place)
    return found


def _first_of_cell(grid: Grid, row: int, column: int) -> tuple[int, int]:
    """The uppermost and leftmost part of the cell: no line is drawn between its parts."""
    height = (grid.rows[row] + grid.rows[row + 1]) / 2
    while column and not _is_drawn(grid.upright, grid.columns[column], height):
        column -= 1
    middle = (grid.columns[column] + grid.columns[column + 1]) / 2
    while row + 2 < len(grid.rows) and not _is_drawn(grid.across, grid.rows[row + 1], middle):
        row += 1
    return row, column


def _is_drawn(rulings: Sequence[Ruling], at: float, place: float) -> bool:
    return any(abs(line.at - at) <= NEAR * 2 and line.covers(place) for line in rulings)


def _text(letters: Sequence[Letter]) -> str:
    """A name that was broken in a narrow column is one again."""
    return "".join(letter.text for line in lines_of(letters) for letter in line)
