"""Parsers from a raw cell to a typed value: (raw, Source) → (value, changed), or Unreadable is raised.

`changed` says that the value differs from how it stands in the cell, which the clerk is shown.
Blank cells never reach a parser. Only ASCII digits count as digits, after NFKC.
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
from enterprises.rosters.definition import catalogue as c
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.vocabulary import Vocabulary, spelling_key


@dataclass(frozen=True, slots=True)
class CellSource:
    """What a parser may know besides the cell. `as_text`: everything in the file is text (CSV)."""

    vocabulary: Vocabulary
    epoch: int = 1900
    as_text: bool = False


Parsed = tuple[Any, bool]
Parser = Callable[[object, CellSource], Parsed]

EARLIEST, LATEST = dt.date(1949, 10, 1), dt.date(2100, 12, 31)
_SERIAL_RANGE = (dt.date(1990, 1, 1), LATEST)
EPOCHS = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}

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
_INDUSTRY = re.compile(r"[A-T][0-9]{2,4}")
_LIST_MARKS = re.compile(r"[、，,；;／/\n]+")
_CENT = Decimal("0.01")


def _as_text(raw: object) -> str:
    """A cell's value as text, checked for characters that no database should hold."""
    if isinstance(raw, str) and raw.isprintable() and "_x00" not in raw:
        return raw
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, dt.datetime | dt.date):
        return f"{raw:%Y-%m-%d}"
    text = str(raw)
    if _ESCAPED_CONTROL.search(text) or any(
        unicodedata.category(character) in ("Cc", "Cs") and not _LINE_BREAKS.match(character)
        for character in text
        if not character.isprintable()
    ):
        raise Unreadable(c.BAD_CHARACTERS)
    return text


def text(limit: int, lines: bool = False) -> Parser:
    """Free text without invisible format characters; line breaks stay only where `lines`."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = _as_text(raw)
        value = (
            seen
            if seen.isprintable()
            else "".join(ch for ch in seen if unicodedata.category(ch) != "Cf")
        )
        value = value if lines else _LINE_BREAKS.sub("", value)
        value = value.strip()
        if len(value) > limit:
            raise Unreadable(c.TOO_LONG, f"有{len(value)}个字，超过{limit}个字")
        return value, value != seen

    return parse


def code(raw: object, source: CellSource) -> Parsed:
    """A unified social credit code, as 18 upper-case characters."""
    if isinstance(raw, int | float) or (
        isinstance(raw, str) and _SCIENTIFIC.fullmatch(raw.strip())
    ):
        raise Unreadable(c.CODE_AS_NUMBER)
    seen = _as_text(raw)
    value = uscc.normalise(seen)
    reason = uscc.problem(value)
    if reason:
        raise Unreadable(c.CODE_WRONG, reason)
    return value, value != seen


def pattern(expression: re.Pattern[str], rule: c.Rule) -> Parser:
    """Upper-case text without spaces that matches as a whole."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = _as_text(raw)
        value = uscc.normalise(seen)
        if not expression.fullmatch(value):
            raise Unreadable(rule)
        return value, value != seen

    return parse


certificate_number = pattern(_CERTIFICATE, c.BAD_CERTIFICATE_NUMBER)
industry_code = pattern(_INDUSTRY, c.BAD_INDUSTRY)


def date(raw: object, source: CellSource) -> Parsed:
    """A day. Date cells, 2019-5-6 2019.5.6 2019/5/6 2019年5月6日 20190506, and serial numbers from 1990 on."""
    if isinstance(raw, dt.datetime):
        return _plausible(raw.date()), raw.time() != dt.time()
    if isinstance(raw, dt.date):
        return _plausible(raw), False
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Unreadable(c.BAD_DATE)
    if isinstance(raw, str):
        return _date_from_text(raw, source)
    return _date_from_number(raw, source.epoch), True


def _plausible(day: dt.date) -> dt.date:
    if not EARLIEST <= day <= LATEST:
        raise Unreadable(
            c.BAD_DATE, f"日期{day:%Y-%m-%d}不在{EARLIEST.year}年至{LATEST.year}年之间"
        )
    return day


def _day(year: str, month: str, day: str) -> dt.date:
    try:
        return _plausible(dt.date(int(year), int(month), int(day)))
    except ValueError as error:
        raise Unreadable(c.BAD_DATE, f"没有{year}年{int(month)}月{int(day)}日这一天") from error


def _date_from_text(raw: str, source: CellSource) -> Parsed:
    seen = uscc.normalise(_MIDNIGHT.sub("", raw))
    match = _DATE.fullmatch(seen)
    if match:
        year, first, month, second, day = match.groups()
        if first != second and (first, second) != ("年", "月"):
            raise Unreadable(c.BAD_DATE)
        return _day(year, month, day), not (source.as_text and first in "-/" and seen == raw)
    compact = _COMPACT_DATE.fullmatch(seen)
    if compact:
        return _day(*compact.groups()), True
    if _DAY_FIRST.fullmatch(seen):
        raise Unreadable(c.BAD_DATE, "日期写法有歧义，分不清日和月")
    if _MONTH_ONLY.fullmatch(seen):
        raise Unreadable(c.BAD_DATE, "日期不完整，缺少日")
    raise Unreadable(c.BAD_DATE)


