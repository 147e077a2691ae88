"""One task as a page: what its bodies have reported for a quarter and in the quarters before."""

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
    """A line, the entries that its last one replaced (newest first), may the viewer write it."""

    line: DutyLine
    earlier: list[TaskProgress]
    may_write: bool


@dataclass(frozen=True)
class TaskPage:
    """`told` have reported for the quarter, `silent` not, by kind of unit; `nil` need not.

    `matrix`: of every body that ever reported its counting entry in the quarters `before`.
    """

    board: TaskBoard
    row: TaskRow
    told: list[DutyHistory]
    silent: list[tuple[str, list[DutyHistory]]]
    nil: list[tuple[str, list[DutyHistory]]]
    before: list[Period]
    matrix: list[tuple[Unit, list[TaskProgress | None]]]


def build_page(
    task: KeyTask, period: Period, periods: Sequence[Period], today: dt.date, *, seen_by: User
) -> TaskPage:
    board = task_board.build_board(period, today, [task])
    entries = _entries_of(task)
    reported, silent, nil = [], [], []
    for line in board.lines:
        # The first one is the line's own, which counts.
        earlier = entries.get((line.duty.unit.pk, period), [])[1:]
        history = DutyHistory(line, earlier, reports_for(seen_by, line.duty.unit))
        if line.entry:
            reported.append(history)
        elif line.is_nil:
            nil.append(history)
        else:
            silent.append(history)
    start = periods.index(period)
    # A quarter without any report would be a column of dashes.
    quarters_reported = {quarter for _, quarter in entries}
    before = [
        quarter
        for quarter in periods[start : start + QUARTERS_BACK]
        if quarter in quarters_reported
    ]
    return TaskPage(
        board=board,
        # A task that falls to nobody has no line, and so no row on the board.
        row=board.tasks[0] if board.tasks else TaskRow([], task),
        told=reported,
        silent=_by_kind(silent),
        nil=_by_kind(nil),
        before=before,
        matrix=_quarters_by_body(board.lines, before, entries),
    )


def own_lines(board: TaskBoard, user: User) -> list[DutyLine]:
    """What the viewer's own unit owes."""
    return [line for line in board.lines if line.duty.unit.pk == user.unit_id]


Entries = dict[tuple[int, Period], list[TaskProgress]]
"""Id of the body and quarter → its entries, the newest first."""


def _entries_of(task: KeyTask) -> Entries:
    entries: Entries = {}
    rows = task.progress.select_related("by").prefetch_related("files").order_by("-version")
    for entry in rows:
        entries.setdefault((entry.unit_id, entry.period), []).append(entry)
    return entries


def _by_kind(histories: Sequence[DutyHistory]) -> list[tuple[str, list[DutyHistory]]]:
    """Departments, parks, towns; a kind of which there is none is left out."""
    groups = []
    for kind in (Unit.Kind.DEPARTMENT, Unit.Kind.PARK, Unit.Kind.TOWN):
        members = [history for history in histories if history.line.duty.unit.kind == kind]
        if members:
            groups.append((str(kind.label), members))
    return groups


def _quarters_by_body(
    lines: Sequence[DutyLine], periods: Sequence[Period], entries: Entries
) -> list[tuple[Unit, list[TaskProgress | None]]]:
    """Of every body that ever reported, its counting entry in these quarters."""
    ever_reported = {unit for unit, _ in entries}
    rows = []
    for line in lines:
        unit = line.duty.unit
        if unit.pk not in ever_reported:
            continue
        counting: list[TaskProgress | None] = []
        for period in periods:
            counting.append(next(iter(entries.get((unit.pk, period), [])), None))
        rows.append((unit, counting))
    return rows
