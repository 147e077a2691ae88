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


class SecondFactor(models.Model):
    """The secret that an account shares with an app of the person, for codes of 30 seconds.

    `secret` is encrypted. Not `confirmed_at`: the app has not shown yet that it knows the secret.
    `last_step`: of the code that was used last; no code is taken twice.
    """

    user = models.OneToOneField(
        User, models.CASCADE, related_name="second_factor", verbose_name="账号"
    )
    secret = models.CharField("密文", max_length=255)
    confirmed_at = models.DateTimeField("启用时间", null=True)
    last_step = models.BigIntegerField("最近用过", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "第二重验证"

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """A code on paper for the day on which the app is gone; each is good for once."""

    factor = models.ForeignKey(
        SecondFactor, models.CASCADE, related_name="codes", verbose_name="第二重验证"
    )
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "恢复码"

    def __str__(self) -> str:
        return str(self.factor)


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
