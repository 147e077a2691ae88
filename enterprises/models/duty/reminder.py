"""Which unit was reminded of which duty, and when before its due day."""

from __future__ import annotations

from django.db import models

from enterprises.models.duty.duty import YearlyDuty
from parks.models import Unit


class DutyReminder(models.Model):
    """A unit was reminded so many days before the due day; once per milestone."""

    duty = models.ForeignKey(YearlyDuty, models.CASCADE, related_name="+", verbose_name="年度义务")
    year = models.PositiveSmallIntegerField("年度")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name="单位")
    days = models.PositiveSmallIntegerField("截止前天数")
    sent_at = models.DateTimeField("提醒时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度义务提醒记录"
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="duty_reminder_once",
                fields=["duty", "year", "unit", "days"],
                violation_error_message="该节点已提醒过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.year}年度 {self.unit} {self.days}天"
