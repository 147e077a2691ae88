"""Days and times as spreadsheets keep them: as numbers since an epoch, or written as ISO 8601.

Also written in the library of workbooks, but starting that takes longer than reading a roster.
"""

from __future__ import annotations

import datetime as dt
import re

from enterprises.rosters.definition.days import EPOCHS

SECONDS_OF_DAY = 86_400
LEAP_DAY_1900 = 60
"""The number of the 29th of February 1900, a day that never was; those before it are one less."""
# Formats that are days in the files of any program: the others say nothing of a number's meaning.
_SKIPPED = re.compile(r'".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]')
_PART_OF_DAY = re.compile(r"(?<![_\\])[dmhys]", re.IGNORECASE)
_DURATION = re.compile(r"\[(hh?|mm?|ss?)\]", re.IGNORECASE)
_WRITTEN = re.compile(
    r"(?P<date>(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2}))?T?"
    r"(?P<time>(?P<hour>\d{2}):(?P<minute>\d{2})"
    r"(:(?P<second>\d{2})(?P<fraction>\.\d{1,3})?)?)?Z?"
)
_WRITTEN_DURATION = re.compile(
    r"PT((?P<hours>\d+)H)?((?P<minutes>\d+)M)?((?P<seconds>\d+(\.\d{1,3})?)S)?"
)


def is_of_days(code: str) -> bool:
    """Whether a number format shows days or times; that of positive numbers decides."""
    return _PART_OF_DAY.search(_SKIPPED.sub("", code.split(";")[0])) is not None


def is_of_durations(code: str) -> bool:
    return _DURATION.search(code.split(";")[0]) is not None


def day_of_number(number: float, epoch: int) -> dt.datetime | dt.time:
    """Raises OverflowError or ValueError for a number that is no day. `epoch`: 1900 or 1904."""
    days, fraction = divmod(number, 1)
    time = dt.timedelta(milliseconds=round(fraction * SECONDS_OF_DAY * 1000))
    if 0 <= number < 1 and not time.days:
        return (dt.datetime.min + time).time()
    if epoch == 1900 and 0 < number < LEAP_DAY_1900:
        days += 1
    first = dt.datetime.combine(EPOCHS[epoch], dt.time())
    return first + dt.timedelta(days=days) + time


def duration_of_number(number: float) -> dt.timedelta:
    """To the thousandth of a second."""
    exact = dt.timedelta(days=number)
    if not exact.microseconds:
        return exact
    return dt.timedelta(
        seconds=exact.total_seconds() // 1, microseconds=round(exact.microseconds, -3)
    )


def day_of_text(written: str) -> dt.datetime | dt.date | dt.time | dt.timedelta | None:
    """Raises ValueError for what is none of them; None for no text."""
    if not written:
        return None
    match = _WRITTEN.match(written)
    if match and any(match.groups()):
        return _moment(match)
    duration = _WRITTEN_DURATION.match(written)
    if duration and any(duration.groups()):
        parts = {name: float(part) for name, part in duration.groupdict("0").items()}
        return dt.timedelta(**parts)
    raise ValueError(f"no day or time: {written!r}")


def _moment(match: re.Match[str]) -> dt.datetime | dt.date | dt.time:
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    fraction = int(float(match["fraction"] or 0) * 1_000_000)
    if not match["date"]:
        return dt.time(hour, minute, second, fraction)
    year, month, day = (int(match[name]) for name in ("year", "month", "day"))
    if not match["time"]:
        return dt.date(year, month, day)
    return dt.datetime(year, month, day, hour, minute, second, fraction)
