"""The outlook page, its chart images and its tables as a workbook."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from parks.access import person
from parks.models import Unit, User
from targets import chart_images, outlook, outlook_charts, outlook_export, outlook_page, outlook_tables
from targets.conditional import revalidated
from targets.outlook_asked import OutlookForm


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is to be expected. A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = OutlookForm(request.GET, user=user)
    asked = form.asked()
    context = {"form": form, "asked": asked, "problems": form.problems, "units": _units(user)}
    status = 400 if form.problems else 200
    if not outlook.possible():
        return render(request, "targets/outlook_empty.html", context, status=status)
    context |= outlook_page.shown(outlook.of(asked, user), user)
    return render(request, "targets/outlook.html", context, status=status)


@require_safe
@revalidated
def chart(request: HttpRequest, name: str) -> HttpResponse:
    """One of the page's charts as SVG, asked the same."""
    found = outlook_charts.of(_found(request))
    if name not in found:
        raise Http404
    return HttpResponse(chart_images.svg(found[name].option), content_type="image/svg+xml")


@require_safe
def data(request: HttpRequest) -> FileResponse:
    """Every table of the page as a sheet; a viewer gets what the page shows that viewer."""
    user = person(request)
    found = _found(request)
    file = outlook_export.workbook(found, outlook_tables.of(found, user), user)
    name = f"到期与预测_{found.indicator.short_name}_{timezone.localtime():%Y%m%d_%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _found(request: HttpRequest) -> outlook.Outlook:
    user = person(request)
    form = OutlookForm(request.GET, user=user)
    asked = form.asked()
    if form.problems or not outlook.possible():
        raise Http404
    return outlook.of(asked, user)


def _units(user: User) -> list[Unit]:
    return list(Unit.objects.reporting().visible_to(user))
