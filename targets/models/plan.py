"""The plan: indicators, targets, baselines, entered figures."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from enterprises.models import QualificationKind
from parks.models import Unit, User
from parks.numbers import plain

PERCENT = "%"


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def counted(self) -> IndicatorQuerySet:
        """Those that are counted from facts: stocks of firms, and shares of them."""
        # By the kind it counts, as the constraint below ties the two together.
        return self.filter(qualification_kind__isnull=False)

    def stocks(self) -> IndicatorQuerySet:
        """Those that count firms. Each has the code of the kind of qualification that it counts."""
        return self.filter(kind=Indicator.Kind.COUNTED)

    def headlines(self) -> IndicatorQuerySet:
        """Those that every page begins with, that are allotted to units and forecast.

        In the plan's order.
        """
        return self.filter(headline=True).order_by("order", "code")

    def headline_codes(self) -> list[str]:
        return list(self.headlines().values_list("code", flat=True))


class Indicator(models.Model):
    """Something the plan measures.

    Its kind says how: counted from facts, a share of counted figures, or reported by others. Of the
    first two, `qualification_kind` says what is counted. A further counted indicator is a further
    row: no code names an indicator.
    """

    class Kind(models.TextChoices):
        COUNTED = "counted", "按事实统计"
        SHARE = "share", "统计占比"
        REPORTED = "reported", "填报"

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)
    unit_label = models.CharField("计量单位", max_length=6)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    qualification_kind = models.ForeignKey(
        QualificationKind,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name="统计的资质类别",
        help_text="按事实统计的指标，代码须与资质类别的代码相同；填报的指标留空",
    )
    headline = models.BooleanField(
        "重点指标", default=False, help_text="首页、任务分解、预测和通报逐一列出"
    )
    in_plan = models.BooleanField(
        "行动计划指标", default=True, help_text="否：仅作对照，如全国平均水平"
    )
    note = models.TextField("口径说明", blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "指标"
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="indicator_counts_a_kind",
                condition=Q(kind="reported", qualification_kind__isnull=True)
                | (~Q(kind="reported") & Q(qualification_kind__isnull=False)),
                violation_error_message="按事实统计的指标须指定资质类别，填报的指标不得指定。",
            ),
            models.CheckConstraint(
                # Shares and reported figures cannot be allotted to units as numbers of firms.
                name="indicator_headline_is_counted",
                condition=Q(headline=False) | Q(kind="counted"),
                violation_error_message="只有按事实统计的家数可以列为重点指标。",
            ),
            models.UniqueConstraint(
                # Two indicators of a kind would count the same firms under two codes.
                name="indicator_once_per_kind",
                fields=["qualification_kind", "kind"],
                condition=Q(qualification_kind__isnull=False),
                violation_error_message="该资质类别已有这一类指标。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_counted(self) -> bool:
        """Counted from facts, so that it opens a list of firms."""
        return self.kind != self.Kind.REPORTED

    def clean(self) -> None:
        """The code of a stock must be that of its kind."""
        # Addresses, goals and releases name both by one code.
        counted = self.qualification_kind if self.kind == self.Kind.COUNTED else None
        if counted and self.code != counted.code:
            message = "按事实统计的指标，代码须与资质类别的代码相同。"
            # Not at `code`: the admin does not let the code of an existing indicator be changed.
            raise ValidationError({"qualification_kind": message})

    @property
    def unit_of_difference(self) -> str:
        """The unit of what is left to a target: shares differ by percentage points."""
        return "个百分点" if self.unit_label == PERCENT else self.unit_label

    @property
    def without_verdict(self) -> str:
        """What is said of a target while nothing can be judged."""
        return "待填报" if self.kind == self.Kind.REPORTED else "无法判断"


class Operator(models.TextChoices):
    """超过/突破 exclude the number itself, 以上/达到/提高到 include it."""

    GT = "gt", "大于（超过、突破）"
    GTE = "gte", "不少于（以上、达到、提高到）"

    def met_by(self, value: Decimal | int, goal: Decimal | int) -> bool:
        if self is Operator.GT:
            return value > goal
        return value >= goal

    def smallest_whole(self, goal: Decimal | int) -> int:
        """The smallest whole number that meets the goal: 超过700 → 701, 达到700 → 700."""
        if self is Operator.GT:
            # Right as well for the broken numbers half-way between two targets.
            return math.floor(goal) + 1
        return math.ceil(goal)

    def in_words(self, goal: str) -> str:
        """As the plan writes it: 超过95%, 95%以上."""
        return f"超过{goal}" if self is Operator.GT else f"{goal}以上"


class Target(models.Model):
    """An indicator shall reach a value, or pass another indicator, by a day."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="targets", verbose_name="指标"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, verbose_name="单位", help_text="空 = 全区"
    )
    due = models.DateField("期限")
    operator = models.CharField("比较", max_length=4, choices=Operator)
    value = models.DecimalField("目标值", max_digits=12, decimal_places=2, null=True, blank=True)
    reference = models.ForeignKey(
        Indicator,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referenced_by",
        verbose_name="对照指标",
        help_text="目标是另一指标同年的数值，如全国平均水平",
    )
    doubles_baseline = models.BooleanField("同时要求较基期翻一番", default=False)
    wording = models.CharField("计划原文", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ["indicator", "due"]
        constraints = [
            models.UniqueConstraint(
                name="target_once_per_unit",
                fields=["indicator", "unit", "due"],
                violation_error_message="同一指标、单位、期限只能有一个目标。",
            ),
            models.UniqueConstraint(
                # To a unique constraint nulls differ, so the district needs one of its own.
                name="target_once_in_district",
                fields=["indicator", "due"],
                condition=Q(unit__isnull=True),
                violation_error_message="同一指标、期限只能有一个全区目标。",
            ),
            models.CheckConstraint(
                # The national average is a goal that moves: no number can be entered for it.
                name="target_value_or_reference",
                condition=Q(value__isnull=False, reference__isnull=True)
                | Q(value__isnull=True, reference__isnull=False),
                violation_error_message="目标值与对照指标必须且只能填一个。",
            ),
            models.CheckConstraint(
                name="target_value_positive",
                condition=Q(value__isnull=True) | Q(value__gt=0),
                violation_error_message="目标值必须大于0。",
            ),
            models.CheckConstraint(
                name="target_operator_known",
                condition=Q(operator__in=["gt", "gte"]),
                violation_error_message="比较方式无效。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.short_name} {self.due:%Y}：{self.wording}"


class Baseline(models.Model):
    """What an indicator stood at when the plan began.

    The plan prints no baselines, so each says where it comes from.
    """

    class Basis(models.TextChoices):
        DERIVED = "derived", "推算"
        PUBLISHED = "published", "公布"
        ENTERED = "entered", "本局核定"

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="baselines", verbose_name="指标"
    )
    day = models.DateField("基期")
    value = models.DecimalField("数值", max_digits=12, decimal_places=2)
    basis = models.CharField("性质", max_length=10, choices=Basis)
    source = models.CharField("来源", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "基期数"
        ordering = ["indicator", "day"]
        constraints = [
            models.UniqueConstraint(
                name="baseline_once",
                fields=["indicator", "day"],
                violation_error_message="同一指标同一基期只能有一个数。",
            ),
            models.CheckConstraint(
                # Doubling divides by it.
                name="baseline_positive",
                condition=Q(value__gt=0),
                violation_error_message="基期数必须大于0。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.short_name} {self.day}：{self.value}"

    @property
    def is_derived(self) -> bool:
        return self.basis == self.Basis.DERIVED


class ReportedFigureQuerySet(models.QuerySet["ReportedFigure"]):
    def published_by(self, day: dt.date) -> ReportedFigureQuerySet:
        return self.filter(published_on__lte=day)

    def in_force(self, day: dt.date) -> ReportedFigureQuerySet:
        """Of each indicator and year what was known on the day: the last publication by then."""
        same = {name: models.OuterRef(name) for name in ("indicator", "year")}
        later = ReportedFigure.objects.filter(
            **same, published_on__gt=models.OuterRef("published_on")
        )
        # A publication that came later than the day asked must not revise what was known on it.
        return self.published_by(day).filter(~models.Exists(later.published_by(day)))


class ReportedFigure(models.Model):
    """A figure published by others for a year.

    A revision is a further row with a later publication day.
    """

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="reported", verbose_name="指标"
    )
    year = models.PositiveSmallIntegerField("年度")
    value = models.DecimalField("数值", max_digits=12, decimal_places=2)
    published_on = models.DateField("发布日期")
    source = models.CharField("来源", max_length=200)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填报人"
    )
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = ReportedFigureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "填报指标数"
        ordering = ["indicator", "-year", "-published_on"]
        constraints = [
            models.UniqueConstraint(
                # A revision has a day of its own; of two on one day nobody could say which counts.
                name="reported_once_per_publication",
                fields=["indicator", "year", "published_on"],
                violation_error_message="该指标该年度同一发布日的数值已登记。",
            ),
            models.CheckConstraint(
                name="reported_not_negative",
                condition=Q(value__gte=0),
                violation_error_message="数值不得为负。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.short_name} {self.year}：{self.value}"

    @property
    def shown(self) -> str:
        """The value with its unit, without idle zeros: 21.5%."""
        return f"{plain(self.value)}{self.indicator.unit_label}"
