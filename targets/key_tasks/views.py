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
from targets.key_tasks import confirming, duties, entries, export, files, reminders
from targets.key_tasks import page as task_page
from targets.key_tasks.board import TaskBoard
from targets.key_tasks.confirming import OwedTask
from targets.key_tasks.forms import ExportForm, ReportForm, TaskBoardForm, TaskQuarterForm
from targets.models import KeyTask, TaskFile
from targets.task_figures.panel import build_panel


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """All tasks in a quarter, by task or by body; people of a body first see what it owes."""
    user = person(request)
    form = TaskBoardForm(request.GET)
    wrong = problems(form)
    board = task_board.build_board(form.period, timezone.localdate())
    chosen = {"by": "", "standing": ""} if wrong else form.cleaned_data  # by default, all
    own = _own_tasks(board, user)
    context = {
        "board": board,
        "periods": entries.periods(),
        "wrong": wrong,
        "rows": board.standing(chosen["standing"]),
        "standing": task_board.GROUPS.get(chosen["standing"], ""),
        "by": chosen["by"],
        "own": own,
        "may_confirm": any(owed.may_be_confirmed for owed in own),
    }
    return render(request, "targets/key_tasks/board.html", context, status=400 if wrong else 200)


def _own_tasks(board: TaskBoard, user: User) -> list[OwedTask]:
    lines = task_page.own_lines(board, user)
    return confirming.owed_tasks(lines, user.unit, board.period) if lines and user.unit else []


@require_POST
def tasks_confirm(request: HttpRequest, quarter: str) -> HttpResponse:
    """A body's people confirm the figures of some of its tasks, or of all that it still owes."""
    period, user = _period_or_404(quarter), person(request)
    unit = user.unit
    if unit is None or not reports_for(user, unit):
        raise PermissionDenied("只有牵头或责任单位的人员可以确认本单位的数据。")
    try:
        told = confirming.confirm(unit, period, request.POST.getlist("task"), by=user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        names = "、".join(entry.task.name for entry in told)
        messages.success(request, f"已确认{len(told)}项，无例外：{names}。")
    return redirect(f"{reverse('tasks')}?quarter={period.code}")


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
    """A task in a quarter: who has reported what, who has not, and the quarters before."""
    key_task = _task_or_404(kind, number)
    form = TaskQuarterForm(request.GET)
    wrong, periods = problems(form), entries.periods()
    page = task_page.build_page(
        key_task, form.period, periods, timezone.localdate(), seen_by=person(request)
    )
    context = {
        "task": key_task,
        "figures": build_panel(key_task, timezone.localdate()),
        "page": page,
        "board": page.board,
        "periods": periods,
        "wrong": wrong,
    }
    return render(request, "targets/key_tasks/task.html", context, status=400 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def task_report(
    request: HttpRequest, kind: str, number: int, quarter: str, unit: str
) -> HttpResponse:
    """A body's report on a task for a quarter, or the correction of it."""
    key_task, period = _task_or_404(kind, number), _period_or_404(quarter)
    body = get_object_or_404(Unit, code=unit)
    user = person(request)
    if not duties.falls_to(key_task, body):
        raise Http404
    if not reports_for(user, body):
        raise PermissionDenied("只有牵头或责任单位的人员可以填报本单位的进展；科技局可以代填。")
    last = entries.last_of(key_task, body, period)
    if request.method == "POST":
        form = ReportForm(request.POST, request.FILES, last=last)
    else:
        form = ReportForm(last=last)
    if form.is_bound and _is_taken(form, key_task, body, period, user):
        messages.success(request, f"{body}：“{key_task.name}”{period.label}进展已登记。")
        return redirect(f"{reverse('task', args=[kind, number])}?quarter={period.code}")
    # The report on the quarter before stands beside the form, to be continued.
    before = entries.last_of(key_task, body, Period.before(period.first_day))
    context = {
        "task": key_task,
        "period": period,
        "unit": body,
        "form": form,
        "last": last,
        "before": before,
    }
    return render(
        request, "targets/key_tasks/report.html", context, status=422 if form.is_bound else 200
    )


def _is_taken(form: ReportForm, task: KeyTask, body: Unit, period: Period, by: User) -> bool:
    """Whether the report is in. If not, the form says why, and keeps the files it came with."""
    valid = form.is_valid()
    try:
        # Also of a wrong form: a browser would not send the files again.
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
    return files.download(get_object_or_404(TaskFile, pk=pk))


@require_POST
@bureau_only("只有科技局人员可以催报。")
def tasks_remind(request: HttpRequest, quarter: str) -> HttpResponse:
    """Remind everybody who owes something, at most once a day, and say whom it reached."""
    period = _period_or_404(quarter)
    board = task_board.build_board(period, timezone.localdate())
    # The day is the milestone: whoever presses the button twice sends one reminder.
    reminded = reminders.remind_now(board, milestone=f"by-hand-{timezone.localdate()}")
    # A notice to a unit without an account reaches nobody, so the bureau must be told.
    unheard = reminders.without_account(reminded)
    reached = [unit for unit in reminded if unit not in unheard]
    if reached:
        messages.success(request, f"已催报{len(reached)}家：{_unit_names(reached)}。")
    if unheard:
        messages.warning(
            request, f"有{len(unheard)}家没有可用账号，催报没有送达：{_unit_names(unheard)}。"
        )
    if not reminded:
        messages.info(request, "没有需要催报的单位：都已填报，或今天已经催报过。")
    return redirect(f"{reverse('tasks')}?quarter={period.code}")


def _unit_names(units: list[Unit]) -> str:
    return "、".join(unit.told_apart for unit in units)


def _task_or_404(kind: str, number: int) -> KeyTask:
    return get_object_or_404(
        KeyTask.objects.prefetch_related("bodies__unit"), kind=kind, number=number
    )


def _period_or_404(code: str) -> Period:
    period = Period.coded(code)
    # A quarter that has not ended has no address, since nothing can be reported on it.
    if period is None or period not in entries.periods():
        raise Http404
    return period
