"""The page of the indicators that others publish: for the bureau to enter, with their history."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from enterprises.reporting.refusal import Refusal
from parks.access import bureau_only, person
from targets import reported as figures
from targets.reported_forms import ReportedForm


@require_http_methods(["GET", "HEAD", "POST"])
@bureau_only("只有科技局人员可以填报指标。")
def reported(request: HttpRequest) -> HttpResponse:
    """What is known, year by year, and the form for one more figure."""
    if request.method == "POST":
        form = ReportedForm(request.POST)
        if form.is_valid() and _add(request, form):
            return redirect("reported")
    else:
        form = ReportedForm(initial={"indicator": request.GET.get("indicator", "")})
    context = {"form": form, "indicators": figures.overview()}
    return render(request, "targets/reported.html", context, status=422 if form.is_bound else 200)


def _add(request: HttpRequest, form: ReportedForm) -> bool:
    try:
        row = figures.add(form.cleaned_data, by=person(request))
    except Refusal as refusal:
        form.add_error("published_on", refusal.message)
        return False
    value = f"{row.value.normalize():f}{row.indicator.unit_label}"
    messages.success(request, f"已登记：{row.indicator.short_name}{row.year}年 {value}。")
    return True
