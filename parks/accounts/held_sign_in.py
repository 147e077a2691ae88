"""Between the password and the code: who is half signed in, in the session alone."""

from __future__ import annotations

import time
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest

from parks.accounts import second_factor
from parks.models import SecondFactor, User
from parks.security.doors import note_failure

HELD = "held_sign_in"
HELD_SECONDS = 300
FACTOR = "second_factor"
"""In the session: that this sign-in was made with one."""


def hold(request: HttpRequest, user: User, onward: str) -> None:
    """The password was right. Nobody is signed in by that."""
    request.session.cycle_key()
    backend = getattr(user, "backend", "")
    request.session[HELD] = {"user": user.pk, "backend": backend, "at": time.time(), "to": onward}


def held(request: HttpRequest) -> tuple[SecondFactor, dict[str, Any]] | None:
    """Whose code is waited for, and what was held; None where nobody's is, or it has lapsed."""
    told = request.session.get(HELD)
    if not told or time.time() - told["at"] > HELD_SECONDS:
        return None
    user = User.objects.filter(pk=told["user"], is_active=True).first()
    factor = second_factor.factor_of(user) if user else None
    return (factor, told) if factor else None


def check_code(request: HttpRequest, factor: SecondFactor, code: str) -> bool:
    """Wrong codes count as wrong passwords do, lock with them, and stand in the security log.

    What is locked answers no, whatever the code, and marks the request as Axes does.
    """
    name = factor.user.username
    AxesProxyHandler.update_request(request)
    if not AxesProxyHandler.is_allowed(request, {"username": name}):
        request.axes_locked_out = True  # type: ignore[attr-defined]
    elif second_factor.accepts(factor, code):
        return True
    else:
        credentials = {"username": name}
        AxesProxyHandler.user_login_failed(
            sender=__name__, credentials=credentials, request=request
        )
    is_locked = getattr(request, "axes_locked_out", False)
    note_failure(request, name, is_locked=is_locked)
    return False