def _date_from_number(raw: int | float, epoch: int) -> dt.date:
    if not math.isfinite(raw) or raw != int(raw):
        raise Unreadable(c.BAD_DATE)
    compact = _COMPACT_DATE.fullmatch(str(int(raw)))
    if compact:
        return _day(*compact.groups())
    earliest, latest = ((limit - EPOCHS[epoch]).days for limit in _SERIAL_RANGE)
    if not earliest <= raw <= latest:
        raise Unreadable(c.BAD_DATE, f"数字{raw:g}不是有效的日期")
    return EPOCHS[epoch] + dt.timedelta(days=int(raw))


def _number(raw: object, unit: str) -> tuple[Decimal, bool]:
    """A decimal number; text may carry thousands separators and exactly the column's own unit."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Unreadable(c.BAD_NUMBER)
    if not isinstance(raw, str):
        if not math.isfinite(raw):
            raise Unreadable(c.BAD_NUMBER)
        return Decimal(repr(raw)), False
    seen = uscc.normalise(raw)
    figures = seen
    tail = _UNIT.fullmatch(seen)
    if tail and not _SCIENTIFIC.match(seen):
        figures, written = tail.groups()
        if written != unit:
            raise Unreadable(
                c.WRONG_UNIT, f"单位“{written}”不对，本列应为{unit or '不带单位的数字'}"
            )
    if not _NUMBER.fullmatch(figures):
        raise Unreadable(c.BAD_NUMBER)
    plain = figures.replace(",", "")
    return Decimal(plain), plain != raw


def amount(unit: str, lowest: int = 0, highest: int = 10**13) -> Parser:
    """A number of two decimals in the column's unit (万元, %). 元 and 亿元 are refused, never converted:
    a clerk who wrote them may as well have mistaken the unit, and a factor of 10,000 is too dear a guess."""

    def parse(raw: object, source: CellSource) -> Parsed:
        exact, changed = _number(raw, unit)
        _check_range(exact, lowest, highest)
        value = exact.quantize(_CENT, ROUND_HALF_UP)
        rounded = abs(value - exact) > Decimal("1e-9")
        return value, changed or rounded

    return parse


def whole(unit: str = "", lowest: int = 0, highest: int = 10_000_000) -> Parser:
    """An int; 12.0 is whole, 12.5 is not."""

    def parse(raw: object, source: CellSource) -> Parsed:
        exact, changed = _number(raw, unit)
        _check_range(exact, lowest, highest)
        if exact != exact.to_integral_value():
            raise Unreadable(c.NOT_WHOLE)
        return int(exact), changed

    return parse


def _check_range(value: Decimal, lowest: int, highest: int) -> None:
    if value < 0 <= lowest:
        raise Unreadable(c.NEGATIVE)
    if not lowest <= value <= highest:
        raise Unreadable(c.OUT_OF_RANGE, f"应在{lowest}至{highest}之间")


_YES, _NO = {"是", "Y", "YES", "√", "1"}, {"否", "N", "NO", "×", "0"}


def yes_no(raw: object, source: CellSource) -> Parsed:
    seen = uscc.normalise(_as_text(raw)) if not isinstance(raw, bool) else ("是" if raw else "否")
    if seen not in _YES | _NO:
        raise Unreadable(c.NOT_YES_NO)
    return seen in _YES, raw not in ("是", "否")


def choice(kind: str, called: str) -> Parser:
    """The code of one entry of `Vocabulary.<kind>`."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = _as_text(raw)
        term = getattr(source.vocabulary, kind).get(spelling_key(seen))
        if term is None:
            raise Unreadable(c.UNKNOWN_VALUE, f"“{seen.strip()[:30]}”不是本区登记的{called}")
        return term.code, seen != term.name

    return parse


def choices(kind: str, called: str) -> Parser:
    """A tuple of codes; several names stand in one cell, parted by 、，；or /."""
    single = choice(kind, called)

    def parse(raw: object, source: CellSource) -> Parsed:
        found = [single(part, source) for part in _LIST_MARKS.split(_as_text(raw)) if part.strip()]
        return tuple(dict.fromkeys(value for value, _ in found)), any(
            changed for _, changed in found
        )

    return parse


def option(values: dict[str, str]) -> Parser:
    """One of a few fixed words → its code."""

    def parse(raw: object, source: CellSource) -> Parsed:
        seen = _as_text(raw)
        value = values.get(uscc.normalise(seen))
        if value is None:
            raise Unreadable(c.UNKNOWN_VALUE, f"应填{'、'.join(values)}之一")
        return value, seen not in values

    return parse
