"""Review: what waits for the bureau, and the panel by which a version is approved, returned, remarked on or undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.models import Remark, RosterVersion, VersionState
from enterprises.refusal import Refusal
from enterprises.reporting import cases, desk
from enterprises.reporting.web.review_forms import FORMS, ReviewForm
from enterprises.reporting.web.roster_access import find_version
from parks.access import bureau_only, person
from parks.models import User


@require_safe
@bureau_only("只有科技局人员审核名册。")
def roster_queue(request: HttpRequest) -> HttpResponse:
    context = {
        "waiting": desk.to_review(),
        "applying": desk.being_applied(),
        "kinds": [kind.label for kind in desk.COUNTED],
    }
    return render(request, "enterprises/reporting/review_queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def roster_review(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on a version; a refused one comes back with what was typed."""
    user = person(request)
    if act not in FORMS:
        raise Http404
    version = find_version(request, pk)
    if not _may(FORMS[act], user):
        raise PermissionDenied("只有科技局人员可以审核名册。")
    form = FORMS[act](request.POST if request.method == "POST" else None, version=version)
    if form.is_valid():
        try:
            form.carry_out(user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, form.done)
            return redirect("roster_version", version.pk)
    context = {
        "form": form,
        "version": version,
        "undoing": act == "undo",
        "waits_for": _waits_for(version, user) if act == "approve" else [],
    }
    return render(
        request,
        "enterprises/reporting/review_act.html",
        context,
        status=422 if form.is_bound else 200,
    )


def review_panel(version: RosterVersion, user: User) -> dict[str, Any]:
    """What templates/enterprises/reporting/version_review.html shows, as its variable `review`."""
    offered = {
        act: form for act, form in FORMS.items() if _may(form, user) and form.is_offered(version)
    }
    remarks = Remark.objects.filter(version__roster=version.roster_id).select_related(
        "by__unit", "version"
    )
    refused = version.outcome.get("refused", []) if version.state == VersionState.SUBMITTED else []
    return {
        "version": version,
        "waits_for": _waits_for(version, user),
        "refused": refused,
        "gave_up": "approve" in offered and version.state == VersionState.APPROVED,
        "refused_count": version.outcome.get("refused_count", len(refused)),
        "left_out": version.outcome.get("left_out", []),
        "approve": "approve" in offered,
        "undo": "undo" in offered,
        "return_form": _form(offered, "return", version),
        "remark_form": _form(offered, "remark", version),
        "remarks": list(remarks),
    }


def _form(
    offered: dict[str, type[ReviewForm]], act: str, version: RosterVersion
) -> ReviewForm | None:
    return offered[act](version=version, auto_id=f"{act}_%s") if act in offered else None


def _waits_for(version: RosterVersion, user: User) -> list[Any]:
    """Undecided cases that keep the version from being approved."""
    is_asked = user.in_bureau and version.state == VersionState.SUBMITTED
    return cases.unanswered_by(version) if is_asked else []


def _may(form: type[ReviewForm], user: User) -> bool:
    return user.in_bureau or (form.for_unit and user.unit_id is not None)
