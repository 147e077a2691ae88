"""The demo district's goals of the year in which its story ends: what the portal proposes, adopted as it is."""

from __future__ import annotations

from parks.models import User
from targets.figures.indicators import latest_day
from targets.goals import allocation
from targets.goals import revisions as goal_revisions
from targets.goals.revisions import Wanted
from targets.models import GoalRevision


def allot(by: User) -> GoalRevision | None:
    """Saves the proposal; None, and nothing done, where goals are allotted already."""
    year = latest_day().year
    if goal_revisions.current(year):
        return None
    wanted = {
        (one.need.indicator.code, unit): Wanted(goal.stock, goal.first)
        for one in allocation.propose(year)
        for unit, goal in one.goals.items()
    }
    return goal_revisions.keep(year, wanted, seen=0, reason="", by=by)
