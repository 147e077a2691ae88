"""Parsers of days: date cells, serial numbers, and the ways in which people write a day as text."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata

from enterprises import uscc
from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cell_source import CellSource, Parsed

EARLIEST, LATEST = dt.date(1949, 10, 1), dt.date(2100, 12, 31)
# A plain number is taken for a day only from 1990 on: smaller ones are more likely something else.
_SERIAL_RANGE = (dt.date(1990, 1, 1), LATEST)
# Excel takes 1900 for a leap year, so its days after February 1900 count from 30 December 1899.
EPOCHS = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}
# A time stamp with an offset (often UTC, from programs) is of the day that it was in China then.
_CHINA = dt.timezone(dt.timedelta(hours=8))

_DATE = re.compile(r"([0-9]{4})([-/.年\\,、])([0-9]{1,2})([-/.月\\,、])([0-9]{1,2})[日号]?")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0+)?")
_MONTH = re.compile(r"([0-9]{4})[-/.年\\]([0-9]{1,2})(?:月份?)?")
_YEAR = re.compile(r"[0-9]{4}年?")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?")
_DAY_FIRST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}")
# A day with something behind it: a time, a weekday, a remark. 日 belongs to the day.
_DAY_AND_REST = re.compile(
    r"\s*([0-9]{4}\s*[-/.年\\]\s*[0-9]{1,2}\s*[-/.月\\]\s*[0-9]{1,2}(?:\s*[日号])?)"
    r"(?:\s+|(?<=[日号])|(?=[^0-9\s]))(?![日号\s])(.+)",
    re.S,
)
_WEEKDAY = r"\(?(?:星期|周)[一二三四五六日天]\)?"
_HALF = r"(?:AM|PM|上午|下午)?"
_TIME = re.compile(
    rf"(?:{_WEEKDAY})?T?{_HALF}([0-9]{{1,2}})[:时点]([0-9]{{1,2}})"
    rf"(?:[:分](?:([0-9]{{1,2}})(?:\.[0-9]+)?)?)?秒?{_HALF}(Z|[-+][0-9]{{2}}:?[0-9]{{2}})?"
    rf"|{_WEEKDAY}"
)
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_DATE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)


# Months as programs set to English write them: 9-Feb-2024, Feb 9, 2024.
_MONTH_NAMES = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
_ENGLISH_DATE = re.compile(
    r"([0-9]{1,2})(?:ST|ND|RD|TH)?[-/.,]?([A-Z]{3,9})[-/.,]*([0-9]{2}|[0-9]{4})"
    r"|([A-Z]{3,9})[-/.,]?([0-9]{1,2})(?:ST|ND|RD|TH)?[-/.,]*([0-9]{4})"
)
# A remark in brackets, without any digit that might be another day.
_NOTED_DATE = re.compile(r"(.*[0-9日号])\s*[(\[【]([^()\[\]【】0-9]{1,20})[)\]】]\s*", re.S)


def date(raw: object, source: CellSource) -> Parsed:
    """A day: a date cell, a serial number from 1990 on, or text such as 2019-5-6 or 2019年5月6日.

    A time behind it is left out.
    """
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


def date_or_month(raw: object, source: CellSource) -> Parsed:
    """As `date`; a month stands for its first day, where the day itself decides nothing."""
    if month := month_written(raw):
        year, number = month
        return _day_of_parts(year, number, "1"), True
    return date(raw, source)


def month_written(raw: object) -> tuple[str, str] | None:
    """(year, month) of a text that names a month and no day; None for anything else."""
    match = _MONTH.fullmatch(uscc.normalise(raw)) if isinstance(raw, str) else None
    return (match[1], match[2]) if match else None


def _plausible_day(day: dt.date) -> dt.date:
    if not EARLIEST <= day <= LATEST:
        raise Unreadable(
            catalogue.BAD_DATE, f"日期{day:%Y-%m-%d}不在{EARLIEST.year}年至{LATEST.year}年之间"
        )
    return day


def _day_of_parts(year: str, month: str, day: str) -> dt.date:
    if not 1 <= int(month) <= 12:
        raise Unreadable(catalogue.BAD_DATE, f"没有{int(month)}月这个月份")
    try:
        return _plausible_day(dt.date(int(year), int(month), int(day)))
    except ValueError as error:
        raise Unreadable(
            catalogue.BAD_DATE, f"没有{year}年{int(month)}月{int(day)}日这一天"
        ) from error


def _date_from_text(raw: str, source: CellSource) -> Parsed:
    if noted := _NOTED_DATE.fullmatch(unicodedata.normalize("NFKC", raw)):
        return _date_from_text(noted[1], source)[0], True
    if parts := _DAY_AND_REST.fullmatch(unicodedata.normalize("NFKC", raw)):
        return _day_of_stamp(*parts.groups()), True
    seen = uscc.normalise(raw)
    if _DATE.fullmatch(seen):
        # In a CSV a date can only be text; in a workbook it should have been a date cell.
        as_usual = source.as_text and seen[4] in "-/" and seen == raw
        return _day_written(seen), not as_usual
    compact = _COMPACT_DATE.fullmatch(seen)
    if compact:
        return _day_of_parts(*compact.groups()), True
    if _SERIAL.fullmatch(seen):
        return _date_from_number(float(seen), source.epoch), True
    if chinese := _CHINESE_DATE.fullmatch(seen):
        year, month, day = chinese.groups()
        return _day_of_parts(year.translate(_NUMERALS), _number(month), _number(day)), True
    if (day := _english_day(seen)) is not None:
        return day, True
    raise Unreadable(catalogue.BAD_DATE, _why_no_day(seen))


def _english_day(seen: str) -> dt.date | None:
    """None where the text is no such day; Unreadable where it is a wrong one."""
    match = _ENGLISH_DATE.fullmatch(seen)
    if match is None:
        return None
    day, name, year = match.group(1, 2, 3) if match[1] else match.group(5, 4, 6)
    for number, month in enumerate(_MONTH_NAMES, 1):
        if name in (month, month[:3], "SEPT" if number == 9 else month):
            if len(year) == 2:
                raise Unreadable(catalogue.BAD_DATE, "日期写法有歧义，年份应写四位")
            return _day_of_parts(year, str(number), day)
    return None


def _day_written(seen: str) -> dt.date:
    match = _DATE.fullmatch(seen)
    # The two separators must agree, or it may be two things in one cell.
    if match is None or (match[2] != match[4] and (match[2], match[4]) != ("年", "月")):
        raise Unreadable(catalogue.BAD_DATE)
    return _day_of_parts(match[1], match[3], match[5])


def _day_of_stamp(written: str, rest: str) -> dt.date:
    """The day of a time stamp. With an offset it may be another day in China."""
    day = _day_written(uscc.normalise(written))
    time = _TIME.fullmatch(uscc.normalise(rest))
    if time is None:
        raise Unreadable(catalogue.BAD_DATE, "日期后面还有别的内容，应只填一个日期")
    hour, minute, second, offset = time.groups()
    if int(hour or 0) > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
        raise Unreadable(catalogue.BAD_DATE, f"没有{hour}:{minute}:{second or '00'}这个时刻")
    if offset:
        zone = "+00:00" if offset == "Z" else offset
        stamp = f"{day}T{int(hour):02}:{int(minute):02}{zone}"
        return _plausible_day(dt.datetime.fromisoformat(stamp).astimezone(_CHINA).date())
    return day


def _number(written: str) -> str:
    """十 → 10, 十二 → 12, 二十 → 20, 二十九 → 29, 九 → 9."""
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return written.translate(_NUMERALS)
    return (tens or "一").translate(_NUMERALS) + (ones or "零").translate(_NUMERALS)


def _why_no_day(seen: str) -> str:
    """The closest reason there is; empty where only the rule's own can be given."""
    month = _MONTH.fullmatch(seen)
    if month and not 1 <= int(month[2]) <= 12:
        return f"没有{int(month[2])}月这个月份"
    if month:
        return "日期不完整，缺少日"
    if _YEAR.fullmatch(seen):
        return "日期不完整，缺少月和日"
    if _DAY_FIRST.fullmatch(seen):
        return "日期写法有歧义，分不清日和月"
    if _SHORT_YEAR.fullmatch(seen):
        return "日期写法有歧义，年份应写四位"
    return ""


def _date_from_number(raw: int | float, epoch: int) -> dt.date:
    if not math.isfinite(raw):
        raise Unreadable(catalogue.BAD_DATE)
    # 20190506 is a date without separators, long before it is a serial number.
    compact = _COMPACT_DATE.fullmatch(str(int(raw)))
    if compact and raw == int(raw):
        return _day_of_parts(*compact.groups())
    earliest, latest = ((limit - EPOCHS[epoch]).days for limit in _SERIAL_RANGE)
    # The fraction of a serial number is the time of the day.
    if not earliest <= raw < latest + 1:
        raise Unreadable(catalogue.BAD_DATE, f"数字{raw:g}不是有效的日期")
    return EPOCHS[epoch] + dt.timedelta(days=math.floor(raw))
