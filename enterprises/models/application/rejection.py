"""Why applications are turned down: reference data, edited in the admin."""

from __future__ import annotations

from django.db import models


class RejectionReason(models.Model):
    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("原因", max_length=40, unique=True)
    note = models.CharField("说明", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "未通过原因"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name
