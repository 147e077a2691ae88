"""Kinds of intellectual property rights and their classes: reference data, edited in the admin."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q


class IpClass(models.TextChoices):
    """How an application for the high-tech certificate weighs a right; class II is used once."""

    FIRST = "1", "Ⅰ类"
    SECOND = "2", "Ⅱ类"
    NONE = "none", "不计"


class IpKind(models.Model):
    """A kind of right, such as an invention patent."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    aliases = models.JSONField("其他写法", default=list, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "知识产权类别"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    def class_on(self, day: dt.date) -> str:
        """Its class for an application on the day; `NONE` before the first rule."""
        # In Python: whoever asks for many items has the rules at hand.
        rules = [rule for rule in self.classes.all() if rule.since <= day]
        newest = max(rules, key=lambda rule: rule.since, default=None)
        return newest.ip_class if newest else IpClass.NONE


class IpClassRule(models.Model):
    """Which class a kind of right has for applications from a day on."""

    kind = models.ForeignKey(
        IpKind, models.CASCADE, to_field="code", related_name="classes", verbose_name="知识产权类别"
    )
    since = models.DateField("自（申报日）起")
    ip_class = models.CharField("分类", max_length=4, choices=IpClass)
    document = models.CharField("文件", max_length=120, help_text="规定这一分类的文件")
    source = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "知识产权分类"
        ordering = ["kind", "since"]
        constraints = [
            models.UniqueConstraint(
                name="ip_class_once_per_day",
                fields=["kind", "since"],
                violation_error_message="同一知识产权类别同一起始日只能有一条分类。",
            ),
            models.CheckConstraint(
                name="ip_class_known",
                condition=Q(ip_class__in=["1", "2", "none"]),
                violation_error_message="知识产权分类无效。",
            ),
            models.CheckConstraint(
                name="ip_class_has_document",
                condition=~Q(document=""),
                violation_error_message="知识产权分类必须写明文件。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.get_ip_class_display()}"
