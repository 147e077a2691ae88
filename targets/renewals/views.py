"""The page of certificates that lapse and their renewal, and its list as a file."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.bulk import views as bulk_views
from enterprises.bulk.bar import bar
from parks.access import person
from parks.models import Unit
from targets.renewals import export as renewal_export
from targets.renewals import overview
from targets.renewals import page as renewal_page
from targets.renewals.desk import DESK
from targets.renewals.form import RenewalsForm, RenewalsQuestion


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = RenewalsForm(request.GET, user=user, beside=frozenset({"page"}))
    question = form.question()
    shown = renewal_page.page_context(question, user, request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "asked": question,
        "problems": form.problems,
        "units": Unit.objects.reporting().visible_to(user),
        "today": timezone.localdate(),
        "bulk": bar(
            DESK,
            user,
            total=shown["firms"],
            query=question.query(),
            back=shown["back_here"],
            hidden=_told(question),
        ),
        **shown,
    }
    status = 400 if form.problems else 200
    return render(request, "targets/renewals/renewals.html", context, status=status)


@require_safe
def paste(request: HttpRequest) -> HttpResponse:
    question = RenewalsForm(request.GET, user=person(request)).question()
    back = overview.address(question)
    return bulk_views.paste(request, DESK, question, back=back, hidden=_told(question))


def _told(question: RenewalsQuestion) -> dict[str, str]:
    """What the list says of the applications it lists."""
    return {"kind": question.kind.code}


@require_safe
def export(request: HttpRequest, form_at: str) -> FileResponse:
    """The whole list, as filtered on the page."""
    user = person(request)
    form = RenewalsForm(request.GET, user=user)
    if not form.is_valid():
        raise Http404
    return renewal_export.export_renewals(form.question(), user, form_at)
