"""Which figures an answer shows, and how fresh they are: the head of every page of figures and of the API."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enterprises.models import Quarter
from enterprises.reporting import board
from parks.models import Unit
from targets import spans
from targets.questions import Question


@dataclass(frozen=True)
class Rosters:
    """How many rosters of a quarter were in: when the release was made, or of the latest quarter now."""

    quarter: Quarter
    handed_in: int
    expected: int


@dataclass(frozen=True)
class Shown:
    """`computed_at`: when the release was made, or the live figures last followed a change; None before the first."""

    question: Question
    computed_at: dt.datetime | None
    rosters: Rosters | None


def of(question: Question) -> Shown:
    """To be asked after the figures were counted, which brings the spans up to date; four queries."""
    if release := question.release:
        return Shown(question, release.made_at, Rosters(release.quarter, release.handed_in, release.expected))
    _, computed_at = spans.version()
    return Shown(question, computed_at, _latest(question.today))


def _latest(today: dt.date) -> Rosters | None:
    quarter = Quarter.objects.opened_by(today).first()
    if quarter is None:
        return None
    units = Unit.objects.reporting().values_list("pk", flat=True)
    totals = board.totals([quarter], list(units))[quarter.pk]
    return Rosters(quarter, totals.handed_in, totals.expected)
