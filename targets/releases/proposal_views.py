"""Publishing a quarter on pages: look at it, ask for it, confirm it as another person, withdraw."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from enterprises.models import Quarter
from enterprises.refusal import Refusal
from parks.access import bureau_only, person
from targets.models import ReleaseProposal
from targets.releases import preview as release_preview
from targets.releases import proposals, publishing
from targets.releases.publishing import NotPublished

for_bureau = bureau_only("只有科技局可以发布季度数据。")


@require_safe
@for_bureau
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """What would be published, and what is missing. Changes nothing."""
    return _render_preview(request, get_object_or_404(Quarter.objects.coded(code)))


@require_POST
@for_bureau
def ask(request: HttpRequest, code: str) -> HttpResponse:
    quarter = get_object_or_404(Quarter.objects.coded(code))
    entered = {name: request.POST.get(name, "") for name in ("seen", "reason")}
    try:
        proposals.ask(quarter, by=person(request), **entered)
    except Refusal as refusal:
        return _render_preview(request, quarter, refusal, entered)
    messages.success(request, f"已提请发布{quarter}，待科技局另一人核对后发布。")
    return redirect("release_preview", code)


@require_POST
@for_bureau
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(ReleaseProposal.objects.select_related("quarter"), pk=pk)
    entered = {name: request.POST.get(name, "") for name in ("seen", "sole_reason")}
    try:
        release = proposals.confirm(proposal, by=person(request), **entered)
    except Refusal as refusal:
        return _render_preview(request, proposal.quarter, refusal, entered)
    messages.success(request, f"已发布：{release}。此后事实再有更正，本版不变。")
    return redirect("release", release.code)


@require_POST
@for_bureau
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(ReleaseProposal.objects.select_related("quarter"), pk=pk)
    try:
        proposals.withdraw(proposal, by=person(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("releases")
    messages.success(request, f"已撤回{proposal.quarter}的拟发布。")
    return redirect("release_preview", proposal.quarter.code)


def _render_preview(
    request: HttpRequest,
    quarter: Quarter,
    refusal: Refusal | None = None,
    entered: dict[str, str] | None = None,
) -> HttpResponse:
    """After a refusal with its sentence and with what was entered."""
    user = person(request)
    context: dict[str, Any] = {"quarter": quarter, "refusal": refusal, "entered": entered or {}}
    try:
        shown = release_preview.build_preview(quarter, user)
    # There is nothing to look at before the quarter has ended.
    except NotPublished as error:
        context["not_yet"] = error.message
    else:
        context |= _steps(shown, quarter, user)
    status = 422 if refusal else 200
    return render(request, "targets/releases/preview.html", context, status=status)


def _steps(shown: release_preview.Preview, quarter: Quarter, user: Any) -> dict[str, Any]:
    """The preview, how far its publication is, and what the person may do about it."""
    proposal = proposals.open_proposal(quarter)
    others = proposals.others_who_may(user)
    is_own = proposal is not None and proposal.asked_by == user
    return {
        "page": shown,
        "proposal": proposal,
        "changes": release_preview.changes_since(proposal, shown) if proposal else [],
        "nothing_new": publishing.repetition_in_words(shown.draft),
        "others": others,
        "is_own": is_own,
        "is_alone": is_own and not others,
        "may_confirm": proposal is not None and (not is_own or not others),
    }
