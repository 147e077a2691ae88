"""What a body has done in a quarter as the tables that other systems and the bureau want."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.models import Period
from enterprises.rosters.writing.list_file import download
from parks.models import Unit, User
from targets.key_tasks import confirming
from targets.key_tasks.board import TaskBoard
from targets.key_tasks.confirming import OwedTask
from targets.quarterly.rules import TableForm
from targets.task_figures.reckoning import Reckoned


@dataclass(frozen=True)
class TableLine:
    """A row of a table: a task of the body, and of a row of figures one of its figures."""

    period: Period
    owed: OwedTask
    found: Reckoned | None = None

    @property
    def figure(self) -> Any:
        assert self.found is not None
        return self.found.figure


FIELDS: dict[str, Callable[[TableLine], Any]] = {
    "unit": lambda line: line.owed.line.duty.unit.name,
    "unit_code": lambda line: line.owed.line.duty.unit.code,
    "period": lambda line: line.period.label,
    "as_of": lambda line: line.period.last_day,
    "task": lambda line: line.owed.line.duty.task.name,
    "role": lambda line: line.owed.line.duty.role,
    "state": lambda line: line.owed.line.label,
    "code": lambda line: line.figure.code,
    "label": lambda line: line.figure.label,
    "value": lambda line: line.found and line.found.value,
    "unit_label": lambda line: line.figure.unit_label,
    "way": lambda line: line.figure.get_way_display(),
    "note": lambda line: line.figure.note,
    "figures": lambda line: "、".join(
        f"{found.figure.label}{found.in_words}" for found in line.owed.figures
    ),
    "text": lambda line: _entry(line, "text"),
    "by": lambda line: str(_entry(line, "by") or ""),
    "told_on": lambda line: timezone.localdate(at) if (at := _entry(line, "at")) else "",
}
"""Name in the data file → what stands in the column."""


def _entry(line: TableLine, name: str) -> Any:
    return getattr(line.owed.line.entry, name, "")


def lines_of(form: TableForm, owed: Sequence[OwedTask], period: Period) -> list[TableLine]:
    """A figure that serves several tasks stands in the table once, with the first of them."""
    if form.rows == "tasks":
        return [TableLine(period, each) for each in owed]
    once: dict[str, TableLine] = {}
    for each in owed:
        for found in each.figures:
            once.setdefault(found.figure.code, TableLine(period, each, found))
    return list(once.values())


def owed_by(unit: Unit, board: TaskBoard) -> list[OwedTask]:
    """The body's tasks with the figures that were counted for them."""
    row = board.body(unit)
    return confirming.owed_tasks(row.lines, unit, board.period) if row else []


def export(form: TableForm, unit: Unit, board: TaskBoard, user: User, form_at: str) -> FileResponse:
    period = board.period
    lines = lines_of(form, owed_by(unit, board), period)
    return download(
        f"{form.title}_{unit.code}_{period.code}",
        form_at,
        title=f"{unit.name}{period.label}{form.title}",
        said=[f"数据日期 {period.last_day}　由系统按登记的事实计算，不用再填"],
        user=user,
        columns=[(column.title, column.width) for column in form.columns],
        rows=([FIELDS[column.field](line) for column in form.columns] for line in lines),
    )
