"""Writing the security log: one event, sealed in the transaction that wrote it."""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest

from parks.models import SecurityEvent, User
from parks.sealing import seal_new
from parks.sealing.chain import lock_book
from parks.security.book import SECURITY
from parks.security.client import kept_address

log = logging.getLogger("portal.security")

SECRET_WORDS = ("password", "token", "secret", "key", "code")
"""A field whose name ends so holds what nobody may read again."""
HIDDEN = "（不记录）"
LONGEST = 200
LONGEST_NAME = 150


def record_event(
    action: SecurityEvent.Action,
    *,
    request: HttpRequest | None = None,
    person: User | None = None,
    name: str = "",
    about: object = "",
    result: SecurityEvent.Result = SecurityEvent.Result.OK,
    rows: int | None = None,
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
) -> SecurityEvent:
    """Add an event to the log, in the caller's transaction where there is one.

    `person`: who acts; left out, whoever is signed in. `name`: under which somebody who is not
    signed in tried. It is the last act of its transaction, since it locks the log until the end.
    What is to outlast a roll-back is recorded after it.
    """
    person = person or _signed_in(request)
    with transaction.atomic():
        lock_book(SECURITY)
        event = SecurityEvent.objects.create(
            person=person,
            name=_plain(str(person or name))[:LONGEST_NAME],
            role=getattr(person, "role", ""),
            address=_address(request),
            request_id=getattr(request, "request_id", ""),
            action=action,
            about=_plain(str(about))[:LONGEST],
            result=result,
            rows=rows,
            purpose=_plain(purpose)[:LONGEST],
            details=_without_secrets(details or {}),
        )
        seal_new(SECURITY, event.pk)
    _tell(event)
    return event


def _signed_in(request: HttpRequest | None) -> User | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


def _address(request: HttpRequest | None) -> str:
    return kept_address(request) if request else ""


def _plain(text: str) -> str:
    """Without signs that could begin a line of their own, or that a database does not take."""
    return "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")


def _without_secrets(details: Mapping[str, Any]) -> dict[str, Any]:
    hidden = {field: HIDDEN for field in details if field.endswith(SECRET_WORDS)}
    return {**details, **hidden}


def _tell(event: SecurityEvent) -> None:
    """The same as one line for the console, for a log host that keeps it elsewhere."""
    line = {
        "event": event.pk,
        "action": event.action,
        "result": event.result,
        "person": event.person_id,
        "about": event.about,
    }
    log.info(json.dumps(line, ensure_ascii=False, cls=DjangoJSONEncoder))
