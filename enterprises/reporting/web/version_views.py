"""The page of one version: its check, the questions about it, handing it in, its receipt."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enterprises.models import RosterFirm, RosterVersion, VersionState
from enterprises.refusal import Refusal
from enterprises.reporting import answers, intake, submission
from enterprises.reporting.web.roster_access import find_version, own_version
from enterprises.reporting.web.roster_forms import FirmAnswerForm
from enterprises.reporting.web.version_page import (
    asked_forms,
    build_context,
    progress_of,
    units_by_id,
)
from parks.access import person


@require_safe
@never_cache
def show_version(request: HttpRequest, pk: int) -> HttpResponse:
    version = find_version(request, pk)
    context = build_context(version, person(request), request.GET)
    return render(request, "enterprises/reporting/roster_version.html", context)


@require_safe
@never_cache
def show_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The live part of the page while a version is checked.

    When the check has ended, the page loads anew.
    """
    version = find_version(request, pk)
    context = progress_of(version)
    response = render(request, "enterprises/reporting/roster_progress.html", context)
    if version.state != VersionState.CHECKING or (version.job and version.job.is_finished):
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
def recheck_version(request: HttpRequest, pk: int) -> HttpResponse:
    version = own_version(request, pk)

    def recheck() -> None:
        intake.recheck_version(version, by=person(request))

    return _carry_out(request, version, recheck, "")


@require_POST
def store_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit's own titles mean; the file is checked again."""
    version = own_version(request, pk)
    fields = {}
    # By the titles that the check has found: a request cannot explain any others.
    for number, title in enumerate(version.summary.get("unknown_titles", [])):
        fields[title["title"]] = request.POST.get(f"column-{number}", "")

    def store() -> None:
        intake.store_mapping(version, fields, by=person(request))

    return _carry_out(request, version, store, "已记住列的对应，正在重新检查。")


@require_POST
def store_reasons(request: HttpRequest, pk: int) -> HttpResponse:
    version = own_version(request, pk)

    def store() -> None:
        answers.store_reasons(version, _entered_reasons(request, version))

    return _carry_out(request, version, store, "理由已保存。", "#problems")


@require_POST
def store_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the answers of one page of firms and all reasons.

    All of them or none; then the entries stay in the form.
    """
    version = own_version(request, pk)
    reasons = _entered_reasons(request, version)
    forms = asked_forms(version, request.POST, _same_answers(request))
    # A list, so that every form is validated and shows its errors.
    if all([form.is_valid() for form in forms]):
        units = units_by_id()
        sent = {form.firm.uscc: form.to_answer(units) for form in forms if form.was_sent}
        try:
            answers.store_answers_and_reasons(version, sent, reasons)
        except Refusal as refusal:
            _show_objections(request, forms, refusal)
        else:
            messages.success(request, "说明和理由已保存。" if reasons else "说明已保存。")
            # `turn` is the page that the user wants to go on to.
            page = request.POST.get("turn") or request.POST.get("page") or "1"
            query = urlencode({"page": page})
            return redirect(f"{reverse('roster_version', args=[pk])}?{query}#asked")
    context = build_context(version, person(request), request.POST, forms, reasons)
    return render(request, "enterprises/reporting/roster_version.html", context, status=422)


@require_POST
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    version = own_version(request, pk)
    # Sent twice, such as by a double click: the first one counts.
    if version.state == VersionState.SUBMITTED:
        return redirect("roster_receipt", pk)
    if request.POST.get("declared") != "on":
        messages.error(request, "请先勾选“数据真实、完整”再报送。")
        return redirect(f"{reverse('roster_version', args=[pk])}#hand-in")

    def submit() -> None:
        submission.hand_in(version, by=person(request))

    response = _carry_out(request, version, submit, "报送成功。", "#hand-in")
    if version.state == VersionState.SUBMITTED:
        return redirect("roster_receipt", pk)
    return response


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    version = own_version(request, pk)

    def withdraw() -> None:
        submission.take_back(version, by=person(request))

    return _carry_out(request, version, withdraw, "已撤回，可修改后再报送。")


@require_safe
@never_cache
def show_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    version = find_version(request, pk)
    if version.is_draft:
        raise Http404("这一版还没有报送。")
    of_kinds = version.summary.get("counts", {})
    counts = [(kind.label, of_kinds.get(kind, 0)) for kind in RosterFirm.Kind]
    context = {"version": version, "counts": counts}
    return render(request, "enterprises/reporting/roster_receipt.html", context)


def _carry_out(
    request: HttpRequest,
    version: RosterVersion,
    act: Callable[[], None],
    success: str,
    anchor: str = "",
) -> HttpResponse:
    """Act, show the success or the refusal, and go back to the page of the version."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        if success:
            messages.success(request, success)
    return redirect(f"{reverse('roster_version', args=[version.pk])}{anchor}")


def _entered_reasons(request: HttpRequest, version: RosterVersion) -> dict[str, str]:
    keys = [answers.group_key(group) for group in version.summary.get("groups", [])]
    # A group that was not on the sender's page keeps the reason it has.
    return {key: request.POST[key] for key in keys if key in request.POST}


def _same_answers(request: HttpRequest) -> dict[str, str]:
    """One word, day and unit for all ticked firms, as if entered in the form of each."""
    if "same" not in request.POST:
        return {}
    entered: dict[str, str] = {}
    for name in ("word", "day", "to_unit"):
        value = request.POST.get(f"same_{name}", "")
        if value:
            entered |= {f"{uscc}-{name}": value for uscc in request.POST.getlist("ticked")}
    return entered


def _show_objections(request: HttpRequest, forms: list[FirmAnswerForm], refusal: Refusal) -> None:
    # Each objection beside its firm. A refusal of the whole stands above the page.
    for form in forms:
        if objection := refusal.by_firm.get(form.firm.uscc):
            form.add_error(None, objection)
    if not refusal.by_firm:
        messages.error(request, refusal.message)
