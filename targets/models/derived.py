"""Derived tables: counted spans, the monthly series, expectations.

All can be thrown away and rebuilt from the facts.
"""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from enterprises.models import Enterprise, Qualification, QualificationKind, validity
from enterprises.models.validity import Validity
from parks.models import Unit, User
from targets.models.plan import Target

AnySpan = TypeVar("AnySpan", bound=models.Model, covariant=True)


class Definition(models.TextChoices):
    """Two conventions of "valid on a day"; every figure names the one it follows."""

    CERTIFICATE = "certificate", "证书日期口径"
    CLASS_YEAR = "class_year", "认定年度口径"


class Scope(models.TextChoices):
    """What a figure is counted over, besides single units (whose scope is their code)."""

    DISTRICT = "district", "全区"
    PARKS = "parks", "六大园区平台合计"
    OUTSIDE = "outside", "园区平台以外"


def in_scope(scope: str) -> Q:
    """The condition on rows with a park and a town that a scope sets."""
    if scope == Scope.DISTRICT:
        return Q()
    if scope in (Scope.PARKS, Scope.OUTSIDE):
        return Q(park__isnull=scope == Scope.OUTSIDE)
    # Codes of parks and towns never meet, so one condition serves both kinds of unit.
    return Q(park__code=scope) | Q(town__code=scope)


class DaysQuerySet(models.QuerySet[AnySpan]):
    """Spans by their days, the derived ones and those that a release froze."""

    def covering(self, day: dt.date) -> Self:
        return self.filter(start__lte=day, end__gt=day)

    def lapsing(self, since: dt.date, until: dt.date) -> Self:
        """Those that end in [since, until) because a certificate runs out and none follows."""
        # `end` is the first day that no longer counts, and a renewed firm has no such end.
        return self.filter(end__gte=since, end__lt=until, closed_by=Span.Closing.EXPIRED)


class SpanQuerySet(DaysQuerySet["Span"]):
    def in_scope(self, scope: str) -> SpanQuerySet:
        """District, all parks, outside the parks, or one unit by its code (park or town)."""
        return self.filter(in_scope(scope))

    def visible_to(self, user: User) -> SpanQuerySet:
        """A reporter sees the own unit's."""
        if user.sees_whole_district:
            return self
        return self.in_scope(user.unit.code) if user.unit else self.none()


