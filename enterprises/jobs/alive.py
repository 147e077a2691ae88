"""Signs of life of a job whose work has no loop of its own, such as a backup."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from enterprises.jobs.queue import JobContext, LeaseLost

log = logging.getLogger(__name__)


@contextmanager
def kept_alive(job: JobContext, phase: str) -> Iterator[None]:
    """Renew the job's lease while the body works. Enter it outside transactions.

    A lease that is lost meanwhile is noticed by the fence, when the job wants to write.
    """
    job.beat(phase)
    ended = threading.Event()

    def renew() -> None:
        try:
            # Short work ends before the first of these.
            while not ended.wait(settings.JOB_LEASE_SECONDS / 3):
                _renew_once(job, phase)
        except LeaseLost:
            log.warning("job %s was taken over by another worker", job.job_id)
        finally:
            # A thread has a connection of its own.
            connection.close()

    renewing = threading.Thread(target=renew, name=f"lease of job {job.job_id}", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()


def _renew_once(job: JobContext, phase: str) -> None:
    try:
        job.beat(phase)
    except (DatabaseError, InterfaceError) as error:
        log.warning("no sign of life of job %s: %s", job.job_id, error)
