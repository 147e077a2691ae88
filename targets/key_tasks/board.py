"""The key tasks in a quarter: how each stands, which bodies have reported, which are overdue."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from enterprises.marks import Mark, Tone
from enterprises.models import Period, Quarter
from parks.models import Unit
from targets.key_tasks import duties
from targets.key_tasks.duties import Duty
from targets.models import KeyTask, TaskProgress, TaskState
from targets.models.tasks import GRAVEST_FIRST

FEW = 4
"""Up to so many bodies are all named."""
WAITING, OVERDUE, NIL = "waiting", "overdue", "nil"
LABELS: dict[str, str] = {
    **dict(TaskState.choices),
    WAITING: "待报",
    OVERDUE: "逾期未报",
    NIL: "无例外",
}
MARKS: dict[str, Mark] = {
    NIL: Mark(Tone.NONE, "info-circle"),
    WAITING: Mark(Tone.NONE, "hourglass-split"),
    OVERDUE: Mark(Tone.BAD, "x-circle"),
} | {state.value: state.mark for state in TaskState}
STANDINGS = list(LABELS.items())
WELL, BEHIND, OTHER = "well", "behind", "other"
GROUPS = {WELL: "正常", BEHIND: "滞后", OTHER: "未启动或未报"}
"""As few groups as a leader wants to hear of; `other` also when no lead has reported."""
GROUP_OF: dict[str, str] = {
    TaskState.IN_PROGRESS: WELL,
    TaskState.DONE: WELL,
    TaskState.BEHIND: BEHIND,
}


@dataclass(frozen=True)
class DutyLine:
    """One duty in one quarter, and the entry that counts: None where nothing is reported.

    `overdue`: the due day has passed. `late`: the body first reported after it.
    """

    duty: Duty
    entry: TaskProgress | None
    overdue: bool
    late: bool

    @property
    def standing(self) -> str:
        if self.entry:
            return self.entry.state
        if self.duty.nil_by_default:
            return NIL
        return OVERDUE if self.overdue else WAITING

    @property
    def is_nil(self) -> bool:
        """Nothing was told, and nothing has to be."""
        return self.standing == NIL

    @property
    def label(self) -> str:
        return LABELS[self.standing]

    @property
    def mark(self) -> Mark:
        return MARKS[self.standing]


@dataclass(frozen=True)
class DutyTally:
    """Several lines together: how many are expected, reported, missing, overdue and late.

    A body that need not report where it has no exception is expected only once it has.
    """

    lines: Sequence[DutyLine]

    @cached_property
    def missing(self) -> list[DutyLine]:
        return [line for line in self.lines if line.entry is None and not line.is_nil]

    @property
    def nil(self) -> list[DutyLine]:
        return [line for line in self.lines if line.is_nil]

    @property
    def missing_names(self) -> str:
        return "、".join(line.duty.unit.told_apart for line in self.missing)

    @property
    def names(self) -> str:
        """The bodies by name; of more than a few the first, and how many they are."""
        names = [line.duty.unit.told_apart for line in self.lines]
        return f"{names[0]}等 {len(names)} 家" if len(names) > FEW else "、".join(names)

    @property
    def expected(self) -> int:
        return len(self.lines) - len(self.nil)

    @property
    def reported(self) -> int:
        return self.expected - len(self.missing)

    @property
    def overdue(self) -> list[DutyLine]:
        return [line for line in self.missing if line.overdue]

    @property
    def late(self) -> int:
        return sum(line.late for line in self.lines)


@dataclass(frozen=True)
class TaskRow(DutyTally):
    """A task as its leads see it: of several leads the gravest state counts."""

    task: KeyTask

    @cached_property
    def leads(self) -> DutyTally:
        return DutyTally([line for line in self.lines if line.duty.leads])

    @property
    def standing(self) -> str:
        states = {line.entry.state for line in self.leads.lines if line.entry}
        # A lead that is silent does not make the task silent while another has reported.
        if states:
            # The gravest of several leads: one that is behind must not hide behind another.
            return next(state for state in GRAVEST_FIRST if state in states)
        return OVERDUE if self.leads.overdue else WAITING

    @property
    def group(self) -> str:
        return GROUP_OF.get(self.standing, OTHER)

    @property
    def label(self) -> str:
        return LABELS[self.standing]

    @property
    def mark(self) -> Mark:
        return MARKS[self.standing]


@dataclass(frozen=True)
class BodyRow(DutyTally):
    """A body as a debtor: whether it has reported on all of its tasks."""

    unit: Unit

    @property
    def standing(self) -> str:
        if not self.missing:
            return TaskState.DONE
        return OVERDUE if self.overdue else WAITING

    @property
    def label(self) -> str:
        return LABELS[self.standing] if self.missing else "已报齐"

    @property
    def mark(self) -> Mark:
        return MARKS[self.standing]


@dataclass(frozen=True)
class TaskBoard:
    period: Period
    due_on: dt.date
    overdue: bool
    lines: Sequence[DutyLine]

    @cached_property
    def tasks(self) -> list[TaskRow]:
        by_task: dict[int, list[DutyLine]] = {}
        for line in self.lines:
            by_task.setdefault(line.duty.task.pk, []).append(line)
        return [TaskRow(lines, lines[0].duty.task) for lines in by_task.values()]

    @cached_property
    def bodies(self) -> list[BodyRow]:
        """Departments, parks, towns, each in the plan's order."""
        by_unit: dict[int, list[DutyLine]] = {}
        for line in self.lines:
            by_unit.setdefault(line.duty.unit.pk, []).append(line)
        rows = [BodyRow(lines, lines[0].duty.unit) for lines in by_unit.values()]
        # The order of the kinds is the plan's, not that of the alphabet.
        kinds = [Unit.Kind.DEPARTMENT, Unit.Kind.PARK, Unit.Kind.TOWN]

        def place(row: BodyRow) -> tuple[int, int, str]:
            return kinds.index(Unit.Kind(row.unit.kind)), row.unit.order, row.unit.code

        return sorted(rows, key=place)

    def body(self, unit: Unit) -> BodyRow | None:
        """None when no task falls to the unit."""
        return next((row for row in self.bodies if row.unit == unit), None)

    def standing(self, group: str) -> list[TaskRow]:
        """The tasks of a group; all for an unknown one."""
        # The address may hold anything: an unknown group shows all rather than nothing.
        if group not in GROUPS:
            return self.tasks
        return [row for row in self.tasks if row.group == group]

    @property
    def well(self) -> int:
        return len(self.standing(WELL))

    @property
    def behind(self) -> int:
        return len(self.standing(BEHIND))

    @property
    def other(self) -> int:
        return len(self.standing(OTHER))

    @property
    def owing(self) -> list[BodyRow]:
        """Bodies that have not reported on all of their tasks."""
        return [row for row in self.bodies if row.missing]


