"""A merge of two records by its entries, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from enterprises.models import Enterprise, LedgerEntry
from enterprises.registry.acts.unmerging import MergedEntry, Unmerge
from enterprises.registry.undoing import builds_on, later_entries

MERGED = LedgerEntry.Act.MERGED


@dataclass(frozen=True)
class MergeDone:
    """`here` is the firm that stays, `other` the record that went; `entries` in their order."""

    here: Enterprise
    other: Enterprise
    entries: list[LedgerEntry]

    @property
    def act(self) -> Unmerge:
        done = tuple(
            MergedEntry(
                entry=entry.pk,
                of_other=entry.enterprise_id == self.other.pk,
                fact=entry.fact,
                fact_id=entry.fact_id,
                before=entry.before,
                after=entry.after,
            )
            for entry in self.entries
        )
        return Unmerge(uscc=self.here.uscc, other=self.other.uscc, done=done)

    def blockers(self) -> list[LedgerEntry]:
        """Later entries of both that build on the merge; two queries."""
        later = later_entries(self.entries)
        return [
            new
            for entries in later.values()
            for new in entries
            if any(builds_on(new, old) for old in self.entries)
        ]


def merge_of(entry: LedgerEntry) -> MergeDone:
    """The merge in force that the entry belongs to; two queries."""
    entries = LedgerEntry.objects.in_force().filter(act=MERGED).select_related("enterprise", "by")
    # The first entry of a merge is the record's own that went.
    firsts = entries.filter(
        Q(enterprise=entry.enterprise_id) | Q(enterprise__merged_into=entry.enterprise_id),
        enterprise__merged_into__isnull=False,
        fact=Enterprise._meta.model_name,
        pk__lte=entry.pk,
    )
    first = firsts.select_related("enterprise__merged_into").order_by("-pk")[0]
    other = first.enterprise
    here = other.merged_into
    assert here is not None
    both = entries.filter(enterprise__in=[here.pk, other.pk], pk__gte=first.pk).order_by("pk")
    following = entries.filter(
        enterprise__merged_into=here.pk, fact=first.fact, pk__gt=first.pk
    ).order_by("pk")
    if following:
        both = both.filter(pk__lt=following[0].pk)
    return MergeDone(here, other, list(both))
