"""The reserve pool: which firms are brought on towards their certificate, and at which stage."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet
from enterprises.models.validity import FAR, Validity, in_force


class PoolEntryQuerySet(OfFirmQuerySet):
    def live_on(self, day: dt.date) -> PoolEntryQuerySet:
        """Entries that count on the day: no other figure of the pool exists."""
        return self.filter(in_force(day, "since", "ended_on"))


class PoolEntry(models.Model):
    """The firm stands in the reserve pool (后备库) at a stage from `since` to before `until`.

    `until` is what somebody has told. `ended_on` is the first day on which the entry counts no
    more: `until`, or an earlier day on which the firm holds the certificate, is struck off or is
    not in the district. Only the registry sets it, after each act on the firm (`pool_ends`), so it
    follows the facts in both directions.
    """

    class Stage(models.TextChoices):
        SEED = "seed", "种子库"
        CULTIVATION = "cultivation", "培育库"
        APPLICATION = "application", "申报库"

    class Source(models.TextChoices):
        SELF_CHECK = "self_check", "自检发现"
        UNIT = "unit", "单位推荐"
        BUREAU = "bureau", "区科技局推荐"
        SPUN_OFF = "spun_off", "派生"
        INCUBATED = "incubated", "孵化"
        INTRODUCED = "introduced", "引进"

    class Ending(models.TextChoices):
        CERTIFIED = "certified", "认定"
        CLOSED = "closed", "注销"
        LEFT = "left", "迁出"
        GIVEN_UP = "given_up", "放弃"
        UNFIT = "unfit", "不再符合"
        OTHER = "other", "其他"
        NEXT_STAGE = "next_stage", "转入其他层级"

    TOLD_ENDINGS = (Ending.GIVEN_UP, Ending.UNFIT, Ending.OTHER)
    """Those that somebody decides; the others follow from the facts."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="pool_entries", verbose_name="企业"
    )
    stage = models.CharField("层级", max_length=12, choices=Stage)
    target_year = models.PositiveSmallIntegerField("拟申报年度", null=True, blank=True)
    since = models.DateField("自")
    until = models.DateField("至（不含）", null=True, blank=True)
    exit_reason = models.CharField("退库原因", max_length=200, blank=True)
    exit_kind = models.CharField("退库情形", max_length=12, choices=Ending, blank=True)
    source = models.CharField("入库来源", max_length=12, choices=Source, blank=True)
    reason = models.CharField("入库理由", max_length=200, blank=True)
    next_review = models.DateField("下次复核", null=True, blank=True)
    ended_on = models.DateField("实际出库日期", null=True, blank=True, editable=False)
    ended_by = models.CharField(
        "出库情形", max_length=12, choices=Ending, blank=True, editable=False
    )

    objects = PoolEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后备库记录"
        ordering = ["enterprise", "since"]
        constraints = [
            models.CheckConstraint(
                name="pool_dates_in_order",
                condition=Q(until__isnull=True) | Q(since__lt=F("until")),
                violation_error_message="入库起始日必须早于结束日。",
            ),
            models.UniqueConstraint(
                # That stages do not overlap, PostgreSQL checks as well: see the migrations.
                name="pool_one_open",
                fields=["enterprise"],
                condition=Q(until__isnull=True),
                violation_error_message="一家企业只能有一条当前后备库记录。",
            ),
            models.UniqueConstraint(
                name="pool_once_per_day",
                fields=["enterprise", "since"],
                violation_error_message="一家企业同一天只能有一条后备库记录。",
            ),
            models.CheckConstraint(
                name="pool_stage_known",
                # Written out: names of the outer class cannot be reached inside Meta.
                condition=Q(stage__in=["seed", "cultivation", "application"]),
                violation_error_message="后备库层级无效。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} 自 {self.since}"

    def holds_on(self, day: dt.date) -> bool:
        """The entry counts on the day: the same rule as `live_on`, for a row at hand."""
        return Validity(self.since, self.ended_on or FAR).covers(day)

    def is_told_for(self, day: dt.date) -> bool:
        """By what was told of it, the firm stands at the stage on the day."""
        return Validity(self.since, self.until or FAR).covers(day)
