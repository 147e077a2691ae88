"""Of which review of a stay in the pool its unit was told."""

from __future__ import annotations

from django.db import models

from enterprises.models.reserve.pool import PoolEntry


class ReviewReminder(models.Model):
    """The day of a stay's review had come; once for the stay and the day."""

    entry = models.ForeignKey(
        PoolEntry, models.CASCADE, related_name="+", verbose_name="后备库记录"
    )
    day = models.DateField("复核日")
    sent_at = models.DateTimeField("提醒时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "复核提醒记录"
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="review_reminder_once",
                fields=["entry", "day"],
                violation_error_message="该复核日已提醒过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.day}"
