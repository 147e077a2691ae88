"""The page of yearly duties, and its list as a file."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enterprises.bulk import views as bulk_views
from enterprises.bulk.bar import bar
from enterprises.models import YearlyDuty
from parks.access import person
from parks.models import Unit
from targets.duties import export as duty_export
from targets.duties import page as duty_page
from targets.duties.desk import DESK
from targets.duties.form import DutiesForm, DutiesQuestion


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = DutiesForm(request.GET, user=user, beside=frozenset({"page"}))
    question = form.question()
    context: dict[str, Any] = {"form": form, "asked": question, "problems": form.problems}
    if question:
        shown = duty_page.page_context(question, user, request.GET.get("page"))
        context |= {
            "duties": YearlyDuty.objects.all(),
            "units": Unit.objects.reporting().visible_to(user),
            "bulk": bar(
                DESK,
                user,
                total=shown["listed"],
                query=question.query(),
                back=shown["back_here"],
                hidden=_told(question),
            ),
            **shown,
        }
    status = 400 if form.problems else 200
    return render(request, "targets/duties/duties.html", context, status=status)


@require_safe
def paste(request: HttpRequest) -> HttpResponse:
    question = DutiesForm(request.GET, user=person(request)).question()
    if question is None:
        raise Http404
    return bulk_views.paste(
        request, DESK, question, back=question.address(), hidden=_told(question)
    )


def _told(question: DutiesQuestion) -> dict[str, str]:
    """What the list says of the duty it lists."""
    return {"duty": question.duty.code, "year": str(question.year)}


@require_safe
def export(request: HttpRequest, form_at: str) -> FileResponse:
    """The whole list, as filtered on the page."""
    user = person(request)
    form = DutiesForm(request.GET, user=user)
    question = form.question()
    if not form.is_valid() or question is None:
        raise Http404
    return duty_export.export_duties(question, user, form_at)
