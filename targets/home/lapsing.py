"""Certificates that run out, quarter by quarter, and how many firms then drop out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q

from enterprises.models import Period
from targets.figures import links, live_or_frozen
from targets.figures.live_or_frozen import FigureSource
from targets.figures.question import Question

QUARTERS_AHEAD = 4
QUARTER = relativedelta(months=3)


class QuarterDays(NamedTuple):
    """The days [since, until) under the name of a quarter."""

    label: str
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class LapsingQuarter:
    """Firms whose count ends in [since, until) unless a new certificate follows."""

    label: str
    since: dt.date
    until: dt.date
    firms: int
    url: str


def quarters_after(day: dt.date) -> list[QuarterDays]:
    """The rest of the day's quarter, if any of it is left, and the next four."""
    running = Period.of(day)
    # From a quarter's first day: adding months to its last one would miss the 31st.
    start = running.first_day + QUARTER
    tomorrow = day + dt.timedelta(1)
    quarters = []
    # On the last day of a quarter nothing is left of it.
    if tomorrow < start:
        quarters.append(QuarterDays(f"{running.label}余下", tomorrow, start))
    for _ in range(QUARTERS_AHEAD):
        quarters.append(QuarterDays(Period.of(start).label, start, start + QUARTER))
        start += QUARTER
    return quarters


def count_lapsing(
    source: FigureSource, question: Question, scope: str, indicator: str
) -> list[LapsingQuarter]:
    """The firms of an indicator that drop out, quarter by quarter from the asked day; one query."""
    # One span of days without a gap, so that its ends delimit all of them.
    quarters = quarters_after(question.on)
    all_lapsing = live_or_frozen.lapsing(
        source, indicator, scope, quarters[0].since, quarters[-1].until
    )
    # One aggregate per quarter, so that the spans are read once for all of them.
    counts = {}
    for number, quarter in enumerate(quarters):
        # A span's end is the first day without it, so a quarter takes the ends within its own days.
        within = Q(end__gte=quarter.since, end__lt=quarter.until)
        counts[f"quarter{number}"] = Count("id", filter=within)
    firms = all_lapsing.aggregate(**counts)
    return [
        LapsingQuarter(
            *quarter,
            firms=firms[f"quarter{number}"],
            url=links.lapsing(question, indicator, scope, quarter.since, quarter.until),
        )
        for number, quarter in enumerate(quarters)
    ]
