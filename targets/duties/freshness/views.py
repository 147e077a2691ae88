"""The page of what to bring up to date before the next batch, and its list as a file."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parks.access import person
from parks.models import Unit
from targets.duties.freshness import export as fresh_export
from targets.duties.freshness import page as fresh_page
from targets.duties.freshness.form import FreshForm


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = FreshForm(request.GET, user=user, beside=frozenset({"page"}))
    question = form.question()
    context: dict[str, Any] = {
        "asked": question,
        "problems": form.problems,
        "units": Unit.objects.reporting().visible_to(user),
        **fresh_page.page_context(question, user, request.GET.get("page")),
    }
    status = 400 if form.problems else 200
    return render(request, "targets/duties/freshness.html", context, status=status)


@require_safe
def export(request: HttpRequest, form_at: str) -> FileResponse:
    user = person(request)
    form = FreshForm(request.GET, user=user)
    if not form.is_valid():
        raise Http404
    return fresh_export.export_freshness(form.question(), user, form_at)
