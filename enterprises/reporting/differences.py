"""In what a version differs from the one before it, firm by firm."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Case, When
from django.utils.text import Truncator

from enterprises.models import Remark, RosterFirm, RosterVersion, VersionState
from enterprises.models.version_state import DRAFTS

NOT_WHOLE = (VersionState.CHECKING, VersionState.FAULTY)
"""Not all rows of such a version are known: of a faulty one only the sound rows are."""


@dataclass(frozen=True)
class RosterDifference:
    """Rows compared by their digests. `untouched`: remarks on firms whose row has not changed."""

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
    """Against the newest earlier version that was handed in, because that is the one with remarks.

    Where there is none, a draft is compared with the draft before it. None where the rows of one of
    the two are not all known. At most four queries.
    """
    earlier = version.roster.versions.filter(number__lt=version.number)
    comparable = earlier.exclude(state__in=NOT_WHOLE if version.is_draft else DRAFTS)
    drafts_last = Case(When(state=VersionState.READY, then=1), default=0)
    previous = comparable.order_by(drafts_last, "-number").first()
    if previous is None or version.state in NOT_WHOLE:
        return None
    # Two queries, of short rows: a roster has up to 20,000 firms.
    now, before = _rows_of(version), _rows_of(previous)
    difference = RosterDifference(previous)
    unchanged = set()
    for uscc, firm in now.items():
        if uscc not in before:
            difference.added.append(firm)
        elif firm.digest != before[uscc].digest:
            difference.changed.append(firm)
        else:
            unchanged.add(uscc)
    difference.removed.extend(firm for uscc, firm in before.items() if uscc not in now)
    # Remarks of the bureau only: those of the unit ask for no change.
    by_bureau = previous.remarks.exclude(uscc="").filter(by__unit=None).select_related("by")
    difference.untouched.extend(remark for remark in by_bureau if remark.uscc in unchanged)
    return difference


def _rows_of(version: RosterVersion) -> dict[str, RosterFirm]:
    listed = version.firms.listed().only("version_id", "uscc", "name", "row", "cell", "digest")
    return {firm.uscc: firm for firm in listed}
