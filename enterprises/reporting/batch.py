"""Approving several rosters at once: what can be, what is left out and why, and doing it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from enterprises.models import RosterVersion
from enterprises.refusal import Refusal
from enterprises.reporting import desk, submission
from enterprises.reporting.desk import Waiting
from parks.models import User


@dataclass(frozen=True)
class SharedApproval:
    """`ready` can be approved together; `left_out`: each with the reason."""

    ready: list[Waiting] = field(default_factory=list)
    left_out: list[tuple[RosterVersion, str]] = field(default_factory=list)


def look_through(chosen: Collection[int] | None, *, by: User) -> SharedApproval:
    """The chosen versions (ids) that are under review; None: all that change nothing."""
    batch = SharedApproval()
    for waiting in desk.to_review(by):
        if not (waiting.changes_nothing if chosen is None else waiting.version.pk in chosen):
            continue
        if reason := waiting.why_not_now:
            batch.left_out.append((waiting.version, reason))
        else:
            batch.ready.append(waiting)
    return batch


def approve_all(
    chosen: Collection[int], *, by: User
) -> tuple[int, list[tuple[RosterVersion, str]]]:
    """Approve each by itself; how many were, and what was refused meanwhile with the reason."""
    batch, approved = look_through(chosen, by=by), 0
    refused = list(batch.left_out)
    for waiting in batch.ready:
        try:
            submission.approve_version(waiting.version, by=by)
        # Somebody else has decided, or the unit has taken it back, since it was looked through.
        except Refusal as refusal:
            refused.append((waiting.version, refusal.message))
        else:
            approved += 1
    return approved, refused
