"""A body confirms the figures that were counted for it, and writes only by exception."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import timezone

from enterprises.models import Period
from enterprises.refusal import Refusal
from parks.models import Unit, User
from targets.key_tasks import board as task_board
from targets.key_tasks import entries
from targets.key_tasks.board import DutyLine
from targets.key_tasks.entries import TaskReport
from targets.models import KeyTask, TaskProgress, TaskState
from targets.models.tasks import FIGURES_AT_MOST
from targets.task_figures.panel import shown_figures
from targets.task_figures.reckoning import Reckoned, Reckoner

CONFIRMED = "数据由系统按登记计算，已核对，无例外。"


@dataclass(frozen=True)
class OwedTask:
    """A duty of a body in a quarter, with the figures that were counted for it."""

    line: DutyLine
    figures: Sequence[Reckoned]

    @property
    def may_be_confirmed(self) -> bool:
        return self.line.entry is None


def owed_tasks(lines: Sequence[DutyLine], unit: Unit, period: Period) -> list[OwedTask]:
    """What a body owes for a quarter; figures as of its last day, of a park or town its own."""
    figures = shown_figures().filter(task__in=[line.duty.task.pk for line in lines])
    by_task: dict[int, list[Reckoned]] = {}
    for found in Reckoner(period.last_day, _scope(unit)).reckon_all(figures):
        by_task.setdefault(found.figure.task_id, []).append(found)
    return [OwedTask(line, by_task.get(line.duty.task.pk, [])) for line in lines]


def _scope(unit: Unit) -> Unit | None:
    """A department answers for the whole district."""
    return unit if unit.kind in (Unit.Kind.PARK, Unit.Kind.TOWN) else None


def confirm(unit: Unit, period: Period, codes: Collection[str], *, by: User) -> list[TaskProgress]:
    """An entry for each of these tasks of which the body has told nothing yet.

    Raises Refusal where a task is not the body's, or none is left to confirm.
    """
    board = task_board.build_board(period, timezone.localdate(), _tasks(codes))
    own = [line for line in board.lines if line.duty.unit.pk == unit.pk]
    if len(own) < len(set(codes)):
        raise Refusal(f"有的任务不由{unit}填报。", "invalid")
    open_ones = [line for line in own if line.entry is None]
    if not open_ones:
        raise Refusal("这些任务都已填报，没有可确认的。", "identical")
    return [
        entries.add(owed.line.duty.task, unit, period, _report(owed.figures), by=by)
        for owed in owed_tasks(open_ones, unit, period)
    ]


def _tasks(codes: Collection[str]) -> list[KeyTask]:
    tasks = KeyTask.objects.prefetch_related("bodies__unit")
    return [task for task in tasks if task.code in set(codes)]


def _report(figures: Sequence[Reckoned]) -> TaskReport:
    kept = [
        entries.figure(found.figure.label[:30], found.decimal, found.figure.unit_label)
        for found in figures
        if found.value is not None
    ]
    return TaskReport(TaskState.IN_PROGRESS, CONFIRMED, kept[:FIGURES_AT_MOST])
