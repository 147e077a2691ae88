"""Parsers from a raw cell to a typed value: (raw, CellSource) → (value, changed).

They raise Unreadable for a cell whose value cannot be taken. `changed` says that the value differs
from how it stands in the cell: the clerk is shown that. Blank cells never reach a parser.
Only ASCII digits count as digits, after NFKC has made full-width ones ASCII.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from enterprises import uscc
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cell_source import (
    LINE_BREAKS,
    CellSource,
    Parsed,
    Parser,
    as_text,
)
from enterprises.rosters.definition.days import (
    EARLIEST,
    EPOCHS,
    LATEST,
    date,
    date_or_month,
    month_written,
)
from enterprises.rosters.definition.spelling import says_outside, says_yes

__all__ = [
    "EARLIEST", "EPOCHS", "LATEST", "CellSource", "Parsed", "Parser", "date", "date_or_month",
]  # fmt: skip

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_UNIT = re.compile(r"(.*?[0-9])([^0-9.,]+)")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+")
_CERTIFICATE = re.compile(r"G[RFS]20[0-9]{10}")
# Sections A to T of the national classification of industries (GB/T 4754).
_INDUSTRY = re.compile(r"[A-T][0-9]{2,4}")
_LIST_MARKS = re.compile(r"[、，,；;／/\n]+")
_CENT = Decimal("0.01")
_NOISE = Decimal("1e-6")
"""A float differs by no more from the whole number that a formula should have given."""
_QUOTES = "\"'“”‘’`＂＇="
_YEAR = re.compile(
    r"([0-9]{4})(?:年度?|年份)?(?:上半年|下半年|第?[一二三四1-4]季度|[上下]旬|[初底末])?"
)
YES_NO_WORDS = {True: "是", False: "否"}


def text(limit: int, lines: bool = False) -> Parser:
    """Free text without invisible format characters; line breaks stay only where `lines`."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = value = as_text(raw)
        if not seen.isprintable():
            value = "".join(ch for ch in seen if unicodedata.category(ch) != "Cf")
        if not lines:
            value = LINE_BREAKS.sub("", value)
        value = value.strip()
        if len(value) > limit:
            raise Unreadable(catalogue.TOO_LONG, f"有{len(value)}个字，超过{limit}个字")
        return value, value != seen

    return parse


def code(raw: object, source: CellSource) -> Parsed:
    """A unified social credit code, as 18 upper-case characters."""
    # A code of digits alone, kept as a number, has lost its last places: spreadsheets keep 15.
    if isinstance(raw, int | float) or (
        isinstance(raw, str) and _SCIENTIFIC.fullmatch(raw.strip())
    ):
        raise Unreadable(catalogue.CODE_AS_NUMBER)
    seen = as_text(raw)
    value = uscc.normalise(seen.strip().strip(_QUOTES))
    reason = uscc.problem(value)
    if reason:
        raise Unreadable(catalogue.CODE_WRONG, reason)
    return value, value != seen


def pattern(expression: re.Pattern[str], rule: catalogue.Rule) -> Parser:
    """Upper-case text without spaces that matches as a whole."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = as_text(raw)
        value = uscc.normalise(seen.strip().strip(_QUOTES))
        if not expression.fullmatch(value):
            raise Unreadable(rule)
        return value, value != seen

    return parse


certificate_number = pattern(_CERTIFICATE, catalogue.BAD_CERTIFICATE_NUMBER)
industry_code = pattern(_INDUSTRY, catalogue.BAD_INDUSTRY)


def _exact_number(raw: object, unit: str) -> tuple[Decimal, bool]:
    """A decimal number; text may carry thousands separators and exactly the column's own unit."""
    # To Python a bool is an int: TRUE must not become the number 1.
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Unreadable(catalogue.BAD_NUMBER)
    if not isinstance(raw, str):
        if not math.isfinite(raw):
            raise Unreadable(catalogue.BAD_NUMBER)
        # repr gives the shortest text of a float: 0.1, and not 0.1000000000000000055….
        return Decimal(repr(raw)), False
    seen = uscc.normalise(raw)
    digits = seen
    # 1.2E+5 is a number in scientific notation and not one with the unit "E+".
    tail = _UNIT.fullmatch(seen)
    if tail and not _SCIENTIFIC.match(seen):
        digits, written = tail.groups()
        if written != unit:
            raise Unreadable(
                catalogue.WRONG_UNIT, f"单位“{written}”不对，本列应为{unit or '不带单位的数字'}"
            )
    if not _NUMBER.fullmatch(digits):
        raise Unreadable(catalogue.BAD_NUMBER)
    plain = digits.replace(",", "")
    return Decimal(plain), plain != raw


