"""What is said of a version of a roster: the problems that the check finds, and people's remarks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enterprises.models.roster import RosterVersion
from parks.models import User


class RosterProblem(models.Model):
    """One problem of a version, at its cell. The first of each rule are kept, and all counted."""

    version = models.ForeignKey(
        RosterVersion, models.CASCADE, related_name="problems", verbose_name="版本"
    )
    code = models.CharField("规则", max_length=8)
    severity = models.CharField("级别", max_length=8)
    address = models.CharField("位置", max_length=240)
    row = models.PositiveIntegerField("行", null=True, blank=True)
    title = models.CharField("列", max_length=120, blank=True)
    seen = models.CharField("填写内容", max_length=120, blank=True)
    reason = models.CharField("原因", max_length=500)
    fix = models.CharField("怎么改", max_length=300)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名册问题"
        ordering = ["version", "id"]

    def __str__(self) -> str:
        return f"{self.code} {self.address}"


class Remark(models.Model):
    """One remark of bureau or unit about a roster: on a cell, on a firm, or on the whole."""

    version = models.ForeignKey(
        RosterVersion, models.PROTECT, related_name="remarks", verbose_name="版本"
    )
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    firm_name = models.CharField("企业名称", max_length=120, blank=True)
    cell = models.CharField("单元格", max_length=80, blank=True)
    text = models.CharField("意见", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "审核意见"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="remark_has_text",
                condition=~Q(text=""),
                violation_error_message="意见不能为空。",
            )
        ]

    def __str__(self) -> str:
        return self.text[:30]
