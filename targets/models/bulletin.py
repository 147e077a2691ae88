"""The head and the words of a bulletin before its quarter is published, and what a head defaults to."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from enterprises.models import Quarter
from parks.models import User

MOST_WORDS = 6_000
"""Characters of 存在问题 and of 下一步工作: four pages each."""


class BulletinHeadQuerySet(models.QuerySet["BulletinHead"]):
    def on(self, day: dt.date) -> BulletinHead | None:
        """What is in force on the day; None before the first row."""
        told = self.filter(since__lte=day).exclude(until__isnull=False, until__lt=day)
        return told.order_by("-since").first()


class BulletinHead(models.Model):
    """What stands in the head and at the foot of bulletins of some years, unless a quarter says else."""

    organ = models.CharField("发文机关代字", max_length=20, help_text="发文字号中年份前的字")
    addressees = models.CharField("主送", max_length=300, help_text="各单位之间用逗号")
    copies = models.CharField("抄送", max_length=300, blank=True, help_text="没有的留空，不印")
    printer = models.CharField("印发机关", max_length=60)
    since = models.DateField("自（印发日）起")
    until = models.DateField("至（含）", null=True, blank=True)
    source = models.CharField("依据", max_length=200)

    objects = BulletinHeadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报版头版记"
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                name="bulletin_head_once",
                fields=["since"],
                violation_error_message="同一起始日只能有一条。",
            ),
            models.CheckConstraint(
                name="bulletin_head_has_source",
                condition=~Q(source=""),
                violation_error_message="通报版头版记必须写明依据。",
            ),
            models.CheckConstraint(
                name="bulletin_head_dates_in_order",
                condition=Q(until__isnull=True) | Q(since__lte=F("until")),
                violation_error_message="起始日不得晚于结束日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ}（自{self.since}）"


class BulletinDraft(models.Model):
    """One writing of a quarter's bulletin by the office; the last counts, none is ever changed.

    `problems`, `steps`: a paragraph a line. `drafted`: the paragraphs as the figures worded them when
    the office last took them over, each with its key and its numbers; of the day `drafted_on`.
    """

    quarter = models.ForeignKey(
        Quarter, models.PROTECT, related_name="bulletin_drafts", verbose_name="季度"
    )
    number = models.PositiveIntegerField("稿次")
    organ = models.CharField("发文机关代字", max_length=20, blank=True)
    symbol_year = models.PositiveSmallIntegerField("发文年份", null=True, blank=True)
    symbol_number = models.PositiveIntegerField("发文顺序号", null=True, blank=True)
    issue = models.PositiveSmallIntegerField("期号", null=True, blank=True)
    signer = models.CharField("签发人", max_length=30, blank=True)
    addressees = models.CharField("主送", max_length=300)
    copies = models.CharField("抄送", max_length=300, blank=True)
    printer = models.CharField("印发机关", max_length=60, blank=True)
    printed_on = models.DateField("印发日期", null=True, blank=True)
    problems = models.TextField("存在问题", max_length=MOST_WORDS)
    steps = models.TextField("下一步工作", max_length=MOST_WORDS)
    drafted = models.JSONField("按数字起草", default=dict)
    drafted_on = models.DateField("起草日")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存人")
    at = models.DateTimeField("保存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "通报稿"
        ordering = ["quarter", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="bulletin_draft_once",
                fields=["quarter", "number"],
                violation_error_message="别人刚保存过，请刷新后再改。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quarter}通报第{self.number}稿"
