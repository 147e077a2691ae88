"""Who is signed in, and who may open a view."""

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
    """A decorator that refuses everybody outside the bureau with the sentence."""

    def guard_view(view: View) -> View:
        @wraps(view)
        def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not person(request).in_bureau:
                raise PermissionDenied(sentence)
            return view(request, *args, **kwargs)

        return guarded_view

    return guard_view
