"""Notices workers that live but do not work: jobs wait, and for long nobody holds a live lease."""

import logging
import signal
import time

from django.db import DatabaseError

from enterprises.models.job import Job, JobState
from jiangjin_portal.running.forks import Fork

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
NOTHING_MOVES = 3
"""Exit code of a look."""


class Watchdog:
    """Reports once per `patience` seconds that the workers are stuck.

    A worker with a long job is not stuck: it renews the job's lease. Each look is a process of its
    own: the supervisor holds no connection, and a database that hangs does not hold it up.
    """

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.moving_at = self.looked_at = time.monotonic()
        self.look: Fork | None = None

    def workers_are_stuck(self) -> bool:
        now = time.monotonic()
        if self.look is None:
            if now - self.looked_at >= LOOK_SECONDS:
                self.looked_at = now
                self.look = Fork("portal look", look_at_jobs)
            return False
        code = self.look.poll()
        if code is None:
            # A look that gets no answer says nothing about the workers.
            if now - self.looked_at >= self.patience:
                self.look.send_signal(signal.SIGKILL)
            return False
        self.look = None
        if code != NOTHING_MOVES:
            self.moving_at = now
        stuck = now - self.moving_at >= self.patience
        # Counted anew: the restarted workers get the same patience.
        if stuck:
            self.moving_at = now
        return stuck


def look_at_jobs() -> int:
    """Whether a job runs, or none waits."""
    try:
        waiting = Job.objects.claimable()
        # A lapsed lease is no sign of life: its worker may have died long ago.
        held = Job.objects.filter(state=JobState.RUNNING).exclude(
            pk__in=Job.objects.lapsed().values("pk")
        )
        return 0 if held.exists() or not waiting.exists() else NOTHING_MOVES
    except DatabaseError:
        # Then the workers are not to blame, and restarting them would not help.
        log.warning("the watchdog cannot reach the database")
        return 0
