"""Columns by their letters: A is 1, Z 26, AA 27. Rows and columns as ranges.

Also written in the library of workbooks, but starting that takes longer than reading a roster.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from string import ascii_uppercase

MOST_LETTERS = 3
_ADDRESS = re.compile(r"([A-Za-z]+)[0-9]+")
_PLACES = {letter: place for place, letter in enumerate(ascii_uppercase, 1)}


# Called for every address of every problem and note.
@lru_cache(maxsize=1024)
def letter_of(number: int) -> str:
    letters = ""
    while number > 0:
        number, place = divmod(number - 1, len(_PLACES))
        letters = ascii_uppercase[place] + letters
    return letters


@lru_cache(maxsize=1024)
def number_of(letters: str) -> int:
    """Raises ValueError for what is no column."""
    places = [_PLACES.get(letter, 0) for letter in letters.upper()]
    if not 0 < len(places) <= MOST_LETTERS or 0 in places:
        raise ValueError(f"no column: {letters!r}")
    number = 0
    for place in places:
        number = number * len(_PLACES) + place
    return number


def column_of(address: str) -> int:
    """B of B12 as its number. Raises ValueError for what is no address."""
    match = _ADDRESS.fullmatch(address)
    if not match:
        raise ValueError(f"no address: {address!r}")
    return number_of(match[1])


def ranges(numbers: Iterable[int], name_of: Callable[[int], str] = str) -> list[str]:
    """3, 4, 5, 9 → "3–5", "9"; `name_of` writes a number otherwise, such as a column's letter."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    names = []
    for first, last in runs:
        name = name_of(first)
        names.append(name if first == last else f"{name}–{name_of(last)}")
    return names
