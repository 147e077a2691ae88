"""The outlook page, its chart images and its tables as a workbook."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from parks.access import person
from parks.models import Unit
from targets.figures.http_cache import revalidated
from targets.outlook import assembly, charts, export, tables
from targets.outlook import page as outlook_page
from targets.outlook.form import OutlookForm
from targets.output import chart_images


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is to be expected.

    A question that is not understood is answered by default, says so, and has the status 400.
    """
    user = person(request)
    form = OutlookForm(request.GET, user=user)
    question = form.outlook_question()
    units = list(Unit.objects.reporting().visible_to(user))
    context = {"form": form, "asked": question, "problems": form.problems, "units": units}
    status = 400 if form.problems else 200
    if not form.indicators:
        return render(request, "targets/outlook/empty.html", context, status=status)
    context |= outlook_page.page_context(assembly.build_outlook(question, user), user)
    return render(request, "targets/outlook/outlook.html", context, status=status)


@require_safe
@revalidated
def chart(request: HttpRequest, name: str) -> HttpResponse:
    """One of the page's charts as SVG, asked the same."""
    page_charts = charts.build_charts(_outlook_or_404(request))
    if name not in page_charts:
        raise Http404
    return HttpResponse(chart_images.svg(page_charts[name].option), content_type="image/svg+xml")


@require_safe
def data(request: HttpRequest) -> FileResponse:
    """Every table of the page as a sheet; a viewer gets what the page shows that viewer."""
    user = person(request)
    outlook = _outlook_or_404(request)
    file = export.workbook(outlook, tables.build_tables(outlook, user), user)
    name = f"到期与预测_{outlook.indicator.short_name}_{timezone.localtime():%Y%m%d_%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _outlook_or_404(request: HttpRequest) -> assembly.Outlook:
    user = person(request)
    form = OutlookForm(request.GET, user=user)
    question = form.outlook_question()
    # An image or a file could not say that the question was answered by default.
    if form.problems or not form.indicators:
        raise Http404
    return assembly.build_outlook(question, user)
