"""Answers 304 where nothing that an answer is made of has changed since the browser got it.

The tag is computed before the answer and costs two queries. It covers all that any page of figures
shows (targets.figures.etag), the person, the address and the form token. So it may change although
the page would not, but never the other way round. Whatever changes between the tag and the answer
makes the answer newer than its tag; then the next tag differs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags
from rest_framework.request import Request

from enterprises.models import Notice
from parks.access import View, person
from parks.models import User
from targets.figures import etag

KEPT_BY_THE_BROWSER = "private, no-cache"
"""The browser may keep the answer, and must ask again before every use of it."""

_Get = TypeVar("_Get", bound=Callable[..., Any])


def revalidated(view: View) -> View:
    """For pages, images and files.

    A page that carries messages is shown once, so it gets no tag.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if len(get_messages(request)):
            return view(request, *args, **kwargs)
        get_token(request)  # makes one for a browser that has none yet: the tag needs it
        return _answer_or_304(
            request,
            person(request),
            request.META["CSRF_COOKIE"],
            lambda: view(request, *args, **kwargs),
        )

    return answer


def revalidated_get(method: _Get) -> _Get:
    """For the GET of an API view, whoever signed in how."""

    @wraps(method)
    def get(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = cast(User, request.user)
        # A token of the API needs no form token: there is none in its answers.
        return _answer_or_304(request, user, "", lambda: method(view, request, *args, **kwargs))

    get.sends_etag = get.is_revalidated = True  # type: ignore[attr-defined]
    return cast(_Get, get)


def _answer_or_304(
    request: HttpRequest | Request, user: User, token: str, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    # Before the answer: a change during it must make the next tag differ.
    tag = _tag_of_answer(user, request.get_full_path(), token)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = make()
    # An error or a redirect must not be kept under the tag of the page that failed.
    if response.status_code in (HttpResponse.status_code, HttpResponseNotModified.status_code):
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = KEPT_BY_THE_BROWSER
        # Two people at one address see different firms: an answer belongs to who asked for it.
        patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


def _tag_of_answer(user: User, address: str, token: str) -> str:
    """Weak: answers under one tag say the same, but their form tokens are masked differently."""
    unread = Notice.objects.unread_by(user).count()
    # The person as this request has read them: a change in between belongs to the next tag.
    account = [getattr(user, name) for name in etag.PERSON]
    content = repr((etag.state_digest(), account, unread, address, token))
    digest = salted_hmac("targets.conditional", content, algorithm="sha256").hexdigest()
    return f'W/"{digest[:32]}"'
