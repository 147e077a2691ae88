"""The applications of a year: matrix and list, with the bar for many at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from enterprises.applications import rules
from enterprises.applications.desk import DESK
from enterprises.applications.page import ApplicationsPage
from enterprises.applications.question import LIST, ApplicationsForm, ApplicationsQuestion
from enterprises.bulk import views as bulk_views
from enterprises.bulk.bar import bar
from parks.access import person
from parks.filters import problems
from parks.models import Unit


@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = ApplicationsForm(request.GET, user=user)
    asked = form.question()
    page = ApplicationsPage(asked)
    context = {
        "form": form,
        "asked": asked,
        "page": page,
        "problems": problems(form),
        "is_list": asked.view == LIST,
        "bulk": bar(
            DESK,
            user,
            total=len(page.listed),
            query=asked.query(),
            back=page.address(),
            hidden=_told(asked),
        ),
    }
    if asked.view == LIST:
        people = rules.owners_for(user)
        context |= {
            "lines": page.lines(request.GET.get("page"), people),
            "page_address": f"?{asked.query()}&",
            "people": people,
            "units": Unit.objects.reporting().visible_to(user),
        }
    status = 400 if problems(form) else 200
    return render(request, "enterprises/applications/applications.html", context, status=status)


@require_safe
def applications_paste(request: HttpRequest) -> HttpResponse:
    asked = ApplicationsForm(request.GET, user=person(request)).question()
    back = f"{reverse('applications')}?{asked.query(view=LIST)}"
    return bulk_views.paste(request, DESK, asked, back=back, hidden=_told(asked))


def _told(asked: ApplicationsQuestion) -> dict[str, str]:
    """What the list says of the applications it lists."""
    return {"kind": asked.kind.code, "year": str(asked.year)}
