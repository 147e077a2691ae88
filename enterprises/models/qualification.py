"""Certificates and register memberships: from a day to a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Case, F, Q, When

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet
from enterprises.models.reference import QualificationKind


def holding(day: dt.date) -> Q:
    """The same rule as `Qualification.holds_on`, for many."""
    unended = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    unrevoked = Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
    return unended & unrevoked & Q(valid_from__lte=day)


class QualificationQuerySet(OfFirmQuerySet):
    def holding_on(self, day: dt.date) -> QualificationQuerySet:
        return self.filter(holding(day))

    def counted_on(self, day: dt.date) -> QualificationQuerySet:
        """Those that may count on a day, by their dates or by their class year; first what holds, then the latest."""
        by_dates = Case(When(holding(day), then=0), default=1)
        relevant = self.filter(holding(day) | Q(class_year__lte=day.year))
        latest = (F(field).desc(nulls_last=True) for field in ("class_year", "valid_from"))
        return relevant.order_by(by_dates, *latest, "-pk")

    def by_date(self) -> QualificationQuerySet:
        return self.order_by(F("valid_from").asc(nulls_first=True), "pk")


class Qualification(models.Model):
    """One certificate or membership. Valid on a day when valid_from ≤ day ≤ valid_until and not yet revoked.

    `valid_until` is the printed 有效期至, inclusive; none = no end. By `until_basis` term it was computed from the
    kind's term, as nobody has told it. `revoked_on` is the first day it no longer holds. A certificate of which only
    the class year is known has no dates: it counts by class year alone.
    """

    class Recognition(models.TextChoices):
        FIRST = "first", "首次认定"
        AGAIN = "again", "重新认定"

    class Dating(models.TextChoices):
        PRINTED = "printed", "原始日期"
        FIRST_SEEN = "first_seen", "首次见于名册之日"

    class Basis(models.TextChoices):
        TERM = "term", "按期限推算"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="qualifications", verbose_name="企业"
    )
    kind = models.ForeignKey(
        QualificationKind, models.PROTECT, related_name="qualifications", verbose_name="资质类别"
    )
    number = models.CharField("编号", max_length=40, blank=True)
    valid_from = models.DateField("发证/入库日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    until_basis = models.CharField("有效期至依据", max_length=4, choices=Basis, blank=True)
    class_year = models.PositiveSmallIntegerField("认定年度", null=True, blank=True)
    revoked_on = models.DateField("取消/退库日期", null=True, blank=True)
    recognition = models.CharField("认定类型", max_length=6, choices=Recognition, blank=True)
    dating = models.CharField("日期来由", max_length=10, choices=Dating, default=Dating.PRINTED)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资质"
        ordering = ["enterprise", "kind", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                name="qualification_dates_in_order",
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                violation_error_message="有效期至不得早于发证日期。",
            ),
            models.CheckConstraint(
                name="qualification_revoked_after_issue",
                condition=Q(revoked_on__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(revoked_on__gte=F("valid_from")),
                violation_error_message="取消日期不得早于发证日期。",
            ),
            models.CheckConstraint(
                name="qualification_dated",
                condition=Q(valid_from__isnull=False)
                | Q(class_year__isnull=False, valid_until__isnull=True),
                violation_error_message="资质必须有发证日期，或至少有认定年度。",
            ),
            models.UniqueConstraint(
                name="qualification_number_once",
                fields=["kind", "number"],
                condition=~Q(number=""),
                violation_error_message="该编号已被登记。",
            ),
            models.UniqueConstraint(
                name="qualification_unnumbered_once",
                fields=["enterprise", "kind", "valid_from"],
                condition=Q(number=""),
                violation_error_message="该企业同日同类资质已登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.short_name} {self.number or self.valid_from or self.class_year}"

    @property
    def is_first_seen(self) -> bool:
        """Nobody has told its first day: it stands for the day on which a roster first named it."""
        return self.dating == self.Dating.FIRST_SEEN

    def holds_on(self, day: dt.date) -> bool:
        if self.valid_from is None or day < self.valid_from:
            return False
        if self.valid_until is not None and day > self.valid_until:
            return False
        return self.revoked_on is None or day < self.revoked_on


def first_counted_on(held: Iterable[Qualification], day: dt.date) -> Qualification | None:
    """The first of `QualificationQuerySet.counted_on`, the same rule for rows at hand."""
    counted = [
        one for one in held if one.holds_on(day) or (one.class_year or dt.MAXYEAR) <= day.year
    ]
    return max(
        counted,
        key=lambda one: (
            one.holds_on(day),
            one.class_year or 0,
            one.valid_from or dt.date.min,
            one.pk,
        ),
        default=None,
    )
