"""Which figures an answer shows, and how fresh they are.

The head of every page of figures and of every such answer of the API.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from enterprises.models import Quarter
from enterprises.reporting import board
from enterprises.reporting.board import QuarterBoard
from parks.models import Unit
from targets.figures import indicators, known, spans
from targets.figures.known import KnownDays
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
class OlderUnit:
    """`unit` is a code; `until` the last day of which facts about its firms tell, None for none."""

    indicator: str
    unit: str
    until: dt.date | None


@dataclass(frozen=True)
class Freshness:
    """`computed_at`: when the release was made, or when the live figures last followed a change.

    None while there are no live figures.
    """

    question: Question
    computed_at: dt.datetime | None
    rosters: Rosters | None

    @cached_property
    def known_days(self) -> KnownDays | None:
        """How far the facts reach; None for a release. Three queries where it is asked."""
        return None if self.question.release else known.read()

    @property
    def known_until(self) -> dt.date | None:
        """The last day of which anything accepted tells."""
        return self.known_days.latest if self.known_days else None

    @property
    def older(self) -> list[OlderUnit]:
        """Of the headline indicators: the units whose facts end before the day."""
        if self.known_days is None:
            return []
        day = min(self.question.on, self.question.today)
        units = []
        for indicator in indicators.live().headlines:
            until_by_unit = self.known_days.until_by_unit(indicator.kind)
            for unit in self.known_days.units:
                until = until_by_unit.get(unit.pk)
                if until is None or until < day:
                    units.append(OlderUnit(indicator.code, unit.code, until))
        return units

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
