"""What the lines above a list say: whose it is, of which day and quarters, in which unit of money."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from enterprises.rosters.definition.days import EARLIEST, LATEST
from enterprises.rosters.definition.table import RawTable

_QUARTER = re.compile(
    r"(?:(20[0-9]{2})年?\s*)?(?:第?\s*([一二三四1-4])\s*季度?|Q([1-4])(?![0-9A-Z])|(上半年))",
    re.IGNORECASE,
)
_NUMERALS = "一二三四"
_DIGITS = {numeral: number for number, numeral in enumerate(_NUMERALS, 1)}
HALF_YEAR = 2
"""The quarter with which the first half of a year ends."""

LONGEST_TITLE, MOST_QUARTERS = 200, 20
"""Characters read of a line for quarters, and quarters kept."""
_UNIT = re.compile(r"(?:填报|报送|上报|编制)(?:单位|部门)[:：]\s*(\S{1,100})")
_AS_OF = re.compile(
    r"截[至止](?:日期|时间)?[:：]?\s*([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
)
_MONEY = re.compile(
    r"(?:^|金额|货币|计量|[(,;\s])单位:\s*(?:人民币)?(亿元|百万元|万元|千元|元)(?=$|[),;\s(])"
)


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


class SaidAbove(NamedTuple):
    """Each is empty where the lines do not say it. `money`: unit of amounts."""

    reporting_unit: str | None
    as_of: dt.date | None
    quarters: tuple[NamedQuarter, ...]
    money: str


def said_above(table: RawTable, header_row: int) -> SaidAbove:
    """What the lines above the header say; of each the first that is said."""
    unit, as_of, money = None, None, ""
    quarters: list[NamedQuarter] = []
    for number, values in table.rows:
        if number >= header_row:
            break
        for value in values:
            text = unicodedata.normalize("NFKC", str(value))
            if unit is None and (match := _UNIT.search(text)):
                unit = match[1]
            if as_of is None and (match := _AS_OF.search(text)):
                as_of = _valid_day(*match.groups())
            if not money and (match := _MONEY.search(text)):
                money = match[1]
            quarters += quarters_named(text[:LONGEST_TITLE])
    return SaidAbove(unit, as_of, tuple(quarters[:MOST_QUARTERS]), money)


def _valid_day(year: str, month: str, day: str) -> dt.date | None:
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return date if EARLIEST <= date <= LATEST else None
