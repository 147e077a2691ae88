"""Lines of official lists that name a membership which a merge leaves out as told twice.

They name the one that is left, and the one they named before where the merge is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from enterprises.models import AnnouncementLine, LedgerEntry, Qualification
from enterprises.registry import acts
from enterprises.registry.merges import MergeDone

FACT = Qualification._meta.model_name
Named = list[tuple[AnnouncementLine, Qualification]]


def named_before(act: acts.Act) -> Named:
    """The lines, with the qualification that each names; none but for a merge."""
    if not isinstance(act, acts.Merge):
        return []
    lines = AnnouncementLine.objects.filter(qualification__enterprise__uscc__in=act.codes)
    return [(line, line.qualification) for line in lines.select_related("qualification")]  # type: ignore[misc]


def lead_to_what_is_left(named: Named) -> None:
    """After the merge was written: what was deleted is named no more."""
    left = Qualification.objects.filter(pk__in=[held.pk for _, held in named])
    present = set(left.values_list("pk", flat=True))
    gone = [(line, held) for line, held in named if held.pk not in present]
    for line, held in gone:
        owners = {held.enterprise_id, held.enterprise.merged_into_id}
        same = Qualification.objects.filter(enterprise__in=owners, kind=held.kind_id)
        kept = same.filter(valid_from=held.valid_from).first()
        AnnouncementLine.objects.filter(pk=line.pk).update(qualification=kept)


def lead_back(merge: MergeDone) -> None:
    """After the merge was taken back: a line of either record names that record's own again."""
    for entry in _left_out(merge.entries):
        held = Qualification.objects.select_related("kind").get(pk=entry.fact_id)
        lines = AnnouncementLine.objects.filter(
            firm=entry.enterprise_id,
            qualification__enterprise__in=[merge.here.pk, merge.other.pk],
            qualification__kind=held.kind,
            qualification__valid_from=held.valid_from,
        )
        lines.update(qualification=held)


def _left_out(entries: Sequence[LedgerEntry]) -> Iterable[LedgerEntry]:
    arrived = {(one.fact, one.fact_id) for one in entries if one.after and not one.before}
    for entry in entries:
        told = (entry.fact, entry.fact_id)
        if entry.fact == FACT and not entry.after and told not in arrived:
            yield entry
