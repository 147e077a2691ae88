"""A record of a register, and the levels it had in the course of time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from enterprises.models.enterprise import Closure, Enterprise, Placement, answered_by
from enterprises.models.records.kind import FieldRole, RecordField, RecordKind
from enterprises.models.validity import in_force
from parks.models import Unit, User

HOLDER = Coalesce("enterprise__merged_into", "enterprise")
"""The firm that a record is of: what a record of a firm held that was merged is the other's."""


class RecordQuerySet(models.QuerySet["Record"]):
    def standing(self) -> RecordQuerySet:
        """Without those that were taken back."""
        return self.filter(is_void=False)

    def with_holder(self) -> RecordQuerySet:
        return self.annotate(holder=HOLDER)

    def in_force_on(self, day: dt.date) -> RecordQuerySet:
        """Those that are in force on the day and whose firm, where the kind asks for it, is there.

        A record without a firm of the register does not end with one.
        """
        rows = self.standing().with_holder().filter(in_force(day, "since", "until"))
        closed = Closure.objects.holding_on(day).filter(enterprise=OuterRef("holder"))
        here = Placement.objects.covering(day).filter(enterprise=OuterRef("holder"))
        gone = Exists(closed) | ~Exists(here)
        return rows.exclude(Q(kind__ends_with_firm=True, enterprise__isnull=False) & Q(gone))

    def happened_within(self, start: dt.date, end: dt.date) -> RecordQuerySet:
        """Those that begin on one of these days, the last one included."""
        return self.standing().with_holder().filter(since__gte=start, since__lte=end)

    def on_level(self, level: str, day: dt.date) -> RecordQuerySet:
        held = RecordLevel.objects.filter(record=OuterRef("pk"), level=level)
        return self.filter(Exists(held.filter(in_force(day, "since", "until"))))

    def in_unit(self, unit: Unit, day: dt.date) -> RecordQuerySet:
        """Of a firm the unit that answers for it on the day, else the unit that the record names."""
        here = Placement.objects.covering(day).filter(
            answered_by(unit), enterprise=OuterRef("holder")
        )
        return self.with_holder().filter(Exists(here) | Q(enterprise__isnull=True, unit=unit))

    def visible_to(self, user: User) -> RecordQuerySet:
        """A reporter sees the records of firms that ever stood in the unit, the unit's own, and
        those of registers that it keeps.
        """
        if user.sees_whole_district:
            return self.all()
        ever = Placement.objects.filter(enterprise=OuterRef("holder")).in_unit(user.unit_id)
        kept = RecordKind.objects.filter(keepers=user.unit_id)
        own = Q(unit=user.unit_id) | Q(kind__in=kept)
        return self.with_holder().filter(Exists(ever) | own)


class Record(models.Model):
    """What the ledger of records says of one thing, put together: it can be rebuilt from there.

    Columns that a kind does not have stay empty. `until` is the first day on which it is no longer
    in force. `firm_name` is the name as it was told. `identity`: what tells it apart, in one text.
    """

    kind = models.ForeignKey(
        RecordKind, models.PROTECT, related_name="records", verbose_name="台账种类"
    )
    subject = models.CharField("名称", max_length=200, blank=True)
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="records",
        verbose_name="企业",
    )
    firm_name = models.CharField("企业名称", max_length=200, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="records", verbose_name="单位"
    )
    level = models.CharField("级别", max_length=20, blank=True)
    klass = models.CharField("类别", max_length=20, blank=True)
    number = models.CharField("文号或编号", max_length=200, blank=True)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期（不含）", null=True, blank=True)
    reviewed_on = models.DateField("复核日期", null=True, blank=True)
    amount = models.DecimalField(
        "金额（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    returned_on = models.DateField("收回日期", null=True, blank=True)
    returned = models.DecimalField(
        "收回金额（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    extra = models.JSONField("其他", default=dict, blank=True)
    identity = models.CharField("识别", max_length=640, editable=False)
    is_void = models.BooleanField("已撤销", default=False, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账记录"
        ordering = ["kind", "-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="record_once",
                fields=["kind", "identity"],
                condition=Q(is_void=False),
                violation_error_message="这条记录已登记。",
            ),
            models.CheckConstraint(
                name="record_days_in_order",
                condition=Q(until__isnull=True) | Q(since__lte=F("until")),
                violation_error_message="结束日期不得早于开始日期。",
            ),
            models.CheckConstraint(
                name="record_amounts_not_negative",
                condition=(Q(amount__isnull=True) | Q(amount__gte=0))
                & (Q(returned__isnull=True) | Q(returned__gte=0)),
                violation_error_message="金额不得为负。",
            ),
            models.CheckConstraint(
                name="record_return_within_amount",
                condition=Q(returned__isnull=True)
                | Q(amount__isnull=True)
                | Q(returned__lte=F("amount")),
                violation_error_message="收回金额不得多于原金额。",
            ),
        ]
        indexes = [
            models.Index(name="record_by_kind", fields=["kind", "since"]),
            models.Index(name="record_by_firm", fields=["enterprise"]),
        ]

    def __str__(self) -> str:
        return self.subject or self.firm_name or self.number

    @property
    def firm(self) -> Enterprise | None:
        return self.enterprise.current if self.enterprise else None

    def value_of(self, field: RecordField) -> Any:
        """What it says under a column of its kind."""
        if field.role == FieldRole.EXTRA:
            return self.extra.get(field.code)
        if field.role == FieldRole.FIRM_CODE:
            return self.firm.uscc if self.firm else ""
        return getattr(self, field.role)


class RecordLevel(models.Model):
    """The level from `since` to before `until`. A promotion ends one and begins the next."""

    record = models.ForeignKey(
        Record, models.CASCADE, related_name="levels", verbose_name="台账记录"
    )
    level = models.CharField("级别", max_length=20)
    since = models.DateField("自")
    until = models.DateField("至（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账级别"
        ordering = ["record", "since"]
        constraints = [
            models.UniqueConstraint(
                name="record_level_once_a_day",
                fields=["record", "since"],
                violation_error_message="同一天只能登记一个级别。",
            ),
            models.CheckConstraint(
                name="record_level_days_in_order",
                condition=Q(until__isnull=True) | Q(since__lt=F("until")),
                violation_error_message="级别的起始日须早于结束日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} 自 {self.since}"
