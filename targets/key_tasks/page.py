"""One task as a page: what its bodies have reported for a quarter, and how each stood in the quarters before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from enterprises.models import Period
from enterprises.reporting.rights import reports_for
from parks.models import Unit, User
from targets.key_tasks import board as task_board
from targets.key_tasks.board import DutyLine, TaskBoard, TaskRow
from targets.models import KeyTask, TaskProgress

QUARTERS_BACK = 6


@dataclass(frozen=True)
class DutyHistory:
    """A line with the entries that its last one has replaced, the newest first; whether the viewer may write it."""

    line: DutyLine
    earlier: list[TaskProgress]
    may_write: bool


@dataclass(frozen=True)
class TaskPage:
    board: TaskBoard
    row: TaskRow
    told: list[DutyHistory]
    silent: list[tuple[str, list[DutyHistory]]]
    before: list[Period]
    matrix: list[tuple[Unit, list[TaskProgress | None]]]


def build_page(
    task: KeyTask, period: Period, periods: Sequence[Period], today: dt.date, *, seen_by: User
) -> TaskPage:
    board = task_board.build_board(period, today, [task])
    entries = _entries(task)
    lines = board.lines
    told = [
        DutyHistory(line, _earlier(line, period, entries), reports_for(seen_by, line.duty.unit))
        for line in lines
    ]
    row = board.tasks[0] if board.tasks else TaskRow([], task)
    start = periods.index(period)
    reported = {quarter for _, quarter in entries}
    before = [one for one in periods[start : start + QUARTERS_BACK] if one in reported]
    return TaskPage(
        board=board,
        row=row,
        told=[one for one in told if one.line.entry],
        silent=_by_kind([one for one in told if not one.line.entry]),
        before=before,
        matrix=_matrix(lines, before, entries),
    )


def own_lines(board: TaskBoard, user: User) -> list[DutyLine]:
    """What the viewer's own unit owes."""
    return [line for line in board.lines if line.duty.unit.pk == user.unit_id]


Entries = dict[tuple[int, Period], list[TaskProgress]]


def _entries(task: KeyTask) -> Entries:
    """Every entry of the task by body and quarter, the newest first."""
    found: Entries = {}
    for entry in task.progress.select_related("by").prefetch_related("files").order_by("-version"):
        found.setdefault((entry.unit_id, entry.period), []).append(entry)
    return found


def _earlier(line: DutyLine, period: Period, entries: Entries) -> list[TaskProgress]:
    return entries.get((line.duty.unit.pk, period), [])[1:]


def _by_kind(told: list[DutyHistory]) -> list[tuple[str, list[DutyHistory]]]:
    kinds = (Unit.Kind.DEPARTMENT, Unit.Kind.PARK, Unit.Kind.TOWN)
    groups = [
        (str(kind.label), [one for one in told if one.line.duty.unit.kind == kind])
        for kind in kinds
    ]
    return [(label, ones) for label, ones in groups if ones]


def _matrix(
    lines: Sequence[DutyLine], periods: Sequence[Period], entries: Entries
) -> list[tuple[Unit, list[TaskProgress | None]]]:
    """Of every body that ever reported, its counting entry in these quarters."""
    units = [line.duty.unit for line in lines]
    reported = {unit for unit, _ in entries}
    return [
        (unit, [next(iter(entries.get((unit.pk, period), [])), None) for period in periods])
        for unit in units
        if unit.pk in reported
    ]
