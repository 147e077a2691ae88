"""The page of a year's goals, its charts and export, an earlier revision, and the form of the bureau."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from parks.access import bureau_only, person
from parks.models import Unit, User
from targets.figures.http_cache import revalidated
from targets.goals import allocation, charts, revisions, words
from targets.goals import edit as goal_edit
from targets.goals import export as goal_export
from targets.goals import page as goal_page
from targets.goals.completion import GoalState
from targets.goals.form import AllocationForm, GoalsForm
from targets.models import GoalRevision, Indicator
from targets.outlook import assembly as outlook_assembly
from targets.output import chart_images


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    form, user = GoalsForm(request.GET), person(request)
    asked = form.asked()
    context: dict[str, Any] = {"form": form, "asked": asked, "problems": form.problems}
    status = 400 if form.problems else 200
    if not outlook_assembly.possible():
        return render(request, "targets/goals/goals.html", context, status=status)
    found = goal_page.build_page(asked, user)
    context |= {
        "page": found,
        "charts": charts.build_charts(found),
        "said": words.of_page(found),
        "said_of_need": words.of_need(found.need) if found.need else "",
        "said_of_calendar": words.of_calendar(found.when),
        "pace": words.of_pace(found.rules),
        "awaiting": GoalState.AWAITING,
        "levers": [(one, words.of_lever(one), url) for one, url in found.levers],
        "words": words,
    }
    return render(request, "targets/goals/goals.html", context, status=status)


@require_safe
@revalidated
def chart(request: HttpRequest, name: str) -> HttpResponse:
    found = charts.build_charts(_found(request))
    if name not in found:
        raise Http404
    drawn = chart_images.svg(found[name].option, height=charts.height(found[name]))
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_safe
def export(request: HttpRequest, form_at: str) -> FileResponse:
    found = _found(request)
    kind = Indicator.objects.get(code=found.asked.kind).short_name
    return goal_export.export_goals(found, kind, person(request), form_at)


@require_safe
def revision(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """A revision as it was saved, and what it changed; a reporter reads the own unit's goals."""
    found = get_object_or_404(
        GoalRevision.objects.select_related("made_by"), year=year, number=number
    )
    units = list(Unit.objects.reporting().visible_to(person(request)))
    rows = revisions.goals_of_revision(found)
    visible = {unit.pk for unit in units}
    kinds = list(Indicator.objects.headlines())
    context = {
        "revision": found,
        "rows": [(unit, [rows.get((kind.code, unit.pk)) for kind in kinds]) for unit in units],
        "totals": [
            allocation.total_of(goals for (code, _), goals in rows.items() if code == kind.code)
            for kind in kinds
        ],
        "kinds": kinds,
        "changes": [one for one in revisions.changes(found) if one.unit.pk in visible],
    }
    return render(request, "targets/goals/revision.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@bureau_only("只有科技局可以编制任务分解。")
def edit(request: HttpRequest, year: int) -> HttpResponse:
    """All units at once; for the bureau. `act=check` adds up what is entered and saves nothing."""
    if not outlook_assembly.possible() or year not in GoalsForm({}).years:
        raise Http404
    current, needs = revisions.current(year), allocation.needs_of(year)
    units = list(Unit.objects.reporting())
    needed = [need.indicator for need in needs]
    if request.method != "POST":
        form = AllocationForm(
            None, units=units, indicators=needed, initial=goal_edit.initial_of(current, year)
        )
    else:
        form = AllocationForm(request.POST, units=units, indicators=needed)
        if form.is_valid() and request.POST.get("act") != "check":
            if saved := _saved(form, year, person(request)):
                messages.success(request, f"已保存：{saved}。")
                return redirect(f"{reverse('goals')}?year={year}")
            form = form.worked_on(
                current.number if current else 0
            )  # refused, and told of what is in force
    context = {"form": form, "year": year, "current": current, "proposal": words.PROPOSAL}
    context |= goal_edit.shown(form, year, current, needs)
    return render(request, "targets/goals/edit.html", context, status=422 if form.errors else 200)


def _saved(form: AllocationForm, year: int, by: User) -> GoalRevision | None:
    """The new revision; None with the reason among the form's errors."""
    given = form.cleaned_data
    try:
        return revisions.keep(
            year, form.wanted(), seen=given["seen"], reason=given["reason"], by=by
        )
    except revisions.NotSaved as error:
        form.add_error("reason" if error.about_reason else None, str(error))
        return None


def _found(request: HttpRequest) -> goal_page.GoalsPage:
    form = GoalsForm(request.GET)
    if not form.is_valid() or not outlook_assembly.possible():
        raise Http404
    return goal_page.build_page(form.asked(), person(request))
