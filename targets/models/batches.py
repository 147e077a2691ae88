"""The calendar of applications: batches, with the days on which each opens, closes and is decided."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enterprises.models import QualificationKind
from enterprises.models.application import MOST_BATCHES
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR

COURSE = ("opens_on", "closes_on", "district_due_at", "publicity_on", "certificates_on")
"""The days of a batch in the order in which they come."""


class ApplicationBatchQuerySet(models.QuerySet["ApplicationBatch"]):
    def closing(self) -> ApplicationBatchQuerySet:
        """Those whose last day is known: only they can be planned with."""
        return self.filter(closes_on__isnull=False)


class ApplicationBatch(models.Model):
    """A batch in which firms apply for a certificate. The dates are announced anew each year.

    Any day may still be unknown.
    """

    kind = models.ForeignKey(
        QualificationKind, models.PROTECT, related_name="batches", verbose_name="资质类别"
    )
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("批次")
    opens_on = models.DateField("企业开始申报", null=True, blank=True)
    closes_on = models.DateField("企业申报截止", null=True, blank=True, help_text="含当日")
    district_due_at = models.DateTimeField("区县上报截止", null=True, blank=True)
    publicity_on = models.DateField("公示", null=True, blank=True, help_text="公示开始之日")
    certificates_on = models.DateField("发证", null=True, blank=True, help_text="证书的发证日期")
    source = models.CharField("来源", max_length=200)
    # None where a command wrote without the name of a person, and for what came with the plan.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )
    changed_at = models.DateTimeField("登记时间", null=True, blank=True, editable=False)

    objects = ApplicationBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "申报批次"
        ordering = ["kind", "year", "number"]
        constraints = [
            models.UniqueConstraint(
                name="batch_number_once",
                fields=["kind", "year", "number"],
                violation_error_message="该年度已有这一批次。",
            ),
            models.CheckConstraint(
                name="batch_dates_in_order",
                condition=Q(opens_on__isnull=True)
                | Q(closes_on__isnull=True)
                | Q(opens_on__lte=F("closes_on")),
                violation_error_message="申报开始日期不得晚于截止日期。",
            ),
            models.CheckConstraint(
                name="batch_decided_in_order",
                condition=Q(publicity_on__isnull=True)
                | Q(certificates_on__isnull=True)
                | Q(publicity_on__lte=F("certificates_on")),
                violation_error_message="公示日期不得晚于发证日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年第{self.number}批"

    def clean(self) -> None:
        errors: dict[str, str] = {}
        if self.year is not None and not FIRST_YEAR <= self.year <= LAST_YEAR:
            errors["year"] = f"年度应在{FIRST_YEAR}至{LAST_YEAR}之间。"
        if self.number is not None and not 1 <= self.number <= MOST_BATCHES:
            errors["number"] = f"批次应在1至{MOST_BATCHES}之间。"
        told = [name for name in COURSE if self.day_of(name)]
        for earlier, later in pairwise(told):
            if self._is_after(earlier, later):
                title = self._meta.get_field(earlier).verbose_name  # type: ignore[union-attr]
                errors.setdefault(later, f"不得早于{title}（{self.day_of(earlier)}）。")
        if errors:
            raise ValidationError(errors)

    @property
    def last_day(self) -> dt.date:
        """The last day on which firms may apply, of a batch that is `closing`."""
        assert self.closes_on is not None
        return self.closes_on

    def day_of(self, name: str) -> dt.date | None:
        """One of the days of COURSE, without its time."""
        value = getattr(self, name)
        return timezone.localdate(value) if isinstance(value, dt.datetime) else value

    def _is_after(self, earlier: str, later: str) -> bool:
        first, second = self.day_of(earlier), self.day_of(later)
        return first is not None and second is not None and first > second
