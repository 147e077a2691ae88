"""Registering a change of one firm: what page and API do alike."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from enterprises import jobs, registry
from enterprises.models import Enterprise, LedgerEntry
from enterprises.registry import acts
from parks.models import User
from targets.by_hand import merged_lines

BUREAU_ONLY = "只有科技局人员可以登记变更。"


def _reason(act: acts.Act, reason: str) -> str:
    """Of a merge each entry says whose record it was."""
    if isinstance(act, acts.Merge) and reason.strip():
        return f"并入{act.other}：{reason}"[:200]
    return reason


def register_act(
    act: acts.Act, firm: Enterprise, *, by: User, reason: str, confirmed: bool
) -> list[LedgerEntry]:
    """Write the act, and queue in the same transaction what follows a load.

    Returns the entries, none where nothing differed. Raises registry.ActsRefused; it only `asks`
    where what is doubtful was not `confirmed`.
    """
    with transaction.atomic():
        decided = replace(act, confirmed=confirmed)
        lines = merged_lines.named_before(act)
        report = registry.apply([decided], by=by, reason=_reason(act, reason))
        # Of what a person tells nothing is passed over.
        if report.notices:
            raise registry.ActsRefused(report.notices)
        merged_lines.lead_to_what_is_left(lines)
        if report.entries:
            jobs.follow_up("load", by=by)
        return report.entries
