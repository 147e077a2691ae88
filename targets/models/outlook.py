"""The numbers that the forecast takes for granted before history speaks: edited, valid from a day."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from enterprises.models import Application

SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]
ABOVE_ZERO = [MinValueValidator(0.001)]


class Lot(models.TextChoices):
    """What a firm's last certificate says of it, as far as the forecast cares."""

    SAFE = "safe", "证书到期末仍有效"
    AGAIN = "again", "须续证"
    FIRST = "first", "首次或失效后再申报"
    # Its unit has not reported since the certificate ran out.
    UNREPORTED = "unreported", "已到期，是否续证尚未报来"


class Unstaged(models.TextChoices):
    """Where there is no application, or none can be relied upon."""

    NONE = "none", "未申报"
    UNKNOWN = "unknown", "申报情况不详"


STAGES = [*Application.Stage.choices, *Unstaged.choices]


class OutlookRules(models.Model):
    """The numbers in force from a day on; a new day is a new row.

    Weights and shares from 0 to 1. What each does, docs/forecast.md says.
    """

    since = models.DateField("自", unique=True, help_text="从这一天起的预测用这一组参数")
    strength = models.FloatField(
        "先验相当于几家企业", validators=ABOVE_ZERO, help_text="各类起始兑现率相当于多少家的经验"
    )
    fading = models.FloatField(
        "往年比率逐年折减", validators=SHARE, help_text="前一年的权数是后一年的几倍"
    )
    entry_fading = models.FloatField("往年新进入逐年折减", validators=SHARE)
    widest = models.FloatField("年度起伏上限", validators=ABOVE_ZERO, help_text="对数几率")
    usual = models.FloatField(
        "年度起伏常见程度", validators=ABOVE_ZERO, help_text="越大，越容易相信年度之间起伏大"
    )
    entry_usual = models.FloatField("新进入家数起伏常见程度", validators=ABOVE_ZERO)
    entry_growing = models.FloatField("新进入家数增长常见程度", validators=ABOVE_ZERO)
    entry_share = models.FloatField(
        "年度起伏对新进入的影响", validators=SHARE, help_text="0为没有，1为与在办企业相同"
    )
    alike = models.FloatField(
        "登记比例可差多少", validators=SHARE, help_text="超过的年度，其申报状态不用于学习"
    )
    fewest_years = models.PositiveSmallIntegerField("至少几个有申报状态的年度")
    beyond = models.FloatField(
        "在途以外进入可占多少",
        validators=SHARE,
        help_text="不超过的，批次截止后预测以现有加在途为上限",
    )
    trials = models.PositiveSmallIntegerField(
        "给出可能性至少须检验几次", help_text="次数不足或不如简单外推的，只给区间"
    )
    source = models.CharField("来源", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "预测参数"
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                name="outlook_rules_in_range",
                condition=Q(
                    strength__gt=0,
                    fading__gt=0,
                    fading__lte=1,
                    entry_fading__gt=0,
                    entry_fading__lte=1,
                    widest__gt=0,
                    usual__gt=0,
                    entry_usual__gt=0,
                    entry_growing__gt=0,
                ),
                violation_error_message="折减须大于0、不超过1，其余参数须大于0。",
            )
        ]

    def __str__(self) -> str:
        return f"预测参数 自 {self.since}"


class OutlookPrior(models.Model):
    """What is expected of firms that stand like this until the district's own record says it."""

    rules = models.ForeignKey(
        OutlookRules, models.CASCADE, related_name="priors", verbose_name="预测参数"
    )
    lot = models.CharField("证书", max_length=12, choices=Lot)
    stage = models.CharField("申报状态", max_length=12, choices=STAGES, blank=True)
    share = models.FloatField("当年底计入的比例", validators=SHARE)
    later = models.FloatField("以后年度计入的比例", validators=SHARE)

    class Meta:
        verbose_name = verbose_name_plural = "起始兑现率"
        ordering = ["rules", "lot", "stage"]
        constraints = [
            models.UniqueConstraint(
                name="outlook_prior_once",
                fields=["rules", "lot", "stage"],
                violation_error_message="同一情形只能有一个起始兑现率。",
            ),
            models.CheckConstraint(
                name="outlook_prior_is_share",
                condition=Q(share__gte=0, share__lte=1, later__gte=0, later__lte=1),
                violation_error_message="比例应在0至1之间。",
            ),
        ]

    def __str__(self) -> str:
        parts = [self.get_lot_display(), self.get_stage_display()]
        return "，".join(part for part in parts if part)
