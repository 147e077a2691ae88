"""The page of the indicators that others publish, for everyone to read and the bureau to enter; its export."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.refusal import Refusal
from parks.access import person
from parks.filters import problems
from targets.reported import export
from targets.reported import rules as figures
from targets.reported.forms import KnownForm, ReportedForm

BUREAU_ONLY = "只有科技局人员可以填报指标。"


@require_http_methods(["GET", "HEAD", "POST"])
def reported(request: HttpRequest) -> HttpResponse:
    """What was known on a day, year by year; for the bureau also the form for one more figure."""
    known = KnownForm(request.GET)
    wrong, entered = problems(known), request.method == "POST"
    if entered and not person(request).in_bureau:
        raise PermissionDenied(BUREAU_ONLY)
    form = ReportedForm(
        request.POST if entered else None, initial={"indicator": request.GET.get("indicator", "")}
    )
    if entered and form.is_valid() and _add(request, form):
        return redirect("reported")
    context = {
        "form": form, "known": known, "wrong": wrong, "page": figures.overview(known.day),
        "today": timezone.localdate(),
    }  # fmt: skip
    status = 422 if entered else 400 if wrong else 200
    return render(request, "targets/reported/reported.html", context, status=status)


@require_safe
def reported_export_file(request: HttpRequest, form_at: str) -> FileResponse:
    known = KnownForm(request.GET)
    if not known.is_valid():
        raise Http404
    return export.export_reported(figures.overview(known.day), person(request), form_at)


def _add(request: HttpRequest, form: ReportedForm) -> bool:
    try:
        row = figures.add(form.cleaned_data, by=person(request))
    except Refusal as refusal:
        form.add_error("published_on", refusal.message)
        return False
    messages.success(request, f"已登记：{row.indicator.short_name}{row.year}年 {row.shown}。")
    return True
