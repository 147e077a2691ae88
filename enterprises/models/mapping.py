"""What the column titles of a unit's own file mean, and those of other offices' lists."""

from __future__ import annotations

from django.db import models

from parks.models import Unit, User


class Office(models.Model):
    """An office whose lists are loaded: tax, statistics, intellectual property.

    `own_words`: figures of ours whose titles mean something else there → what they probably mean.
    The R&D of statistics is not that of an audit, so a person says what such a column holds.
    """

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("部门", max_length=40, unique=True)
    note = models.CharField("说明", max_length=200, blank=True)
    own_words = models.JSONField(
        "口径不同的项目",
        default=dict,
        blank=True,
        help_text="本系统的项目代码 → 该部门同名的列一般指的项目代码；这些列由人确认后才读取",
    )
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "名单来源部门"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class ColumnMapping(models.Model):
    """What a unit or an office means by a column title, as a person said: a field of ours, or
    (blank) none.

    `key` is the title without spelling variants, by which it is found again.
    """

    unit = models.ForeignKey(
        Unit,
        models.CASCADE,
        related_name="column_mappings",
        null=True,
        blank=True,
        verbose_name="单位",
    )
    office = models.ForeignKey(
        Office,
        models.CASCADE,
        related_name="column_mappings",
        null=True,
        blank=True,
        verbose_name="部门",
    )
    title = models.CharField("列名", max_length=120)
    key = models.CharField("列名（归一）", max_length=120)
    field = models.CharField("对应的列", max_length=40, blank=True)
    told_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    told_at = models.DateTimeField("登记时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "列名对应"
        ordering = ["unit", "key"]
        constraints = [
            models.UniqueConstraint(
                name="mapping_once_per_title",
                fields=["unit", "key"],
                violation_error_message="该列名已登记。",
            ),
            models.UniqueConstraint(
                name="mapping_once_per_title_of_office",
                fields=["office", "key"],
                violation_error_message="该部门的列名已登记。",
            ),
            models.CheckConstraint(
                name="mapping_of_unit_or_office",
                condition=models.Q(unit__isnull=True, office__isnull=False)
                | models.Q(unit__isnull=False, office__isnull=True),
                violation_error_message="列名对应须属于一个单位或一个部门。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} → {self.field or '不读取'}"
