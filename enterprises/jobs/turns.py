"""Whose job is next: a unit at a time, and what people wait for before what they only try out.

A bell says that there is work, not which: a unit that sends thirty files must not keep another one
waiting for the length of all of them.
"""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max

from enterprises.models import Job
from enterprises.models.job import JobState

MOST_LOOKED_AT = 1_000
"""Waiting jobs, the oldest first; what is behind them gets its turn when they are fewer."""


@dataclass(frozen=True)
class _WaitingJob:
    """`whose`: the unit of the person who asked for it; without one the person, or the portal."""

    pk: int
    is_trial: bool
    whose: Hashable


def in_turn() -> list[int]:
    """Ids of the waiting jobs in the order of their turns; two queries.

    First what is meant, then the trials (settings.JOB_TRIALS). Among these a job of each unit in
    turn, beginning with the one whose last job was begun longest ago.
    """
    waiting = _read_waiting()
    last_turns = _last_turns() if waiting else {}
    steps = itertools.count(len(last_turns) + 1)
    order: list[int] = []
    for is_trial in (False, True):
        queues: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for job in waiting:
            if job.is_trial == is_trial:
                queues[job.whose].append(job.pk)
        while queues:
            # Of units that had no turn yet the one that waits longest is first.
            whose = min(queues, key=lambda whose: (last_turns.get(whose, 0), queues[whose][0]))
            order.append(queues[whose].popleft())
            last_turns[whose] = next(steps)
            if not queues[whose]:
                del queues[whose]
    return order


def place_of(job: Job) -> int | None:
    """How many waiting jobs are done up to this one, itself included; None where it does not wait."""
    order = in_turn() if job.state == JobState.QUEUED else []
    return order.index(job.pk) + 1 if job.pk in order else None


def _read_waiting() -> list[_WaitingJob]:
    # With those whose worker has died: else they would wait as long as others come.
    rows = (
        Job.objects.claimable()
        .order_by("id")
        .values_list("pk", "kind", "created_by", "created_by__unit")
    )
    return [
        _WaitingJob(pk, kind in settings.JOB_TRIALS, _whose(person, unit))
        for pk, kind, person, unit in rows[:MOST_LOOKED_AT]
    ]


def _last_turns() -> dict[Hashable, int]:
    """Who had a turn → the number of the last one, counted from 1; the latest has the greatest."""
    begun = Job.objects.exclude(started_at=None).order_by()
    rows = begun.values_list("created_by", "created_by__unit").annotate(latest=Max("started_at"))
    turns: dict[Hashable, int] = {}
    for number, (person, unit, _) in enumerate(rows.order_by("latest"), 1):
        turns[_whose(person, unit)] = number
    return turns


def _whose(person: int | None, unit: int | None) -> Hashable:
    return ("unit", unit) if unit else ("person", person)
