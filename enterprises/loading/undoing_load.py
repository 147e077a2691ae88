"""Taking back what a load wrote, as a whole, once nothing later builds on it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from enterprises import jobs, registry
from enterprises.loading import register_job
from enterprises.models import Job, LedgerEntry
from enterprises.refusal import Refusal
from enterprises.registry import undoing
from parks.models import User

LONGEST_REASON = 200


def stretch_of(job: Job) -> tuple[int, int] | None:
    """The first and the last entry of what the job wrote; None where it wrote nothing."""
    stretch = (job.result or {}).get("stretch")
    return (stretch[0], stretch[1]) if stretch else None


def may_be_undone(job: Job) -> bool:
    """Something of it is in force; one query."""
    stretch = stretch_of(job)
    if stretch is None:
        return False
    return LedgerEntry.objects.in_force().filter(pk__range=stretch).exists()


def undo(job: Job, *, by: User, reason: str) -> int:
    """How many entries were taken back. Raises Refusal, having written nothing."""
    reason = reason.strip()
    if not reason:
        raise Refusal("请写明撤销的理由，记入变更账簿。", "reason")
    if len(reason) > LONGEST_REASON:
        raise Refusal(f"理由超过{LONGEST_REASON}字。", "reason")
    with transaction.atomic():
        # Nobody builds on it between the judging and the writing.
        registry.lock_ledger()
        stretch = stretch_of(job)
        if stretch is None or not may_be_undone(job):
            raise Refusal("这次入库没有写入内容，或已经撤销。", "state")
        entries = take_back([stretch], by=by, reason=reason)
        jobs.follow_up(register_job.LOAD, by=by)
    return len(entries)


def take_back(stretches: Sequence[tuple[int, int]], *, by: User, reason: str) -> list[LedgerEntry]:
    """Take all entries of the stretches back, with the ledger locked; the entries that say so.

    Raises Refusal where something later builds on one of them.
    """
    plan = undoing.plan_undoing(stretches)
    if plan.blockers:
        raise Refusal(undoing.blockers_in_words(plan.blockers), "blocked")
    try:
        return registry.apply(plan.acts, by=by, reason=reason).entries
    except registry.ActsRefused as refused:
        raise Refusal(str(refused), "blocked") from None
