"""Official lists as they were received."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from enterprises.marks import Mark, Tone
from enterprises.models.ledger import LedgerEntry, LedgerQuerySet, SourceFile


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
        # A merge tells again, with its source, what the list had told of the other record.
        in_force &= ~Q(source__entries__act=LedgerEntry.Act.MERGED)
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


def entries_of(announcement: Announcement) -> LedgerQuerySet:
    """What the list has written and is still in force."""
    told = LedgerEntry.objects.filter(source=announcement.source_id).in_force()
    return told.exclude(act=LedgerEntry.Act.MERGED).order_by("pk")
