"""The last good backup and check, as the security log tells of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone

from enterprises.marks import Mark, Tone
from parks.models import SecurityEvent

Action, Outcome = SecurityEvent.Action, SecurityEvent.Result


class BackupState(TextChoices):
    FRESH = "ok", "正常"
    LATE = "late", "过期"
    NONE = "none", "尚无"

    @property
    def mark(self) -> Mark:
        return BACKUP_MARKS[self]


BACKUP_MARKS = {
    BackupState.FRESH: Mark(Tone.GOOD, "check-circle"),
    BackupState.LATE: Mark(Tone.BAD, "exclamation-triangle"),
    BackupState.NONE: Mark(Tone.WATCH, "exclamation-triangle"),
}


@dataclass(frozen=True)
class LastBackup:
    """`event`: the last one that was proved; None where there has been none."""

    event: SecurityEvent | None
    now: dt.datetime

    @property
    def hours(self) -> float | None:
        if self.event is None:
            return None
        return round((self.now - self.event.at).total_seconds() / 3600, 1)

    @property
    def state(self) -> BackupState:
        if self.hours is None:
            return BackupState.NONE
        return BackupState.LATE if self.hours > settings.BACKUP_LATE_HOURS else BackupState.FRESH


def last_backup() -> LastBackup:
    proved = SecurityEvent.objects.filter(action=Action.BACKED_UP, result=Outcome.OK)
    return LastBackup(proved.order_by("-pk").first(), timezone.now())


def last_failure_since(event: SecurityEvent | None) -> SecurityEvent | None:
    """A later attempt that came to nothing."""
    failed = SecurityEvent.objects.filter(action=Action.BACKED_UP, result=Outcome.FAILED)
    return failed.filter(pk__gt=event.pk if event else 0).order_by("-pk").first()


def last_check() -> SecurityEvent | None:
    return SecurityEvent.objects.filter(action=Action.VERIFIED).order_by("-pk").first()
