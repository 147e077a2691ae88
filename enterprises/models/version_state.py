"""Where a version of a roster can stand, and how that looks."""

from django.db import models

from enterprises.marks import Mark, Tone


class VersionState(models.TextChoices):
    CHECKING = "checking", "检查中"
    FAULTY = "faulty", "有错误"
    READY = "ready", "待报送"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "审核通过"
    APPLIED = "applied", "已入库"
    REPLACED = "replaced", "已由更正版取代"
    UNDONE = "undone", "已撤销"

    @property
    def mark(self) -> Mark:
        return VERSION_MARKS[self]


VERSION_MARKS = {
    VersionState.CHECKING: Mark(Tone.MOVE, "hourglass-split"),
    VersionState.FAULTY: Mark(Tone.BAD, "x-circle"),
    VersionState.READY: Mark(Tone.WATCH, "hourglass-split"),
    VersionState.SUBMITTED: Mark(Tone.MOVE, "upload"),
    VersionState.RETURNED: Mark(Tone.BAD, "arrow-left"),
    VersionState.APPROVED: Mark(Tone.MOVE, "upload"),
    VersionState.APPLIED: Mark(Tone.GOOD, "check-circle"),
    VersionState.REPLACED: Mark(Tone.NONE, "arrow-left-right"),
    VersionState.UNDONE: Mark(Tone.NONE, "arrow-left"),
}

DRAFTS = (VersionState.CHECKING, VersionState.FAULTY, VersionState.READY)
HANDED_IN = (VersionState.SUBMITTED, VersionState.APPROVED, VersionState.APPLIED)
"""States in which the unit has met its duty for now."""
