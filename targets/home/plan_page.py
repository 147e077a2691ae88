"""The plan as a page: every target with its standing, the tasks and who answers for them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from parks.models import Unit
from targets.figures import links
from targets.figures.question import Question
from targets.home import dashboard
from targets.home.dashboard import Goal
from targets.models import Baseline, Indicator, KeyTask, TaskBody


@dataclass(frozen=True)
class IndicatorRows:
    indicator: Indicator
    baseline: Baseline | None
    url: str
    goals: list[Goal]


@dataclass(frozen=True)
class Bodies:
    """Who answers for a task: single bodies, and the members of a group such as 各园区平台.

    Each body with the address of its page; departments have none.
    """

    bodies: list[tuple[str, str]]
    groups: list[tuple[str, list[tuple[str, str]]]]

    def __bool__(self) -> bool:
        return bool(self.bodies or self.groups)


@dataclass(frozen=True)
class PlanTask:
    task: KeyTask
    lead: Bodies
    responsible: Bodies


@dataclass(frozen=True)
class PlanPage:
    question: Question
    indicators: list[IndicatorRows]
    task_groups: list[tuple[str, list[PlanTask]]]
    safeguards: list[PlanTask]


def build_page(question: Question) -> PlanPage:
    tasks = _tasks(question)
    key_tasks = [one for one in tasks if one.task.kind == KeyTask.Kind.TASK]
    return PlanPage(
        question=question,
        indicators=_indicators(question),
        task_groups=[
            (group, list(rows))
            for group, rows in groupby(key_tasks, key=lambda one: one.task.group)
        ],
        safeguards=[one for one in tasks if one.task.kind == KeyTask.Kind.SAFEGUARD],
    )


def _indicators(question: Question) -> list[IndicatorRows]:
    rows = []
    for _, goals in groupby(
        dashboard.plan(question), key=lambda goal: goal.now.target.indicator_id
    ):
        own = list(goals)
        indicator = own[0].now.target.indicator
        rows.append(IndicatorRows(indicator, own[0].now.baseline, own[0].url, own))
    return rows


def _tasks(question: Question) -> list[PlanTask]:
    members = {
        TaskBody.Group.PARKS: _members(question, Unit.Kind.PARK),
        TaskBody.Group.TOWNS: _members(question, Unit.Kind.TOWN),
    }
    tasks = KeyTask.objects.prefetch_related("bodies__unit").order_by("number")
    return [
        PlanTask(
            task,
            _bodies(question, task, TaskBody.Role.LEAD, members),
            _bodies(question, task, TaskBody.Role.RESPONSIBLE, members),
        )
        for task in tasks
    ]


def _members(question: Question, kind: str) -> list[tuple[str, str]]:
    units = Unit.objects.filter(kind=kind).order_by("order")
    return [(unit.short_name, _unit_page(question, unit)) for unit in units]


def _unit_page(question: Question, unit: Unit) -> str:
    return "" if unit.kind == Unit.Kind.DEPARTMENT else links.page(question, "unit", unit.code)


def _bodies(
    question: Question,
    task: KeyTask,
    role: str,
    members: dict[TaskBody.Group, list[tuple[str, str]]],
) -> Bodies:
    rows = [row for row in task.bodies.all() if row.role == role]
    return Bodies(
        bodies=[(row.unit.name, _unit_page(question, row.unit)) for row in rows if row.unit],
        groups=[
            (row.get_group_display(), members[TaskBody.Group(row.group)])
            for row in rows
            if row.group
        ],
    )
