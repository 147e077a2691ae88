"""Intellectual property item by item: who owned which right from when to when, and who used it."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from enterprises import right_numbers
from enterprises.models.enterprise import Enterprise, OfFirmQuerySet
from enterprises.models.ip.right import IpClass, IpClassRule, IpKind
from enterprises.models.validity import FAR, Validity, in_force


class IpItemQuerySet(OfFirmQuerySet):
    def owned_on(self, day: dt.date) -> IpItemQuerySet:
        return self.filter(_owned_on(day))

    def judged_on(self, day: dt.date) -> IpItemQuerySet:
        """For an application on the day: `ip_class`, whether it is `owned`, whether it `was_used`.

        `was_used`: by whichever owner, in an application of an earlier year.
        """
        rules = IpClassRule.objects.filter(kind=OuterRef("kind"), since__lte=day)
        newest = Subquery(rules.order_by("-since").values("ip_class")[:1])
        used = IpItem.objects.filter(
            kind=OuterRef("kind"), number=OuterRef("number"), used_first__lt=day.year
        )
        return self.annotate(
            ip_class=Coalesce(newest, Value(IpClass.NONE.value)),
            owned=ExpressionWrapper(_owned_on(day), output_field=BooleanField()),
            was_used=Exists(used),
        )


def _owned_on(day: dt.date) -> Q:
    """The firm owns it and it is in force; nobody owns what is not granted yet."""
    unended = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return in_force(day, "since", "until") & unended


class IpItem(models.Model):
    """A firm owns a right from `since` to before `until`.

    The right is known by kind and number; on any day it has one owner. `ends_on`: the last day of
    its protection; None where none is known. `used_first`, `used_last`: years of the applications
    for the high-tech certificate that named it, whatever came of them.
    """

    class Obtained(models.TextChoices):
        OWN = "own", "自主研发"
        BOUGHT = "bought", "受让"
        GIVEN = "given", "受赠"
        MERGER = "merger", "并购"
        OTHER = "other", "其他"

    class Ending(models.TextChoices):
        TRANSFERRED = "transferred", "转出"
        LAPSED = "lapsed", "权利失效"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="ip_items", verbose_name="企业"
    )
    # By its code: so the ledger, which outlives any row, holds it.
    kind = models.ForeignKey(
        IpKind, models.PROTECT, to_field="code", related_name="+", verbose_name="知识产权类别"
    )
    number = models.CharField("编号", max_length=right_numbers.LONGEST)
    title = models.CharField("名称", max_length=200, blank=True)
    granted_on = models.DateField("授权日期")
    ends_on = models.DateField("保护期至", null=True, blank=True)
    # Blank where nobody has told it.
    obtained = models.CharField("取得方式", max_length=8, choices=Obtained, blank=True)
    since = models.DateField("归企业所有自")
    until = models.DateField("至（不含）", null=True, blank=True)
    ending = models.CharField("终止情形", max_length=12, choices=Ending, blank=True)
    used_first = models.PositiveSmallIntegerField("首次用于申报年度", null=True, blank=True)
    used_last = models.PositiveSmallIntegerField("最近用于申报年度", null=True, blank=True)

    objects = IpItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "知识产权"
        ordering = ["enterprise", "granted_on", "id"]
        indexes = [models.Index(name="ip_item_by_right", fields=["number", "kind"])]
        constraints = [
            models.CheckConstraint(
                name="ip_item_numbered",
                condition=~Q(number=""),
                violation_error_message="知识产权必须有编号。",
            ),
            models.CheckConstraint(
                name="ip_item_dates_in_order",
                condition=Q(granted_on__lte=F("since"))
                & (Q(until__isnull=True) | Q(since__lt=F("until"))),
                violation_error_message="知识产权的授权、取得、终止日期先后颠倒。",
            ),
            models.CheckConstraint(
                name="ip_item_ends_after_grant",
                condition=Q(ends_on__isnull=True) | Q(granted_on__lte=F("ends_on")),
                violation_error_message="知识产权的保护期不得在授权日期之前结束。",
            ),
            models.CheckConstraint(
                name="ip_item_ended_whole",
                condition=Q(until__isnull=True, ending="")
                | (Q(until__isnull=False) & Q(ending__in=["transferred", "lapsed"])),
                violation_error_message="知识产权终止的，日期和情形须一并写明。",
            ),
            models.CheckConstraint(
                name="ip_item_obtained_known",
                condition=Q(obtained__in=["", "own", "bought", "given", "merger", "other"]),
                violation_error_message="知识产权的取得方式无效。",
            ),
            models.CheckConstraint(
                name="ip_item_used_in_order",
                condition=Q(used_first__isnull=True, used_last__isnull=True)
                | Q(
                    used_first__isnull=False,
                    used_last__isnull=False,
                    used_first__lte=F("used_last"),
                ),
                violation_error_message="知识产权用于申报的年度先后颠倒。",
            ),
            # That owners do not overlap, PostgreSQL checks as well: see the migrations.
            models.UniqueConstraint(
                name="ip_item_one_owner",
                fields=["kind", "number"],
                condition=Q(until__isnull=True),
                violation_error_message="同一项知识产权同一时间只能归一家企业所有。",
            ),
            models.UniqueConstraint(
                name="ip_item_once_a_day",
                fields=["kind", "number", "since"],
                violation_error_message="同一项知识产权同一天只能归一家企业所有。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".rstrip()

    @property
    def validity(self) -> Validity:
        """While the firm owns it, its protection aside."""
        return Validity(self.since, self.until or FAR)

    @property
    def in_full(self) -> str:
        return f"{self.kind} {self}"
