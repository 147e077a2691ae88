"""A quarter's work of a body on one page, with how long it takes; and its tables."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from parks.access import person
from parks.filters import problems
from targets.key_tasks import board as task_board
from targets.key_tasks import entries
from targets.quarterly import tables
from targets.quarterly.duties import AllDuties, QuarterScene
from targets.quarterly.forms import QuarterlyForm
from targets.quarterly.rules import rules


@require_safe
def quarterly(request: HttpRequest) -> HttpResponse:
    """Of one body, or of all with what each has left to do."""
    user, today = person(request), timezone.localdate()
    form = QuarterlyForm(request.GET, user=user)
    wrong, scene, body = problems(form), QuarterScene(form.period, today), form.body
    context = {
        "wrong": wrong,
        "period": form.period,
        "periods": entries.periods(),
        "board": scene.tasks,
        "body": body,
        # Its own people need not say whose page it is.
        "of_unit": body if user.sees_whole_district else None,
        "rules": rules(),
    }
    if body:
        found = scene.of_body(body)
        context["found"] = found
        context["duties"] = [
            (duty, duty.mark(today), duty.standing(today)) for duty in found.duties
        ]
        context["owed"] = tables.owed_by(body, scene.tasks)
    else:
        bodies = scene.of_all()
        context |= {"bodies": bodies, "together": AllDuties(bodies)}
    return render(
        request, "targets/quarterly/quarterly.html", context, status=400 if wrong else 200
    )


@require_safe
def table(request: HttpRequest, code: str, form_at: str) -> FileResponse:
    """A table of the quarter's work of a body."""
    user = person(request)
    form = QuarterlyForm(request.GET, user=user)
    wanted = next((each for each in rules().forms if each.code == code), None)
    if wanted is None or not form.is_valid() or form.body is None:
        raise Http404
    board = task_board.build_board(form.period, timezone.localdate())
    return tables.export(wanted, form.body, board, user, form_at)
