"""What a version says otherwise than the one before it, firm by firm."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Case, When
from django.utils.text import Truncator

from enterprises.models import Remark, RosterFirm, RosterVersion, VersionState
from enterprises.models.version_state import DRAFTS

NOT_WHOLE = (VersionState.CHECKING, VersionState.FAULTY)


@dataclass(frozen=True)
class RosterDifference:
    """Rows told apart by their digests. `untouched`: remarks on firms whose row still reads as it did."""

    previous: RosterVersion
    added: list[RosterFirm] = field(default_factory=list)
    removed: list[RosterFirm] = field(default_factory=list)
    changed: list[RosterFirm] = field(default_factory=list)
    untouched: list[Remark] = field(default_factory=list)

    @property
    def untouched_in_words(self) -> str:
        """The remarks that nothing was done about: each firm, and how its remark begins."""
        return "、".join(
            f"{remark.firm_name}（{Truncator(remark.text).chars(30)}）" for remark in self.untouched
        )

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def since_last(version: RosterVersion) -> RosterDifference | None:
    """Against the newest earlier version that was handed in, for it is what was remarked on; where there is none, a
    draft against the draft before it. Never against a version whose rows are not all known: of a faulty one only the
    sound rows are. At most four queries."""
    earlier = version.roster.versions.filter(number__lt=version.number)
    known = earlier.exclude(state__in=NOT_WHOLE if version.is_draft else DRAFTS)
    previous = known.order_by(
        Case(When(state=VersionState.READY, then=1), default=0), "-number"
    ).first()
    if previous is None or version.state in NOT_WHOLE:
        return None
    now, before = _rows(version), _rows(previous)
    changed = [
        firm for uscc, firm in now.items() if uscc in before and firm.digest != before[uscc].digest
    ]
    moved = {firm.uscc for firm in changed}
    remarks = previous.remarks.exclude(uscc="").filter(by__unit=None).select_related("by")
    return RosterDifference(
        previous,
        added=[firm for uscc, firm in now.items() if uscc not in before],
        removed=[firm for uscc, firm in before.items() if uscc not in now],
        changed=changed,
        untouched=[
            one
            for one in remarks
            if one.uscc in now and one.uscc in before and one.uscc not in moved
        ],
    )


def _rows(version: RosterVersion) -> dict[str, RosterFirm]:
    listed = version.firms.listed().only("version_id", "uscc", "name", "row", "cell", "digest")
    return {firm.uscc: firm for firm in listed}
