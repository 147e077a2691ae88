"""The calendar of applications: a page for all, and the bureau's form for one batch."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.firms.forms.change_forms import UNCHANGED
from enterprises.refusal import Refusal
from parks.access import bureau_only, person, posted_data
from targets.calendar import page, registering
from targets.calendar.forms import CalendarBatchForm
from targets.models import ApplicationBatch

BUREAU_ONLY = "只有科技局人员可以登记申报批次。"


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {"years": page.calendar_years(today), "today": today}
    return render(request, "targets/calendar/calendar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@bureau_only(BUREAU_ONLY)
def new_batch(request: HttpRequest) -> HttpResponse:
    return _edit(request, ApplicationBatch())


@require_http_methods(["GET", "HEAD", "POST"])
@bureau_only(BUREAU_ONLY)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ApplicationBatch.objects.select_related("kind", "changed_by")
    return _edit(request, get_object_or_404(rows, pk=pk))


def _edit(request: HttpRequest, row: ApplicationBatch) -> HttpResponse:
    form = CalendarBatchForm(posted_data(request), instance=row)
    # Before the form is judged: a valid one has changed its row.
    title = f"{row}" if row.pk else "新增申报批次"
    if form.is_bound and form.is_valid():
        if not form.has_changed():
            messages.info(request, UNCHANGED)
            return redirect("calendar")
        try:
            registering.save_batch(form.instance, by=person(request))
        except Refusal as refusal:
            form.add_error("number", refusal.message)
        else:
            messages.success(request, f"已登记{form.instance}。")
            return redirect("calendar")
    context = {"form": form, "title": title}
    status = 422 if form.is_bound else 200
    return render(request, "targets/calendar/batch.html", context, status=status)
