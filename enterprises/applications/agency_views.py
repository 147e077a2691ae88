"""Agencies: all of them with their rates, and what the bureau does to one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.applications import agencies
from enterprises.applications.agency_forms import FORMS, AgenciesForm, AgencyForm, NewNamesForm
from enterprises.applications.page import ApplicationsPage
from enterprises.applications.question import ApplicationsQuestion
from enterprises.models import Agency, AgencySpelling, QualificationKind
from enterprises.refusal import Refusal
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from parks.access import bureau_only, person
from parks.filters import problems


@require_safe
def agency_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = AgenciesForm(request.GET)
    year = form.asked_year
    kind = QualificationKind.objects.get(code=CERTIFIED_KIND)
    page = ApplicationsPage(ApplicationsQuestion(kind, year, timezone.localdate(), user))
    rates = {row.code: row for row in page.agency_rows}
    book = agencies.AgencyBook()
    told: dict[int, list[str]] = defaultdict(list)
    for spelling in AgencySpelling.objects.all():
        told[book.standing(book.agencies[spelling.agency_id]).pk].append(spelling.text)
    standing = [agency for agency in book.agencies.values() if agency.merged_into_id is None]
    context = {
        "form": form,
        "problems": problems(form),
        "year": year,
        "rows": [(agency, told[agency.pk], rates.get(agency.code)) for agency in standing],
        "new_names": agencies.new_names(book) if user.in_bureau else [],
        "standing": standing,
    }
    status = 400 if problems(form) else 200
    return render(request, "enterprises/applications/agencies.html", context, status=status)


@require_POST
@bureau_only(agencies.BUREAU_ONLY)
def agency_names(request: HttpRequest) -> HttpResponse:
    """A new name becomes an agency, or a spelling of one."""
    user = person(request)
    if "all" in request.POST:
        made = agencies.establish(
            [name.text for name in agencies.new_names(agencies.AgencyBook())], by=user
        )
        messages.success(request, f"已建立{len(made)}家机构。")
        return redirect("agencies")
    form = NewNamesForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(problems(form)))
        return redirect("agencies")
    name, agency = form.cleaned_data["name"], form.cleaned_data["agency"]
    try:
        if agency:
            agencies.assign(name, agency, by=user)
        else:
            agencies.establish([name], by=user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        words = f"“{name}”已记为“{agency.name}”的写法。" if agency else f"已建立机构“{name}”。"
        messages.success(request, words)
    return redirect("agencies")


@require_http_methods(["GET", "HEAD", "POST"])
def agency_page(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    row = get_object_or_404(Agency.objects.select_related("merged_into"), code=code)
    bound: AgencyForm | None = None
    if request.method == "POST":
        if not user.in_bureau:
            raise PermissionDenied(agencies.BUREAU_ONLY)
        bound = _carried_out(request, row)
        if bound is None:
            return redirect("agency", code)
    context: dict[str, Any] = {
        "agency": row,
        "spellings": row.spellings.all(),
        "merged": row.merged.all(),
        "replies": row.replies.select_related("by"),
        "events": row.events.select_related("by"),
        "forms": _forms(row, bound) if user.in_bureau else [],
    }
    status = 422 if bound else 200
    return render(request, "enterprises/applications/agency.html", context, status=status)


def _carried_out(request: HttpRequest, row: Agency) -> AgencyForm | None:
    """None once it is done; otherwise the form with what is wrong."""
    form_class = FORMS.get(request.POST.get("act", ""))
    if form_class is None:
        messages.error(request, "没有这个动作。")
        return None
    form = form_class(request.POST, agency=row)
    if not form.is_valid():
        return form
    try:
        form.carry_out(person(request))
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return form
    messages.success(request, f"已登记：{form.button}。")
    return None


def _forms(row: Agency, bound: AgencyForm | None) -> list[AgencyForm]:
    """Those that fit; the one that was refused with what was entered."""
    acts = ["part"] if row.merged_into_id else ["reply", "spelling", "merge", "rename"]
    shown = []
    for act in acts:
        is_bound = bound is not None and bound.act == act
        shown.append(bound if is_bound and bound else FORMS[act](agency=row))
    return shown
