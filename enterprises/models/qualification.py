"""Certificates and register memberships: from a day to a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Case, F, Q, When

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet
from enterprises.models.reference import QualificationKind
from enterprises.models.validity import Validity, valid_on


class QualificationQuerySet(OfFirmQuerySet):
    def holding_on(self, day: dt.date) -> QualificationQuerySet:
        return self.filter(valid_on(day))

    def counted_on(self, day: dt.date) -> QualificationQuerySet:
        """Those that may count on a day, by their dates or by their class year.

        First what holds by its dates, then the latest.
        """
        # A certificate that holds by its dates comes before one that only its class year keeps.
        by_dates = Case(When(valid_on(day), then=0), default=1)
        relevant = self.filter(valid_on(day) | Q(class_year__lte=day.year))
        latest = (F(field).desc(nulls_last=True) for field in ("class_year", "valid_from"))
        return relevant.order_by(by_dates, *latest, "-pk")

    def by_date(self) -> QualificationQuerySet:
        return self.order_by(F("valid_from").asc(nulls_first=True), "pk")


class Qualification(models.Model):
    """One certificate or membership. `validity` says on which days it holds.

    `valid_until` is the printed 有效期至, inclusive; null means no end. Where `until_basis` is
    `TERM` nobody has reported it, and it was computed from the kind's term. `revoked_on` is the
    first day on which it no longer holds. A certificate of which only the class year is known has
    no dates: it counts by class year alone.
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
            # Withdrawn on the very day of issue, it never held; that may be recorded.
            models.CheckConstraint(
                name="qualification_revoked_after_issue",
                condition=Q(revoked_on__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(revoked_on__gte=F("valid_from")),
                violation_error_message="取消日期不得早于发证日期。",
            ),
            models.CheckConstraint(
                # Otherwise it would count under neither definition, by dates or by class year.
                name="qualification_dated",
                condition=Q(valid_from__isnull=False)
                | Q(class_year__isnull=False, valid_until__isnull=True),
                violation_error_message="资质必须有发证日期，或至少有认定年度。",
            ),
            # Memberships of a register have no number: these are told apart by their day.
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
    def validity(self) -> Validity | None:
        """The days on which it holds by its dates; None where only the class year is known."""
        if self.valid_from is None:
            return None
        return Validity.from_printed_days(self.valid_from, self.valid_until, self.revoked_on)

    @property
    def is_first_seen(self) -> bool:
        """Nobody has told its first day: it stands for the day on which a roster first named it."""
        return self.dating == self.Dating.FIRST_SEEN

    def holds_on(self, day: dt.date) -> bool:
        """The same rule as `QualificationQuerySet.holding_on`, for a row at hand."""
        validity = self.validity
        return validity is not None and validity.covers(day)


def first_counted_on(held: Iterable[Qualification], day: dt.date) -> Qualification | None:
    """The first of `QualificationQuerySet.counted_on`, the same rule for rows at hand."""

    def has_class_year_by_now(certificate: Qualification) -> bool:
        return certificate.class_year is not None and certificate.class_year <= day.year

    def rank(certificate: Qualification) -> tuple[bool, int, dt.date, int]:
        return (
            certificate.holds_on(day),
            certificate.class_year or 0,
            certificate.valid_from or dt.date.min,
            certificate.pk,
        )

    counted = [row for row in held if row.holds_on(day) or has_class_year_by_now(row)]
    return max(counted, key=rank, default=None)
