"""What the security log hears at the doors: who came in or went, and who was turned away."""

from __future__ import annotations

from django.http import HttpRequest

from parks.models import SecurityEvent, User
from parks.security.log import record_event

Action, Result = SecurityEvent.Action, SecurityEvent.Result
NO_ACCOUNT = "（没有这个账号）"


def note_sign_in(request: HttpRequest, user: User) -> None:
    record_event(Action.SIGNED_IN, request=request, person=user, about=request.path)


def note_sign_out(request: HttpRequest, user: User) -> None:
    record_event(Action.SIGNED_OUT, request=request, person=user, about=request.path)


def note_failure(request: HttpRequest, name: str, *, is_locked: bool) -> None:
    """A name and a password that were not let in; `is_locked`: whatever the password was."""
    record_event(
        Action.LOCKED_OUT if is_locked else Action.SIGN_IN_FAILED,
        request=request,
        name=_known_name(name),
        about=request.path,
        result=Result.REFUSED,
    )


def _known_name(name: str) -> str:
    """The name of an account; else none: people type their password into the field of the name."""
    return name if User.objects.filter(username=name).exists() else NO_ACCOUNT
