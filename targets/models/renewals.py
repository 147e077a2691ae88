"""Who was reminded of which certificate before it lapses."""

from __future__ import annotations

from django.db import models

from enterprises.models import Qualification


class RenewalReminder(models.Model):
    """A reminder of a certificate, sent so many days before its last day; once per milestone."""

    qualification = models.ForeignKey(
        Qualification, models.CASCADE, related_name="+", verbose_name="证书"
    )
    milestone = models.PositiveSmallIntegerField("到期前天数")
    sent_at = models.DateTimeField("提醒时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "续证提醒记录"
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                name="renewal_reminder_once",
                fields=["qualification", "milestone"],
                violation_error_message="该节点已提醒过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.qualification} {self.milestone}天"
