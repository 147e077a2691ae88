"""A year's goals: the page, its charts and export, an earlier revision, the bureau's form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from parks.access import bureau_only, person
from parks.models import Unit, User
from targets.goals import allocation, revisions, words
from targets.goals import edit as goal_edit
from targets.goals import export as goal_export
from targets.goals import page as goal_page
from targets.goals.form import AllocationForm, GoalsForm, goal_years
from targets.models import GoalRevision, Indicator
from targets.outlook import assembly as outlook_assembly


@require_safe
def goals_page(request: HttpRequest) -> HttpResponse:
    """Goals and completion. A question not understood is answered by default, and is a 400."""
    form = GoalsForm(request.GET)
    asked = form.asked()
    context: dict[str, Any] = {"form": form, "asked": asked, "problems": form.problems}
    status = 400 if form.problems else 200
    if not outlook_assembly.possible():
        return render(request, "targets/goals/goals.html", context, status=status)
    goals = goal_page.build_page(asked, person(request))
    context |= {
        "page": goals,
        "said": words.of_page(goals),
        "said_of_need": words.of_need(goals.need) if goals.need else "",
        "said_of_calendar": words.of_calendar(goals.when),
        "said_of_pace": words.of_states(goals.rules, goals.when),
        "order": words.of_order(asked),
        "levers": [(lever, words.of_lever(lever), url) for lever, url in goals.levers],
        "words": words,
    }
    return render(request, "targets/goals/goals.html", context, status=status)


@require_safe
def goals_export(request: HttpRequest, form_at: str) -> FileResponse:
    goals = _page_asked(request)
    kind = Indicator.objects.get(code=goals.asked.kind).short_name
    return goal_export.export_goals(goals, kind, person(request), form_at)


@require_safe
def revision_page(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """A revision as it was saved, and what it changed; a reporter reads the own unit's goals."""
    saved = get_object_or_404(
        GoalRevision.objects.select_related("made_by"), year=year, number=number
    )
    units = list(Unit.objects.reporting().visible_to(person(request)))
    kinds = list(Indicator.objects.headlines())
    goals = revisions.goals_of_revision(saved)
    totals = []
    for kind in kinds:
        of_kind = [unit_goals for (code, _), unit_goals in goals.items() if code == kind.code]
        totals.append(allocation.total_of(of_kind))
    # The changes of other units are theirs: a reporter reads the own one's alone.
    visible = {unit.pk for unit in units}
    context = {
        "revision": saved,
        "rows": [(unit, [goals.get((kind.code, unit.pk)) for kind in kinds]) for unit in units],
        "totals": totals,
        "kinds": kinds,
        "changes": [change for change in revisions.changes_of(saved) if change.unit.pk in visible],
    }
    return render(request, "targets/goals/revision.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@bureau_only("只有科技局可以编制任务分解。")
def edit_goals(request: HttpRequest, year: int) -> HttpResponse:
    """All units at once; for the bureau. `act=check` adds up what is entered and saves nothing."""
    if not outlook_assembly.possible() or year not in goal_years():
        raise Http404
    # Whatever is checked or refused below, the page tells it beside what is in force now.
    current = revisions.current_revision(year)
    needs = allocation.needs_of(year)
    units = list(Unit.objects.reporting())
    # An indicator without a target or a path in the year has nothing that could be allotted.
    indicators = [need.indicator for need in needs]
    if request.method != "POST":
        initial = goal_edit.initial_of(current, year)
        form = AllocationForm(None, units=units, indicators=indicators, initial=initial)
    else:
        form = AllocationForm(request.POST, units=units, indicators=indicators)
        if form.is_valid() and request.POST.get("act") != "check":
            saved = _save(form, year, person(request))
            if saved:
                messages.success(request, f"已保存：{saved}。")
                return redirect(f"{reverse('goals')}?year={year}")
            # The page now shows what is in force, so the next try is a change of that.
            form = form.worked_on(current.number if current else 0)
    context = {"form": form, "year": year, "current": current, "proposal": words.PROPOSAL}
    context |= goal_edit.page_context(form, year, current, needs)
    return render(request, "targets/goals/edit.html", context, status=422 if form.errors else 200)


def _save(form: AllocationForm, year: int, by: User) -> GoalRevision | None:
    """The new revision; None with the reason among the form's errors."""
    cleaned = form.cleaned_data
    try:
        return revisions.save_revision(
            year, form.wanted(), seen=cleaned["seen"], reason=cleaned["reason"], by=by
        )
    except revisions.NotSaved as error:
        form.add_error("reason" if error.about_reason else None, str(error))
        return None


def _page_asked(request: HttpRequest) -> goal_page.GoalsPage:
    """404 for a question that is not understood, and while the plan is not loaded."""
    form = GoalsForm(request.GET)
    if not form.is_valid() or not outlook_assembly.possible():
        raise Http404
    return goal_page.build_page(form.asked(), person(request))
