"""Agencies that help firms apply: a row for each, with the spellings under which people name it.

An application keeps the name as it was told. Which agency is meant follows from the spellings, so
that merging two agencies, or parting them again, changes no fact.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR


class Agency(models.Model):
    """`merged_into`: the agency it turned out to be; its own spellings then mean that one."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name="并入",
    )

    class Meta:
        verbose_name = verbose_name_plural = "辅导机构"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="agency_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                violation_error_message="机构不能并入自己。",
            ),
            models.CheckConstraint(
                name="agency_name_not_blank",
                condition=~Q(name=""),
                violation_error_message="机构名称不能为空。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgencySpelling(models.Model):
    """`key`: the spelling without differences of width, case and spacing."""

    agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="spellings", verbose_name="辅导机构"
    )
    text = models.CharField("写法", max_length=60)
    key = models.CharField("检索名", max_length=120, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "辅导机构写法"
        ordering = ["text", "id"]

    def __str__(self) -> str:
        return self.text


class AgencyReply(models.Model):
    """What an agency said of its rate of a year; the rate is public only from then on."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="replies", verbose_name="辅导机构"
    )
    year = models.PositiveSmallIntegerField("申报年度")
    replied_on = models.DateField("回复日期")
    words = models.CharField("回复内容", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构回复"
        ordering = ["agency", "-year"]
        constraints = [
            models.UniqueConstraint(
                name="agency_reply_once_a_year",
                fields=["agency", "year"],
                violation_error_message="该机构该年度的回复已登记。",
            ),
            models.CheckConstraint(
                name="agency_reply_year_plausible",
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                violation_error_message=f"申报年度应在{FIRST_YEAR}至{LAST_YEAR}之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.year}年"


class AgencyEvent(models.Model):
    """What was done to an agency: only ever added to."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="events", verbose_name="辅导机构"
    )
    what = models.CharField("事项", max_length=200)
    # None where the carrying over of old names did it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "辅导机构记录"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.agency} {self.what}"
