"""The ledger of records: every word that was ever told of one, only added to."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from enterprises.models.ledger import SourceFile
from enterprises.models.records.record import Record
from parks.sealing import SealedTable


class RecordEntryQuerySet(models.QuerySet["RecordEntry"]):
    def in_force(self) -> Self:
        """Without entries that were taken back, and without those that took them back."""
        return self.filter(undone_by=None, undoes=None)


class RecordEntry(models.Model):
    """One word on a record: what, since when, before, after, who, from which cells of which file.

    A record is what its entries in force say, one after the other. `on`: the day from which it
    holds. `after` holds the fields that are told, `before` what they were. An entry that takes
    another back points to it (`undoes`) and tells nothing else.
    """

    class Act(models.TextChoices):
        ENTERED = "entered", "登记"
        CHANGED = "changed", "变更"
        PROMOTED = "promoted", "级别变动"
        REVIEWED = "reviewed", "复核通过"
        ENDED = "ended", "终止"
        REOPENED = "reopened", "恢复"
        RETURNED = "returned", "收回"
        UNDONE = "undone", "撤销"

    record = models.ForeignKey(
        Record, models.PROTECT, related_name="entries", verbose_name="台账记录"
    )
    act = models.CharField("动作", max_length=12, choices=Act)
    on = models.DateField("生效日")
    before = models.JSONField("变更前", default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField("变更后", default=dict, encoder=DjangoJSONEncoder)
    source = models.ForeignKey(
        SourceFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="record_entries",
        verbose_name="来源文件",
    )
    cells = models.JSONField("单元格", default=dict)
    reason = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("记账时间", auto_now_add=True)
    undoes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name="撤销的账目",
    )

    objects = RecordEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账账簿"
        ordering = ["-id"]
        indexes = [
            models.Index(name="record_entry_by_record", fields=["record", "id"]),
            models.Index(name="record_entry_by_source", fields=["source"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.on}"


RECORDS = SealedTable(
    name="records",
    title="台账账簿",
    model=RecordEntry,
    forms={
        1: (
            *("id", "record_id", "act", "on", "before", "after", "source_id", "cells", "reason"),
            *("by_id", "at", "undoes_id"),
        )
    },
)
