"""The page of the year's plan of applications, and the plan as Excel and Word."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from parks.access import person
from parks.models import Unit
from targets.application_plan import document, export, page, words
from targets.application_plan.form import PlanForm, years
from targets.application_plan.plan import ApplicationPlan, build_plan
from targets.outlook import assembly


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = PlanForm(request.GET, user=user, beside=frozenset({"page"}))
    asked = form.question()
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "problems": form.problems,
        "years": years(),
        "units": Unit.objects.reporting().visible_to(user),
    }
    if assembly.possible():
        context |= page.page_context(build_plan(asked), user, request.GET.get("page"))
    status = 400 if form.problems else 200
    return render(request, "targets/application_plan/plan.html", context, status=status)


@require_safe
def workbook(request: HttpRequest) -> FileResponse:
    """All firms of the plan, and the sums on a sheet of their own."""
    made = _plan_asked(request)
    return FileResponse(
        export.workbook_of(made, person(request)),
        as_attachment=True,
        filename=f"{_name(made)}.xlsx",
    )


@require_safe
def word(request: HttpRequest) -> FileResponse:
    """The list as the bureau sends it out."""
    made = _plan_asked(request)
    return FileResponse(
        io.BytesIO(document.document_of(made, person(request))),
        as_attachment=True,
        filename=f"{_name(made)}.docx",
    )


def _plan_asked(request: HttpRequest) -> ApplicationPlan:
    """404 for a question that is not understood, and while the plan of action is not loaded."""
    form = PlanForm(request.GET, user=person(request))
    if not form.is_valid() or not assembly.possible():
        raise Http404
    return build_plan(form.question())


def _name(made: ApplicationPlan) -> str:
    unit = f"_{made.asked.unit.short_name}" if made.asked.unit else ""
    return f"{words.title_of(made)}{unit}_{timezone.localtime():%Y%m%d_%H%M}"
