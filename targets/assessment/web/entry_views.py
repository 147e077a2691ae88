"""Entering points with evidence, objecting, answering."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from enterprises.loading.storage import StorageError
from enterprises.refusal import Refusal
from parks.access import bureau_only, person, posted_data
from parks.models import Unit
from targets.assessment import entries, rights
from targets.assessment.addresses import list_address, unit_address
from targets.assessment.question import AssessmentForm
from targets.assessment.web.forms import EntryForm, ObjectionAnswerForm, ObjectionForm
from targets.assessment.web.views import show_unit
from targets.key_tasks.evidence import EvidenceForm
from targets.models import AssessmentItem, AssessmentObjection

for_bureau = bureau_only(rights.ONLY_BUREAU)


def _received(form: EvidenceForm) -> bool:
    """Whether the form is right and its files are stored; also of a wrong form its files are."""
    valid = form.is_valid()
    try:
        form.receive()
    except StorageError as error:
        form.add_error("uploads", str(error))
        return False
    return valid


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
@never_cache
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """The points of all units for an item that is entered by hand."""
    items = AssessmentItem.objects.select_related("scheme").filter(
        source=AssessmentItem.Source.BY_HAND
    )
    item = get_object_or_404(items, pk=pk)
    if not item.scheme.is_decreed:
        messages.error(request, "方案下达以后、定分以前才能评分。")
        return redirect(list_address(item.scheme))
    units = list(Unit.objects.reporting().filter(kind=item.scheme.kind))
    now = {entry.unit_id: entry for entry in item.entries.select_related("by").order_by("number")}
    form = EntryForm(
        posted_data(request),
        request.FILES if request.method == "POST" else None,
        item=item,
        units=units,
        now=now,
        seen=entries.last_entry(item),
    )
    if form.is_bound and _received(form):
        said = form.cleaned_data
        try:
            changed = entries.enter(
                item,
                form.points,
                reason=said["reason"],
                files=form.received,
                by=person(request),
                seen=said["seen"],
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已登记“{item}”{changed}个单位的得分。")
            return redirect(list_address(item.scheme))
    context = {"form": form, "item": item, "scheme": item.scheme, "now": timezone.localdate()}
    status = 422 if form.is_bound else 200
    return render(request, "targets/assessment/enter.html", context, status=status)


@require_POST
def object_to(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    unit = get_object_or_404(Unit.objects.reporting(), code=code)
    if user.unit_id != unit.pk:
        raise PermissionDenied(rights.ONLY_OWN)
    scheme = AssessmentForm(request.GET, user=user).scheme(unit)
    if scheme is None:
        raise Http404("没有这份考核方案，或尚未下达。")
    form = ObjectionForm(request.POST, request.FILES, scheme=scheme)
    if _received(form):
        said = form.cleaned_data
        try:
            entries.object_to(
                scheme, unit, said["item"], said["words"], files=form.received, by=user
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "已提出异议，科技局答复后通知本单位。")
            return redirect(f"{unit_address(scheme, unit)}#objections")
    return show_unit(request, code, objection=form)


@require_POST
@for_bureau
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    objections = AssessmentObjection.objects.select_related("scheme", "unit")
    found = get_object_or_404(objections, pk=pk)
    form = ObjectionAnswerForm(request.POST, pk=pk)
    if form.is_valid():
        said = form.cleaned_data
        try:
            entries.answer(found, said["outcome"], said["words"], by=person(request))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已答复{found.unit}的异议。")
            return redirect(f"{unit_address(found.scheme, found.unit)}#objections")
    return show_unit(request, found.unit.code, answer=(pk, form), year=found.scheme.year)
