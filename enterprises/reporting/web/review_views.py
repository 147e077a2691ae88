"""Review: what waits for the bureau, and the acts on a version (approve, return, remark, undo)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.models import Case, Remark, RosterVersion, VersionState
from enterprises.refusal import Refusal
from enterprises.reporting import cases, desk
from enterprises.reporting.web.form_pages import render_form
from enterprises.reporting.web.review_forms import FORMS, BatchForm, ReviewForm
from enterprises.reporting.web.roster_access import find_version
from parks.access import bureau_only, person, posted_data
from parks.models import User


@require_safe
@bureau_only("只有科技局人员审核名册。")
def roster_queue(request: HttpRequest) -> HttpResponse:
    user = person(request)
    waiting = desk.to_review(user)
    context = {
        "waiting": waiting,
        "unchanged": sum(entry.changes_nothing for entry in waiting),
        "applying": desk.being_applied(user),
        "kinds": [kind.label for kind in desk.COUNTED],
    }
    return render(request, "enterprises/reporting/review_queue.html", context)


@require_POST
@bureau_only("只有科技局人员审核名册。")
def roster_approve_many(request: HttpRequest) -> HttpResponse:
    """Several at once: first what would be approved and what not, then, confirmed, doing it."""
    user = person(request)
    form = BatchForm(request.POST)
    if not form.is_valid():
        messages.error(request, "还没有选名册。请勾选要通过的名册，再点“核对所选”。")
        return redirect("roster_queue")
    chosen = form.cleaned_data["version"]
    if not form.cleaned_data["confirmed"]:
        every = form.cleaned_data["unchanged"]
        found = desk.look_through(None if every else chosen, by=user)
        return render(request, "enterprises/reporting/review_batch.html", {"batch": found})
    approved, refused = desk.approve_all(chosen, by=user)
    if approved:
        messages.success(request, f"已审核通过{approved}份，正在入库。")
    for version, reason in refused:
        messages.warning(request, f"{version}没有通过：{reason}")
    return redirect("roster_queue")


@require_http_methods(["GET", "HEAD", "POST"])
def roster_review(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """An act on a version. A refused one is shown again with what was entered."""
    user = person(request)
    if act not in FORMS:
        raise Http404
    # A version that the user may not see is a 404 first, whoever the user is.
    version = find_version(request, pk)
    if not _may_use(FORMS[act], user):
        raise PermissionDenied("只有科技局人员可以审核名册。")
    form = FORMS[act](posted_data(request), version=version, by=user)
    if form.is_valid():
        try:
            form.carry_out()
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, form.done)
            return redirect("roster_version", version.pk)
    context = {
        "version": version,
        "undoing": act == "undo",
        "waits_for": _waits_for(version, user) if act == "approve" else [],
    }
    return render_form(request, "enterprises/reporting/review_act.html", form, context)


def review_panel(version: RosterVersion, user: User) -> dict[str, Any]:
    """The variable `review` of templates/enterprises/reporting/version_review.html."""
    offered = {}
    for act, form in FORMS.items():
        if _may_use(form, user) and form.is_offered(version):
            offered[act] = form
    remarks = Remark.objects.filter(version__roster=version.roster_id)
    # Kept with the version after it has come back under review; later states have other outcomes.
    refused = []
    if version.state == VersionState.SUBMITTED:
        refused = version.outcome.get("refused", [])
    return {
        "version": version,
        "waits_for": _waits_for(version, user),
        "refused": refused,
        "gave_up": "approve" in offered and version.state == VersionState.APPROVED,
        "refused_count": version.outcome.get("refused_count", len(refused)),
        "left_out": version.outcome.get("left_out", []),
        "approve_form": _form_of(offered, "approve", version, user),
        "undo": "undo" in offered,
        "return_form": _form_of(offered, "return", version, user),
        "remark_form": _form_of(offered, "remark", version, user),
        "remarks": list(remarks.select_related("by__unit", "version")),
    }


def _form_of(
    offered: dict[str, type[ReviewForm]], act: str, version: RosterVersion, user: User
) -> ReviewForm | None:
    """An empty form of an offered act.

    Two of them stand on one page, so each has ids of its own.
    """
    return offered[act](version=version, by=user, auto_id=f"{act}_%s") if act in offered else None


def _waits_for(version: RosterVersion, user: User) -> list[Case]:
    """Undecided cases that keep the version from being approved."""
    if not user.in_bureau or version.state != VersionState.SUBMITTED:
        return []
    return cases.undecided_about(version)


def _may_use(form: type[ReviewForm], user: User) -> bool:
    return user.in_bureau or (form.for_unit and user.unit_id is not None)
