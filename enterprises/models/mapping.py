"""What a unit's own column titles mean."""

from __future__ import annotations

from django.db import models

from parks.models import Unit, User


class ColumnMapping(models.Model):
    """What a unit's own column title means, as the unit said: a field of ours, or (blank) none.

    `key` is the title without spelling variants, by which it is found again.
    """

    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="column_mappings", verbose_name="单位"
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
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} → {self.field or '不读取'}"
