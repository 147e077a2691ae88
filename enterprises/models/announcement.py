"""Official lists as they were received, and what became of their lines."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Count, Q

from enterprises.marks import Mark, Tone
from enterprises.models.enterprise import Enterprise
from enterprises.models.ledger import LedgerEntry, LedgerQuerySet, SourceFile
from enterprises.models.qualification import Qualification


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def waiting(self) -> AnnouncementQuerySet:
        """Received and readable, and nothing of it written yet."""
        return self.filter(written_at=None, refusal="").exclude(contents=None)

    def in_force(self) -> AnnouncementQuerySet:
        """Written, and not taken back since."""
        return self.filter(written_at__isnull=False, undone_at=None)

    def with_entries(self) -> AnnouncementQuerySet:
        """Each with `entries`: how many entries of it are in force."""
        in_force = Q(source__entries__undone_by=None, source__entries__undoes=None)
        return self.annotate(entries=Count("source__entries", filter=in_force))


class AnnouncementState(models.TextChoices):
    WAITING = "waiting", "待对接"
    WRITTEN = "written", "已写入"
    UNDONE = "undone", "已撤销"
    REFUSED = "refused", "不能读取"

    @property
    def mark(self) -> Mark:
        return _MARKS[self]


_MARKS = {
    AnnouncementState.WAITING: Mark(Tone.WATCH, "exclamation-triangle"),
    AnnouncementState.WRITTEN: Mark(Tone.GOOD, "check-circle"),
    AnnouncementState.UNDONE: Mark(Tone.NONE, "arrow-left"),
    AnnouncementState.REFUSED: Mark(Tone.BAD, "x-circle"),
}


class Announcement(models.Model):
    """A list that an office has published. The same bytes are the same announcement.

    `contents`: the texts and lists that reading has found, None while the file waits to be read.
    `refusal`: why it cannot be read, in Chinese. What the list is stands empty until a person has
    said or confirmed it; then `confirmed_by` names the person.
    """

    source = models.OneToOneField(
        SourceFile, models.PROTECT, related_name="announcement", verbose_name="来源文件"
    )
    contents = models.JSONField("内容", null=True, blank=True)
    refusal = models.CharField("不能读取的原因", max_length=400, blank=True)
    kind = models.CharField("名单种类", max_length=40, blank=True)
    title = models.CharField("标题", max_length=300, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    published_on = models.DateField("公告日期", null=True, blank=True)
    issued_on = models.DateField("发证日期", null=True, blank=True)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    batch = models.PositiveSmallIntegerField("批次", null=True, blank=True)
    # A corrected edition: what it leaves out of the first is taken back.
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name="更正的名单",
    )
    # Codes of firms of which a person keeps what the first edition wrote, though this one does not
    # name them.
    kept = models.JSONField("保留首版写入的企业", default=list, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="写入人"
    )
    written_at = models.DateTimeField("写入时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "官方名单"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="announcement_written_once_confirmed",
                condition=Q(written_at=None) | Q(published_on__isnull=False),
                violation_error_message="写入前须有公告日期。",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.source.name

    @property
    def state(self) -> AnnouncementState:
        if self.refusal:
            return AnnouncementState.REFUSED
        if self.is_written:
            return AnnouncementState.WRITTEN
        if self.undone_at:
            return AnnouncementState.UNDONE
        return AnnouncementState.WAITING

    @property
    def is_read(self) -> bool:
        return self.contents is not None

    @property
    def is_written(self) -> bool:
        """Something of it is in force: it was written, and not taken back since."""
        return self.written_at is not None and self.undone_at is None


class Settled(models.TextChoices):
    """What a person has decided about a line."""

    FIRM = "firm", "是这家企业"
    NOBODY = "nobody", "都不是"
    WRITE = "write", "以名单为准"
    SKIP = "skip", "不写入"
    REGISTER = "register", "登记新企业"


class AnnouncementLine(models.Model):
    """A line about which a person has decided, or of which something was written or confirmed.

    `n`: its number in the document, from 1. `place`: where it stands, for people. `told`: what it
    did when it was written, as `match_list --json` prints it. `qualification`: the certificate that
    the line grants, corrects or confirms.
    """

    announcement = models.ForeignKey(
        Announcement, models.CASCADE, related_name="lines", verbose_name="名单"
    )
    n = models.PositiveIntegerField("第几行")
    place = models.CharField("位置", max_length=80)
    name = models.CharField("名单上的名称", max_length=200)
    firm = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="announcement_lines",
        verbose_name="企业",
    )
    by = models.CharField("依据", max_length=12, blank=True)
    settled = models.CharField("人工判定", max_length=10, choices=Settled, blank=True)
    # For a firm that is registered on the spot: code, town and park. For a line without a day: its day.
    details = models.JSONField("判定内容", default=dict, encoder=DjangoJSONEncoder)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="判定人"
    )
    decided_at = models.DateTimeField("判定时间", null=True, blank=True)
    told = models.JSONField("写入内容", default=dict, encoder=DjangoJSONEncoder)
    qualification = models.ForeignKey(
        Qualification,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="announcement_lines",
        verbose_name="证书",
    )

    class Meta:
        verbose_name = verbose_name_plural = "名单行"
        ordering = ["announcement", "n"]
        constraints = [
            models.UniqueConstraint(
                name="announcement_line_once",
                fields=["announcement", "n"],
                violation_error_message="一份名单的一行只记一次。",
            ),
            models.CheckConstraint(
                name="announcement_line_settled_known",
                condition=Q(settled__in=["", *Settled.values]),
                violation_error_message="人工判定无效。",
            ),
            models.CheckConstraint(
                name="announcement_line_firm_named",
                condition=~Q(settled="firm") | Q(firm__isnull=False),
                violation_error_message="判定为某家企业的行须写明企业。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.name}"

    @property
    def day(self) -> dt.date | None:
        """The day that a person has given to a line without one."""
        told = self.details.get("day")
        return dt.date.fromisoformat(told) if told else None


class NameChoice(models.Model):
    """Whom a name on official lists means, as a person has decided once; kept for the next list.

    `firm` None: none of ours. Name and district are as the lists print them: another district
    beside the name asks anew, and so does whatever speaks for a firm by code or number.
    """

    name_key = models.CharField("名称", max_length=200)
    district = models.CharField("名单上的区县", max_length=60, blank=True)
    firm = models.ForeignKey(
        Enterprise,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="name_choices",
        verbose_name="企业",
    )
    announcement = models.ForeignKey(
        Announcement, models.SET_NULL, null=True, related_name="+", verbose_name="名单"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="判定人"
    )
    decided_at = models.DateTimeField("判定时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "名称判定"
        ordering = ["name_key"]
        constraints = [
            models.UniqueConstraint(
                name="name_choice_once",
                fields=["name_key", "district"],
                violation_error_message="同一名称和区县只记一次判定。",
            )
        ]

    def __str__(self) -> str:
        return self.name_key


def lines_in_force() -> models.QuerySet[AnnouncementLine]:
    """Lines of lists that were written and not taken back."""
    return AnnouncementLine.objects.filter(
        announcement__written_at__isnull=False, announcement__undone_at=None
    )


def entries_of(announcement: Announcement) -> LedgerQuerySet:
    """What the list has written and is still in force."""
    return LedgerEntry.objects.filter(source=announcement.source_id).in_force().order_by("pk")
