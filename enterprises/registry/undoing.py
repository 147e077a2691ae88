"""How to undo a stretch of the ledger: acts that take it back, or what was built on it since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Min, Q
from django.utils import timezone

from enterprises.models import IpItem, LedgerEntry
from enterprises.registry.acts import Act, DoneAct, Undo

FORMER_NAME = "formername"
CHAINED = ("placement", "poolentry", "application")
"""A later fact of these kinds begins where the one before it ends, so it builds on that one."""
BY_ACT = ("firmowner",)
"""The same, but each act has a line of its own: the owner at the unit, the owner at the bureau."""
BY_FIELD = ("enterprise", "yearlyfigures")
"""A later entry about these builds on an earlier one only where both say the same field."""
MOST_BLOCKERS = 5
"""Firms named in the refusal of an undoing."""


@dataclass(frozen=True)
class Undoing:
    """`acts` take the entries back, one for each firm.

    `blockers`: code of a firm → later entries that build on what would be taken back; there is no
    act for such a firm.
    """

    acts: list[Act]
    blockers: Mapping[str, list[LedgerEntry]]


def plan_undoing(
    stretches: Sequence[tuple[int, int]],
    usccs: Collection[str] | None = None,
    stays: Callable[[LedgerEntry], bool] | None = None,
) -> Undoing:
    """How to take back the entries of each stretch (first and last number), by three queries.

    With `usccs` only those of these firms. What `stays` is left as it is, unless the firm's
    registration goes, and all it holds with it. Call it with the ledger locked when the acts are to be
    applied: otherwise somebody may build on an entry in between.
    """
    entries = _entries_of(stretches, usccs)
    if stays is not None:
        new = {row.enterprise_id for row in entries if row.act == LedgerEntry.Act.REGISTERED}
        entries = [row for row in entries if row.enterprise_id in new or not stays(row)]
    by_firm: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        by_firm[entry.enterprise.uscc].append(entry)
    later, firsts = later_entries(entries), _first_entries(entries)
    blockers: dict[str, list[LedgerEntry]] = {}
    acts: list[Act] = []
    for uscc, undone in by_firm.items():
        since = later[undone[0].enterprise_id]
        building = [new for new in since if any(builds_on(new, old) for old in undone)]
        if building:
            blockers[uscc] = building
        else:
            done = tuple(_done_act(entry, firsts) for entry in undone)
            acts.append(Undo(uscc=uscc, done=done))
    return Undoing(acts, blockers)


def _entries_of(
    stretches: Sequence[tuple[int, int]], usccs: Collection[str] | None
) -> list[LedgerEntry]:
    # Matches nothing: without a stretch there is nothing to undo.
    # An empty Q would match everything.
    within = Q(pk__in=[])
    for stretch in stretches:
        within |= Q(pk__range=stretch)
    found = (
        LedgerEntry.objects.filter(within).in_force().select_related("enterprise").order_by("pk")
    )
    return [entry for entry in found if usccs is None or entry.enterprise.uscc in usccs]


def later_entries(entries: Sequence[LedgerEntry]) -> dict[int, list[LedgerEntry]]:
    """Firm → its entries after the first of these that are not among them."""
    later: dict[int, list[LedgerEntry]] = defaultdict(list)
    if not entries:
        return later
    firms = {entry.enterprise_id for entry in entries}
    undone = {entry.pk for entry in entries}
    since = LedgerEntry.objects.since(entries[0].pk).filter(enterprise_id__in=firms).in_force()
    for entry in since.select_related("enterprise", "source"):
        if entry.pk not in undone:
            later[entry.enterprise_id].append(entry)
    return later


def _first_entries(entries: Sequence[LedgerEntry]) -> set[int]:
    """Which entries were the first of their facts."""
    firms = {entry.enterprise_id for entry in entries}
    groups = (
        LedgerEntry.objects.filter(enterprise_id__in=firms)
        .values("fact", "fact_id")
        .annotate(first=Min("pk"))
    )
    return {group["first"] for group in groups}


def _done_act(entry: LedgerEntry, firsts: set[int]) -> DoneAct:
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


def of_one_transfer(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Entries of other firms that go with these: a right that leaves one firm arrives at another.

    Two queries for each entry of a transfer.
    """
    firsts = {entry.fact_id for entry in entries if _begins_right(entry)}
    found: list[LedgerEntry] = []
    for entry in entries:
        if _begins_right(entry):
            found += _counterparts(entry, "since", "until", LedgerEntry.Act.IP_GONE)
        # Whose right is taken back as a whole takes it from nobody who had it later.
        elif entry.act == LedgerEntry.Act.IP_GONE and entry.fact_id not in firsts:
            found += _counterparts(entry, "until", "since", LedgerEntry.Act.IP_ADDED)
    return [entry for entry in found if entry not in entries]


def _begins_right(entry: LedgerEntry) -> bool:
    return entry.act == LedgerEntry.Act.IP_ADDED and not entry.before


def _counterparts(entry: LedgerEntry, here: str, there: str, act: str) -> list[LedgerEntry]:
    """`here`, `there`: the day of the transfer, as each of the two stretches holds it."""
    item = IpItem.objects.filter(pk=entry.fact_id).first()
    if item is None:
        return []
    rows = IpItem.objects.filter(
        kind__code=item.kind_id, number=item.number, **{there: getattr(item, here)}
    ).exclude(pk=item.pk)
    entries = LedgerEntry.objects.in_force().filter(
        act=act, fact=entry.fact, fact_id__in=rows.values("pk")
    )
    return list(entries.select_related("enterprise", "by", "source").order_by("-pk")[:1])


def builds_on(new: LedgerEntry, old: LedgerEntry) -> bool:
    """Taking `old` back would leave `new`, of the same firm, without its ground."""
    if new.pk < old.pk:
        return False
    # Two records became one: what either held before is taken back after that alone.
    if new.act == LedgerEntry.Act.MERGED:
        return True
    # Without its registration a firm holds nothing at all.
    if old.act == LedgerEntry.Act.REGISTERED:
        return True
    # The day of a renaming was corrected at the name before it.
    if old.act == LedgerEntry.Act.RENAMED and new.fact == FORMER_NAME:
        return True
    if new.fact != old.fact:
        return False
    if old.fact in CHAINED:
        return True
    if old.fact in BY_ACT:
        return new.act == old.act
    # A qualification or a closure stands by itself.
    # Only a later word about the same one builds on it.
    if new.fact_id != old.fact_id:
        return False
    return old.fact not in BY_FIELD or not set(new.after).isdisjoint(old.after)


def blockers_in_words(blockers: Mapping[str, Sequence[LedgerEntry]]) -> str:
    """Why nothing is taken back, naming the first firms."""
    named = []
    for entries in list(blockers.values())[:MOST_BLOCKERS]:
        # The first of the later facts is enough to find the others.
        entry = entries[0]
        source = f"，来自{entry.source.name}" if entry.source else ""
        day = timezone.localdate(entry.at)
        named.append(f"{entry.enterprise.name}（{entry.get_act_display()}，{day}{source}）")
    more = f"等{len(blockers)}家" if len(blockers) > MOST_BLOCKERS else ""
    return f"不能撤销：入库之后又有变更以它为基础：{'；'.join(named)}{more}。请先更正这些变更。"
