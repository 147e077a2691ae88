"""Requests of programs that are sent again: each is carried out once."""

from django.db import models

from parks.models.people import User


class IdempotencyKey(models.Model):
    """A request that its sender marked with a key, and the answer it got (none while it runs).

    `owner` is the run that works on it. A run that lost the key to another may neither answer nor
    change anything.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    key = models.CharField("键", max_length=255)
    action = models.CharField("请求", max_length=300)
    fingerprint = models.CharField("内容摘要", max_length=64)
    owner = models.CharField("处理者", max_length=32)
    status = models.PositiveSmallIntegerField("状态码", null=True, blank=True)
    body = models.JSONField("回答", null=True, blank=True)
    location = models.CharField("地址", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "幂等键"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="idempotency_key_once",
                fields=["user", "key"],
                violation_error_message="该幂等键已使用。",
            )
        ]

    def __str__(self) -> str:
        return self.key
