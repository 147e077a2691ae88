"""Switching off accounts that nobody has used for long (等保 2.0, 访问控制 c)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from enterprises import jobs
from enterprises.notices.sending import send_notices
from parks.accounts.sessions import end_access
from parks.models import SecurityEvent, User
from parks.security import record_event


def _run_nightly(today: dt.date) -> jobs.Result:
    """The last administrator stays: somebody has to be able to let the others in again."""
    most = settings.ACCOUNT_DISABLE_DAYS
    if not most:
        return {"disabled": 0}
    before = timezone.now() - dt.timedelta(days=most)
    alive = User.objects.filter(is_active=True)
    unused = alive.alias(used=Coalesce("last_login", "date_joined")).filter(used__lt=before)
    administrators = set(alive.filter(role=User.Role.BUREAU_ADMIN).values_list("pk", flat=True))
    disabled = []
    for account in unused.order_by("username"):
        if administrators == {account.pk}:
            continue
        administrators.discard(account.pk)
        User.objects.filter(pk=account.pk).update(is_active=False)
        end_access(account)
        disabled.append(account.username)
    if disabled:
        told = f"{len(disabled)}个账号{most}天未用，已停用：{'、'.join(disabled)}"
        send_notices(User.objects.filter(pk__in=administrators), told, reverse("accounts"))
    # Last: an entry locks the log until the transaction ends.
    for username in disabled:
        record_event(
            SecurityEvent.Action.ACCOUNT_CHANGED,
            about=username,
            details={"启用": ["是", "否"], "reason": f"{most}天未用"},
        )
    return {"disabled": len(disabled)}


run = jobs.nightly(_run_nightly)
"""Job handler."""
