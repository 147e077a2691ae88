"""What a signed-in person owes before anything else: an own password, and a session that is in use."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url

from parks.accounts.owed import password_owed
from parks.accounts.sessions import BEGAN, SEEN, note_use
from parks.api.problems import PROBLEM_JSON, problem
from parks.models import User

Answering = Callable[[HttpRequest], HttpResponse]

ALLOWED = ("password_change", "logout", "login", "favicon", "livez", "readyz", "metrics")
"""Pages that open whatever is owed: those by which it is done, and those nobody signs in for."""
USE_SECONDS = 60
"""A use is written down once in so long."""
IDLE = "您有{minutes}分钟没有操作，已自动退出，请重新登录。"
TOO_LONG = "登录已满{hours}小时，已自动退出，请重新登录。"


def see_to_duties(get_response: Answering) -> Answering:
    """Middleware, after the one that tells who is signed in; pages and API alike."""

    def answer_request(request: HttpRequest) -> HttpResponse:
        # Who came by a key of the API is told later, by the API itself: keys have an end of their own.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return get_response(request)
        user = request.user
        if not isinstance(user, User):
            return get_response(request)
        if reason := _why_over(request):
            logout(request)
            return _sign_in_again(request, reason)
        if not _is_poll(request):
            note_use(request, every=USE_SECONDS)
        owed = password_owed(user)
        if owed and not _is_allowed(request):
            return _owed_first(request, owed)
        return get_response(request)

    return answer_request


def _why_over(request: HttpRequest) -> str:
    """Sessions of before these limits have no times in them, and end by their cookie."""
    now = time.time()
    began, seen = request.session.get(BEGAN), request.session.get(SEEN)
    if began and now - began > settings.SESSION_COOKIE_AGE:
        return TOO_LONG.format(hours=settings.SESSION_COOKIE_AGE // 3600)
    idle = settings.SESSION_IDLE_MINUTES
    if idle and seen and now - seen > idle * 60:
        return IDLE.format(minutes=idle)
    return ""


def _is_poll(request: HttpRequest) -> bool:
    """Asked by the page itself every few seconds: nobody sits there for that."""
    return bool(request.headers.get("X-Poll"))


def _is_allowed(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is not None:
        return match.view_name in ALLOWED
    return request.path in {resolve_url(name) for name in ALLOWED}


def _is_for_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _sign_in_again(request: HttpRequest, reason: str) -> HttpResponse:
    if _is_for_api(request):
        return _refusal(401, "session_over", reason)
    if request.headers.get("HX-Request"):
        # A part of a page must not be replaced by the page of the sign-in.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    messages.info(request, reason)
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?next={request.path}")


def _owed_first(request: HttpRequest, owed: str) -> HttpResponse:
    if _is_for_api(request):
        return _refusal(403, "password_owed", owed)
    messages.warning(request, owed)
    return redirect("password_change")


def _refusal(status: int, code: str, sentence: str) -> HttpResponse:
    return JsonResponse(
        problem(status, code, sentence),
        status=status,
        content_type=PROBLEM_JSON,
        json_dumps_params={"ensure_ascii": False},
    )
