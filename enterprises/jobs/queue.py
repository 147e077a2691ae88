"""Background jobs: submit, claim, run, sweep.

The database is the queue of record and the broker only a bell: a bell that is lost, doubled or late changes nothing.
A job is claimed by one conditional UPDATE that leaves an owner token and a lease. All its effects and its `done` are
written in one transaction which first proves that the token still holds; whoever lost the lease writes nothing.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    ProgrammingError,
    transaction,
)
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from enterprises.models.job import Job, JobState
from parks.models import User

log = logging.getLogger(__name__)

RUN_TASK = "enterprises.tasks.run_job"
BEAT_SECONDS = 0.5
INLINE_POLL_SECONDS = 0.5
BELLS_PER_SWEEP = 500
REASON_LENGTH = 2000
PHASE_LENGTH = 100
RELEASED: dict[str, Any] = {"owner": None, "lease_until": None}
OUR_MISTAKES = (IntegrityError, DataError, ProgrammingError, NotSupportedError, InternalError)
"""Database errors that the statement caused; any other means that the database itself went away or was too busy."""

Params = dict[str, Any]
Result = dict[str, Any]
Commit = Callable[[], Result]


class UserError(Exception):
    """What stops the job for good, as a Chinese sentence its starter can act on. Not tried again."""


class LeaseLost(Exception):
    """The job is no longer ours: whatever we have must not be written."""


class JobContext:
    """What a handler knows of its job, and its way to show a sign of life."""

    def __init__(self, job: Job, owner: str) -> None:
        self.job_id: int = job.pk
        self.kind = job.kind
        self.params: Params = job.params
        self.slot: str | None = job.slot
        self.created_by: User | None = job.created_by
        self._owner = owner
        self._last_beat = float("-inf")

    def beat(self, phase: str = "", *, done: int = 0, total: int | None = None) -> None:
        """Show phase and progress and renew the lease, in a transaction of its own; cheap to call in every turn of a
        loop. Call it outside transactions and at least every third of settings.JOB_LEASE_SECONDS.

        Raises LeaseLost when another worker has taken the job over."""
        if time.monotonic() - self._last_beat < BEAT_SECONDS:
            return
        self._renew(phase=phase[:PHASE_LENGTH], progress_done=done, progress_total=total)
        self._last_beat = time.monotonic()

    def fence(self) -> None:
        """Prove inside the writing transaction that the job is ours, and lock its row until the end."""
        self._renew()

    def _renew(self, **shown: Any) -> None:
        if not Job.objects.owned(self.job_id, self._owner).update(
            heartbeat_at=Now(), lease_until=_lease(), **shown
        ):
            raise LeaseLost(f"job {self.job_id}")


Handler = Callable[[JobContext], Commit | Result]


def submit(
    *, kind: str, params: Params | None = None, by: User | None = None, slot: str | None = None
) -> Job:
    """Write the job in the caller's transaction and ring for it after the commit; no broker is needed for either.

    With a `slot`, the one job of that slot, new or old. Without, an equal job that still waits is used again, since
    it will see the caller's changes too; one that already runs will not, so it does not count."""
    if kind not in settings.JOB_HANDLERS:
        raise ValueError(f"unknown job kind {kind!r}")
    values: dict[str, Any] = {"kind": kind, "params": params or {}, "created_by": by, "slot": slot}
    job = (
        _insert_slot(values)
        if slot
        else _waiting_twin(kind, values["params"]) or Job.objects.create(**values)
    )
    transaction.on_commit(partial(ring, job.pk), robust=True)
    return job


def nightly(work: Callable[[date], Result]) -> Handler:
    """A handler that does the work of the day, all of it in the transaction that ends the job."""

    def run(context: JobContext) -> Commit:
        today = timezone.localdate()
        return lambda: work(today)

    return run


def follow_up(kind: str, *, by: User | None) -> None:
    """Queue what follows a job of this kind; also for whoever writes by hand what such a job writes."""
    for following in settings.JOB_FOLLOW_UPS.get(kind, []):
        submit(kind=following, by=by)


def _insert_slot(values: dict[str, Any]) -> Job:
    try:
        with transaction.atomic():
            return Job.objects.create(**values)
    except IntegrityError:
        return Job.objects.get(slot=values["slot"])


def _waiting_twin(kind: str, params: Params) -> Job | None:
    """An equal queued job, locked: no worker can claim it before the caller's changes are committed.

    One that was tried before is no twin: its next failure would take the new wish with it."""
    queued = Job.objects.filter(kind=kind, params=params, state=JobState.QUEUED, attempts=0)
    for job in queued.order_by("id"):
        if Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(rung_at=None):
            return job
    return None


