"""Open sessions and keys of an account: noted at the sign-in, listed, ended."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from knox.models import AuthToken

from parks.models import OpenSession, User
from parks.security.client import kept_address

BEGAN, SEEN = "began", "seen"
"""In the session itself: seconds since 1970 of the sign-in, and of the last use."""
LONGEST_BROWSER = 200


def note_beginning(request: HttpRequest, user: User) -> None:
    """In the transaction of the sign-in; the session has its key by then."""
    request.session[BEGAN] = request.session[SEEN] = time.time()
    if not request.session.session_key:
        request.session.create()
    OpenSession.objects.create(
        user=user,
        key=str(request.session.session_key),
        address=kept_address(request),
        browser=request.headers.get("User-Agent", "")[:LONGEST_BROWSER],
    )
    forget_ended(user)


def note_new_key(before: str | None, request: HttpRequest) -> None:
    """The session goes on under another key: a changed password gives it one."""
    OpenSession.objects.filter(key=before).update(key=request.session.session_key)


def note_use(request: HttpRequest, *, every: int) -> None:
    """Write down that the session is used, unless that was done less than `every` seconds ago."""
    seen = request.session.get(SEEN)
    if seen is None or time.time() - seen < every:
        return
    request.session[SEEN] = time.time()
    OpenSession.objects.filter(key=request.session.session_key).update(seen_at=timezone.now())


def open_sessions(user: User) -> list[OpenSession]:
    """Those in which the account is still signed in, the last used first."""
    return list(OpenSession.objects.filter(user=user, key__in=_alive()))


def keys_of(user: User) -> list[AuthToken]:
    """Keys of the API that still hold, the newest first."""
    held = AuthToken.objects.filter(user=user, expiry__gt=timezone.now())
    return list(held.order_by("-created"))


def end_session(row: OpenSession) -> None:
    _end(OpenSession.objects.filter(pk=row.pk))


def end_access(user: User, *, but: str | None = None) -> int:
    """End every session and key of the account, but the session with this key; how many ended."""
    sessions = _end(OpenSession.objects.filter(user=user).exclude(key=but or ""))
    keys, _ = AuthToken.objects.filter(user=user).delete()
    return sessions + keys


def forget_ended(user: User) -> None:
    """Rows whose session has run out or was signed out of."""
    OpenSession.objects.filter(user=user).exclude(key__in=_alive()).delete()


def _end(rows: QuerySet[OpenSession]) -> int:
    Session.objects.filter(session_key__in=rows.values("key")).delete()
    ended, _ = rows.delete()
    return ended


def _alive() -> QuerySet[Session, Any]:
    """Keys of Django's sessions that have not run out."""
    return Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
