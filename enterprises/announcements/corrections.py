"""A corrected edition: which list it corrects, and what it takes back of it.

The first edition's words about firms that the corrected one leaves out are taken back, unless a
person keeps them or something later builds on them. A list that only adds (补充) takes nothing back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from enterprises.announcements.matching import named_by
from enterprises.announcements.meaning import Meaning
from enterprises.announcements.proposal import ListProposal
from enterprises.models import Announcement, Enterprise, Qualification
from enterprises.models.announcements.announcement import entries_of
from enterprises.registry import undoing
from enterprises.registry.undoing import Undoing


@dataclass
class CorrectedEdition:
    """`dropped`: firms of which the first edition wrote, and that this one does not name."""

    first: Announcement | None = None
    dropped: list[Enterprise] = field(default_factory=list)
    undoing: Undoing = field(default_factory=lambda: Undoing([], {}))

    @property
    def withdrawn(self) -> list[Enterprise]:
        """Whose words of the first edition are taken back."""
        codes = {act.uscc for act in self.undoing.acts}
        return [firm for firm in self.dropped if firm.uscc in codes]


def first_edition(meaning: Meaning, besides: Announcement | None) -> Announcement | None:
    """The list in force of the same kind, year and batch, where this one says to correct it."""
    if not meaning.replaces:
        return None
    same = Announcement.objects.in_force().filter(
        kind=meaning.code, year=meaning.year, batch=meaning.batch
    )
    if besides:
        same = same.exclude(pk=besides.pk)
    return same.select_related("source").order_by("-written_at").first()


def correction_of(
    proposal: ListProposal, first: Announcement | None, kept: Sequence[str] = ()
) -> CorrectedEdition:
    """`kept`: codes of firms of which a person keeps what the first edition wrote."""
    if first is None:
        return CorrectedEdition()
    named = named_by(match for match, _ in proposal.lines)
    entries = entries_of(first).exclude(enterprise__in=named)
    firms = Enterprise.objects.registered().filter(pk__in=entries.values("enterprise"))
    dropped = list(firms.order_by("name"))
    codes = {firm.uscc for firm in dropped} - set(kept)
    plan = undoing.plan_undoing(stretches_of(first), codes) if codes else Undoing([], {})
    return CorrectedEdition(first, dropped, plan)


def stretches_of(announcement: Announcement) -> list[tuple[int, int]]:
    """First and last number of each unbroken run of entries in force."""
    found: list[tuple[int, int]] = []
    for pk in entries_of(announcement).values_list("pk", flat=True):
        if found and found[-1][1] == pk - 1:
            found[-1] = (found[-1][0], pk)
        else:
            found.append((pk, pk))
    return found


def numbers_of(first: Announcement, firms: Sequence[Enterprise]) -> dict[str, str]:
    """Code of a firm → number of the certificate that the first edition speaks of."""
    lines = first.lines.filter(firm__in=firms, qualification__isnull=False)
    held = Qualification.objects.filter(pk__in=lines.values("qualification"))
    return dict(held.values_list("enterprise__uscc", "number"))
