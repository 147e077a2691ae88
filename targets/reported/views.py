"""The indicators that others publish: a page to read, the bureau's form in it, its export."""

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
from targets.reported import export, rules
from targets.reported.forms import KnownForm, ReportedForm

BUREAU_ONLY = "只有科技局人员可以填报指标。"


@require_http_methods(["GET", "HEAD", "POST"])
def reported(request: HttpRequest) -> HttpResponse:
    """What was known on a day, year by year; for the bureau also the form for one more figure."""
    known = KnownForm(request.GET)
    wrong = problems(known)
    status = 400 if wrong else 200
    if request.method == "POST":
        if not person(request).in_bureau:
            raise PermissionDenied(BUREAU_ONLY)
        form = ReportedForm(request.POST)
        if form.is_valid() and _register(request, form):
            return redirect("reported")
        status = 422
    else:
        form = ReportedForm(initial={"indicator": request.GET.get("indicator", "")})
    context = {
        "form": form,
        "known": known,
        "wrong": wrong,
        "page": rules.overview(known.day),
        "today": timezone.localdate(),
    }
    return render(request, "targets/reported/reported.html", context, status=status)


@require_safe
def reported_export_file(request: HttpRequest, form_at: str) -> FileResponse:
    known = KnownForm(request.GET)
    if not known.is_valid():
        raise Http404
    return export.export_reported(rules.overview(known.day), person(request), form_at)


def _register(request: HttpRequest, form: ReportedForm) -> bool:
    """Whether the figure is in; if not, the form says why."""
    try:
        row = rules.add_figure(form.cleaned_data, by=person(request))
    except Refusal as refusal:
        form.add_error("published_on", refusal.message)
        return False
    messages.success(request, f"已登记：{row.indicator.short_name}{row.year}年 {row.shown}。")
    return True
