"""Figures of the key tasks: what each counts is data, and every figure opens its list."""

from __future__ import annotations

from django.db import models

from targets.models.key_tasks import KeyTask


class TaskFigure(models.Model):
    """A figure on the page of a task.

    `reckoning`: how it is counted, as `targets.task_figures.reckoning` reads it. `target`: where
    the plan has one, with the first value that meets it (超过3家 is 4) and its words.
    """

    class Way(models.TextChoices):
        RECORDS = "records", "台账"
        INDICATOR = "indicator", "指标"
        FIRMS = "firms", "企业名单"

    task = models.ForeignKey(
        KeyTask, models.CASCADE, related_name="own_figures", verbose_name="任务"
    )
    code = models.SlugField("代码", max_length=40, unique=True)
    label = models.CharField("名称", max_length=40)
    unit_label = models.CharField("单位", max_length=10)
    way = models.CharField("来源", max_length=10, choices=Way)
    reckoning = models.JSONField("算法", default=dict)
    target = models.DecimalField("目标值", max_digits=12, decimal_places=2, null=True, blank=True)
    target_words = models.CharField("目标表述", max_length=60, blank=True)
    target_due = models.DateField("目标日期", null=True, blank=True)
    note = models.CharField("口径说明", max_length=200, blank=True)
    is_shown = models.BooleanField("显示", default=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "任务数据"
        ordering = ["task", "order", "code"]

    def __str__(self) -> str:
        return self.label
