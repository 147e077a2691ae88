"""账号安全, for everybody; 账号, for administrators: who came and left, locks, import."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from knox.models import AuthToken

from jiangjin_portal.people.sheets import rows_of, rows_of_text
from parks.access import only_for, person
from parks.accounts import importing, lockouts, overview, second_factor
from parks.accounts.importing import AccountsRefused
from parks.accounts.sessions import end_access, end_session, keys_of, open_sessions
from parks.models import OpenSession, SecurityEvent, User
from parks.security import record_event

Action = SecurityEvent.Action
REASON_LENGTH = 200


for_administrators = only_for(User.Role.BUREAU_ADMIN, "只有科技局管理员可以管理账号。")


# --- one's own ------------------------------------------------------------------------------------
@require_safe
def own_account(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context = {
        "sessions": open_sessions(user),
        "current": request.session.session_key,
        "keys": keys_of(user),
        "factor": second_factor.factor_of(user),
    }
    return render(request, "people/own_account.html", context)


@require_POST
def own_session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Another browser is signed out at its next request."""
    row = get_object_or_404(OpenSession, pk=pk, user=person(request))
    with transaction.atomic():
        end_session(row)
        record_event(Action.SESSION_ENDED, request=request, about=row.address)
    messages.success(request, "已结束这次登录。")
    return redirect("own_account")


@require_POST
def own_key_end(request: HttpRequest, token_key: str) -> HttpResponse:
    held = get_object_or_404(AuthToken, token_key=token_key, user=person(request))
    with transaction.atomic():
        held.delete()
        record_event(Action.KEY_ENDED, request=request, details={"beginning": token_key})
    messages.success(request, "已作废这个接口密钥。")
    return redirect("own_account")


@require_POST
def own_access_end(request: HttpRequest) -> HttpResponse:
    """Everywhere but here."""
    user = person(request)
    with transaction.atomic():
        ended = end_access(user, but=request.session.session_key)
        record_event(Action.SESSION_ENDED, request=request, details={"ended": ended})
    messages.success(request, f"已结束在别处的登录和接口密钥，共{ended}个。")
    return redirect("own_account")


# --- everybody's ----------------------------------------------------------------------------------
@require_safe
@for_administrators
def accounts(request: HttpRequest) -> HttpResponse:
    return _accounts_page(request)


@require_POST
@for_administrators
def unlock(request: HttpRequest) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:REASON_LENGTH]
    if not reason:
        return _accounts_page(request, status=400, wrong=["请写明解除锁定的理由。"])
    key = request.POST.get("key", "")
    for lock in lockouts.locks():
        if lock.key == key:
            with transaction.atomic():
                lockouts.unlock(lock)
                record_event(
                    Action.UNLOCKED, request=request, about=lock.key, details={"reason": reason}
                )
            messages.success(request, "已解除锁定。")
            return redirect("accounts")
    messages.info(request, "已经没有锁定。")
    return redirect("accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def accounts_import(request: HttpRequest) -> HttpResponse:
    """The first passwords are in this one answer, and nowhere else."""
    pasted, upload = request.POST.get("pasted", ""), request.FILES.get("sheet")
    context = {"titles": importing.TITLES, "pasted": pasted, "roles": list(importing.ROLES)}
    if request.method != "POST":
        return render(request, "people/import.html", context)
    try:
        if not pasted.strip() and upload is None:
            raise AccountsRefused(["请选择文件，或粘贴表格内容。"])
        rows = rows_of(upload) if upload else rows_of_text(pasted)
        with transaction.atomic():
            made = importing.make_accounts(importing.read_rows(rows))
            for one in made:
                record_event(Action.ACCOUNT_MADE, request=request, about=one.account.username)
    except AccountsRefused as refused:
        context["wrong"] = refused.problems
        return render(request, "people/import.html", context, status=400)
    return render(request, "people/imported.html", {"made": made})


def _accounts_page(
    request: HttpRequest, *, status: int = 200, wrong: list[str] | None = None
) -> HttpResponse:
    units = overview.by_unit()
    context = {
        "units": units,
        "without": [unit for unit in units if unit.unit and unit.has_nobody],
        "said": sum(bool(line.said) for unit in units for line in unit.lines),
        "locks": lockouts.locks(),
        "wrong": wrong or [],
    }
    return render(request, "people/accounts.html", context, status=status)
