"""What the fault tests of rosters do and see inside the portal's Django, in processes of their own."""

import datetime as dt
import os
import signal
import time
from typing import Any

from enterprises.models import Enterprise, Job, LedgerEntry, Quarter, RosterVersion
from enterprises.refusal import Refusal
from enterprises.reporting import intake, submission
from parks.models import Unit, User
from tests import clerk
from tests.enterprises.handed_in import answer_all
from tests.enterprises.workbooks import firm, roster
from tests.platform.scene import drain  # noqa: F401 - called through the shell


def prepare() -> None:
    User.objects.create_user("填报", role="unit_staff", unit=Unit.objects.get(code="degan"))
    bureau = User.objects.create_user("审核", role="bureau_staff")
    try:
        clerk.third_quarter(bureau)
    except Refusal:  # the portal's own schedule was faster
        Quarter.objects.update(due_on=dt.date(2026, 10, 15), locks_on=dt.date(2026, 12, 31))


def upload(rows: int, staff: int) -> int:
    """Sends a roster of so many firms, each with this staff; the version's id."""
    return send(made(rows, staff))


def made(rows: int, staff: int) -> bytes:
    return roster(*[firm(number, staff=staff) for number in range(1, rows + 1)])


def send(content: bytes) -> int:
    unit, by = Unit.objects.get(code="degan"), User.objects.get(username="填报")
    return intake.receive_file(
        Quarter.objects.get(), unit, [content], "名册.xlsx", by=by, reason="更正"
    ).pk


def upload_and_time(rows: int, staff: int) -> tuple[int, float]:
    begun = time.monotonic()
    return upload(rows, staff), time.monotonic() - begun


def approve(pk: int) -> None:
    version = RosterVersion.objects.get(pk=pk)
    answer_all(version, {})
    submission.hand_in(version, by=User.objects.get(username="填报"))
    submission.approve_version(version, by=User.objects.get(username="审核"))


def kill_while_running(pk: int, victim: int, delay: float) -> tuple[str, str]:
    """Waits until the version's job runs, and `delay` seconds later kills -9 the victim: (state, phase) of the job."""
    job = RosterVersion.objects.get(pk=pk).job
    while Job.objects.get(pk=job.pk).state == "queued":
        time.sleep(0.02)
    time.sleep(delay)
    os.kill(victim, signal.SIGKILL)
    found = Job.objects.get(pk=job.pk)
    return found.state, found.phase


def upload_and_kill(rows: int, staff: int, victim: int, delay: float) -> tuple[int, str, str]:
    """(version, state, phase): in one process, since starting another takes longer than a job on a busy machine."""
    pk = upload(rows, staff)
    return pk, *kill_while_running(pk, victim, delay)


def approve_and_kill(pk: int, victim: int, delay: float) -> tuple[str, str]:
    approve(pk)
    return kill_while_running(pk, victim, delay)


def seconds_of(pk: int) -> float:
    job = RosterVersion.objects.get(pk=pk).job
    return (job.finished_at - job.started_at).total_seconds()


def story(pk: int) -> dict[str, Any]:
    """Where the version stands, and what it has left behind."""
    version = RosterVersion.objects.get(pk=pk)
    span = (version.ledger_from or 0, version.ledger_to or 0)
    return {
        "state": version.state,
        "job": version.job.state if version.job else None,
        "rows": version.summary.get("rows"),
        "firms": version.firms.count(),
        "told": version.outcome.get("entries"),
        "entries": LedgerEntry.objects.filter(pk__range=span).count(),
        "all": LedgerEntry.objects.count(),
        "registered": Enterprise.objects.count(),
    }
