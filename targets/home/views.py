"""Pages of the plan: home, one unit, all targets; and the button that has the monthly series computed anew."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from enterprises import jobs
from enterprises.models import Period, Quarter
from enterprises.reporting import board
from parks.access import bureau_only, person
from parks.models import Unit
from targets.figures import freshness
from targets.figures.http_cache import revalidated
from targets.figures.question import Question, parse_question
from targets.home import attention, chart_data, charts, dashboard, plan_page, unit_page
from targets.key_tasks import board as task_board
from targets.models import Definition, Release
from targets.outlook import expectations
from targets.output import chart_images
from targets.output.chart_parts import Chart


@require_safe
@revalidated
def home(request: HttpRequest) -> HttpResponse:
    """The district at a glance, on a wall with `tv=1`; a park's or town's reporter goes to the unit's page, a
    department's, which has no firms, to its tasks."""
    user = person(request)
    if user.unit:
        return redirect(_own_page(request, user.unit)) if user.reporting_unit else redirect("tasks")
    question, problems = parse_question(request.GET)
    page = dashboard.home(question)
    template = (
        "targets/home/wall.html" if request.GET.get("tv") == "1" else "targets/home/home.html"
    )
    rosters = None if question.release else _latest_board()
    more: dict[str, Any] = {
        "expected": expectations.expectations_in_words(question),
        "charts": charts.of_home(page),
    }
    if not question.release:
        more |= {**_live(question), "roster_board": rosters}
    return _show(request, template, question, problems, rosters, page=page, **more)


@require_safe
@revalidated
def unit(request: HttpRequest, code: str) -> HttpResponse:
    question, problems = parse_question(request.GET)
    page = unit_page.build_page(_visible_unit(request, code), question)
    more = {} if question.release else _owed(page.unit)
    return _show(
        request,
        "targets/home/unit.html",
        question,
        problems,
        page=page,
        charts=charts.of_unit(page),
        **more,
    )


@require_safe
@revalidated
def targets(request: HttpRequest) -> HttpResponse:
    question, problems = parse_question(request.GET)
    return _show(
        request,
        "targets/home/targets.html",
        question,
        problems,
        page=plan_page.build_page(question),
    )


@require_safe
@revalidated
def chart_image(request: HttpRequest, name: str) -> HttpResponse:
    """A chart of the home page, or with `scope=<unit code>` of that unit's page, as SVG."""
    question, problems = parse_question(request.GET)
    if problems:
        return _not_understood(problems)
    found = _chart(request, question, name, _scope(request))
    return HttpResponse(chart_images.svg(found.option), content_type="image/svg+xml")


@require_safe
def chart_export(request: HttpRequest, name: str, form_at: str) -> HttpResponseBase:
    """The numbers of such a chart."""
    question, problems = parse_question(request.GET)
    if problems:
        return _not_understood(problems)
    unit = _scope(request)
    found = _chart(request, question, name, unit)
    return chart_data.export_chart(
        found, question, unit.told_apart if unit else "全区", person(request), form_at
    )


def _not_understood(problems: list[str]) -> HttpResponse:
    return HttpResponse("".join(problems), content_type="text/plain; charset=utf-8", status=400)


def _scope(request: HttpRequest) -> Unit | None:
    scope = request.GET.get("scope")
    return _visible_unit(request, scope) if scope else None


def _chart(request: HttpRequest, question: Question, name: str, unit: Unit | None) -> Chart:
    if unit:
        found = charts.of_unit(unit_page.build_page(unit, question))
    elif person(request).sees_whole_district:
        found = charts.of_home(dashboard.home(question))
    else:
        raise Http404
    if name not in found:
        raise Http404
    return found[name]


@require_POST
@bureau_only("只有科技局可以重算指标。")
def recompute(request: HttpRequest) -> HttpResponse:
    """Queue a recount of the monthly series; for the bureau."""
    job = jobs.submit(kind="recompute", params={}, by=person(request))
    messages.success(
        request, f"已提交：{job.kind_label} #{job.pk}，完成后刷新页面即可看到新的逐月数据。"
    )
    return redirect("jobs")


def _own_page(request: HttpRequest, unit: Unit) -> str:
    """The unit's page, asked the same."""
    query = request.GET.urlencode()
    return reverse("unit", args=[unit.code]) + (f"?{query}" if query else "")


def _live(question: Question) -> dict[str, Any]:
    """What is only known of today's facts: a release does not hold it."""
    return {
        "races": attention.races(question),
        "calls": attention.calls(question),
        "task_board": _last_tasks(),
    }


def _owed(unit: Unit) -> dict[str, Any]:
    tasks = _last_tasks()
    return {"task_board": tasks, "owed": tasks.body(unit)}


def _last_tasks() -> task_board.TaskBoard:
    """How the key tasks stood at the end of the last whole quarter."""
    today = timezone.localdate()
    return task_board.build_board(Period.before(today), today)


def _latest_board() -> board.QuarterBoard | None:
    """Where the rosters of the latest opened quarter stand."""
    today = timezone.localdate()
    quarter = Quarter.objects.opened_by(today).first()
    return board.build_board(quarter, today) if quarter else None


def _visible_unit(request: HttpRequest, code: str) -> Unit:
    if "\0" in code:  # PostgreSQL breaks at the mere question
        raise Http404
    return get_object_or_404(Unit.objects.reporting().visible_to(person(request)), code=code)


def _show(
    request: HttpRequest,
    template: str,
    question: Question,
    problems: list[str],
    rosters: board.QuarterBoard | None = None,
    **context: object,
) -> HttpResponse:
    """A page of figures. A question that was not understood is answered for today, says so, and is a 400.

    `rosters`: of the latest quarter, where the page has counted them; the heading then does not count them again.
    """
    offered = list(Release.objects.select_related("quarter"))
    context |= {
        "question": question,
        "problems": problems,
        "definitions": Definition.choices,
        "releases": offered,
    }
    context |= {
        "shown": freshness.build_freshness(question, rosters),
        "newer": question.release and question.release.newer_among(offered),
    }
    return render(request, template, context, status=400 if problems else 200)
