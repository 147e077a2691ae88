"""Which quarters a text names: 2026年第三季度, 三季度, 2026Q3, 上半年."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_QUARTER = re.compile(
    r"(?:(20[0-9]{2})年?\s*)?(?:第?\s*([一二三四1-4])\s*季度?|Q([1-4])(?![0-9A-Z])|(上半年))",
    re.IGNORECASE,
)
_NUMERALS = "一二三四"
_DIGITS = {numeral: number for number, numeral in enumerate(_NUMERALS, 1)}
HALF_YEAR = 2
"""The quarter with which the first half of a year ends."""


class NamedQuarter(NamedTuple):
    """A quarter as a text names it; `year` is None where it says none."""

    year: int | None
    number: int

    def may_be(self, year: int, number: int) -> bool:
        return self.number == number and self.year in (None, year)

    @property
    def in_words(self) -> str:
        year = f"{self.year}年" if self.year else ""
        return f"{year}{_NUMERALS[self.number - 1]}季度"


def quarters_named(text: str) -> Iterator[NamedQuarter]:
    """Every quarter that the text names, in its order."""
    for match in _QUARTER.finditer(unicodedata.normalize("NFKC", text)):
        year = int(match[1]) if match[1] else None
        digit = match[2] or match[3]
        if digit is None:
            yield NamedQuarter(year, HALF_YEAR)
        else:
            yield NamedQuarter(year, _DIGITS.get(digit) or int(digit))
