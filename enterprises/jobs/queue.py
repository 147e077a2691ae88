"""Background jobs: submit, claim, run, sweep.

The database is the queue of record. The broker is only a bell that wakes a worker: a bell that is
lost, doubled or late changes nothing. A job is claimed by one conditional UPDATE that leaves an
owner token and a lease. All its effects and its `done` are written in one transaction, which first
proves that the token still holds: a worker that lost the lease writes nothing.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import date, timedelta
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

from enterprises.jobs.overtaken import until_it_holds
from enterprises.jobs.turns import in_turn
from enterprises.models.job import Job, JobState
from parks.models import User

log = logging.getLogger(__name__)

RUN_TASK = "enterprises.tasks.run_job"
BEAT_SECONDS = 0.5
INLINE_POLL_SECONDS = 0.5
REASON_LENGTH = 2000
PHASE_LENGTH = 100
RELEASED: dict[str, Any] = {"owner": None, "lease_until": None}
OUR_MISTAKES = (IntegrityError, DataError, ProgrammingError, NotSupportedError, InternalError)
"""Database errors that a statement caused. Others mean that the database went away or was busy."""

Params = dict[str, Any]
Result = dict[str, Any]
Commit = Callable[[], Result]


class UserError(Exception):
    """What stops the job for good, as a Chinese sentence for the person who started it.

    The job is not tried again.
    """


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
        """Show phase and progress and renew the lease, in a transaction of its own.

        Cheap enough for every turn of a loop. Call it outside transactions, and at least every
        third of settings.JOB_LEASE_SECONDS. Raises LeaseLost when another worker has taken over.
        """
        if time.monotonic() - self._last_beat < BEAT_SECONDS:
            return
        self._renew_lease(phase=phase[:PHASE_LENGTH], progress_done=done, progress_total=total)
        self._last_beat = time.monotonic()

    def fence(self) -> None:
        """Prove inside the writing transaction that the job is ours, and lock its row."""
        self._renew_lease()

    def _renew_lease(self, **values: Any) -> None:
        ours = Job.objects.owned(self.job_id, self._owner)
        if not ours.update(heartbeat_at=Now(), lease_until=_lease_end(), **values):
            raise LeaseLost(f"job {self.job_id}")


Handler = Callable[[JobContext], Commit | Result]


def submit(
    *, kind: str, params: Params | None = None, by: User | None = None, slot: str | None = None
) -> Job:
    """Write the job in the caller's transaction and ring for it after the commit.

    Succeeds without a broker. With a `slot`, returns the one job of that slot, new or old. Without,
    an equal job that still waits is used again, since it will see the caller's changes too. One
    that already runs will not, so it does not count.
    """
    if kind not in settings.JOB_HANDLERS:
        raise ValueError(f"unknown job kind {kind!r}")
    values: dict[str, Any] = {"kind": kind, "params": params or {}, "created_by": by, "slot": slot}
    if slot:
        job = _insert_slot(values)
    else:
        job = _waiting_twin(kind, values["params"]) or Job.objects.create(**values)
    # After the commit: a worker that is woken earlier would find no row.
    transaction.on_commit(partial(ring, job.pk), robust=True)
    return job


def nightly(work: Callable[[date], Result]) -> Handler:
    """A handler that does the work of the day, all of it in the transaction that ends the job."""

    def handle(context: JobContext) -> Commit:
        # Read before the transaction begins: it may have to wait past midnight.
        today = timezone.localdate()
        return lambda: work(today)

    return handle


def follow_up(kind: str, *, by: User | None) -> None:
    """Queue what follows a job of this kind; also after the same work was done by hand."""
    for following in settings.JOB_FOLLOW_UPS.get(kind, []):
        submit(kind=following, by=by)


def _insert_slot(values: dict[str, Any]) -> Job:
    # Several schedulers may try at once: the unique column decides, the others get its job.
    try:
        with transaction.atomic():
            return Job.objects.create(**values)
    except IntegrityError:
        return Job.objects.get(slot=values["slot"])


def _waiting_twin(kind: str, params: Params) -> Job | None:
    """An equal queued job, locked: no worker can claim it before the caller commits.

    One that was tried before does not count: its next failure would take the new wish with it.
    """
    queued = Job.objects.filter(kind=kind, params=params, state=JobState.QUEUED, attempts=0)
    for job in queued.order_by("id"):
        # The update locks the row. It fails where a worker has claimed the job since the query.
        if Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(rung_at=None):
            return job
    return None


def ring(job_id: int) -> bool:
    """Tell the workers to look at the job. False when the broker is away: a sweep tries again."""
    try:
        Job.objects.filter(pk=job_id).update(rung_at=Now())
        # A connection of its own, which gives up soon: a person waits for it, and the sweep rings
        # again. Workers listen on theirs for longer.
        with current_app.connection_for_write(transport_options=settings.JOB_BELL_OPTIONS) as bell:
            current_app.send_task(RUN_TASK, args=[job_id], connection=bell, retry=False)
    # kombu wraps only some of what a broken broker or a full disk raises.
    except Exception as error:
        log.warning("no bell for job %s: %s: %s", job_id, type(error).__name__, error)
        return False
    return True


def run_next(job_id: int) -> None:
    """Do the job whose turn it is; the one that the bell was rung for where none waits."""
    # Of several workers each gets another one: who is too late for a job takes the next.
    for waiting in in_turn():
        if run(waiting):
            return
    run(job_id)


def run(job_id: int) -> bool:
    """Claim the job and do it; False where it is finished, held by another, or out of attempts."""
    # A new one for each run: a run that lost its lease must not pass for the one that has it.
    owner = secrets.token_hex(16)
    job = _claim_job(job_id, owner)
    if job is None:
        return False
    try:
        _perform_job(job, owner)
    except LeaseLost:
        log.warning("job %s was taken over by another worker; nothing written", job_id)
    except UserError as error:
        _fail_job(job, owner, str(error))
    except (DatabaseError, InterfaceError) as error:
        if isinstance(error, OUR_MISTAKES):
            _give_back(job, owner)
        else:
            # Nothing can be written now. The lease will lapse, and the sweeper finds the job.
            log.exception("job %s: database away; left to the sweeper", job_id)
    except Exception:
        _give_back(job, owner)
    return True


def run_inline(job: Job) -> Job:
    """Bring the job to its end and return it fresh: here, or where another worker was faster."""
    while True:
        run(job.pk)
        fail_exhausted()
        job.refresh_from_db()
        if job.is_finished:
            return job
        time.sleep(INLINE_POLL_SECONDS)


def _lease_end() -> Any:
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _claim_job(job_id: int, owner: str) -> Job | None:
    """The job, now ours; None where another worker was faster or nothing is to be done."""
    claimable = Job.objects.claimable().filter(pk=job_id)
    claimed = claimable.update(
        state=JobState.RUNNING,
        owner=owner,
        lease_until=_lease_end(),
        attempts=F("attempts") + 1,
        started_at=Now(),
        heartbeat_at=Now(),
        phase="",
        progress_done=0,
        progress_total=None,
    )
    return Job.objects.select_related("created_by").get(pk=job_id) if claimed else None


def _perform_job(job: Job, owner: str) -> None:
    """Prepare outside any transaction, then write effects, follow-ups and `done` in one."""
    # By its name in the settings: this room lies below the rooms whose work it does.
    handler: Handler = import_string(settings.JOB_HANDLERS[job.kind])
    context = JobContext(job, owner)
    prepared = handler(context)
    until_it_holds(partial(_write_effects, job, owner, context, prepared))


def _write_effects(job: Job, owner: str, context: JobContext, prepared: Commit | Result) -> None:
    with transaction.atomic():
        context.fence()
        result = prepared() if callable(prepared) else prepared
        # Together with the effects: facts are never written without the recount that they call for.
        follow_up(job.kind, by=job.created_by)
        done = {"state": JobState.DONE, "result": result, "finished_at": Now()}
        if not Job.objects.owned(job.pk, owner).update(**done, **RELEASED):
            raise LeaseLost(f"job {job.pk}")


def _fail_job(job: Job, owner: str, reason: str) -> None:
    # PostgreSQL takes no NUL in a text.
    clean = reason.replace("\x00", "")[:REASON_LENGTH] or "任务失败，未说明原因。"
    Job.objects.owned(job.pk, owner).update(
        state=JobState.FAILED, error=clean, finished_at=Now(), **RELEASED
    )


def _give_back(job: Job, owner: str) -> None:
    """After an error of the program: back into the queue while attempts are left.

    Call it while handling the exception, which it logs.
    """
    log.exception("job %s (%s) broke on attempt %s", job.pk, job.kind, job.attempts)
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        reason = (
            f"系统处理时出错，已尝试 {job.attempts} 次仍未成功，请联系管理员（任务编号 {job.pk}）。"
        )
        _fail_job(job, owner, reason)
    else:
        # As if a bell had been rung just now: the next attempt comes with a later sweep.
        Job.objects.owned(job.pk, owner).update(state=JobState.QUEUED, rung_at=Now(), **RELEASED)


def fail_exhausted() -> int:
    reason = (
        f"处理过程多次中断，已尝试 {settings.JOB_MAX_ATTEMPTS} 次仍未完成。"
        "请检查数据后重试，或联系管理员。"
    )
    return Job.objects.exhausted().update(
        state=JobState.FAILED, error=reason, finished_at=Now(), **RELEASED
    )
