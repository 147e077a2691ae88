"""From the list to the preview, from there to the receipt, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from enterprises.bulk import pasted, runs, taking_back
from enterprises.bulk.bar import bar
from enterprises.bulk.desk import BulkDesk, BulkForm
from enterprises.bulk.forms import ConfirmForm, StartForm, plain_text, values_posted
from enterprises.models import BulkRun
from enterprises.refusal import Refusal
from parks.access import own_path, person
from parks.filters import problems
from parks.models import User

ASKED = "asked"
"""Told with the values once they come from the preview: only then missing ones are errors."""


@require_POST
def start(request: HttpRequest, desk: BulkDesk) -> HttpResponse:
    """Keep what was chosen and go to its preview; what is wrong is told, and nothing is lost."""
    user = _may(request, desk)
    form = StartForm(request.POST, request.FILES, desk=desk)
    if not form.is_valid():
        return _refused(request, desk, form, problems(form))
    try:
        run = _begun(desk, form, user)
    except Refusal as refusal:
        return _refused(request, desk, form, [refusal.message])
    return redirect(desk.run_route, pk=run.pk)


def _begun(desk: BulkDesk, form: StartForm, user: User) -> BulkRun:
    told = form.cleaned_data
    lines: list[dict[str, Any]] = []
    values = form.act_values
    if told["scope"] == "ticked":
        usccs = form.ticked
    elif told["scope"] == "filtered":
        usccs = list(desk.filtered(told["filter"], user))
    else:
        found = (
            pasted.match_file(told["file"], user)
            if told["file"]
            else pasted.match_text(told["pasted"], user)
        )
        usccs, lines = found.settled, found.open
    if not usccs and not lines:
        raise Refusal("名单里没有企业。", "invalid")
    back = own_path(told["back"]) or reverse(desk.home)
    return runs.begin(
        desk, act=told["act"], values=values, usccs=usccs, lines=lines, back=back, by=user
    )


def _refused(
    request: HttpRequest, desk: BulkDesk, form: StartForm, wrong: list[str]
) -> HttpResponse:
    """A page of its own with what was chosen: the list may be of any shape."""
    context = {
        "desk": desk,
        "wrong": wrong,
        "back": own_path(request.POST.get("back", "")) or reverse(desk.home),
        "pasted": request.POST.get("pasted", ""),
    }
    return render(request, "enterprises/bulk/refused.html", context, status=422)


def paste(
    request: HttpRequest, desk: BulkDesk, asked: Any, *, back: str, hidden: Mapping[str, str]
) -> HttpResponse:
    """Names, codes or a file instead of ticks; `asked`: the list's question, which has a kind."""
    bulk = bar(desk, _may(request, desk), total=0, query="", back=back, hidden=hidden)
    return render(request, "enterprises/bulk/paste_page.html", {"asked": asked, "bulk": bulk})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def run(request: HttpRequest, desk: BulkDesk, pk: int) -> HttpResponse:
    """The preview until it is written, the receipt from then on."""
    user = _may(request, desk)
    found = _own_run(desk, pk, user)
    if request.method == "POST" and not found.applied_at:
        if "settle" in request.POST:
            runs.settle_lines(found, _chosen(request, found), user)
            return redirect(desk.run_route, pk=pk)
        if "recheck" in request.POST:
            _take_values(request, found)
            return redirect(desk.run_route, pk=pk)
        return _confirm(request, desk, found, user)
    if found.applied_at:
        return _receipt(request, desk, found, user)
    return _preview(request, desk, found, user, ConfirmForm())


@require_POST
def undo(request: HttpRequest, desk: BulkDesk, pk: int) -> HttpResponse:
    user = _may(request, desk)
    found = _own_run(desk, pk, user)
    try:
        taking_back.undo(found, by=user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已撤销，变更账簿中两笔都保留。")
    return redirect(desk.run_route, pk=pk)


def _confirm(request: HttpRequest, desk: BulkDesk, found: BulkRun, user: User) -> HttpResponse:
    confirmed = ConfirmForm(request.POST)
    form = _act_form(desk, found, user)
    if confirmed.is_valid() and form.is_valid():
        try:
            runs.write(found, desk, form.cleaned_data, by=user, **confirmed.cleaned_data)
        except Refusal as refusal:
            confirmed.add_error(None, refusal.message)
        else:
            return redirect(desk.run_route, pk=found.pk)
    return _preview(request, desk, found, user, confirmed, status=422)


def _preview(
    request: HttpRequest,
    desk: BulkDesk,
    found: BulkRun,
    user: User,
    confirmed: ConfirmForm,
    status: int = 200,
) -> HttpResponse:
    form = _act_form(desk, found, user)
    judged = None
    if form.is_valid():
        judged = runs.judge(found, desk, form.cleaned_data, user)
    elif not found.values.get(ASKED):
        # Fields that the list's bar does not ask are not missing yet.
        form = desk.act(found.act).form(initial=found.values, user=user)
    context = {
        "desk": desk,
        "run": found,
        "act": desk.act(found.act),
        "form": form,
        "judged": judged,
        "confirm": confirmed,
        "looked_at": runs.fingerprint(found),
    }
    return render(request, "enterprises/bulk/preview.html", context, status=status)


def _receipt(request: HttpRequest, desk: BulkDesk, found: BulkRun, user: User) -> HttpResponse:
    context = {
        "desk": desk,
        "run": found,
        "act": desk.act(found.act),
        "blocked": taking_back.what_blocks(found, user),
    }
    return render(request, "enterprises/bulk/receipt.html", context)


def _act_form(desk: BulkDesk, found: BulkRun, user: User) -> BulkForm:
    return desk.act(found.act).form(found.values, user=user)


def _take_values(request: HttpRequest, found: BulkRun) -> None:
    beside = {"csrfmiddlewaretoken", "recheck"}
    found.values = values_posted(request.POST, beside)
    found.values[ASKED] = True
    found.save(update_fields=["values"])


def _chosen(request: HttpRequest, found: BulkRun) -> dict[int, str]:
    """Place of an open line → the code that was chosen or entered for it."""
    chosen = {}
    for number, _ in enumerate(found.lines):
        entered = request.POST.get(f"code-{number}", "").strip().upper()
        chosen[number] = plain_text(entered or request.POST.get(f"line-{number}", ""))
    return chosen


def _own_run(desk: BulkDesk, pk: int, user: User) -> BulkRun:
    """The person's own; the bureau sees all."""
    rows = BulkRun.objects.filter(desk=desk.code, pk=pk).select_related("made_by", "undone_by")
    found = rows.first()
    if found is None or not (user.in_bureau or found.made_by_id == user.pk):
        raise Http404
    return found


def _may(request: HttpRequest, desk: BulkDesk) -> User:
    user = person(request)
    if not desk.may_write(user):
        raise PermissionDenied(desk.refusal)
    return user
