"""What the portal proposes for a firm's place in the reserve pool, and what a person did not follow."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet
from enterprises.models.reserve.pool import PoolEntry
from enterprises.models.validity import in_force


class Advice(models.TextChoices):
    """What is proposed."""

    ENTER = "enter", "入库"
    RAISE = "raise", "升级"
    LEAVE = "leave", "退库"


class DeclinedAdviceQuerySet(OfFirmQuerySet):
    def standing_on(self, day: dt.date) -> DeclinedAdviceQuerySet:
        """Those because of which nothing is proposed again on the day."""
        return self.filter(in_force(day, "on", "until"))


class DeclinedAdvice(models.Model):
    """A proposal that a person did not follow; it is not made again from `on` to before `until`."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="declined_advice", verbose_name="企业"
    )
    advice = models.CharField("建议", max_length=6, choices=Advice)
    stage = models.CharField("建议层级", max_length=12, choices=PoolEntry.Stage, blank=True)
    on = models.DateField("日期")
    until = models.DateField("不再提示至（不含）")
    reason = models.CharField("不采用的理由", max_length=200)

    objects = DeclinedAdviceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "未采用的后备库建议"
        ordering = ["enterprise", "-on"]
        constraints = [
            models.CheckConstraint(
                name="declined_days_in_order",
                condition=Q(on__lt=F("until")),
                violation_error_message="不再提示的截止日须晚于决定之日。",
            ),
            models.CheckConstraint(
                name="declined_says_why",
                condition=~Q(reason=""),
                violation_error_message="须写明不采用的理由。",
            ),
            models.UniqueConstraint(
                name="declined_once_a_day",
                fields=["enterprise", "advice", "stage", "on"],
                violation_error_message="同一建议当天已登记为不采用。",
            ),
        ]

    def __str__(self) -> str:
        return f"不采用{self.get_advice_display()}建议 {self.on}"
