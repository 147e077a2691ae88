"""The page of certificates that lapse and their renewal, and its list as a file."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parks.access import person
from parks.models import Unit
from targets.renewals import export as renewal_export
from targets.renewals import page as renewal_page
from targets.renewals.form import RenewalsForm


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = RenewalsForm(request.GET, user=user, beside=frozenset({"page"}))
    question = form.question()
    context: dict[str, Any] = {
        "form": form,
        "asked": question,
        "problems": form.problems,
        "units": Unit.objects.reporting().visible_to(user),
        **renewal_page.page_context(question, user, request.GET.get("page")),
    }
    status = 400 if form.problems else 200
    return render(request, "targets/renewals/renewals.html", context, status=status)


@require_safe
def export(request: HttpRequest, form_at: str) -> FileResponse:
    """The whole list, as filtered on the page."""
    user = person(request)
    form = RenewalsForm(request.GET, user=user)
    if not form.is_valid():
        raise Http404
    return renewal_export.export_renewals(form.question(), user, form_at)
