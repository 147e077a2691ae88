"""Who is signed in, who may open a view, and where a request may lead."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from parks.models import User

View = Callable[..., HttpResponseBase]


def person(request: HttpRequest) -> User:
    """Who is signed in; every page but the sign-in asks for that."""
    return cast(User, request.user)


def posted_data(request: HttpRequest) -> QueryDict | None:
    """What was sent with the form; None when the form is only opened."""
    return request.POST if request.method == "POST" else None


def own_path(path: str) -> str:
    """The path, where it is one of this portal; otherwise "". What a request says anybody may write."""
    safe = url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe and path.startswith("/") else ""


def bureau_only(sentence: str) -> Callable[[View], View]:
    """A decorator that refuses everybody outside the bureau with the sentence."""
    return _only(lambda user: user.in_bureau, sentence)


def only_for(role: User.Role, sentence: str) -> Callable[[View], View]:
    """A decorator that refuses everybody of another role with the sentence."""
    return _only(lambda user: user.role == role, sentence)


def _only(may_open: Callable[[User], bool], sentence: str) -> Callable[[View], View]:
    def guard_view(view: View) -> View:
        @wraps(view)
        def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may_open(person(request)):
                raise PermissionDenied(sentence)
            return view(request, *args, **kwargs)

        return guarded_view

    return guard_view
