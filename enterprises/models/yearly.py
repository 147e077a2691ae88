"""What a firm reports for a year."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years whose figures may be recorded."""


def not_negative(*names: str) -> Q:
    """Each of these is unknown or at least nothing."""
    condition = Q()
    for name in names:
        condition &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0})
    return condition


class YearlyFigures(models.Model):
    """A firm's return of one year. Money in 万元, people as heads, share in percent.

    Net assets may be negative: what a firm owes may be more than what it has.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="yearly_figures", verbose_name="企业"
    )
    year = models.PositiveSmallIntegerField("年度")
    # Any figure may be missing: None was not told, while 0 is a figure.
    above_scale = models.BooleanField("规模以上", null=True, blank=True)
    revenue = models.DecimalField(
        "营业收入（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    rd_expense = models.DecimalField(
        "研发费用（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    staff = models.PositiveIntegerField("职工总数", null=True, blank=True)
    rd_staff = models.PositiveIntegerField("科技人员数", null=True, blank=True)
    ip_class1 = models.PositiveIntegerField("Ⅰ类知识产权数", null=True, blank=True)
    ip_class2 = models.PositiveIntegerField("Ⅱ类知识产权数", null=True, blank=True)
    hightech_share = models.DecimalField(
        "高新技术产品收入占比（%）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    gross_income = models.DecimalField(
        "收入总额（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    nontaxable_income = models.DecimalField(
        "不征税收入（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    hightech_income = models.DecimalField(
        "高新技术产品（服务）收入（万元）",
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
    )
    rd_domestic = models.DecimalField(
        "境内研发费用（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    # Three totals that are never the same: audited (above), of statistics, and of the tax return.
    rd_statistics = models.DecimalField(
        "统计研发经费（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    rd_deducted = models.DecimalField(
        "加计扣除研发费用（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    costs = models.DecimalField(
        "成本费用（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    assets = models.DecimalField(
        "资产总额（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    liabilities = models.DecimalField(
        "负债总额（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    conversions = models.PositiveIntegerField("科技成果转化数", null=True, blank=True)
    ip_class2_used = models.PositiveIntegerField(
        "已用于高企申报的Ⅱ类知识产权数", null=True, blank=True
    )
    ip_own = models.PositiveIntegerField("自主研发的知识产权数", null=True, blank=True)

    objects = OfFirmQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度数据"
        ordering = ["enterprise", "-year"]
        # A later report of the same year changes the row; the ledger keeps what it said before.
        constraints = [
            models.UniqueConstraint(
                name="figures_once_a_year",
                fields=["enterprise", "year"],
                violation_error_message="该企业该年度数据已登记。",
            ),
            models.CheckConstraint(
                name="figures_year_plausible",
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                violation_error_message=f"年度应在{FIRST_YEAR}至{LAST_YEAR}之间。",
            ),
            models.CheckConstraint(
                name="figures_not_negative",
                condition=(Q(revenue__isnull=True) | Q(revenue__gte=0))
                & (Q(rd_expense__isnull=True) | Q(rd_expense__gte=0)),
                violation_error_message="营业收入和研发费用不得为负。",
            ),
            models.CheckConstraint(
                name="figures_rd_staff_within_staff",
                # A list may tell one of the two numbers only.
                condition=Q(staff__isnull=True)
                | Q(rd_staff__isnull=True)
                | Q(rd_staff__lte=F("staff")),
                violation_error_message="科技人员数不得多于职工总数。",
            ),
            models.CheckConstraint(
                name="figures_share_is_percent",
                condition=Q(hightech_share__isnull=True)
                | Q(hightech_share__gte=0, hightech_share__lte=100),
                violation_error_message="高新技术产品收入占比应在0至100之间。",
            ),
            models.CheckConstraint(
                name="figures_return_not_negative",
                condition=not_negative(
                    *["gross_income", "nontaxable_income", "hightech_income", "rd_domestic"],
                    *["rd_statistics", "rd_deducted", "costs", "assets", "liabilities"],
                ),
                violation_error_message="收入、费用、资产和负债不得为负。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度"

    @property
    def tells_something(self) -> bool:
        """Some figure is known."""
        names = {field.name for field in self._meta.fields} - {"id", "enterprise", "year"}
        return any(getattr(self, name) is not None for name in names)

    @classmethod
    def title_of(cls, name: str) -> str:
        column: Any = cls._meta.get_field(name)
        return str(column.verbose_name)
