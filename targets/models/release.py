"""A published quarter, frozen: figures, the firms behind them, the rules. Never changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from enterprises.models import Quarter
from enterprises.models.validity import Validity
from parks.models import User
from targets.models.derived import DaysQuerySet, Definition, Scope, Span


class ReleaseQuerySet(models.QuerySet["Release"]):
    def coded(self, code: str) -> ReleaseQuerySet:
        """The release of a code such as 2026Q3-1; none for anything else."""
        quarter, _, number = code.partition("-")
        # Codes come from addresses: a longer number would not fit the column of a database.
        if not (number.isascii() and number.isdecimal() and len(number) <= 4):
            return self.none()
        return self.filter(quarter__in=Quarter.objects.coded(quarter), number=int(number))


class Release(models.Model):
    """One edition of a quarter's figures, as of its last day.

    A correction makes a further edition with a reason. `plan` is what the figures were judged by:
    targets, baselines and reported figures, as `targets.figures.frozen_counts` reads them.
    `completion` and `tasks` are as `targets.releases` freezes them, `bulletin` as `targets.drafts`.
    """

    quarter = models.ForeignKey(
        Quarter, models.PROTECT, related_name="releases", verbose_name="季度"
    )
    number = models.PositiveSmallIntegerField("版次")
    as_of = models.DateField("统计日")
    reason = models.CharField("修订原因", max_length=300, blank=True)
    # What the ledger said later explains the difference to the next edition.
    ledger_entry = models.BigIntegerField("账簿至")
    expected = models.PositiveSmallIntegerField("应报单位")
    handed_in = models.PositiveSmallIntegerField("已报单位")
    applied = models.PositiveSmallIntegerField("已入库单位")
    rules = models.JSONField("口径", encoder=DjangoJSONEncoder)
    verdicts = models.JSONField("目标判断", encoder=DjangoJSONEncoder)
    plan = models.JSONField("目标和基数", encoder=DjangoJSONEncoder)
    completion = models.JSONField("目标完成情况", default=dict)
    tasks = models.JSONField("重点任务", default=list)
    # Empty where it was published before bulletins had a head and words of their own.
    bulletin = models.JSONField("通报", default=dict)
    digest = models.CharField("内容摘要", max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发布人")
    made_at = models.DateTimeField("发布时间", auto_now_add=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度发布"
        ordering = ["-as_of", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="release_number_once",
                fields=["quarter", "number"],
                violation_error_message="版次重复。",
            ),
            models.CheckConstraint(
                name="release_revision_has_reason",
                condition=Q(number=1) | ~Q(reason=""),
                violation_error_message="修订版必须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter.period.label}（第{self.number}版）"

    @property
    def code(self) -> str:
        return f"{self.quarter.code}-{self.number}"

    def newer_among(self, releases: Iterable[Release]) -> Release | None:
        """The last edition of the same quarter, if it came after this one."""
        newest = self
        for release in releases:
            if release.quarter_id == self.quarter_id and release.number > newest.number:
                newest = release
        return None if newest is self else newest


class FrozenFigure(models.Model):
    """One figure of a release. Shares in percent; no value is a ratio over nothing."""

    release = models.ForeignKey(
        Release, models.PROTECT, related_name="figures", verbose_name="发布"
    )
    definition = models.CharField("口径", max_length=12, choices=Definition)
    scope = models.CharField("范围", max_length=20)
    indicator = models.CharField("指标", max_length=40)
    value = models.DecimalField("数值", max_digits=12, decimal_places=2, null=True)

    class Meta:
        verbose_name = verbose_name_plural = "发布的数字"
        ordering = ["release", "definition", "indicator", "scope"]
        constraints = [
            models.UniqueConstraint(
                name="frozen_figure_once",
                fields=["release", "definition", "scope", "indicator"],
                violation_error_message="数字重复。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.indicator} {self.value}"


class FrozenSpanQuerySet(DaysQuerySet["FrozenSpan"]):
    def in_scope(self, scope: str) -> FrozenSpanQuerySet:
        """As SpanQuerySet.in_scope."""
        if scope == Scope.DISTRICT:
            return self
        if scope == Scope.PARKS:
            return self.exclude(park="")
        if scope == Scope.OUTSIDE:
            return self.filter(park="")
        return self.filter(Q(park=scope) | Q(town=scope))

    def visible_to(self, user: User) -> FrozenSpanQuerySet:
        """A reporter sees the own unit's."""
        if user.sees_whole_district:
            return self
        return self.in_scope(user.unit.code) if user.unit else self.none()


class FrozenSpan(models.Model):
    """A counted span as it was when the release was made.

    In words and codes instead of keys, so that no later change can touch it.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="spans", verbose_name="发布")
    uscc = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("企业名称", max_length=120)
    # A code, no foreign key: the row must outlive the kind that it names.
    kind = models.CharField("资质类别", max_length=30)
    definition = models.CharField("口径", max_length=12, choices=Definition)
    park = models.CharField("园区平台", max_length=20, blank=True)
    town = models.CharField("镇街", max_length=20)
    start = models.DateField("自")
    end = models.DateField("至（不含）")
    opened_by = models.CharField("起因", max_length=12, choices=Span.Opening)
    closed_by = models.CharField("止因", max_length=12, choices=Span.Closing, blank=True)
    number = models.CharField("证书编号", max_length=40, blank=True)
    valid_from = models.DateField("发证/入库日期", null=True)
    valid_until = models.DateField("有效期至", null=True)

    objects = FrozenSpanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "发布的名单"
        ordering = ["release", "uscc", "start"]
        indexes = [
            models.Index(name="frozen_span_counting", fields=["release", "definition", "kind"]),
            models.Index(name="frozen_span_firm", fields=["release", "uscc"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.start}—{self.end}"

    @property
    def days(self) -> Validity:
        """The days on which the firm counts."""
        return Validity(self.start, self.end)


class BulletinTemplate(models.Model):
    """A Word template of the bulletin as the bureau has edited it; the latest is used."""

    name = models.CharField("文件名", max_length=200)
    content = models.BinaryField("内容")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "通报模板"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
