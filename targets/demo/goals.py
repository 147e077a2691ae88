"""The demo district's goals of the year in which its story ends, and of the next: the proposal, as it is."""

from __future__ import annotations

from parks.models import User
from targets.figures import known
from targets.goals import allocation
from targets.goals import revisions as goal_revisions
from targets.goals.revisions import Wanted
from targets.models import GoalRevision


def allot_goals(by: User) -> GoalRevision | None:
    """Save the proposals; None, and nothing done for the year, where goals are allotted already."""
    year = known.usual_day().year
    # By autumn units are told what the next year wants of them: the plan of applications needs it.
    _allot(year + 1, by)
    return _allot(year, by)


def _allot(year: int, by: User) -> GoalRevision | None:
    # Whatever was allotted by a person stays.
    if goal_revisions.current_revision(year):
        return None
    wanted = {}
    for proposal in allocation.propose_goals(year):
        kind = proposal.need.indicator.code
        for unit, goals in proposal.goals.items():
            wanted[kind, unit] = Wanted(goals.stock, goals.first)
    if not wanted:
        return None
    return goal_revisions.save_revision(year, wanted, seen=0, reason="", by=by)
