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
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from enterprises import uscc
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.vocabulary import Vocabulary, spelling_key


@dataclass(frozen=True, slots=True)
class CellSource:
    """What a parser may know besides the cell.

    `epoch`: 1900 or 1904, the year from which the file counts days.
    `as_text`: everything in the file is text (CSV).
    """

    vocabulary: Vocabulary
    epoch: int = 1900
    as_text: bool = False


Parsed = tuple[Any, bool]
"""value, changed"""
Parser = Callable[[object, CellSource], Parsed]

EARLIEST, LATEST = dt.date(1949, 10, 1), dt.date(2100, 12, 31)
# A plain number is taken for a day only from 1990 on: smaller ones are more likely something else.
_SERIAL_RANGE = (dt.date(1990, 1, 1), LATEST)
# Excel takes 1900 for a leap year, so its days after February 1900 count from 30 December 1899.
EPOCHS = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}

# Dates as text may carry a time of midnight, which spreadsheet programs add in exports.
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?\s*$")
_DATE = re.compile(r"([0-9]{4})([-/.年])([0-9]{1,2})([-/.月])([0-9]{1,2})[日号]?")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DAY_FIRST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}")
_MONTH_ONLY = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}月?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_UNIT = re.compile(r"(.*?[0-9])([^0-9.,]+)")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+")
_ESCAPED_CONTROL = re.compile(r"_x00[01][0-9A-Fa-f]_")
_LINE_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_CERTIFICATE = re.compile(r"G[RFS]20[0-9]{10}")
# Sections A to T of the national classification of industries (GB/T 4754).
_INDUSTRY = re.compile(r"[A-T][0-9]{2,4}")
_LIST_MARKS = re.compile(r"[、，,；;／/\n]+")
_CENT = Decimal("0.01")


def _as_text(raw: object) -> str:
    """A cell's value as text, checked for characters that no database should hold."""
    # Nearly every cell ends here. "_x00" begins a control character in the notation of the format.
    if isinstance(raw, str) and raw.isprintable() and "_x00" not in raw:
        return raw
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, dt.datetime | dt.date):
        return f"{raw:%Y-%m-%d}"
    text = str(raw)
    if _ESCAPED_CONTROL.search(text):
        raise Unreadable(catalogue.BAD_CHARACTERS)
    for character in text:
        is_control = unicodedata.category(character) in ("Cc", "Cs")
        if is_control and not _LINE_BREAKS.match(character):
            raise Unreadable(catalogue.BAD_CHARACTERS)
    return text


def text(limit: int, lines: bool = False) -> Parser:
    """Free text without invisible format characters; line breaks stay only where `lines`."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = value = _as_text(raw)
        if not seen.isprintable():
            value = "".join(ch for ch in seen if unicodedata.category(ch) != "Cf")
        if not lines:
            value = _LINE_BREAKS.sub("", value)
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
    seen = _as_text(raw)
    value = uscc.normalise(seen)
    reason = uscc.problem(value)
    if reason:
        raise Unreadable(catalogue.CODE_WRONG, reason)
    return value, value != seen


def pattern(expression: re.Pattern[str], rule: catalogue.Rule) -> Parser:
    """Upper-case text without spaces that matches as a whole."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = _as_text(raw)
        value = uscc.normalise(seen)
        if not expression.fullmatch(value):
            raise Unreadable(rule)
        return value, value != seen

    return parse


certificate_number = pattern(_CERTIFICATE, catalogue.BAD_CERTIFICATE_NUMBER)
industry_code = pattern(_INDUSTRY, catalogue.BAD_INDUSTRY)


def date(raw: object, source: CellSource) -> Parsed:
    """A day: a date cell, a serial number from 1990 on, or text such as 2019-5-6 or 2019年5月6日."""
    if isinstance(raw, dt.datetime):
        return _plausible_day(raw.date()), raw.time() != dt.time()
    if isinstance(raw, dt.date):
        return _plausible_day(raw), False
    # To Python a bool is an int: TRUE must not become a day.
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Unreadable(catalogue.BAD_DATE)
    if isinstance(raw, str):
        return _date_from_text(raw, source)
    return _date_from_number(raw, source.epoch), True


def _plausible_day(day: dt.date) -> dt.date:
    if not EARLIEST <= day <= LATEST:
        raise Unreadable(
            catalogue.BAD_DATE, f"日期{day:%Y-%m-%d}不在{EARLIEST.year}年至{LATEST.year}年之间"
        )
    return day


def _day_of_parts(year: str, month: str, day: str) -> dt.date:
    try:
        return _plausible_day(dt.date(int(year), int(month), int(day)))
    except ValueError as error:
        raise Unreadable(
            catalogue.BAD_DATE, f"没有{year}年{int(month)}月{int(day)}日这一天"
        ) from error


