"""Key tasks: the overview, one task, a body's report, its files; and the bureau's reminder."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.loading.storage import StorageError
from enterprises.models import Period
from enterprises.refusal import Refusal
from enterprises.reporting.rights import reports_for
from parks.access import bureau_only, person
from parks.filters import problems
from parks.models import Unit, User
from targets.key_tasks import board as task_board
from targets.key_tasks import duties, entries, export, files, reminders
from targets.key_tasks import page as task_page
from targets.key_tasks.forms import ExportForm, ReportForm, TaskBoardForm, TaskQuarterForm
from targets.models import KeyTask, TaskFile


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """All tasks in a quarter, by task or by body; a body's own people see first what their unit owes."""
    user = person(request)
    form = TaskBoardForm(request.GET)
    wrong = problems(form)
    board = task_board.build_board(form.period, timezone.localdate())
    chosen = {"by": "", "standing": ""} if wrong else form.cleaned_data
    context = {
        "board": board,
        "periods": entries.periods(),
        "wrong": wrong,
        "rows": board.standing(chosen["standing"]),
        "standing": task_board.GROUPS.get(chosen["standing"], ""),
        "by": chosen["by"],
        "own": task_page.own_lines(board, user),
    }
    return render(request, "targets/key_tasks/board.html", context, status=400 if wrong else 200)


@require_safe
def tasks_export(request: HttpRequest, form_at: str) -> FileResponse:
    """The board of a quarter as a file, in the order of `by`; for everyone, as the pages are."""
    form = ExportForm(request.GET)
    if not form.is_valid():
        raise Http404
    board = task_board.build_board(form.period, timezone.localdate())
    return export.export_board(board, form.cleaned_data["by"], person(request), form_at)


@require_safe
def task(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    shown = _task(kind, number)
    form = TaskQuarterForm(request.GET)
    wrong, periods = problems(form), entries.periods()
    user = person(request)
    page = task_page.build_page(shown, form.period, periods, timezone.localdate(), seen_by=user)
    context = {"task": shown, "page": page, "board": page.board, "periods": periods, "wrong": wrong}
    return render(request, "targets/key_tasks/task.html", context, status=400 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def task_report(
    request: HttpRequest, kind: str, number: int, quarter: str, unit: str
) -> HttpResponse:
    """A body's report on a task for a quarter, or the correction of it."""
    shown, period, body = _task(kind, number), _period(quarter), get_object_or_404(Unit, code=unit)
    user = person(request)
    if not duties.falls_to(shown, body):
        raise Http404
    if not reports_for(user, body):
        raise PermissionDenied("只有牵头或责任单位的人员可以填报本单位的进展；科技局可以代填。")
    last = entries.last_of(shown, body, period)
    form = (
        ReportForm(request.POST, request.FILES, last=last)
        if request.method == "POST"
        else ReportForm(last=last)
    )
    if form.is_bound and _taken(form, shown, body, period, user):
        messages.success(request, f"{body}：“{shown.name}”{period.label}进展已登记。")
        return redirect(f"{reverse('task', args=[kind, number])}?quarter={period.code}")
    before = entries.last_of(shown, body, Period.before(period.first_day))
    context = {
        "task": shown,
        "period": period,
        "unit": body,
        "form": form,
        "last": last,
        "before": before,
    }
    return render(
        request, "targets/key_tasks/report.html", context, status=422 if form.is_bound else 200
    )


def _taken(form: ReportForm, task: KeyTask, body: Unit, period: Period, by: User) -> bool:
    """Whether the report is in. If not, the form says why, and keeps the files that came with it."""
    valid = form.is_valid()
    try:
        form.receive()
        if valid:
            entries.add(
                task, body, period, form.report(), by=by, seen=form.cleaned_data["seen"] or 0
            )
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    except StorageError as error:
        form.add_error("uploads", str(error))
    return valid and not form.errors


@require_safe
def task_file(request: HttpRequest, pk: int) -> FileResponse:
    """An attachment, for everyone who may read the entry: whoever is signed in."""
    file = get_object_or_404(TaskFile, pk=pk)
    path = files.path_of(file)
    if not path.exists():
        raise Http404
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
    )


@require_POST
@bureau_only("只有科技局人员可以催报。")
def tasks_remind(request: HttpRequest, quarter: str) -> HttpResponse:
    """Remind everybody who owes something, at most once a day, and say whom it reached."""
    period = _period(quarter)
    board = task_board.build_board(period, timezone.localdate())
    reminded = reminders.remind_now(board, milestone=f"by-hand-{timezone.localdate()}")
    unheard = reminders.without_account(reminded)
    if reached := [unit for unit in reminded if unit not in unheard]:
        messages.success(request, f"已催报{len(reached)}家：{_names(reached)}。")
    if unheard:
        messages.warning(
            request, f"有{len(unheard)}家没有可用账号，催报没有送达：{_names(unheard)}。"
        )
    if not reminded:
        messages.info(request, "没有需要催报的单位：都已填报，或今天已经催报过。")
    return redirect(f"{reverse('tasks')}?quarter={period.code}")


def _names(units: list[Unit]) -> str:
    return "、".join(unit.told_apart for unit in units)


def _task(kind: str, number: int) -> KeyTask:
    return get_object_or_404(
        KeyTask.objects.prefetch_related("bodies__unit"), kind=kind, number=number
    )


def _period(code: str) -> Period:
    period = Period.coded(code)
    if period is None or period not in entries.periods():
        raise Http404
    return period
