"""The fact that a firm did what it owed for a year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enterprises.models.duty.duty import YearlyDuty
from enterprises.models.enterprise import Enterprise, OfFirmQuerySet


class DutyDoneQuerySet(OfFirmQuerySet):
    def in_force(self) -> DutyDoneQuerySet:
        """Without those that were withdrawn."""
        return self.filter(withdrawn_on=None)


class DutyDone(models.Model):
    """The firm did what it owed for the year, on a day; and who said so."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="duties_done", verbose_name="企业"
    )
    duty = models.ForeignKey(YearlyDuty, models.PROTECT, related_name="+", verbose_name="年度义务")
    year = models.PositiveSmallIntegerField("年度")
    done_on = models.DateField("办理日期")
    source = models.CharField("由谁确认", max_length=120)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)

    objects = DutyDoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度义务办理"
        ordering = ["enterprise", "duty", "-year"]
        constraints = [
            models.UniqueConstraint(
                name="duty_done_once",
                fields=["enterprise", "duty", "year"],
                violation_error_message="该企业这一年度的义务已登记。",
            ),
            models.CheckConstraint(
                name="duty_done_says_who",
                condition=~Q(source=""),
                violation_error_message="须写明由谁确认。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.year}年度"

    @property
    def in_full(self) -> str:
        return f"{self}，{self.done_on}（{self.source}）"
