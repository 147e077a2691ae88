"""What is kept of an account beside the person: sessions that are open, passwords that were used."""

from __future__ import annotations

from django.db import models

from parks.models.people import User


class OpenSession(models.Model):
    """A browser in which somebody is signed in; gone when the session is ended.

    `key`: of Django's own session, which ends with this row. `seen_at` is written once a minute
    at most.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="账号")
    key = models.CharField("会话", max_length=40, unique=True)
    began_at = models.DateTimeField("登录时间", auto_now_add=True)
    seen_at = models.DateTimeField("最近使用", auto_now_add=True)
    address = models.CharField("地址", max_length=45, blank=True)
    browser = models.CharField("浏览器", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.address}".strip()


class UsedPassword(models.Model):
    """A password the account has had, as its hash: it is not to come back."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="账号")
    hash = models.CharField("散列", max_length=128)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "用过的密码"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d}"
