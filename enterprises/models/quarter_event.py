"""What was done in a quarter, by whom, when and why: opened, moved, extended, handed in, decided.

Only added to. The rows that these acts change keep the present state alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from enterprises.models.quarter import Quarter
from enterprises.models.roster import RosterVersion
from parks.models import Unit, User
from parks.sealing import SealedTable, lock_book, seal_new

LABELS = {"opens_on": "开放日", "due_on": "截止日", "locks_on": "锁定日", "until": "可报送至"}
"""Day of an event → its name."""


class QuarterEventQuerySet(models.QuerySet["QuarterEvent"]):
    def record(
        self,
        kind: str,
        about: Quarter | RosterVersion,
        *,
        by: User | None,
        unit: Unit | None = None,
        days: Mapping[str, tuple[dt.date | None, dt.date]] | None = None,
        reason: str = "",
    ) -> QuarterEvent:
        """Note an act in its own transaction. `days`: name of a day → as it was, as it is now."""
        version = about if isinstance(about, RosterVersion) else None
        moved = {} if days is None else days
        with transaction.atomic():
            lock_book(QUARTER_EVENTS)
            event = self.create(
                kind=kind,
                quarter=version.roster.quarter if version else about,
                unit=version.roster.unit if version else unit,
                version=version,
                before={name: before for name, (before, _) in moved.items() if before},
                after={name: after for name, (_, after) in moved.items()},
                reason=reason.strip()[:500],
                by=by,
                at=timezone.now(),
            )
            seal_new(QUARTER_EVENTS, event.pk)
        return event

    def history(self) -> QuarterEventQuerySet:
        """The newest first, with all that a line of it names."""
        return self.select_related("quarter", "unit", "version", "by").order_by("-pk")

    def update(self, **values: Any) -> NoReturn:
        raise TypeError("quarter events are only added to")

    def delete(self) -> NoReturn:
        raise TypeError("quarter events are only added to")


class QuarterEvent(models.Model):
    """One act. `before` and `after` hold the days it changed, by name.

    `by` is None where the nightly job or a job of the queue acted.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", "开放季度"
        MOVED = "moved", "调整期限"
        REOPENED = "reopened", "锁定后重新开放"
        EXTENDED = "extended", "单独延期"
        HANDED_IN = "handed_in", "报送"
        TAKEN_BACK = "taken_back", "撤回"
        RETURNED = "returned", "退回"
        APPROVED = "approved", "审核通过"
        APPROVED_ALONE = "approved_alone", "审核通过（同一人报送并审核）"
        GIVEN_BACK = "given_back", "未能入库，重新待审"
        UNDONE = "undone", "撤销入库"

    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="events", verbose_name="季度")
    kind = models.CharField("事项", max_length=16, choices=Kind)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    version = models.ForeignKey(
        RosterVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name="名册版本",
    )
    before = models.JSONField("原为", default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("改为", default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason = models.CharField("理由", max_length=500, blank=True)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("时间", default=timezone.now)

    objects = QuarterEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送经过"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="quarter_event_kind_known",
                # Written out: names of the outer class cannot be reached inside Meta.
                condition=Q(
                    kind__in=[
                        "opened", "moved", "reopened", "extended", "handed_in", "taken_back",
                        "returned", "approved", "approved_alone", "given_back", "undone",
                    ]
                ),
                violation_error_message="未知的报送事项。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.quarter} {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("quarter events are only added to")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("quarter events are only added to")

    @property
    def changes(self) -> list[str]:
        """From what to what, in words, such as 截止日：2026-10-15 → 2026-10-20."""
        words = []
        for name, day in self.after.items():
            old = self.before.get(name)
            words.append(f"{LABELS[name]}：{f'{old} → ' if old else ''}{day}")
        return words


QUARTER_EVENTS = SealedTable(
    name="quarters",
    title="报送经过",
    model=QuarterEvent,
    forms={
        1: (
            *("id", "quarter_id", "kind", "unit_id", "version_id", "before", "after", "reason"),
            *("by_id", "at"),
        )
    },
)
