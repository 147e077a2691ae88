"""Taking back what a person registered of a firm by hand, with all that was built on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from enterprises import jobs, registry
from enterprises.models import LedgerEntry
from enterprises.refusal import Refusal
from enterprises.registry import undoing
from enterprises.registry.acts import Act
from enterprises.registry.merges import MergeDone, merge_of
from parks.models import User
from targets.by_hand import merged_lines


@dataclass(frozen=True)
class EntriesTakenBack:
    """`entries` go, in their order. `blockers`: what a list told and what builds on them."""

    entries: list[LedgerEntry]
    blockers: list[LedgerEntry]
    acts: list[Act]
    merge: MergeDone | None = None

    @property
    def mark(self) -> str:
        """Another where another entry would go as well."""
        if self.merge:
            return f"{self.entries[0].pk}-{self.entries[-1].pk}"
        return "-".join(str(entry.pk) for entry in self.entries)


MERGED = LedgerEntry.Act.MERGED


def plan(entry: LedgerEntry) -> EntriesTakenBack:
    """The entry and later ones by hand that build on it; a few queries for each step of these.

    A merge goes as a whole, once nothing later builds on it.
    """
    if entry.act == MERGED:
        merge = merge_of(entry)
        blockers = merge.blockers()
        return EntriesTakenBack(merge.entries, blockers, [] if blockers else [merge.act], merge)
    going = {entry.pk: entry}
    while True:
        going |= {each.pk: each for each in undoing.of_one_transfer(list(going.values()))}
        undone = undoing.plan_undoing([(pk, pk) for pk in sorted(going)])
        building = [each for entries in undone.blockers.values() for each in entries]
        told = [each for each in building if not each.is_by_hand or each.act == MERGED]
        if not building or told:
            entries = [going[pk] for pk in sorted(going)]
            return EntriesTakenBack(entries, told, [] if told else undone.acts)
        going |= {each.pk: each for each in building}


def take_back(entry: LedgerEntry, *, by: User, reason: str, mark: str) -> list[LedgerEntry]:
    """Write it, with what follows a load.

    `mark`: of what the person saw. Raises Refusal where that has changed or something stands on it.
    """
    with transaction.atomic():
        registry.lock_ledger()
        if not LedgerEntry.objects.in_force().filter(pk=entry.pk).exists():
            raise Refusal("这一笔已经撤销。", "state")
        found = plan(entry)
        if found.blockers:
            raise Refusal(
                undoing.blockers_in_words({entry.enterprise.uscc: found.blockers}), "blocked"
            )
        if found.mark != mark:
            raise Refusal("此后又有变更，请重新核对要撤销的几笔。", "state")
        try:
            entries = registry.apply(found.acts, by=by, reason=reason).entries
        except registry.ActsRefused as refused:
            raise Refusal(str(refused), "blocked") from None
        if found.merge:
            merged_lines.lead_back(found.merge)
        jobs.follow_up("load", by=by)
        return entries
