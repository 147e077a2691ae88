"""Whether somebody has to change the password before anything else."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

from parks.models import User

OWN_PASSWORD = "这是别人给您的密码：请先改成只有您知道的密码，再办理其他事项。"
LAPSED = "初始密码已过期，请联系管理员重新设置。"
OLD_PASSWORD = "密码已使用{days}天，超过{most}天：请先修改密码。"


def password_owed(user: User) -> str:
    """Why the password has to be changed before anything else; "" where it need not."""
    if user.must_change_password:
        return OWN_PASSWORD
    most = settings.PASSWORD_MAX_AGE_DAYS
    if most:
        age = timezone.now() - (user.password_changed_at or user.date_joined)
        if age > dt.timedelta(days=most):
            return OLD_PASSWORD.format(days=age.days, most=most)
    return ""


def first_password_lapsed(user: User) -> bool:
    """A password that somebody else gave, and that nobody has used in time (ASVS 5.0 6.4.1)."""
    if not user.must_change_password or user.password_changed_at is None:
        return False
    age = timezone.now() - user.password_changed_at
    return age > dt.timedelta(days=settings.FIRST_PASSWORD_DAYS)
