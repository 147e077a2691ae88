"""Which figures an answer shows, and how fresh they are: the head of every page of figures and of the API."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from enterprises.models import Quarter
from enterprises.reporting import board
from enterprises.reporting.board import QuarterBoard
from parks.models import Unit
from targets.figures import spans
from targets.figures.question import Question


@dataclass(frozen=True)
class Rosters:
    """How many rosters of a quarter were in: when the release was made, or of the latest quarter now."""

    quarter: Quarter
    handed_in: int
    expected: int


@dataclass(frozen=True)
class Freshness:
    """`computed_at`: when the release was made, or the live figures last followed a change; None before the first."""

    question: Question
    computed_at: dt.datetime | None
    rosters: Rosters | None

    @property
    def in_words(self) -> str:
        """When the figures were counted or frozen."""
        if self.computed_at is None:
            return "尚未计数"
        moment = f"{timezone.localtime(self.computed_at):%Y-%m-%d %H:%M}"
        return f"{moment} 发布时冻结" if self.question.release else f"计数更新于 {moment}"


def build_freshness(question: Question, latest: QuarterBoard | None = None) -> Freshness:
    """To be asked after the figures were counted, which brings the spans up to date; four queries, or one where the
    board of the latest quarter is at hand."""
    if release := question.release:
        return Freshness(
            question, release.made_at, Rosters(release.quarter, release.handed_in, release.expected)
        )
    _, computed_at = spans.version()
    rosters = (
        Rosters(latest.quarter, latest.handed_in, latest.expected)
        if latest
        else _latest(question.today)
    )
    return Freshness(question, computed_at, rosters)


def _latest(today: dt.date) -> Rosters | None:
    quarter = Quarter.objects.opened_by(today).first()
    if quarter is None:
        return None
    units = Unit.objects.reporting().values_list("pk", flat=True)
    totals = board.totals([quarter], list(units))[quarter.pk]
    return Rosters(quarter, totals.handed_in, totals.expected)
