"""The page of the reserve pool, and its lists as a file."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.bulk.bar import bar
from enterprises.models import PoolEntry
from parks.access import person
from parks.models import Unit
from targets.pool import export as pool_export
from targets.pool import page as pool_page
from targets.pool.desk import DESK
from targets.pool.question import PoolListForm, PoolView


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = PoolListForm(request.GET, user=user, beside=frozenset({"page"}))
    question = form.question()
    shown = pool_page.page_context(question, user, request.GET.get("page"))
    is_of_firms = question.view != PoolView.COHORT
    context: dict[str, Any] = {
        "form": form,
        "asked": question,
        "title": PoolView(question.view).label,
        "problems": form.problems,
        "units": Unit.objects.reporting().visible_to(user),
        "stages": PoolEntry.Stage.choices,
        "today": timezone.localdate(),
        "bulk": is_of_firms
        and bar(
            DESK,
            user,
            total=shown["listed"],
            query=question.query(),
            back=question.address(),
        ),
        **shown,
    }
    status = 400 if form.problems else 200
    return render(request, "targets/pool/pool.html", context, status=status)


@require_safe
def export(request: HttpRequest, form_at: str) -> FileResponse:
    """The whole list, as filtered on the page."""
    user = person(request)
    form = PoolListForm(request.GET, user=user)
    if not form.is_valid():
        raise Http404
    return pool_export.export_pool(form.question(), user, form_at)
