"""Jobs that the database must refuse, by the constraint that refuses them."""

from django.utils import timezone

from enterprises.models import Job


def job(**values: object) -> Job:
    return Job.objects.create(kind="recompute", **values)


OF_JOBS = {
    "job_state_known": lambda w: job(state="lost"),
    "job_running_has_owner": lambda w: job(state="running"),
    "job_finished_has_time": lambda w: job(state="done"),
    "job_failed_has_reason": lambda w: job(state="failed", finished_at=timezone.now()),
    "job_attempts_bounded": lambda w: job(attempts=11),
}
