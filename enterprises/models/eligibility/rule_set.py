"""Sets of conditions of a kind of qualification, from a day on: reference data, edited in the admin."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from enterprises.models.reference import QualificationKind


class RuleSet(models.Model):
    """It holds from `since` until the next set of its kind. `thresholds`: as `eligibility.entering` says.

    The day of a supposed application chooses the set; nothing else does.
    """

    class Conditions(models.TextChoices):
        """By which functions a set is read."""

        CERTIFICATE = "certificate", "八项条件和创新能力评价"
        SMALL_FIRM = "small_firm", "规模和得分"
        KIND = "kind", "逐项条件"

    kind = models.ForeignKey(
        QualificationKind, models.PROTECT, related_name="rule_sets", verbose_name="资质类别"
    )
    conditions = models.CharField(
        "判断方法", max_length=12, choices=Conditions, help_text="同一类别的各套条件须用同一种方法"
    )
    since = models.DateField(
        "自（申报日）起", help_text="这一天及以后的申报按本套条件，直到同一类别的下一套起始"
    )
    document = models.CharField("文件", max_length=200, help_text="规定这套条件的文件和文号")
    note = models.TextField("说明", blank=True, help_text="来源的不足、约定等，显示在名单下方")
    thresholds = models.JSONField("标准")

    class Meta:
        verbose_name = verbose_name_plural = "自检条件"
        ordering = ["kind", "-since"]
        constraints = [
            models.UniqueConstraint(
                name="rule_set_once_per_day",
                fields=["kind", "since"],
                violation_error_message="同一类别同一起始日只能有一套条件。",
            ),
            models.CheckConstraint(
                name="rule_set_conditions_known",
                condition=Q(conditions__in=["certificate", "small_firm", "kind"]),
                violation_error_message="未知的判断方法。",
            ),
            models.CheckConstraint(
                name="rule_set_has_document",
                condition=~Q(document=""),
                violation_error_message="自检条件必须写明文件。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since}起"

    def has_begun(self, today: dt.date) -> bool:
        """Firms may have been told an outcome by it."""
        return self.since <= today
