"""Making up for what was lost: bells, workers that died, nights that were missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import time as time_of_day

from django.conf import settings
from django.utils import timezone

from enterprises.jobs.queue import fail_exhausted, ring, submit
from enterprises.models.job import Job

BELLS_PER_SWEEP = 500


def sweep(*, now: datetime | None = None) -> dict[str, int]:
    """Make up for lost bells, dead workers and missed nights.

    Returns how many jobs were "failed", "submitted" and "rung" for. May run any number of times at
    once. `now` (aware) decides only which nightly slot is due.
    """
    failed = fail_exhausted()
    submitted = sum(_submit_nightly(kind, now or timezone.now()) for kind in settings.JOB_NIGHTLY)
    rung = 0
    # The oldest first: where a sweep cannot ring for all, none waits behind newer ones for ever.
    unheard = Job.objects.unheard().order_by("id").values_list("pk", flat=True)
    for job_id in unheard[:BELLS_PER_SWEEP]:
        # The broker is away: the next sweep tries again.
        if not ring(job_id):
            break
        rung += 1
    return {"failed": failed, "submitted": submitted, "rung": rung}


def _submit_nightly(kind: str, now: datetime) -> bool:
    """Submit the latest slot that is due, unless it was; it also covers nights that were missed."""
    local = timezone.localtime(now)
    due_today = local.time() >= time_of_day.fromisoformat(settings.JOB_NIGHTLY[kind])
    slot = f"{kind}:{local.date() if due_today else local.date() - timedelta(days=1)}"
    if Job.objects.filter(slot=slot).exists():
        return False
    submit(kind=kind, slot=slot)
    return True
