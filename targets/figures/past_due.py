"""Targets whose day has passed: each is judged by the figures of its own day, not by today's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from targets.figures import progress
from targets.figures.counting import Counts
from targets.figures.progress import Plan, Progress
from targets.models import Scope


def due_days_before(plan: Plan, on: dt.date, scope: str = Scope.DISTRICT) -> list[dt.date]:
    """The days before the asked one on which targets of the scope fell due, in order."""
    # A target is judged on its own day: what is reached later does not meet it in time.
    due_days = {target.due for target in plan.targets_of(scope)}
    return sorted(day for day in due_days if day < on)


def standings_at_due(
    counts: Counts, plan: Plan, on: dt.date, scope: str = Scope.DISTRICT
) -> Mapping[int, Progress]:
    """How each target that fell due before the day stood then, by the target's key.

    `counts` must contain the due days.
    """
    standings = {}
    for day in due_days_before(plan, on, scope):
        for standing in progress.from_counts(counts, day, scope, plan):
            if standing.target.due == day:
                standings[standing.target.pk] = standing
    return standings
