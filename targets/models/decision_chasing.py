"""When a decision that is not settled is chased, and at which rungs it has been."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from targets.models.meeting_decisions import Decision


class ChasingRungQuerySet(models.QuerySet["ChasingRung"]):
    def on(self, day: dt.date) -> ChasingRungQuerySet:
        """In force on the day; `until` is the last day on which a rung still speaks."""
        return self.filter(since__lte=day).exclude(until__isnull=False, until__lt=day)


class ChasingRung(models.Model):
    """So many days after the due day of a decision (before it: negative) its lead is chased.

    One that repeats does so again after as many days.
    """

    days = models.SmallIntegerField("天数", help_text="期限后第几天催办；期限前的为负数，当天为0")
    repeats = models.BooleanField("重复", default=False, help_text="此后每隔同样天数再催一次")
    since = models.DateField("自（催办日）起")
    until = models.DateField("至（含）", null=True, blank=True)
    source = models.CharField("依据", max_length=200)

    objects = ChasingRungQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "决定催办节点"
        ordering = ["days", "since"]
        constraints = [
            models.UniqueConstraint(
                name="chasing_rung_once",
                fields=["days", "since"],
                violation_error_message="同一天数同一起始日只能有一条。",
            ),
            models.CheckConstraint(
                name="chasing_rung_repeats_after",
                condition=Q(repeats=False) | Q(days__gte=1),
                violation_error_message="只有期限以后的节点可以重复。",
            ),
            models.CheckConstraint(
                name="chasing_rung_has_source",
                condition=~Q(source=""),
                violation_error_message="催办节点必须写明依据。",
            ),
            models.CheckConstraint(
                name="chasing_rung_dates_in_order",
                condition=Q(until__isnull=True) | Q(since__lte=F("until")),
                violation_error_message="起始日不得晚于结束日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days}天"


class DecisionReminder(models.Model):
    """A decision was chased at a rung, once. A due day that was moved begins the ladder anew."""

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="reminders", verbose_name="决定"
    )
    due = models.DateField("办结期限")
    rung = models.SmallIntegerField("节点")
    sent_at = models.DateTimeField("催办时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "决定催办记录"
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                name="decision_reminder_once",
                fields=["decision", "due", "rung"],
                violation_error_message="该节点已催办过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.rung}"
