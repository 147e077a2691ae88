"""What it takes to undo a stretch of the ledger: the acts that take it back, or what has been built on it since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Min, Q

from enterprises.models import LedgerEntry
from enterprises.registry.acts import Act, DoneAct, Undo

CHAINED = ("placement", "poolentry", "application")
"""A later fact of these kinds begins where the one before it ends."""
BY_FIELD = ("enterprise", "yearlyfigures")


@dataclass(frozen=True)
class Undoing:
    """`acts` take the entries back. `blockers`: firm's code → later entries that build on it (then no act for it)."""

    acts: list[Act]
    blockers: Mapping[str, list[LedgerEntry]]


def plan(stretches: Sequence[tuple[int, int]], usccs: Collection[str] | None = None) -> Undoing:
    """Take back the entries first…last of each stretch, or only those of these firms: a handful of queries.

    Call it with the ledger locked when the acts are to be applied.
    """
    entries = _entries(stretches, usccs)
    by_firm: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        by_firm[entry.enterprise.uscc].append(entry)
    later, firsts = _later(entries), _firsts(entries)
    blockers: dict[str, list[LedgerEntry]] = {}
    acts: list[Act] = []
    for uscc, own in by_firm.items():
        built = [
            new for new in later[own[0].enterprise_id] if any(_builds_on(new, old) for old in own)
        ]
        if built:
            blockers[uscc] = built
        else:
            acts.append(Undo(uscc=uscc, done=tuple(_done(entry, firsts) for entry in own)))
    return Undoing(acts, blockers)


def _entries(
    stretches: Sequence[tuple[int, int]], usccs: Collection[str] | None
) -> list[LedgerEntry]:
    within = Q(pk__in=[])
    for stretch in stretches:
        within |= Q(pk__range=stretch)
    found = (
        LedgerEntry.objects.filter(within).in_force().select_related("enterprise").order_by("pk")
    )
    return [entry for entry in found if usccs is None or entry.enterprise.uscc in usccs]


def _later(entries: Sequence[LedgerEntry]) -> dict[int, list[LedgerEntry]]:
    """Firm → entries of others that came after its first one here."""
    found: dict[int, list[LedgerEntry]] = defaultdict(list)
    if not entries:
        return found
    firms, own = {entry.enterprise_id for entry in entries}, {entry.pk for entry in entries}
    since = LedgerEntry.objects.since(entries[0].pk).filter(enterprise_id__in=firms).in_force()
    for entry in since.select_related("enterprise", "source"):
        if entry.pk not in own:
            found[entry.enterprise_id].append(entry)
    return found


def _firsts(entries: Sequence[LedgerEntry]) -> set[int]:
    """Which entries were the first of their facts."""
    firms = {entry.enterprise_id for entry in entries}
    groups = (
        LedgerEntry.objects.filter(enterprise_id__in=firms)
        .values("fact", "fact_id")
        .annotate(first=Min("pk"))
    )
    return {group["first"] for group in groups}


def _done(entry: LedgerEntry, firsts: set[int]) -> DoneAct:
    return DoneAct(
        entry.pk,
        entry.act,
        entry.fact,
        entry.fact_id,
        entry.before,
        entry.after,
        entry.effective_on,
        entry.pk in firsts,
    )


def _builds_on(new: LedgerEntry, old: LedgerEntry) -> bool:
    if new.pk < old.pk:
        return False
    if old.act == LedgerEntry.Act.REGISTERED:
        return True
    if new.fact != old.fact:
        return False
    if old.fact in CHAINED:
        return True
    if new.fact_id != old.fact_id:
        return False
    return old.fact not in BY_FIELD or not set(new.after).isdisjoint(old.after)
