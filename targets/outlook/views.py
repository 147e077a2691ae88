"""The outlook page, its chart images and its tables as a workbook."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from parks.access import person
from parks.models import Unit, User
from targets.figures.http_cache import revalidated
from targets.outlook import assembly, charts, export, tables
from targets.outlook import page as outlook_page
from targets.outlook.form import OutlookForm
from targets.output import chart_images


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is to be expected. A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = OutlookForm(request.GET, user=user)
    asked = form.asked()
    context = {"form": form, "asked": asked, "problems": form.problems, "units": _units(user)}
    status = 400 if form.problems else 200
    if not assembly.possible():
        return render(request, "targets/outlook/empty.html", context, status=status)
    context |= outlook_page.shown(assembly.build_outlook(asked, user), user)
    return render(request, "targets/outlook/outlook.html", context, status=status)


@require_safe
@revalidated
def chart(request: HttpRequest, name: str) -> HttpResponse:
    """One of the page's charts as SVG, asked the same."""
    found = charts.build_charts(_found(request))
    if name not in found:
        raise Http404
    return HttpResponse(chart_images.svg(found[name].option), content_type="image/svg+xml")


@require_safe
def data(request: HttpRequest) -> FileResponse:
    """Every table of the page as a sheet; a viewer gets what the page shows that viewer."""
    user = person(request)
    found = _found(request)
    file = export.workbook(found, tables.build_tables(found, user), user)
    name = f"到期与预测_{found.indicator.short_name}_{timezone.localtime():%Y%m%d_%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _found(request: HttpRequest) -> assembly.Outlook:
    user = person(request)
    form = OutlookForm(request.GET, user=user)
    asked = form.asked()
    if form.problems or not assembly.possible():
        raise Http404
    return assembly.build_outlook(asked, user)


def _units(user: User) -> list[Unit]:
    return list(Unit.objects.reporting().visible_to(user))
