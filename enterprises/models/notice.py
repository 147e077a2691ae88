"""What the portal tells a person: shown on its pages, and by e-mail where there is an address."""

from __future__ import annotations

from django.db import models

from parks.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread_by(self, user: User) -> NoticeQuerySet:
        return self.filter(person=user, read_at=None)

    def unsent(self) -> NoticeQuerySet:
        return self.filter(mailed_at=None).exclude(person__email="")


class Notice(models.Model):
    """One message to one person; `link` leads to the page it is about."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name="收件人")
    text = models.CharField("内容", max_length=300)
    link = models.CharField("链接", max_length=200, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)
    mailed_at = models.DateTimeField("邮件时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-id"]
        indexes = [
            # Every page asks for the unread ones, which are few among all that were ever sent.
            models.Index(name="notice_unread", fields=["person"], condition=models.Q(read_at=None))
        ]

    def __str__(self) -> str:
        return self.text
