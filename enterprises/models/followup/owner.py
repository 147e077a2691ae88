"""Who sees to a firm."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet
from enterprises.models.validity import FAR, Validity, in_force


class FirmOwnerQuerySet(OfFirmQuerySet):
    def holding_on(self, day: dt.date) -> FirmOwnerQuerySet:
        return self.filter(in_force(day, "since", "until"))


class FirmOwner(models.Model):
    """Somebody sees to the firm, for its unit or for the bureau, from `since` to before `until`."""

    class Level(models.TextChoices):
        UNIT = "unit", "单位"
        BUREAU = "bureau", "科技局"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="owners", verbose_name="企业"
    )
    level = models.CharField("层级", max_length=8, choices=Level)
    # The name under which the person signs in: it means the same in every database.
    account = models.CharField("责任人", max_length=150)
    since = models.DateField("自")
    until = models.DateField("至（不含）", null=True, blank=True)

    objects = FirmOwnerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业责任人"
        ordering = ["enterprise", "level", "since"]
        constraints = [
            models.CheckConstraint(
                name="owner_level_known",
                condition=Q(level__in=["unit", "bureau"]),
                violation_error_message="责任人的层级无效。",
            ),
            models.CheckConstraint(
                name="owner_has_account",
                condition=~Q(account=""),
                violation_error_message="责任人须写明账号。",
            ),
            models.CheckConstraint(
                name="owner_dates_in_order",
                condition=Q(until__isnull=True) | Q(since__lt=F("until")),
                violation_error_message="责任人的起始日必须早于结束日。",
            ),
            models.UniqueConstraint(
                # That they do not overlap, PostgreSQL checks as well: see the migration.
                name="owner_one_open",
                fields=["enterprise", "level"],
                condition=Q(until__isnull=True),
                violation_error_message="一家企业同一层级只能有一名当前责任人。",
            ),
            models.UniqueConstraint(
                name="owner_once_per_day",
                fields=["enterprise", "level", "since"],
                violation_error_message="一家企业同一层级同一天只能登记一名责任人。",
            ),
        ]
        # "My firms" asks by the account.
        indexes = [
            models.Index(name="owner_open", fields=["account"], condition=Q(until__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}责任人 {self.account} 自 {self.since}"

    def holds_on(self, day: dt.date) -> bool:
        return Validity(self.since, self.until or FAR).covers(day)