def build_board(
    period: Period, today: dt.date, tasks: Iterable[KeyTask] | None = None
) -> TaskBoard:
    """The board of all tasks or of some.

    The number of queries does not depend on how much was reported.
    """
    # From the plan, not from what was reported: whoever is silent must stand on the board too.
    owed = duties.duties_of_tasks(tasks)
    entries = _entries_in_force(period, {duty.task.pk for duty in owed})
    return _board_of(period, Quarter.due_day(period), today, owed, entries)


def boards_of_quarters(quarters: Sequence[Quarter], today: dt.date) -> list[TaskBoard]:
    """The boards of several quarters of one year; five queries."""
    owed = duties.duties_of_tasks()
    by_quarter: dict[int, dict[tuple[int, int], Any]] = defaultdict(dict)
    # Without writers and files: nobody is shown here.
    told = TaskProgress.objects.filter(
        year__in={quarter.year for quarter in quarters},
        quarter__in={quarter.number for quarter in quarters},
    )
    for entry in told.in_force().with_first():
        by_quarter[entry.quarter][entry.task_id, entry.unit_id] = entry
    return [
        _board_of(quarter.period, quarter.due_on, today, owed, by_quarter[quarter.number])
        for quarter in quarters
    ]


def _board_of(
    period: Period,
    due_on: dt.date,
    today: dt.date,
    owed: Sequence[Duty],
    entries: Mapping[tuple[int, int], Any],
) -> TaskBoard:
    # On the due day itself nobody is overdue.
    overdue = today > due_on
    lines = []
    for duty in owed:
        entry = entries.get((duty.task.pk, duty.unit.pk))
        # A correction after the due day is not late: the body had reported in time.
        late = entry is not None and timezone.localdate(entry.first_at) > due_on
        lines.append(DutyLine(duty, entry, overdue, late))
    return TaskBoard(period, due_on, overdue, lines)


def _entries_in_force(period: Period, tasks: set[int]) -> dict[tuple[int, int], Any]:
    """Id of the task and of the body → the entry that counts, with the time of the first one."""
    entries = TaskProgress.objects.of_period(period).in_force().with_first().filter(task__in=tasks)
    entries = entries.select_related("by").prefetch_related("files")
    return {(entry.task_id, entry.unit_id): entry for entry in entries}