@dataclass(frozen=True, slots=True)
class Amount:
    """Reads a number of two decimals in the column's unit (万元, %).

    元 and 亿元 in a cell are refused, never converted. A clerk who wrote them may have mistaken the
    unit, and a wrong guess would be wrong by a factor of 10,000.
    `written`: the unit of the whole column where its title names another one; that is no slip.
    `factor`: what one of it is in the column's own unit.
    """

    unit: str
    lowest: int = 0
    highest: int = 10**13
    written: str = ""
    factor: Decimal = Decimal(1)

    def __call__(self, raw: object, source: CellSource) -> Parsed:
        told, changed = _exact_number(raw, self.written or self.unit)
        exact = told * self.factor
        _check_range(exact, self.lowest, self.highest)
        # Half up, as offices round. The default of Decimal would turn 0.125 into 0.12.
        value = exact.quantize(_CENT, ROUND_HALF_UP)
        # A float such as 0.30000000000000004 is no third decimal that the clerk wrote.
        rounded = abs(value - exact) > Decimal("1e-9")
        return value, changed or rounded or self.factor != 1


def amount(unit: str, lowest: int = 0, highest: int = 10**13) -> Parser:
    """A parser of such a number; see `Amount`."""
    return Amount(unit, lowest, highest)


def whole(unit: str = "", lowest: int = 0, highest: int = 10_000_000) -> Parser:
    """An int; 12.0 is whole, 12.5 is not."""

    def parse(raw: object, source: CellSource) -> Parsed:
        exact, changed = _exact_number(raw, unit)
        value = exact.to_integral_value()
        if abs(value - exact) > _NOISE:
            _check_range(exact, lowest, highest)
            raise Unreadable(catalogue.NOT_WHOLE)
        _check_range(value, lowest, highest)
        return int(value), changed or value != exact

    return parse


def year(lowest: int, highest: int) -> Parser:
    """A year as int: 2027, 2027年, 2027年度, or a day or month of it."""
    parse_number = whole("年", lowest, highest)

    def parse(raw: object, source: CellSource) -> Parsed:
        if isinstance(raw, dt.date):
            return _year_of_day(raw, lowest, highest, source.epoch), True
        if isinstance(raw, str):
            seen = uscc.normalise(raw)
            if month := month_written(seen):
                return parse_number(month[0], source)[0], True
            if match := _YEAR.fullmatch(seen):
                value, changed = parse_number(match[1], source)
                return value, changed or match[1] != raw
            # A number is a wrong year and no serial number of a day.
            if not seen.isdecimal() and (day := _day_or_none(raw, source)):
                return parse_number(day.year, source)[0], True
        return parse_number(raw, source)

    return parse


def _day_or_none(raw: object, source: CellSource) -> dt.date | None:
    try:
        day: dt.date = date(raw, source)[0]
    except Unreadable:
        return None
    return day


def _year_of_day(day: dt.date, lowest: int, highest: int, epoch: int) -> int:
    """The year of a day; of a year typed into a cell with a date's format, that number.

    2027 is shown there as a day of 1905.
    """
    if isinstance(day, dt.datetime):
        day = day.date()
    number = (day - EPOCHS[epoch]).days
    value = number if lowest <= number <= highest else day.year
    _check_range(Decimal(value), lowest, highest)
    return value


def _check_range(value: Decimal, lowest: int, highest: int) -> None:
    if value < 0 <= lowest:
        raise Unreadable(catalogue.NEGATIVE)
    if not lowest <= value <= highest:
        raise Unreadable(catalogue.OUT_OF_RANGE, f"应在{lowest}至{highest}之间")


def yes_no(raw: object, source: CellSource) -> Parsed:
    """True or False, from 是/否 and the other usual words and signs."""
    if isinstance(raw, bool):
        return raw, True
    value = says_yes(as_text(raw))
    if value is None:
        raise Unreadable(catalogue.NOT_YES_NO)
    return value, raw != YES_NO_WORDS[value]


def choice(kind: str, name: str, may_be_outside: bool = False) -> Parser:
    """The code of an entry of `Vocabulary.<kind>`; `name` says what is looked for, in Chinese.

    `may_be_outside`: 园外 and the like mean none of them, as an empty cell does.
    """

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = as_text(raw)
        term = source.vocabulary.find(kind, seen)
        if term is not None:
            return term.code, seen != term.name
        if may_be_outside and says_outside(seen):
            return None, True
        raise Unreadable(catalogue.UNKNOWN_VALUE, _why_unknown(kind, name, seen, source))

    return parse


def _why_unknown(kind: str, name: str, seen: str, source: CellSource) -> str:
    reason = f"“{seen.strip()[:30]}”不是本区登记的{name}"
    if nearest := source.vocabulary.nearest(kind, seen):
        reason += f"，相近的有{'、'.join(f'“{each}”' for each in nearest)}"
    return reason


def choices(kind: str, name: str) -> Parser:
    """A tuple of codes; several names stand in one cell, parted by 、，；or /."""
    parse_part = choice(kind, name)

    def parse(raw: object, source: CellSource) -> Parsed:
        codes: list[str] = []
        any_changed = False
        for part in _LIST_MARKS.split(as_text(raw)):
            if not part.strip():
                continue
            code, changed = parse_part(part, source)
            any_changed = any_changed or changed
            if code not in codes:
                codes.append(code)
        return tuple(codes), any_changed

    return parse


def option(values: dict[str, str]) -> Parser:
    """A parser of a few fixed words: word → code."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = as_text(raw)
        value = values.get(uscc.normalise(seen))
        if value is None:
            raise Unreadable(catalogue.UNKNOWN_VALUE, f"应填{'、'.join(values)}之一")
        return value, seen not in values

    return parse
