"""Small handlers for the tests of jobs. Their effect is a unit with a name of its own, so a doubled effect shows."""

import time
import uuid

from enterprises import jobs
from enterprises.models import Job
from parks.models import Unit

HANDLERS = {
    name: f"tests.enterprises.job_handlers.{name}"
    for name in (
        "stamp",
        "follow",
        "slow",
        "refused",
        "broken",
        "overtaken",
        "frozen",
        "frozen_beat",
        "dropped",
        "poison",
    )
}

LATE: list[str] = []
"""Filled when a worker that lost its job begins to write all the same."""


def leave_stamp() -> jobs.Result:
    token = uuid.uuid4().hex
    Unit.objects.create(kind=Unit.Kind.DEPARTMENT, code=token[:20], name=token, short_name="戳")
    return {"stamp": token}


def stamps() -> int:
    return Unit.objects.filter(short_name="戳").count()


def lapse(job_id: int) -> None:
    """What a lease looks like when nobody renewed it for ten minutes."""
    Job.objects.filter(pk=job_id).update(
        lease_until=Job.objects.get(pk=job_id).created_at.replace(year=2020)
    )


def stamp(context: jobs.JobContext) -> jobs.Commit:
    context.beat("盖章", done=1, total=4)
    return leave_stamp


def attempt_of(context: jobs.JobContext) -> int:
    return Job.objects.get(pk=context.job_id).attempts


def follow(context: jobs.JobContext) -> jobs.Result:
    return {"attempt": attempt_of(context)}


def slow(context: jobs.JobContext) -> jobs.Commit:
    """Five beats over `seconds` (default 0.5)."""
    for turn in range(5):
        context.beat("慢", done=turn, total=5)
        time.sleep(context.params.get("seconds", 0.5) / 5)
    return leave_stamp


def refused(context: jobs.JobContext) -> jobs.Commit:
    def commit() -> jobs.Result:
        leave_stamp()
        raise jobs.UserError("第 3 行的代码有误，请更正后重新上传。")

    return commit


def broken(context: jobs.JobContext) -> jobs.Commit:
    def commit() -> jobs.Result:
        leave_stamp()
        raise ZeroDivisionError

    return commit


def overtaken(context: jobs.JobContext) -> jobs.Commit:
    """Twice somebody else was faster. Tells how much of the tries before was left each time it prepared again."""
    left: list[int] = []

    def commit() -> jobs.Result:
        leave_stamp()
        if len(left) < 2:
            raise jobs.Overtaken(lambda: left.append(stamps()))
        return {"left": left}

    return commit


def frozen(context: jobs.JobContext) -> jobs.Commit:
    """A worker that stood still on the first attempt while another took the job over and ended it."""
    if attempt_of(context) > 1:
        return leave_stamp
    lapse(context.job_id)
    jobs.run(context.job_id)
    return too_late


def too_late() -> jobs.Result:
    LATE.append("ran")
    return leave_stamp()


def frozen_beat(context: jobs.JobContext) -> jobs.Commit:
    if attempt_of(context) == 1:
        lapse(context.job_id)
        jobs.run(context.job_id)
        context.beat("醒来")
    return leave_stamp


def dropped(context: jobs.JobContext) -> jobs.Commit:
    """The worker dies (or hangs) for good: it leaves the row running, with a lease nobody renews."""
    raise jobs.LeaseLost


def poison(context: jobs.JobContext) -> jobs.Commit:
    raise RuntimeError("poison")
