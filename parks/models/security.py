"""The security log: who did what to accounts, rights, settings and data that left the portal."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from parks.models.people import User


class SecurityEvent(models.Model):
    """One act or attempt. Only added to; never holds a password, a key or a contact of a firm.

    Name and role are those of the moment: a person may change both. `person` is None where nobody
    is signed in, and for commands and jobs. `details` holds what changed as {field: [before, after]}
    or what else tells the act apart; `rows`: how many rows left the portal.
    """

    class Action(models.TextChoices):
        SIGNED_IN = "signed_in", "登录"
        SIGN_IN_FAILED = "sign_in_failed", "登录失败"
        LOCKED_OUT = "locked_out", "登录锁定"
        SIGNED_OUT = "signed_out", "退出"
        PASSWORD_CHANGED = "password_changed", "修改密码"
        PASSWORD_SET = "password_set", "重设密码"
        SESSION_ENDED = "session_ended", "结束会话"
        FACTOR_SET = "factor_set", "启用第二重验证"
        FACTOR_REMOVED = "factor_removed", "停用第二重验证"
        UNLOCKED = "unlocked", "解除锁定"
        KEY_MADE = "key_made", "签发密钥"
        KEY_ENDED = "key_ended", "作废密钥"
        ACCOUNT_MADE = "account_made", "新增账号"
        ACCOUNT_CHANGED = "account_changed", "变更账号"
        SETTING_CHANGED = "setting_changed", "变更设置"
        EXPORTED = "exported", "导出"
        DOWNLOADED = "downloaded", "下载"
        REFUSED = "refused", "拒绝访问"
        SEALED = "sealed", "封存"
        BACKED_UP = "backed_up", "备份"
        RESTORED = "restored", "恢复"
        VERIFIED = "verified", "核对"

    class Result(models.TextChoices):
        OK = "ok", "成功"
        REFUSED = "refused", "拒绝"
        FAILED = "failed", "失败"

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="账号"
    )
    name = models.CharField("人员", max_length=150, blank=True)
    role = models.CharField("角色", max_length=16, blank=True)
    address = models.CharField("地址", max_length=45, blank=True)
    request_id = models.CharField("请求编号", max_length=36, blank=True)
    action = models.CharField("动作", max_length=20, choices=Action)
    about = models.CharField("对象", max_length=200, blank=True)
    result = models.CharField("结果", max_length=8, choices=Result)
    rows = models.PositiveIntegerField("行数", null=True)
    purpose = models.CharField("事由", max_length=200, blank=True)
    details = models.JSONField("详情", default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = verbose_name_plural = "安全日志"
        ordering = ["-id"]
        indexes = [
            models.Index(name="security_by_action", fields=["action", "id"]),
            models.Index(name="security_by_person", fields=["person", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.about}".strip()
