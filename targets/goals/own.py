"""A unit's own goals of a year, for the page of the unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from parks.models import Unit
from targets import in_flight
from targets.figures.counting import answered_for
from targets.figures.indicators import CountedIndicator
from targets.goals.completion import Completion
from targets.goals.page import GoalsBoard
from targets.goals.reached import Measure


@dataclass(frozen=True)
class OwnGoals:
    """A unit's own goals of a year for one kind, counted on a day.

    `list_url`: the firms that it answers for.
    """

    indicator: CountedIndicator
    year: int
    day: dt.date
    measures: Mapping[Measure, Completion]
    list_url: str

    @property
    def rows(self) -> list[tuple[Completion, str]]:
        """Each measure with the address of what is in flight for it."""
        return [
            (one, in_flight.list_url(self.list_url, measure.flying))
            for measure, one in self.measures.items()
        ]

    @property
    def stock(self) -> Completion:
        return self.measures[Measure.STOCK]


def of_unit(unit: Unit, board: GoalsBoard | None) -> list[OwnGoals]:
    """A unit's own goals, by the board of its day; empty where none are allotted."""
    if board is None:
        return []
    own = []
    for indicator in board.done.counts.indicators.headlines:
        goals = board.allotted.get((indicator.code, unit.pk))
        if goals:
            measures = board.measures(indicator.code, answered_for(unit), goals)
            list_url = board.of_kind(indicator.code).list_url(unit)
            own.append(OwnGoals(indicator, board.asked.year, board.asked.day, measures, list_url))
    return own
