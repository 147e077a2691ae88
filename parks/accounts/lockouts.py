"""How many wrong passwords lock a name at an address, a name everywhere, an address for every name.

Axes knows one limit for all of these: five wrong guesses from five places would lock a colleague
out. So each count is scaled to the limit of its own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone


class ScaledHandler(AxesDatabaseHandler):
    """Reads settings.LOGIN_LIMITS, in the order of settings.AXES_LOCKOUT_PARAMETERS."""

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        most = settings.AXES_FAILURE_LIMIT
        return max(
            _failures(attempts) * most // limit
            for attempts, limit in zip(
                self.get_user_attempts(request, credentials), settings.LOGIN_LIMITS, strict=True
            )
        )


@dataclass(frozen=True)
class Lock:
    """A name, an address or both that nobody can sign in with. `until`: it lapses by itself."""

    name: str
    address: str
    failures: int
    until: dt.datetime

    @property
    def key(self) -> str:
        return f"{self.name}@{self.address}"


def locks() -> list[Lock]:
    """Whatever is locked now, the longest first."""
    cool_off = dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    alive = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - cool_off)
    tries: dict[tuple[str, str], list[AccessAttempt]] = defaultdict(list)
    for attempt in alive:
        name, address = attempt.username or "", attempt.ip_address or ""
        for key in ((name, address), (name, ""), ("", address)):
            tries[key].append(attempt)
    both, by_name, by_address = settings.LOGIN_LIMITS
    found = []
    for (name, address), attempts in tries.items():
        number = sum(attempt.failures_since_start for attempt in attempts)
        limit = _limit(name, address, both, by_name, by_address)
        if number >= limit:
            until = max(attempt.attempt_time for attempt in attempts) + cool_off
            found.append(Lock(name, address, number, until))
    return sorted(found, key=lambda lock: (lock.until, lock.key), reverse=True)


def unlock(lock: Lock) -> None:
    """Forget the wrong passwords that it is made of."""
    attempts = AccessAttempt.objects.all()
    if lock.name:
        attempts = attempts.filter(username=lock.name)
    if lock.address:
        attempts = attempts.filter(ip_address=lock.address)
    attempts.delete()


def _limit(name: str, address: str, both: int, by_name: int, by_address: int) -> int:
    if name and address:
        return both
    return by_name if name else by_address


def _failures(attempts: Iterable[Any]) -> int:
    return attempts.aggregate(number=Sum("failures_since_start"))["number"] or 0  # type: ignore[attr-defined]
