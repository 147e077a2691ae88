"""Lines of official lists: what persons decided about them, and what they wrote or confirmed."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from enterprises.models.announcements.announcement import Announcement
from enterprises.models.enterprise import Enterprise
from enterprises.models.qualification import Qualification


class LineAnswer(models.TextChoices):
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
    settled = models.CharField("人工判定", max_length=10, choices=LineAnswer, blank=True)
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
                condition=Q(settled__in=["", *LineAnswer.values]),
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
