"""What several items of a sheet are measured by, read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property

from enterprises.models import Quarter
from enterprises.reporting import board as roster_board
from enterprises.reporting.board import QuarterBoard
from parks.models import Unit
from targets.figures import spans
from targets.goals import revisions as goal_revisions
from targets.goals.form import GoalsQuestion
from targets.goals.page import GoalsBoard
from targets.goals.reached import ReachedCounts
from targets.key_tasks import board as task_board
from targets.key_tasks.board import TaskBoard
from targets.meetings import standing
from targets.models import AssessmentScheme, Decision


class Scene:
    """A sheet's year as it stands on `today`, for `units`.

    Facts count up to `day`; reports on a quarter belong to its year even where they fall due later.
    """

    def __init__(self, scheme: AssessmentScheme, today: dt.date, units: Sequence[Unit]) -> None:
        self.year, self.today, self.units = scheme.year, today, units
        self.since = dt.date(scheme.year, 1, 1)
        self.day = min(today, dt.date(scheme.year, 12, 31))

    @property
    def has_begun(self) -> bool:
        return self.today >= self.since

    @property
    def eve(self) -> dt.date:
        """The last day of the year before."""
        return self.since - dt.timedelta(days=1)

    @cached_property
    def goals(self) -> GoalsBoard | None:
        """None where nothing is allotted. Counted on the day alone: no state of a pace is asked."""
        revision = goal_revisions.current_revision(self.year)
        allotted = goal_revisions.goals_of_revision(revision)
        if not allotted:
            return None
        done = ReachedCounts([self.day], self.eve)
        return GoalsBoard(GoalsQuestion(self.year, self.day, kind=""), {}, done, allotted, {})

    @cached_property
    def spans_are_fresh(self) -> bool:
        """Counted spans follow the ledger; counting has brought them up to date already."""
        if self.goals is None:
            spans.refresh()
        return True

    @cached_property
    def opened(self) -> list[Quarter]:
        """All quarters of the year, the earliest first."""
        return list(Quarter.objects.filter(year=self.year).order_by("number"))

    @property
    def quarters(self) -> list[Quarter]:
        """Those that have fallen due."""
        return [quarter for quarter in self.opened if quarter.is_late(self.today)]

    @cached_property
    def rosters(self) -> list[QuarterBoard]:
        return roster_board.boards_of_quarters(self.quarters, self.today, self.units)

    @cached_property
    def task_boards(self) -> list[TaskBoard]:
        return task_board.boards_of_quarters(self.quarters, self.today)

    @cached_property
    def decisions(self) -> list[Decision]:
        """Those that have fallen due in the year."""
        last = min(self.day, self.today - dt.timedelta(days=1))
        return standing.due_between(self.since, last)
