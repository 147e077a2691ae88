"""The page of one version: its check, what is asked about it, handing it in, its receipt."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enterprises.models import RosterVersion, VersionState
from enterprises.refusal import Refusal
from enterprises.reporting import answers, intake, submission
from enterprises.reporting.answers import Answer
from enterprises.reporting.web.roster_access import find_version, own_version
from enterprises.reporting.web.roster_forms import FirmAnswerForm
from enterprises.reporting.web.version_page import asked_forms, page_of, places
from parks.access import person


@require_safe
@never_cache
def version(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_version(request, pk)
    return render(
        request,
        "enterprises/reporting/roster_version.html",
        page_of(found, person(request), request.GET),
    )


@require_safe
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The live part while a version is checked; when the check has ended, the whole page is asked for again."""
    found = find_version(request, pk)
    shown = render(
        request, "enterprises/reporting/roster_progress.html", {"version": found, "job": found.job}
    )
    if found.state != VersionState.CHECKING or (found.job and found.job.is_finished):
        shown.headers["HX-Refresh"] = "true"
    return shown


@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_version(request, pk)
    return _done(request, found, lambda: intake.recheck(found, by=person(request)), "")


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit's own titles mean; the file is checked again."""
    found = own_version(request, pk)
    unknown = [one["title"] for one in found.summary.get("unknown_titles", [])]
    told = {title: request.POST.get(f"column-{number}", "") for number, title in enumerate(unknown)}
    return _done(
        request,
        found,
        lambda: intake.tell_mapping(found, told, by=person(request)),
        "已记住列的对应，正在重新检查。",
    )


@require_POST
def reasons(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_version(request, pk)
    return _done(
        request,
        found,
        lambda: answers.explain(found, _reasons(request, found)),
        "理由已保存。",
        "#problems",
    )


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """All answers of one page of firms and all reasons: all are saved, or none, and what was entered stays there."""
    found = own_version(request, pk)
    given = _reasons(request, found)
    forms, units = asked_forms(found, request.POST, _filled_in(request)), places()
    if all([form.is_valid() for form in forms]):
        said: dict[str, Answer] = {
            form.firm.uscc: form.answer(units) for form in forms if form.was_sent
        }
        try:
            answers.say(found, said, given)
        except Refusal as refusal:
            _show_objections(request, forms, refusal)
        else:
            messages.success(request, "说明和理由已保存。" if given else "说明已保存。")
            turned = urlencode(
                {"page": request.POST.get("turn") or request.POST.get("page") or "1"}
            )
            return redirect(f"{reverse('roster_version', args=[pk])}?{turned}#asked")
    shown = page_of(found, person(request), request.POST, forms, given)
    return render(request, "enterprises/reporting/roster_version.html", shown, status=422)


@require_POST
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_version(request, pk)
    if found.state == VersionState.SUBMITTED:
        return redirect("roster_receipt", pk)
    if request.POST.get("declared") != "on":
        messages.error(request, "请先勾选“数据真实、完整”再报送。")
        return redirect(f"{reverse('roster_version', args=[pk])}#hand-in")
    answer = _done(
        request,
        found,
        lambda: submission.hand_in(found, by=person(request)),
        "报送成功。",
        "#hand-in",
    )
    return redirect("roster_receipt", pk) if found.state == VersionState.SUBMITTED else answer


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_version(request, pk)
    return _done(
        request,
        found,
        lambda: submission.take_back(found, by=person(request)),
        "已撤回，可修改后再报送。",
    )


@require_safe
@never_cache
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_version(request, pk)
    if found.is_draft:
        raise Http404("这一版还没有报送。")
    counts = [
        (kind.label, found.summary.get("counts", {}).get(kind, 0))
        for kind in found.firms.model.Kind
    ]
    return render(
        request, "enterprises/reporting/roster_receipt.html", {"version": found, "counts": counts}
    )


def _done(
    request: HttpRequest,
    version: RosterVersion,
    act: Callable[[], None],
    said: str,
    anchor: str = "",
) -> HttpResponse:
    """Do it, say so or say why not, and go back to the version."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        if said:
            messages.success(request, said)
    return redirect(f"{reverse('roster_version', args=[version.pk])}{anchor}")


def _reasons(request: HttpRequest, version: RosterVersion) -> dict[str, str]:
    keys = [answers.key_of(group) for group in version.summary.get("groups", [])]
    return {key: request.POST[key] for key in keys if key in request.POST}


def _filled_in(request: HttpRequest) -> dict[str, str]:
    """One word and day for all ticked firms, as if entered at each."""
    if "same" not in request.POST:
        return {}
    same = {name: request.POST.get(f"same_{name}", "") for name in ("word", "day", "to_unit")}
    return {
        f"{uscc}-{name}": value
        for uscc in request.POST.getlist("ticked")
        for name, value in same.items()
        if value
    }


def _show_objections(request: HttpRequest, forms: list[FirmAnswerForm], refusal: Refusal) -> None:
    for form in forms:
        if said := refusal.by_firm.get(form.firm.uscc):
            form.add_error(None, said)
    if not refusal.by_firm:
        messages.error(request, refusal.message)
