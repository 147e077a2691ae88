"""Pages of the plan: home, one unit, all targets, their charts; and recomputing the months."""

from __future__ import annotations

from typing import Any, Protocol

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from enterprises import jobs
from parks.access import bureau_only, person
from parks.models import Unit
from targets.figures.http_cache import revalidated
from targets.figures.question import Question, parse_question
from targets.home import chart_data, charts, dashboard, plan_page, unit_page
from targets.home import page as home_page
from targets.output import chart_images
from targets.output.chart_parts import Chart


class PageWithContext(Protocol):
    """A page object: everything that its template shows."""

    @property
    def context(self) -> dict[str, Any]: ...


@require_safe
@revalidated
def home(request: HttpRequest) -> HttpResponse:
    """The district at a glance, on a wall with `tv=1`.

    Reporters of a park or town are sent to their unit's page, those of a department, which has no
    firms, to its tasks.
    """
    user = person(request)
    # Whoever belongs to a unit or a department sees only its own part of the district.
    if user.unit:
        return redirect(_unit_address(request, user.unit) if user.reporting_unit else "tasks")
    # What is not understood does not stop the page: it is answered for today and named.
    question, problems = parse_question(request.GET)
    page = home_page.build_home_page(question)
    # The wall shows the very page object of the home page, so that the two cannot differ.
    on_wall = request.GET.get("tv") == "1"
    template = "targets/home/wall.html" if on_wall else "targets/home/home.html"
    return _render(request, template, page, problems)


@require_safe
@revalidated
def unit(request: HttpRequest, code: str) -> HttpResponse:
    question, problems = parse_question(request.GET)
    page = unit_page.build_page(_visible_unit(request, code), question, person(request))
    return _render(request, "targets/home/unit.html", page, problems)


@require_safe
@revalidated
def targets(request: HttpRequest) -> HttpResponse:
    question, problems = parse_question(request.GET)
    page = plan_page.build_page(question)
    return _render(request, "targets/home/targets.html", page, problems)


@require_safe
@revalidated
def chart_image(request: HttpRequest, name: str) -> HttpResponse:
    """A chart of the home page, or with `scope=<unit code>` of that unit's page, as SVG."""
    question, problems = parse_question(request.GET)
    if problems:
        # An image or a file has no room for a form with its errors.
        return _plain_refusal(problems)
    chart = _find_chart(request, question, name, _asked_unit(request))
    return HttpResponse(chart_images.svg(chart.option), content_type="image/svg+xml")


@require_safe
def chart_export(request: HttpRequest, name: str, form_at: str) -> HttpResponseBase:
    """The numbers of such a chart."""
    question, problems = parse_question(request.GET)
    if problems:
        return _plain_refusal(problems)
    unit = _asked_unit(request)
    chart = _find_chart(request, question, name, unit)
    # A town and a park may share a short name: a file's name must tell them apart.
    scope = unit.told_apart if unit else "全区"
    return chart_data.export_chart(chart, question, scope, person(request), form_at)


@require_POST
@bureau_only("只有科技局可以重算指标。")
def recompute(request: HttpRequest) -> HttpResponse:
    """Queue a recount of the monthly series; for the bureau."""
    job = jobs.submit(kind="recompute", params={}, by=person(request))
    messages.success(
        request, f"已提交：{job.kind_label} #{job.pk}，完成后刷新页面即可看到新的逐月数据。"
    )
    return redirect("jobs")


def _plain_refusal(problems: list[str]) -> HttpResponse:
    return HttpResponse("".join(problems), content_type="text/plain; charset=utf-8", status=400)


def _asked_unit(request: HttpRequest) -> Unit | None:
    """The unit in `scope`; None for the whole district."""
    code = request.GET.get("scope")
    return _visible_unit(request, code) if code else None


def _find_chart(request: HttpRequest, question: Question, name: str, unit: Unit | None) -> Chart:
    """404 for an unknown name, and for a reporter who asks for the district's charts."""
    # Only the figures are counted, not the whole page: a page asks for each of its charts apart.
    if unit:
        known = charts.unit_charts(dashboard.count_unit(question, unit))
    elif person(request).sees_whole_district:
        known = charts.district_charts(dashboard.count_district(question))
    else:
        raise Http404
    if name not in known:
        raise Http404
    return known[name]


def _unit_address(request: HttpRequest, unit: Unit) -> str:
    """The unit's page, asked the same."""
    query = request.GET.urlencode()
    return reverse("unit", args=[unit.code]) + (f"?{query}" if query else "")


def _visible_unit(request: HttpRequest, code: str) -> Unit:
    if "\0" in code:  # PostgreSQL cannot even compare a text with this character
        raise Http404
    return get_object_or_404(Unit.objects.reporting().visible_to(person(request)), code=code)


def _render(
    request: HttpRequest, template: str, page: PageWithContext, problems: list[str]
) -> HttpResponse:
    """A question that was not understood is answered for today, says so, and is a 400."""
    context = {**page.context, "problems": problems}
    return render(request, template, context, status=400 if problems else 200)
