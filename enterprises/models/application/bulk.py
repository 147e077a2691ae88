"""A change of many firms at once: what a person chose, what was written, and whether it stands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class BulkRun(models.Model):
    """From the preview to the receipt.

    `firms`: [code, the firm's last ledger entry as the person saw it] of each firm chosen. `lines`:
    what was pasted and is not settled. `outcome`: {"written": …, "left_out": …}, once it is written.
    """

    desk = models.SlugField("名单", max_length=30)
    act = models.SlugField("动作", max_length=30)
    values = models.JSONField("所填", default=dict)
    firms = models.JSONField("企业", default=list)
    lines = models.JSONField("待选定", default=list)
    back = models.CharField("返回地址", max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人"
    )
    made_at = models.DateTimeField("核对时间", auto_now_add=True)
    applied_at = models.DateTimeField("写入时间", null=True, blank=True)
    first_entry = models.BigIntegerField("账目自", null=True, blank=True)
    last_entry = models.BigIntegerField("账目至", null=True, blank=True)
    outcome = models.JSONField("结果", default=dict)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="撤销人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "批量办理"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="bulk_entries_of_what_is_written",
                condition=Q(first_entry__isnull=True, last_entry__isnull=True)
                | Q(applied_at__isnull=False, first_entry__isnull=False, last_entry__isnull=False),
                violation_error_message="只有已写入的批量办理才有账目。",
            ),
            models.CheckConstraint(
                name="bulk_undone_after_written",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(applied_at__isnull=False, undone_at__isnull=False, undone_by__isnull=False),
                violation_error_message="只有已写入的批量办理才能撤销。",
            ),
        ]

    def __str__(self) -> str:
        return f"批量办理{self.pk}"
