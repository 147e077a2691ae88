"""Where facts come from, and the ledger of every change of a fact."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet
from parks.sealing import SealedTable


class SourceFileQuerySet(models.QuerySet["SourceFile"]):
    def tell_of_a_demo(self) -> bool:
        """Whether anything registered was invented by the portal itself."""
        return self.filter(kind=SourceFile.Kind.DEMO).exists()


class SourceFile(models.Model):
    """A file that facts were read from. Its bytes are stored once, under their sha256."""

    class Kind(models.TextChoices):
        HNTE_REGISTER = "hnte_register", "高企证书名单"
        TECH_REGISTER = "tech_register", "科技型企业名单"
        ROSTER = "roster", "园区/镇街名册"
        DEMO = "demo", "演示数据"
        ACTS = "acts", "登记事项文件"
        ANNOUNCEMENT = "announcement", "官方名单"
        RETURNS = "returns", "企业年度数据表"
        RECORDS = "records", "台账表格"

    kind = models.CharField("种类", max_length=16, choices=Kind)
    name = models.CharField("文件名", max_length=200)
    # Unique: the same bytes are the same file, under whatever name they come again.
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("字节数")
    as_of = models.DateField("数据截至", null=True, blank=True)
    # Of a list of yearly figures: each office counts in its own way.
    office = models.ForeignKey(
        "enterprises.Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="来源部门",
    )
    stored_as = models.CharField("存储名", max_length=80, blank=True)
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    received_from = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="提交人",
    )

    objects = SourceFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "来源文件"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="source_sha256_shape",
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="SHA-256 应为64位十六进制。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_announcement(self) -> bool:
        """It has a page of its own, which shows the line."""
        return self.kind == self.Kind.ANNOUNCEMENT


class LedgerHead(models.Model):
    """One row, locked before facts are written, so that ledger ids are committed in their order.

    Without this lock a slow transaction could commit a lower id after a reader had passed it, and a
    reader that remembers "I have read up to id N" would lose that row for ever.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Pages of figures compare it with what their spans have seen, which is one cheap query.
    last_entry = models.BigIntegerField("最后一条", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "账簿首页"
        constraints = [
            models.CheckConstraint(
                name="ledger_head_single",
                condition=models.Q(id=1),
                violation_error_message="账簿首页只有一行。",
            )
        ]

    def __str__(self) -> str:
        return str(self.last_entry)

    @classmethod
    def newest_entry(cls) -> int:
        """The id of the last entry; 0 in a ledger without any."""
        return cls.objects.values_list("last_entry", flat=True).first() or 0


class LedgerQuerySet(OfFirmQuerySet):
    def since(self, entry_id: int) -> LedgerQuerySet:
        """Entries after an id, in the order in which they were committed."""
        return self.filter(pk__gt=entry_id).order_by("pk")

    def in_force(self) -> Self:
        """Without entries that were taken back, and without those that took them back."""
        return self.filter(undone_by=None, undoes=None)

    def last_written(self) -> dt.datetime | None:
        return self.order_by("-pk").values_list("at", flat=True).first()


class LedgerEntry(models.Model):
    """One change of one fact: what, before, after, when, who, and from which cells of which file.

    `before` and `after` hold the changed fields only; `before` is empty where the fact is new.
    `cells` maps a field to its address, such as {"valid_from": "Sheet1!E4"}. An entry that takes
    another back points to it (`undoes`); an entry can be taken back once.
    """

    class Act(models.TextChoices):
        REGISTERED = "registered", "登记企业"
        DETAILED = "detailed", "补充资料"
        RENAMED = "renamed", "更名"
        RECODED = "recoded", "更正信用代码"
        PLACED = "placed", "登记所在地"
        CORRECTED = "corrected", "更正登记"
        BACKDATED = "backdated", "所在地起始日前移"
        MOVED = "moved", "迁移"
        LEFT = "left", "迁出江津"
        CLOSED = "closed", "注销"
        REOPENED = "reopened", "恢复"
        GRANTED = "granted", "取得资质"
        EXTENDED = "extended", "资质信息变更"
        RENUMBERED = "renumbered", "更正证书编号"
        REVOKED = "revoked", "取消资质"
        FIGURES = "figures", "登记年度数据"
        POOLED = "pooled", "进入后备库"
        UNPOOLED = "unpooled", "退出后备库"
        DECLINED = "declined", "不采用后备库建议"
        APPLIED = "applied", "登记申报状态"
        PLANNED = "planned", "登记下一步"
        INCIDENT = "incident", "登记事故和违法"
        RETRACTED = "retracted", "撤回事故和违法"
        UNIT_OWNER = "unit_owner", "变更单位责任人"
        BUREAU_OWNER = "bureau_owner", "变更科技局责任人"
        MERGED = "merged", "并入"
        DUTY = "duty", "登记年度义务"
        DUTY_BACK = "duty_back", "撤回年度义务"
        IP_ADDED = "ip_added", "登记知识产权"
        IP_GONE = "ip_gone", "知识产权转出或失效"
        IP_USED = "ip_used", "知识产权用于申报"
        UNDONE = "undone", "撤销入账"

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="ledger", verbose_name="企业"
    )
    act = models.CharField("动作", max_length=12, choices=Act)
    fact = models.CharField("事实", max_length=20)
    # No foreign key: facts are of many models, and one that is undone goes while its entries stay.
    fact_id = models.BigIntegerField("事实编号")
    effective_on = models.DateField("生效日", null=True)
    before = models.JSONField("变更前", default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField("变更后", default=dict, encoder=DjangoJSONEncoder)
    source = models.ForeignKey(
        SourceFile, models.PROTECT, null=True, related_name="entries", verbose_name="来源文件"
    )
    cells = models.JSONField("单元格", default=dict)
    reason = models.CharField("说明", max_length=200, blank=True)
    # None where a command wrote without the name of a person.
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

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "变更账簿"
        ordering = ["-id"]
        # A firm's page and an undoing read the entries of single firms in their order.
        indexes = [models.Index(name="ledger_by_firm", fields=["enterprise", "id"])]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.effective_on or ''}"

    @property
    def is_by_hand(self) -> bool:
        """A person decided it, no list and no command; and it takes nothing back."""
        return self.source_id is None and self.by_id is not None and self.undoes_id is None

    @property
    def is_part_of_merge(self) -> bool:
        """A merge is many entries; the one that tells nothing else stands for all of them."""
        return self.act == self.Act.MERGED and bool(self.before or self.after)

    @property
    def is_taken_back(self) -> bool:
        return hasattr(self, "undone_by")


LEDGER = SealedTable(
    name="ledger",
    title="变更账簿",
    model=LedgerEntry,
    forms={
        1: (
            *("id", "enterprise_id", "act", "fact", "fact_id", "effective_on", "before", "after"),
            *("source_id", "cells", "reason", "by_id", "at", "undoes_id"),
        )
    },
)
