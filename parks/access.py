"""Who asks, and who may open a view, said once for many views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from parks.models import User

View = Callable[..., HttpResponseBase]


def person(request: HttpRequest) -> User:
    """Who is signed in; every page but the sign-in asks for that."""
    return cast(User, request.user)


def bureau_only(sentence: str) -> Callable[[View], View]:
    """Refuses everybody else with the sentence."""

    def guard(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not person(request).in_bureau:
                raise PermissionDenied(sentence)
            return view(request, *args, **kwargs)

        return checked

    return guard
