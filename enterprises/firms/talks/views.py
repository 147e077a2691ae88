"""The contact book of one firm: all entries, a new one, an answer, a withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from enterprises.firms.talks import panel, recording
from enterprises.firms.talks.forms import AnswerForm, TalkForm, WithdrawForm
from enterprises.models import Enterprise, Talk
from enterprises.refusal import Refusal
from parks.access import person, posted_data
from parks.models import User

PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
def firm_talks(request: HttpRequest, uscc: str) -> HttpResponse:
    """What was sent from the firm's page and is refused comes back here, with its values."""
    user = person(request)
    firm = get_object_or_404(Enterprise.objects.visible_to(user), uscc=uscc)
    may_write = recording.may_write(user, firm)
    if not (may_write or user.sees_whole_district):
        raise PermissionDenied(recording.NOT_THEIRS)
    posted = posted_data(request)
    form = TalkForm(posted, firm=firm) if may_write and not firm.is_void else None
    if posted is not None:
        if form is None:
            raise PermissionDenied(recording.NOT_THEIRS)
        if _recorded(form, firm, user):
            messages.success(request, f"已记下与{firm}的对接。")
            return redirect("firm_talks", firm.uscc)
    page = Paginator(panel.talks_of(firm, user), PAGE).get_page(request.GET.get("page"))
    context = panel.book_context(firm, user, page, form)
    status = 422 if posted is not None else 200
    return render(request, "enterprises/firms/talks.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def talk_answer(request: HttpRequest, uscc: str, pk: int) -> HttpResponse:
    user, talk = _own(request, uscc, pk)
    form = AnswerForm(posted_data(request))
    if form.is_valid() and _done(
        form, lambda: recording.answer(talk, form.cleaned_data["answer"], by=user)
    ):
        messages.success(request, "已登记答复。")
        return redirect("firm_talks", uscc)
    return _settling(request, talk, form)


@require_http_methods(["GET", "HEAD", "POST"])
def talk_withdraw(request: HttpRequest, uscc: str, pk: int) -> HttpResponse:
    user, talk = _own(request, uscc, pk)
    if not recording.may_withdraw(user, talk):
        raise PermissionDenied(recording.NOT_OWN)
    form = WithdrawForm(posted_data(request))
    if form.is_valid() and _done(
        form, lambda: recording.withdraw(talk, form.cleaned_data["reason"], by=user)
    ):
        messages.success(request, "已撤回，原文和理由留存。")
        return redirect("firm_talks", uscc)
    return _settling(request, talk, form)


def _own(request: HttpRequest, uscc: str, pk: int) -> tuple[User, Talk]:
    """The entry, for who may write about its firm; 404 where the person may not read it."""
    user = person(request)
    visible = Talk.objects.visible_to(user).select_related(
        "enterprise__merged_into", "kind", "by", "answerer"
    )
    talk = visible.filter(enterprise__uscc=uscc, pk=pk).first()
    if talk is None:
        raise Http404
    if not recording.may_write(user, talk.enterprise):
        raise PermissionDenied(recording.NOT_THEIRS)
    return user, talk


def _recorded(form: TalkForm, firm: Enterprise, user: User) -> bool:
    if not form.is_valid():
        return False
    return _done(form, lambda: recording.record(firm, **form.cleaned_data, by=user))


def _done(form: forms.Form, deed: Callable[[], object]) -> bool:
    """Whether it was done; a refusal goes into the form."""
    try:
        deed()
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _settling(request: HttpRequest, talk: Talk, form: Any) -> HttpResponse:
    context = {"talk": talk, "firm": talk.enterprise, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "enterprises/firms/talk_settle.html", context, status=status)
