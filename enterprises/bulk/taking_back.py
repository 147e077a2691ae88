"""Taking a run back: once, but for firms of which something later builds on it, or that are another's by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from enterprises import registry
from enterprises.bulk.runs import NOT_OWN
from enterprises.firms import contacts
from enterprises.models import BulkRun, Enterprise, LedgerEntry
from enterprises.refusal import Refusal
from enterprises.registry import undoing
from parks.models import User


def undo(run: BulkRun, *, by: User) -> BulkRun:
    """Take back what the run wrote, but for firms of which something later builds on it."""
    with transaction.atomic():
        registry.lock_ledger()
        locked = BulkRun.objects.select_for_update().get(pk=run.pk)
        if locked.undone_at:
            return locked
        if locked.first_entry is None or locked.last_entry is None:
            raise Refusal("还没有写入，没有可撤销的。", "state")
        own, kept = _own_and_strange(locked, by)
        plan = undoing.plan_undoing([(locked.first_entry, locked.last_entry)], own)
        kept += blocked_in_words(plan.blockers)
        if not plan.acts:
            raise Refusal("这些企业此后又有变更，或已不在本单位，不能撤销，请逐家更正。", "blocked")
        registry.apply(plan.acts, by=by, reason=f"撤销批量办理{locked.pk}")
        locked.outcome["kept"] = kept
        locked.undone_at, locked.undone_by = timezone.now(), by
        locked.save()
        return locked


def what_blocks(run: BulkRun, by: User) -> list[list[str]]:
    """[code, name, what] of firms that an undoing would leave; the same few queries for any number."""
    if run.undone_at or run.first_entry is None or run.last_entry is None:
        return []
    own, kept = _own_and_strange(run, by)
    plan = undoing.plan_undoing([(run.first_entry, run.last_entry)], own)
    return kept + blocked_in_words(plan.blockers)


def _own_and_strange(run: BulkRun, by: User) -> tuple[set[str], list[list[str]]]:
    """Codes of the written firms that the person may still change, and the others as kept."""
    entries = LedgerEntry.objects.filter(pk__range=(run.first_entry, run.last_entry))
    written = Enterprise.objects.filter(pk__in=entries.values("enterprise"))
    shown = contacts.shown_to(by, [firm.pk for firm in written])
    own = {firm.uscc for firm in written if firm.pk in shown}
    strange = [firm for firm in written if firm.pk not in shown]
    return own, [[firm.uscc, firm.name, NOT_OWN] for firm in strange]


def blocked_in_words(blockers: Mapping[str, Sequence[LedgerEntry]]) -> list[list[str]]:
    told = []
    for uscc, entries in blockers.items():
        entry = entries[0]
        day = timezone.localdate(entry.at)
        told.append([uscc, entry.enterprise.name, f"{day}又有变更：{entry.get_act_display()}"])
    return told
