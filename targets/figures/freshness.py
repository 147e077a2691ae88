"""Which figures an answer shows, and how fresh they are.

The head of every page of figures and of every such answer of the API.
"""

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
    """How many rosters of a quarter were in.

    When the release was made; without a release, of the latest quarter now.
    """

    quarter: Quarter
    handed_in: int
    expected: int


@dataclass(frozen=True)
class Freshness:
    """`computed_at`: when the release was made, or when the live figures last followed a change.

    None while there are no live figures.
    """

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
    """To be called after counting, which brings the spans up to date.

    Four queries, or one where the board of the latest quarter is at hand.
    """
    # The rosters that were in at publishing: those that came later are not in its figures.
    if release := question.release:
        rosters = Rosters(release.quarter, release.handed_in, release.expected)
        return Freshness(question, release.made_at, rosters)
    # The time of the last change that counts, not of this request: an idle night is not fresh news.
    _, computed_at = spans.version()
    if latest:
        current = Rosters(latest.quarter, latest.handed_in, latest.expected)
        return Freshness(question, computed_at, current)
    return Freshness(question, computed_at, _latest_rosters(question.today))


def _latest_rosters(today: dt.date) -> Rosters | None:
    quarter = Quarter.objects.opened_by(today).first()
    if quarter is None:
        return None
    units = Unit.objects.reporting().values_list("pk", flat=True)
    totals = board.count_totals([quarter], list(units))[quarter.pk]
    return Rosters(quarter, totals.handed_in, totals.expected)
