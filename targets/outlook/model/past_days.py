"""Which days of past years are like the day of the forecast, and which years can be learned from."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from targets.outlook.model.cells import CellCounts

BY_CHANCE = 2.0
"""Standard errors within which two shares may differ by chance."""


@dataclass(frozen=True)
class Closings:
    """Year → the last days of its batches, ascending.

    `unknown`: years with a batch of which nobody knows the last day yet.
    """

    by_year: Mapping[int, Sequence[dt.date]]
    unknown: Collection[int] = ()

    def are_past(self, day: dt.date) -> bool:
        """Every batch of the day's year has closed; unknown batches have not.

        A year that is not announced is taken to be like the last announced one before it.
        """
        if day.year in self.unknown:
            return False
        announced = [year for year in self.by_year if year <= day.year]
        if not announced:
            return False
        latest = max(announced)
        return years_before(self.by_year[latest][-1], latest - day.year) < day

    def shift(self, day: dt.date, year: int) -> int | None:
        """By how many days the last batch of a past year closed earlier or later than this one's.

        None where the two years had not as many batches, or one is unknown.
        """
        now, then = self.by_year.get(day.year), self.by_year.get(year)
        if not now or not then or len(now) != len(then):
            return None
        return (then[-1] - years_before(now[-1], day.year - year)).days


def years_before(day: dt.date, years: int) -> dt.date:
    """The same date, the 28th of February for the 29th."""
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year - years)


def comparable_day(day: dt.date, years: int, later: dt.date, closings: Closings) -> dt.date:
    """The day so many years ago that stood as long before or after the last closing."""
    same = years_before(day, years)
    shift = closings.shift(day, same.year)
    if not shift:
        return same
    earliest, latest = same.replace(month=1, day=1), same.replace(month=12, day=31)
    return min(max(same + dt.timedelta(days=shift), earliest), latest, max(same, later))


def alike(now: CellCounts, past: Iterable[CellCounts], difference: float) -> list[CellCounts]:
    """The past years in which as large a share of the due firms had a stage on record as now.

    Where habits of recording differ, the stages do not mean what they meant.
    """
    return [year for year in past if not _differs(now, year, difference)]


def _differs(now: CellCounts, year: CellCounts, difference: float) -> bool:
    if not now.due or not year.due:
        return False
    share, other = now.due_with_stage / now.due, year.due_with_stage / year.due
    both = (now.due_with_stage + year.due_with_stage) / (now.due + year.due)
    error = math.sqrt(both * (1 - both) * (1 / now.due + 1 / year.due))
    return abs(share - other) > max(difference, BY_CHANCE * error)
