"""How firms stand against the conditions of a kind on a day.

Derived: it can be thrown away and made again from the facts. Only `enterprises.mining.kept` writes it.
"""

from __future__ import annotations

from django.db import models

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet


class JudgementMark(models.Model):
    """Firms were held against the conditions of a kind, for an application on a day.

    `ledger_entry`: up to which entry the judgements hold; `basis`: by what they were made besides
    the firms' own facts. Locked by whoever brings them up to date.
    """

    kind = models.CharField("资质类别", max_length=40)
    on = models.DateField("申报日")
    basis = models.CharField("依据摘要", max_length=64, blank=True)
    ledger_entry = models.BigIntegerField("已处理至账簿", default=0)
    made_at = models.DateTimeField("更新时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "自检进度"
        ordering = ["kind", "on"]
        constraints = [
            models.UniqueConstraint(
                name="judgement_mark_once",
                fields=["kind", "on"],
                violation_error_message="同一类别同一申报日只有一份自检。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class KeptJudgement(models.Model):
    """One firm's: of each condition its state, how many are met, unknown and failed.

    `outcome` is empty for a firm that certainly does not pass, where the conditions count together
    only. `lead` and `risk` order lists: the likeliest first, and whoever fails most.
    """

    mark = models.ForeignKey(
        JudgementMark, models.CASCADE, related_name="judgements", verbose_name="自检"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="judgements", verbose_name="企业"
    )
    outcome = models.CharField("结果", max_length=8, blank=True)
    # A letter for each condition, in the order of the rules: fifty thousand rows are read at once.
    states = models.CharField("各项结果", max_length=40, blank=True)
    met = models.PositiveSmallIntegerField("符合")
    unknown = models.PositiveSmallIntegerField("缺数据")
    failed = models.PositiveSmallIntegerField("不符合")
    score_low = models.SmallIntegerField("最低得分")
    score_high = models.SmallIntegerField("最高得分")
    year = models.PositiveSmallIntegerField("数据年度", null=True)
    fails_last_year = models.BooleanField("上一年不足")
    ripe_on = models.DateField("可申报之日", null=True)
    lead = models.IntegerField("先后")
    risk = models.IntegerField("风险先后")

    objects = OfFirmQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自检结果"
        ordering = ["mark", "lead", "enterprise"]
        constraints = [
            models.UniqueConstraint(
                name="judgement_once",
                fields=["mark", "enterprise"],
                violation_error_message="一家企业一份自检只有一条结果。",
            )
        ]
        # Lists in their order; firms that fail little, for the reserve pool.
        indexes = [
            models.Index(name="judgement_in_order", fields=["mark", "lead", "enterprise"]),
            models.Index(name="judgement_near", fields=["mark", "failed", "unknown"]),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.outcome}"
