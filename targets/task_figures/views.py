"""The list behind a figure of a task."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from parks.access import person
from targets.models import TaskFigure
from targets.task_figures.listing import FigureListForm, build_list
from targets.task_figures.reckoning import Reckoner


@require_safe
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """As many rows as the figure counts; an indicator has its own list of firms."""
    wanted = get_object_or_404(TaskFigure.objects.select_related("task"), code=code)
    form = FigureListForm(request.GET, user=person(request))
    wrong = form.problems
    if wanted.way == TaskFigure.Way.INDICATOR:
        told = form.cleaned_data if not wrong else {}
        unit = form.user.narrowed_to(told.get("unit"))
        on = told.get("on")
        return redirect(Reckoner.link_of_stock(wanted, on, unit))
    context = {
        "figure": wanted,
        "list": build_list(wanted, form, request.GET.get("page")),
        "wrong": wrong,
        "query": request.GET.urlencode(),
    }
    return render(
        request, "targets/task_figures/figure.html", context, status=400 if wrong else 200
    )
