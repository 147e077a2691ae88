"""The key tasks in a quarter as .xlsx or .csv: by task, by body, or every report that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.rosters.writing.list_file import Columns, download
from parks.models import User
from targets.key_tasks.board import DutyLine, TaskBoard
from targets.models import TaskProgress

Rows = list[list[Any]]
GRAVEST = "进展以牵头单位所报为准；几家牵头的，取最需关注的一家。"


@dataclass(frozen=True)
class TaskSheet:
    title: str
    columns: Columns
    rows: Callable[[TaskBoard], Rows]


def export_board(board: TaskBoard, by: str, user: User, form_at: str) -> FileResponse:
    """`by` is a key of SHEETS."""
    sheet = SHEETS[by]
    rows = sheet.rows(board)
    name = f"{sheet.title}_{board.period.code}_{timezone.localtime():%Y%m%d_%H%M}"
    passed = "（已过）" if board.overdue else ""
    head = [f"{board.period.label}　截止日 {board.due_on}{passed}", GRAVEST]
    title = f"{board.period.label}{sheet.title}"
    return download(
        name, form_at, title=title, said=head, user=user, columns=sheet.columns, rows=rows
    )


def _task_rows(board: TaskBoard) -> Rows:
    return [
        [
            str(row.task.get_kind_display()), row.task.number, row.task.group, row.task.name,
            row.label, _unit_names(row.leads.lines), row.expected, row.reported,
            _unit_names(row.missing),
        ]
        for row in board.tasks
    ]  # fmt: skip


def _body_rows(board: TaskBoard) -> Rows:
    return [
        [
            row.unit.name, str(row.unit.get_kind_display()), row.expected, row.reported, row.late,
            row.label, "、".join(line.duty.task.name for line in row.missing),
        ]
        for row in board.bodies
    ]  # fmt: skip


def _entry_rows(board: TaskBoard) -> Rows:
    return [_of_entry(line, line.entry) for line in board.lines if line.entry]


def _of_entry(line: DutyLine, entry: TaskProgress) -> list[Any]:
    duty = line.duty
    figures = [f"{figure['label']}{figure['value']}{figure['unit']}" for figure in entry.figures]
    return [
        str(duty.task.get_kind_display()), duty.task.number, duty.task.name, duty.unit.name,
        duty.role, line.label, entry.text, "；".join(figures),
        "、".join(file.name for file in entry.files.all()), entry.version, str(entry.by),
        f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M}", "迟报" if line.late else "",
    ]  # fmt: skip


def _unit_names(lines: Iterable[DutyLine]) -> str:
    # A park and a town may share a short name: 德感, 白沙.
    return "、".join(line.duty.unit.told_apart for line in lines)


TASK: Columns = (("类别", 10), ("编号", 6))
SHEETS = {
    "": TaskSheet(
        "重点任务进展",
        (
            *TASK, ("板块", 24), ("任务", 22), ("进展", 10), ("牵头单位", 40), ("应报", 7),
            ("已报", 7), ("未报单位", 60),
        ),
        _task_rows,
    ),
    "body": TaskSheet(
        "重点任务填报情况",
        (
            ("单位", 30), ("类别", 10), ("应报", 7), ("已报", 7), ("其中迟报", 10), ("状态", 10),
            ("未报任务", 80),
        ),
        _body_rows,
    ),
    "entry": TaskSheet(
        "重点任务填报明细",
        (
            *TASK, ("任务", 22), ("单位", 30), ("职责", 7), ("状态", 10), ("进展说明", 80),
            ("主要数据", 30), ("附件", 30), ("版次", 7), ("填报人", 16), ("填报时间", 17),
            ("是否迟报", 10),
        ),
        _entry_rows,
    ),
}  # fmt: skip
"""What is asked for → the sheet."""
