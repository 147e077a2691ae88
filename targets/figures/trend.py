"""An indicator month by month, and the path the plan draws from the baseline to its targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from enterprises.models import LedgerEntry
from parks.district import PLAN
from targets.figures.counting import Value
from targets.figures.progress import Progress
from targets.figures.question import Question
from targets.models import MonthlySeries

SHOWN_FROM = PLAN.baseline_day - relativedelta(years=1)
"""A year before the plan's baseline: whence it came."""


@dataclass(frozen=True)
class TrendMonth:
    """A month's end. `value` is counted; where the day is still to come, expected.

    `path` is what the plan asks for on the day.
    """

    day: dt.date
    value: Value
    path: Decimal | None
    to_come: bool


@dataclass(frozen=True)
class SeriesFreshness:
    """Whether the stored series still says what the facts say."""

    computed_at: dt.datetime | None
    stale: bool

    @property
    def missing(self) -> bool:
        return self.computed_at is None


def stored(scope: str, indicators: Sequence[str], definition: str) -> dict[str, MonthlySeries]:
    rows = MonthlySeries.objects.filter(
        scope=str(scope), indicator__in=indicators, definition=definition
    )
    return {row.indicator: row for row in rows}


def freshness(rows: dict[str, MonthlySeries]) -> SeriesFreshness:
    """Stale: a fact was written after the series was computed."""
    computed_at = min((row.computed_at for row in rows.values()), default=None)
    # The oldest of the series: one that was left behind makes the chart stale.
    last = LedgerEntry.objects.last_written()
    return SeriesFreshness(computed_at, bool(computed_at and last and last > computed_at))


def months(
    row: MonthlySeries | None,
    question: Question,
    value: Value,
    plan: Sequence[Progress],
    today: dt.date,
) -> list[TrendMonth]:
    """The stored months from SHOWN_FROM on.

    The month of the question's day shows that day and `value`, the figure of the very day.
    """
    if row is None:
        return []
    points = path_points(plan)
    trend = []
    for number, stored_value in enumerate(row.values):
        # day=31 is cut to the month's last day, whichever that is.
        end = row.first_month + relativedelta(months=number, day=31)
        if end < SHOWN_FROM:
            continue
        day, shown_value = end, stored_value
        # The stored value is that of the month's end and would contradict the headline.
        if (end.year, end.month) == (question.on.year, question.on.month):
            day, shown_value = question.on, value
        trend.append(TrendMonth(day, shown_value, path_on(points, day), day > today))
    return trend


def month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """The ends of the months from that of the first day to that of the last."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return [first + relativedelta(months=number, day=31) for number in range(months + 1)]


def path_points(plan: Sequence[Progress]) -> list[tuple[dt.date, Decimal]]:
    """Baseline and goals of one indicator, oldest first; empty without a baseline or a goal."""
    goals = [(progress.target.due, progress.goal) for progress in plan if progress.goal is not None]
    baseline = next((progress.baseline for progress in plan if progress.baseline), None)
    # Without a baseline the plan says where the way ends, not where it begins.
    if baseline is None or not goals:
        return []
    return [(baseline.day, baseline.value), *goals]


def path_on(points: Sequence[tuple[dt.date, Decimal]], day: dt.date) -> Decimal | None:
    """Straight between two points, nothing before the first or after the last."""
    for (start, low), (end, high) in pairwise(points):
        # Straight: the plan names two numbers and no pace between them.
        if start <= day <= end:
            return low + (high - low) * (day - start).days / (end - start).days
    return None
