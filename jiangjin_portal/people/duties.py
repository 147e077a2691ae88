"""What a signed-in person owes before anything else: an own password, and a session that is in use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from jiangjin_portal.refusals import api_problem, is_for_api
from parks.accounts.held_sign_in import FACTOR
from parks.accounts.owed import password_owed
from parks.accounts.second_factor import is_required
from parks.accounts.sessions import BEGAN, SEEN, note_use
from parks.models import User

Answering = Callable[[HttpRequest], HttpResponse]

FACTOR_PAGES = ("second_factor", "second_factor_on")
ALLOWED = (
    "password_change",
    "logout",
    "login",
    "login_code",
    "favicon",
    "livez",
    "readyz",
    "metrics",
)
"""Pages that open whatever is owed: those by which it is done, and those nobody signs in for."""
USE_SECONDS = 60
"""A use is written down once in so long."""
NO_FACTOR = "您的角色须启用第二重验证：请用手机应用扫描二维码，启用后再办理其他事项。"
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
        return _owed_first(request, user) or get_response(request)

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


def _sign_in_again(request: HttpRequest, reason: str) -> HttpResponse:
    if is_for_api(request):
        return api_problem(HTTPStatus.UNAUTHORIZED, "session_over", reason)
    if request.headers.get("HX-Request"):
        # A part of a page must not be replaced by the page of the sign-in.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    messages.info(request, reason)
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?next={request.path}")


def _owed_first(request: HttpRequest, user: User) -> HttpResponse | None:
    """The page of what is owed; None where nothing is, or the page asked for is that one."""
    if owed := password_owed(user):
        return _lead(request, "password_change", "password_owed", owed, ALLOWED)
    if is_required(user) and not request.session.get(FACTOR):
        pages = (*ALLOWED, *FACTOR_PAGES)
        return _lead(request, "second_factor", "factor_owed", NO_FACTOR, pages)
    return None


def _lead(
    request: HttpRequest, page: str, code: str, owed: str, allowed: Iterable[str]
) -> HttpResponse | None:
    if request.path in {resolve_url(name) for name in allowed}:
        return None
    if is_for_api(request):
        return api_problem(HTTPStatus.FORBIDDEN, code, owed)
    messages.warning(request, owed)
    return redirect(page)
