"""Notices workers that live but do not work: jobs wait, and for long nobody holds a live lease."""

import logging
import time

from django.db import DatabaseError, connection

from enterprises.models.job import Job, JobState

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0


class Watchdog:
    """Reports once per `patience` seconds that the workers are stuck.

    A worker with a long job is not stuck: it renews the job's lease.
    """

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.moving_at = self.looked_at = time.monotonic()

    def workers_are_stuck(self) -> bool:
        now = time.monotonic()
        if now - self.looked_at < LOOK_SECONDS:
            return False
        self.looked_at = now
        if self._something_moves():
            self.moving_at = now
        stuck = now - self.moving_at >= self.patience
        # Counted anew: the restarted workers get the same patience.
        if stuck:
            self.moving_at = now
        return stuck

    def _something_moves(self) -> bool:
        """A job runs, or none waits."""
        try:
            waiting = Job.objects.claimable()
            # A lapsed lease is no sign of life: its worker may have died long ago.
            held = Job.objects.filter(state=JobState.RUNNING).exclude(
                pk__in=Job.objects.lapsed().values("pk")
            )
            return held.exists() or not waiting.exists()
        except DatabaseError:
            # Then the workers are not to blame, and restarting them would not help.
            log.warning("the watchdog cannot reach the database")
            return True
        finally:
            # The supervisor looks every few seconds; it shall not hold a connection in between.
            connection.close()
