"""Reference data of the facts: technology fields, kinds of qualification, their terms.

They are set by the state's rules, and change when these do.
"""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Q


class TechField(models.Model):
    """One of the eight fields of the state's catalogue of supported high technology."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    aliases = models.JSONField("其他写法", default=list, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "技术领域"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class QualificationKind(models.Model):
    """A kind of qualification a firm can hold. What counts is decided by its terms alone.

    The days on which the kind itself was in force are only shown.
    """

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    short_name = models.CharField("简称", max_length=20)
    aliases = models.JSONField("其他写法", default=list, blank=True)
    authority = models.CharField("认定机关", max_length=60, blank=True)
    in_force_from = models.DateField("施行日期", null=True, blank=True)
    in_force_until = models.DateField("停止日期", null=True, blank=True)
    class_year_convention = models.BooleanField(
        "有年度口径", default=False, help_text="除证书日期外，另按认定年度（当年起连续若干年）统计"
    )
    is_register = models.BooleanField(
        "名录管理", default=False, help_text="企业入库、退库，而不是认定、取消；增减各项随之改称"
    )
    order = models.PositiveSmallIntegerField("排序", default=0)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资质类别"
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="kind_dates_in_order",
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_until__isnull=True)
                | Q(in_force_from__lte=models.F("in_force_until")),
                violation_error_message="资质类别的施行日期不得晚于停止日期。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class KindTerm(models.Model):
    """How long a qualification of a kind lasts when it is issued on or after a day."""

    class Rule(models.TextChoices):
        OPEN = "open", "无期限（退库为止）"
        YEARS = "years", "自发证日起若干年"
        CALENDAR = "calendar", "至认定当年年末"

    kind = models.ForeignKey(
        QualificationKind, models.CASCADE, verbose_name="资质类别", related_name="terms"
    )
    since = models.DateField("自（发证日）起")
    rule = models.CharField("期限规则", max_length=10, choices=Rule)
    years = models.PositiveSmallIntegerField("年数", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资质期限"
        ordering = ["kind", "since"]
        constraints = [
            models.UniqueConstraint(
                name="term_once_per_day",
                fields=["kind", "since"],
                violation_error_message="同一类别同一起始日只能有一条期限。",
            ),
            models.CheckConstraint(
                name="term_years_iff_years_rule",
                condition=Q(rule="years", years__isnull=False, years__gte=1)
                | (~Q(rule="years") & Q(years__isnull=True)),
                violation_error_message="“若干年”规则必须填年数，其他规则不得填。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_rule_display()}"

    def last_day(self, issued: dt.date) -> dt.date | None:
        """The printed 有效期至 (inclusive) of a certificate issued on a day; None = no end.

        Issue date + years; 29 February gives 28 February where the later year is no leap year.
        """
        if self.rule == self.Rule.YEARS:
            return issued + relativedelta(years=self.years or 0)
        if self.rule == self.Rule.CALENDAR:
            return dt.date(issued.year, 12, 31)
        return None