def ring(job_id: int) -> bool:
    """Tell the workers to look at the job. False when the broker is away: the sweeper rings again later."""
    try:
        Job.objects.filter(pk=job_id).update(rung_at=Now())
        current_app.send_task(RUN_TASK, args=[job_id])
    except (
        Exception
    ) as error:  # kombu wraps only some of what a broken broker or a full disk raises
        log.warning("no bell for job %s: %s: %s", job_id, type(error).__name__, error)
        return False
    return True


def run(job_id: int) -> None:
    """Claim the job and do it; nothing happens when it is finished, held by another or out of attempts."""
    owner = secrets.token_hex(16)
    job = _claim(job_id, owner)
    if job is None:
        return
    try:
        _perform(job, owner)
    except LeaseLost:
        log.warning("job %s was taken over by another worker; nothing written", job_id)
    except UserError as error:
        _fail(job, owner, str(error))
    except (DatabaseError, InterfaceError) as error:
        if isinstance(error, OUR_MISTAKES):
            _give_back(job, owner)
        else:
            log.exception("job %s: database away; left to the sweeper", job_id)
    except Exception:
        _give_back(job, owner)


def run_inline(job: Job) -> Job:
    """Bring the job to its end and return it fresh: here, or where another worker was faster."""
    while True:
        run(job.pk)
        _fail_exhausted()
        job.refresh_from_db()
        if job.is_finished:
            return job
        time.sleep(INLINE_POLL_SECONDS)


def _lease() -> Any:
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _claim(job_id: int, owner: str) -> Job | None:
    claimed = (
        Job.objects.claimable()
        .filter(pk=job_id)
        .update(
            state=JobState.RUNNING,
            owner=owner,
            lease_until=_lease(),
            attempts=F("attempts") + 1,
            started_at=Now(),
            heartbeat_at=Now(),
            phase="",
            progress_done=0,
            progress_total=None,
        )
    )
    return Job.objects.select_related("created_by").get(pk=job_id) if claimed else None


def _perform(job: Job, owner: str) -> None:
    """Prepare outside any transaction, then write effects, follow-ups and `done` in one."""
    handler: Handler = import_string(settings.JOB_HANDLERS[job.kind])
    context = JobContext(job, owner)
    prepared = handler(context)
    with transaction.atomic():
        context.fence()
        result = prepared() if callable(prepared) else prepared
        follow_up(job.kind, by=job.created_by)
        _finish(job, owner, state=JobState.DONE, result=result)


def _finish(job: Job, owner: str, **values: Any) -> None:
    if not Job.objects.owned(job.pk, owner).update(finished_at=Now(), **RELEASED, **values):
        raise LeaseLost(f"job {job.pk}")


def _fail(job: Job, owner: str, reason: str) -> None:
    clean = reason.replace("\x00", "")[:REASON_LENGTH] or "任务失败，未说明原因。"
    Job.objects.owned(job.pk, owner).update(
        state=JobState.FAILED, error=clean, finished_at=Now(), **RELEASED
    )


def _give_back(job: Job, owner: str) -> None:
    """After an error of the program: to the queue, one sweep later, while attempts are left. Call while handling it."""
    log.exception("job %s (%s) broke on attempt %s", job.pk, job.kind, job.attempts)
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        _fail(
            job,
            owner,
            f"系统处理时出错，已尝试 {job.attempts} 次仍未成功，请联系管理员（任务编号 {job.pk}）。",
        )
    else:
        Job.objects.owned(job.pk, owner).update(state=JobState.QUEUED, rung_at=Now(), **RELEASED)


def sweep(*, now: datetime | None = None) -> dict[str, int]:
    """Make up for lost bells, dead workers and missed nights. Returns how many jobs were failed, submitted, rung.

    May run any number of times at once. `now` (aware) decides only which nightly slot is due."""
    failed = _fail_exhausted()
    submitted = sum(_submit_nightly(kind, now or timezone.now()) for kind in settings.JOB_NIGHTLY)
    rung = 0
    for job_id in (
        Job.objects.unheard().order_by("id").values_list("pk", flat=True)[:BELLS_PER_SWEEP]
    ):
        if not ring(job_id):
            break
        rung += 1
    return {"failed": failed, "submitted": submitted, "rung": rung}


def _fail_exhausted() -> int:
    reason = f"处理过程多次中断，已尝试 {settings.JOB_MAX_ATTEMPTS} 次仍未完成。请检查数据后重试，或联系管理员。"
    return Job.objects.exhausted().update(
        state=JobState.FAILED, error=reason, finished_at=Now(), **RELEASED
    )


def _submit_nightly(kind: str, now: datetime) -> bool:
    """Submit the latest slot that is due, unless it was; nights missed before it are covered by it."""
    local = timezone.localtime(now)
    due_today = local.time() >= time_of_day.fromisoformat(settings.JOB_NIGHTLY[kind])
    slot = f"{kind}:{local.date() if due_today else local.date() - timedelta(days=1)}"
    if Job.objects.filter(slot=slot).exists():
        return False
    submit(kind=kind, slot=slot)
    return True
