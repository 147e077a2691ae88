"""第二重验证: set up with an app, taken away again, and reset for somebody whose phone is gone."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jiangjin_portal.people.views import REASON_LENGTH, for_administrators
from parks.access import person
from parks.accounts import second_factor
from parks.accounts.held_sign_in import FACTOR, check_code
from parks.accounts.sessions import end_access
from parks.district import DISTRICT
from parks.models import SecurityEvent, User
from parks.security import record_event

Action = SecurityEvent.Action


@require_safe
@never_cache
def second_factor_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if factor := second_factor.factor_of(user):
        context = {"factor": factor, "left": second_factor.codes_left(factor)}
        return render(request, "people/second_factor.html", context)
    return _set_up(request, user)


@require_POST
def second_factor_on(request: HttpRequest) -> HttpResponse:
    """The first code of the app; the recovery codes are in this one answer, and nowhere else."""
    user = person(request)
    if second_factor.factor_of(user):
        return redirect("second_factor")
    codes = second_factor.confirm(second_factor.begin(user), request.POST.get("code", ""))
    if not codes:
        return _set_up(request, user, wrong=True)
    request.session[FACTOR] = True
    with transaction.atomic():
        # What was opened with the password alone ends.
        end_access(user, but=request.session.session_key)
        record_event(Action.FACTOR_SET, request=request)
    return render(request, "people/recovery_codes.html", {"codes": codes})


@require_POST
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Only with a code: whoever finds an open browser must not take it away."""
    user = person(request)
    factor = second_factor.factor_of(user)
    if factor is None:
        return redirect("second_factor")
    if not check_code(request, factor, request.POST.get("code", "")):
        messages.error(request, "验证码不正确，第二重验证没有停用。")
        return redirect("second_factor")
    with transaction.atomic():
        second_factor.remove(user)
        request.session.pop(FACTOR, None)
        record_event(Action.FACTOR_REMOVED, request=request)
    messages.success(request, "已停用第二重验证。")
    return redirect("own_account")


@require_POST
@for_administrators
def factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """An administrator takes it away for somebody whose phone is gone; sessions and keys end."""
    user = get_object_or_404(User, pk=pk)
    reason = request.POST.get("reason", "").strip()[:REASON_LENGTH]
    if not reason:
        messages.error(request, "请写明重设第二重验证的理由。")
        return redirect("accounts")
    with transaction.atomic():
        if second_factor.remove(user):
            end_access(user)
            record_event(
                Action.FACTOR_REMOVED,
                request=request,
                about=user.username,
                details={"reason": reason},
            )
    messages.success(request, f"已停用{user.username}的第二重验证。")
    return redirect("accounts")


def _set_up(request: HttpRequest, user: User, *, wrong: bool = False) -> HttpResponse:
    factor = second_factor.begin(user)
    secret = second_factor.secret_of(factor)
    context = {
        "picture": second_factor.picture_of(factor, DISTRICT.short_name),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "wrong": wrong,
        "required": second_factor.is_required(user),
    }
    return render(request, "people/second_factor.html", context, status=400 if wrong else 200)