class Span(models.Model):
    """A firm counts for a kind, in a park (or none) and a town, from `start` to before `end`.

    Spans of one firm, kind and definition are disjoint, so counting spans counts firms. A span
    without an end runs to FAR, so that every question is `start ≤ day < end`.
    """

    FAR = validity.FAR

    class Opening(models.TextChoices):
        FIRST = "first", "首次认定"
        REGAINED = "regained", "失效后再认定"
        ARRIVED = "arrived", "区外迁入"
        TRANSFERRED = "transferred", "区内迁入"
        REOPENED = "reopened", "恢复"
        # Nobody has told since when it holds: a roster named it first, so this is no growth.
        SEEN = "seen", "首见"

    class Closing(models.TextChoices):
        OPEN = "", "—"
        EXPIRED = "expired", "到期未续"
        REVOKED = "revoked", "取消"
        # The place stands here because labels of choices are part of the migrations.
        LEFT = "left", "迁出江津"
        TRANSFERRED = "transferred", "区内迁出"
        CLOSED = "closed", "注销"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="spans", verbose_name="企业"
    )
    kind = models.ForeignKey(
        QualificationKind, models.CASCADE, related_name="+", verbose_name="资质类别"
    )
    definition = models.CharField("口径", max_length=12, choices=Definition)
    park = models.ForeignKey(
        Unit, models.CASCADE, null=True, related_name="+", verbose_name="园区平台"
    )
    town = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name="镇街")
    start = models.DateField("自")
    # Not null where no end is known: every question stays one comparison, and one index serves it.
    end = models.DateField("至（不含）", default=FAR)
    opened_by = models.CharField("起因", max_length=12, choices=Opening)
    closed_by = models.CharField("止因", max_length=12, choices=Closing, blank=True)
    qualification = models.ForeignKey(
        Qualification, models.CASCADE, related_name="+", verbose_name="末次证书"
    )

    objects = SpanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "计数区间"
        ordering = ["enterprise", "kind", "definition", "start"]
        constraints = [
            models.CheckConstraint(
                name="span_dates_in_order",
                condition=Q(start__lt=F("end")),
                violation_error_message="区间起止颠倒。",
            ),
            models.UniqueConstraint(
                # Disjoint spans begin on different days: two of one day would count a firm twice.
                name="span_once",
                fields=["enterprise", "kind", "definition", "start"],
                violation_error_message="区间重复。",
            ),
        ]
        # Equal columns first and the days last, in the order of the scan that counts.
        indexes = [
            models.Index(
                name="span_counting", fields=["definition", "kind", "park", "town", "start", "end"]
            ),
            models.Index(name="span_ending", fields=["definition", "kind", "end"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start}—{self.end}"

    @property
    def unit(self) -> Unit:
        """Who answers for the firm: its park, or its town where it stands in none."""
        # Park first: the town answers only for firms that stand in no park.
        return self.park or self.town

    @property
    def days(self) -> Validity:
        """The days on which the firm counts."""
        return Validity(self.start, self.end)

    @property
    def last_day(self) -> dt.date | None:
        """The last day it counts; None where no end is known."""
        return self.days.last_day

    def covers(self, day: dt.date) -> bool:
        """The same rule as `DaysQuerySet.covering`, for a row at hand."""
        return self.days.covers(day)


class SpanMark(models.Model):
    """One row: up to which ledger entry the spans hold. Locked by whoever refreshes them."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ledger_entry = models.BigIntegerField("已处理至账簿", default=0)
    refreshed_at = models.DateTimeField("更新时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "区间进度"
        # One row alone can be the lock that all refreshes wait for.
        constraints = [
            models.CheckConstraint(
                name="span_mark_single", condition=Q(id=1), violation_error_message="只有一行。"
            )
        ]

    def __str__(self) -> str:
        return str(self.ledger_entry)


class KnownDay(models.Model):
    """The last day of which a fact of a kind tells, in one place of the district.

    `kind` is None for facts about the firms themselves: where they stand, and that they were struck
    off. `park` and `town` are those of the firm's latest place.
    """

    kind = models.ForeignKey(
        QualificationKind,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="资质类别",
    )
    park = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="园区平台"
    )
    town = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name="镇街")
    until = models.DateField("事实截至")

    class Meta:
        verbose_name = verbose_name_plural = "事实截至日"
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.until)


class MonthlySeries(models.Model):
    """Month-end values of one indicator over one scope, oldest first, from `first_month` on.

    Counted indicators hold whole numbers. Shares hold percent with two decimals, or null over
    nothing.
    """

    definition = models.CharField("口径", max_length=12, choices=Definition)
    scope = models.CharField("范围", max_length=20)
    indicator = models.CharField("指标", max_length=40)
    first_month = models.DateField("首月月末")
    # All months in one row: a recompute writes hundreds of rows, not tens of thousands.
    values = models.JSONField("月末数")
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = verbose_name_plural = "月度序列"
        ordering = ["definition", "scope", "indicator"]
        constraints = [
            models.UniqueConstraint(
                name="series_once",
                fields=["definition", "scope", "indicator"],
                violation_error_message="序列重复。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.indicator}"


class Expectation(models.Model):
    """How a target of the district is expected to end, as of the last forecast.

    `low` to `high` is the 80 % range, `probability` (0 to 1) that the target's operator is
    satisfied. No numbers where history tells too little. `record`: how such forecasts have done so
    far, in a sentence.
    """

    target = models.OneToOneField(
        Target, models.CASCADE, related_name="expectation", verbose_name="目标"
    )
    as_of = models.DateField("起算日")
    expected = models.FloatField("预计", null=True)
    low = models.IntegerField("八成下限", null=True)
    high = models.IntegerField("八成上限", null=True)
    probability = models.FloatField("可能性", null=True)
    record = models.CharField("历年检验", max_length=120, blank=True)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = verbose_name_plural = "目标预计"
        ordering = ["target"]

    def __str__(self) -> str:
        return f"{self.target} {self.probability}"
