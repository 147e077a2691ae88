"""The page on which the bureau, or a firm's unit, registers where its application stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from enterprises import registry
from enterprises.applications import rules
from enterprises.applications.forms import ApplicationForm, ApplicationPageForm
from enterprises.firms.forms.change_forms import UNCHANGED, add_objections
from enterprises.models import Agency, Application, Enterprise, QualificationKind
from enterprises.refusal import Refusal
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from parks.access import own_path, person, posted_data
from parks.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def firm_application(request: HttpRequest, uscc: str) -> HttpResponse:
    """Register a stage, or take back the last one; a refused form comes back with its values."""
    user = person(request)
    firm = get_object_or_404(Enterprise.objects.registered().visible_to(user), uscc=uscc)
    if not rules.may_tell(user, firm):
        raise PermissionDenied(rules.NOT_THEIRS)
    kind, back = _kind_and_way_back(request, firm)
    standing = rules.current_standing(firm, kind)
    posted = posted_data(request)
    form = ApplicationForm(posted, firm=firm, kind=kind, standing=standing, user=user)
    if posted is not None:
        if _carry_out(request, form, user):
            return redirect(back)
        # The state may have changed meanwhile: the page shows it as it is now.
        standing = rules.current_standing(firm, kind)
        form.decide_on(standing)
    context: dict[str, Any] = {
        "firm": firm,
        "kind": kind,
        "standing": standing,
        "form": form,
        "back": back,
    }
    context["agencies"] = Agency.objects.filter(merged_into=None)
    context["kinds"], context["other_kinds"] = _kinds_by_case(firm, kind)
    context["returnable"] = rules.last_told(firm, kind)
    return render(
        request,
        "enterprises/applications/application.html",
        context,
        status=422 if form.is_bound else 200,
    )


def _kind_and_way_back(request: HttpRequest, firm: Enterprise) -> tuple[QualificationKind, str]:
    question = ApplicationPageForm(request.GET)
    if not question.is_valid():
        raise Http404
    kind = question.cleaned_data["kind"] or get_object_or_404(
        QualificationKind, code=CERTIFIED_KIND
    )
    back = own_path(question.cleaned_data["next"])
    return kind, back or reverse("firm", args=[firm.uscc])


def _kinds_by_case(
    firm: Enterprise, chosen: QualificationKind
) -> tuple[list[QualificationKind], list[QualificationKind]]:
    """The firm holds, held or has applied for the first, or they have the usual course; the others."""
    known = {CERTIFIED_KIND, chosen.code}
    known |= set(firm.qualifications.values_list("kind__code", flat=True))
    known |= set(firm.applications.values_list("kind__code", flat=True))
    kinds = list(QualificationKind.objects.all())
    return [each for each in kinds if each.code in known], [
        each for each in kinds if each.code not in known
    ]


def _carry_out(request: HttpRequest, form: ApplicationForm, user: User) -> bool:
    """Whether what the form says was carried out; otherwise the form carries the objections."""
    try:
        if "take_back" in request.POST:
            return _take_back(request, form, user)
        if not form.is_valid():
            return False
        seen, reason = form.cleaned_data["seen"], form.cleaned_data["reason"]
        told = form.build_acts()
        changed = rules.register_stage(form.firm, told, seen=seen, by=user, reason=reason)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    except registry.ActsRefused as refused:
        if refused.asks:
            form.doubts = [doubt.point for doubt in refused.doubts]
        else:
            add_objections(form, refused)
        return False
    _report_outcome(request, form, changed)
    return True


def _take_back(request: HttpRequest, form: ApplicationForm, user: User) -> bool:
    # The form itself need not be valid to take something back; 0 is refused as not seen.
    text = request.POST.get("seen", "")[:18]
    seen = int(text) if text.isdecimal() else 0
    rules.take_back(form.firm, form.kind, seen=seen, by=user)
    messages.success(request, f"已撤回{form.firm}最近一次登记的申报状态。")
    return True


def _report_outcome(request: HttpRequest, form: ApplicationForm, changed: bool) -> None:
    if not changed:
        messages.info(request, UNCHANGED)
        return
    stage = Application.Stage(form.cleaned_data["stage"]).label
    messages.success(
        request,
        f"已登记{form.firm}{form.cleaned_data['year']}年{form.kind.short_name}申报：{stage}。",
    )
