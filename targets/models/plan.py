"""The plan: indicators, targets, baselines, entered figures, key tasks."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from parks.models import Unit, User

PERCENT = "%"


class Indicator(models.Model):
    """Something the plan measures: counted from facts, a share of counted figures, or reported by others."""

    class Kind(models.TextChoices):
        COUNTED = "counted", "按事实统计"
        SHARE = "share", "统计占比"
        REPORTED = "reported", "填报"

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)
    unit_label = models.CharField("计量单位", max_length=6)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    in_plan = models.BooleanField(
        "行动计划指标", default=True, help_text="否：仅作对照，如全国平均水平"
    )
    note = models.TextField("口径说明", blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "指标"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

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
        return value > goal if self is Operator.GT else value >= goal

    def smallest_whole(self, goal: Decimal | int) -> int:
        """The smallest whole number that meets the goal: 超过700 → 701, 达到700 → 700."""
        return math.floor(goal) + 1 if self is Operator.GT else math.ceil(goal)


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
                name="target_once_in_district",
                fields=["indicator", "due"],
                condition=Q(unit__isnull=True),
                violation_error_message="同一指标、期限只能有一个全区目标。",
            ),
            models.CheckConstraint(
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
    """What an indicator stood at when the plan began. The plan prints none, so each says where it comes from."""

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
        return self.published_by(day).filter(~models.Exists(later.published_by(day)))


class ReportedFigure(models.Model):
    """A figure published by others for a year. A revision is a further row with a later publication day."""

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
        return f"{self.value.normalize():f}{self.indicator.unit_label}"


class KeyTaskQuerySet(models.QuerySet["KeyTask"]):
    def coded(self, code: str) -> KeyTaskQuerySet:
        """The task of a code such as task-1 or safeguard-2; none for anything else."""
        kind, _, number = code.partition("-")
        known = (
            kind in KeyTask.Kind.values
            and number.isascii()
            and number.isdecimal()
            and len(number) < 4
        )
        return self.filter(kind=kind, number=int(number)) if known else self.none()


class KeyTask(models.Model):
    """A key task or a safeguard of the plan."""

    class Kind(models.TextChoices):
        TASK = "task", "重点任务"
        SAFEGUARD = "safeguard", "保障措施"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField("序号")
    group = models.CharField("板块", max_length=40, blank=True)
    name = models.CharField("名称", max_length=60)
    asks = models.JSONField("要点", default=list, blank=True)

    objects = KeyTaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重点任务与保障措施"
        ordering = ["-kind", "number"]
        constraints = [
            models.UniqueConstraint(
                name="task_number_once",
                fields=["kind", "number"],
                violation_error_message="序号重复。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    @property
    def code(self) -> str:
        """As in addresses: task-1, safeguard-2."""
        return f"{self.kind}-{self.number}"


class TaskBody(models.Model):
    """A unit, or all parks or all towns, that leads a task or is responsible for it."""

    class Role(models.TextChoices):
        LEAD = "lead", "牵头单位"
        RESPONSIBLE = "responsible", "责任单位"

    class Group(models.TextChoices):
        PARKS = "parks", "各园区平台"
        TOWNS = "towns", "各镇街"

    task = models.ForeignKey(KeyTask, models.CASCADE, related_name="bodies", verbose_name="任务")
    role = models.CharField("职责", max_length=12, choices=Role)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="单位"
    )
    group = models.CharField("单位组", max_length=6, choices=Group, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "任务责任单位"
        ordering = ["task", "role", "order"]
        constraints = [
            models.CheckConstraint(
                name="task_body_unit_or_group",
                condition=Q(unit__isnull=False, group="")
                | Q(unit__isnull=True, group__in=["parks", "towns"]),
                violation_error_message="责任单位须指定单位或单位组之一。",
            ),
            models.UniqueConstraint(
                name="task_body_once",
                fields=["task", "role", "unit"],
                violation_error_message="同一任务同一职责的单位重复。",
            ),
            models.UniqueConstraint(
                name="task_group_once",
                fields=["task", "role", "group"],
                condition=~Q(group=""),
                violation_error_message="同一任务同一职责的单位组重复。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit or self.get_group_display())


class ApplicationBatch(models.Model):
    """A batch in which firms apply for the high-tech certificate. The dates are announced anew each year."""

    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("批次")
    opens_on = models.DateField("企业开始申报", null=True, blank=True)
    closes_on = models.DateField("企业申报截止", help_text="含当日")
    district_due_at = models.DateTimeField("区县上报截止", null=True, blank=True)
    source = models.CharField("来源", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "申报批次"
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(
                name="batch_number_once",
                fields=["year", "number"],
                violation_error_message="该年度已有这一批次。",
            ),
            models.CheckConstraint(
                name="batch_dates_in_order",
                condition=Q(opens_on__isnull=True) | Q(opens_on__lte=F("closes_on")),
                violation_error_message="申报开始日期不得晚于截止日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年第{self.number}批"