def _date_from_text(raw: str, source: CellSource) -> Parsed:
    seen = uscc.normalise(_MIDNIGHT.sub("", raw))
    match = _DATE.fullmatch(seen)
    # The two separators must agree, or it may be two things in one cell.
    if match:
        year, first, month, second, day = match.groups()
        if first != second and (first, second) != ("年", "月"):
            raise Unreadable(catalogue.BAD_DATE)
        # In a CSV a date can only be text; in a workbook it should have been a date cell.
        as_usual = source.as_text and first in "-/" and seen == raw
        return _day_of_parts(year, month, day), not as_usual
    compact = _COMPACT_DATE.fullmatch(seen)
    if compact:
        return _day_of_parts(*compact.groups()), True
    if _DAY_FIRST.fullmatch(seen):
        raise Unreadable(catalogue.BAD_DATE, "日期写法有歧义，分不清日和月")
    if _MONTH_ONLY.fullmatch(seen):
        raise Unreadable(catalogue.BAD_DATE, "日期不完整，缺少日")
    raise Unreadable(catalogue.BAD_DATE)


def _date_from_number(raw: int | float, epoch: int) -> dt.date:
    if not math.isfinite(raw) or raw != int(raw):
        raise Unreadable(catalogue.BAD_DATE)
    # 20190506 is a date without separators, long before it is a serial number.
    compact = _COMPACT_DATE.fullmatch(str(int(raw)))
    if compact:
        return _day_of_parts(*compact.groups())
    earliest, latest = ((limit - EPOCHS[epoch]).days for limit in _SERIAL_RANGE)
    if not earliest <= raw <= latest:
        raise Unreadable(catalogue.BAD_DATE, f"数字{raw:g}不是有效的日期")
    return EPOCHS[epoch] + dt.timedelta(days=int(raw))


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


def amount(unit: str, lowest: int = 0, highest: int = 10**13) -> Parser:
    """A number of two decimals in the column's unit (万元, %).

    元 and 亿元 are refused, never converted. A clerk who wrote them may have mistaken the unit, and a
    wrong guess would be wrong by a factor of 10,000.
    """

    def parse(raw: object, source: CellSource) -> Parsed:
        exact, changed = _exact_number(raw, unit)
        _check_range(exact, lowest, highest)
        # Half up, as offices round. The default of Decimal would turn 0.125 into 0.12.
        value = exact.quantize(_CENT, ROUND_HALF_UP)
        # A float such as 0.30000000000000004 is no third decimal that the clerk wrote.
        rounded = abs(value - exact) > Decimal("1e-9")
        return value, changed or rounded

    return parse


def whole(unit: str = "", lowest: int = 0, highest: int = 10_000_000) -> Parser:
    """An int; 12.0 is whole, 12.5 is not."""

    def parse(raw: object, source: CellSource) -> Parsed:
        exact, changed = _exact_number(raw, unit)
        _check_range(exact, lowest, highest)
        if exact != exact.to_integral_value():
            raise Unreadable(catalogue.NOT_WHOLE)
        return int(exact), changed

    return parse


def _check_range(value: Decimal, lowest: int, highest: int) -> None:
    if value < 0 <= lowest:
        raise Unreadable(catalogue.NEGATIVE)
    if not lowest <= value <= highest:
        raise Unreadable(catalogue.OUT_OF_RANGE, f"应在{lowest}至{highest}之间")


_YES, _NO = {"是", "Y", "YES", "√", "1"}, {"否", "N", "NO", "×", "0"}


def yes_no(raw: object, source: CellSource) -> Parsed:
    """True or False, from 是/否 and the other usual signs."""
    if isinstance(raw, bool):
        return raw, True
    seen = uscc.normalise(_as_text(raw))
    if seen not in _YES | _NO:
        raise Unreadable(catalogue.NOT_YES_NO)
    return seen in _YES, raw not in ("是", "否")


def choice(kind: str, name: str) -> Parser:
    """The code of an entry of `Vocabulary.<kind>`; `name` says what is looked for, in Chinese."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = _as_text(raw)
        term = getattr(source.vocabulary, kind).get(spelling_key(seen))
        if term is None:
            raise Unreadable(catalogue.UNKNOWN_VALUE, f"“{seen.strip()[:30]}”不是本区登记的{name}")
        return term.code, seen != term.name

    return parse


def choices(kind: str, name: str) -> Parser:
    """A tuple of codes; several names stand in one cell, parted by 、，；or /."""
    parse_part = choice(kind, name)

    def parse(raw: object, source: CellSource) -> Parsed:
        codes: list[str] = []
        any_changed = False
        for part in _LIST_MARKS.split(_as_text(raw)):
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
        seen = _as_text(raw)
        value = values.get(uscc.normalise(seen))
        if value is None:
            raise Unreadable(catalogue.UNKNOWN_VALUE, f"应填{'、'.join(values)}之一")
        return value, seen not in values

    return parse
