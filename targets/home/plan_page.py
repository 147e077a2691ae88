"""The plan as a page: every target with its standing, the tasks and who answers for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from parks.models import Unit
from targets.figures import links
from targets.figures.question import Question
from targets.home import judged, page_head
from targets.home.judged import Goal
from targets.home.page_head import PageHead
from targets.models import Baseline, Indicator, KeyTask, TaskBody

UnitLink = tuple[str, str]
"""Name of a unit, and the address of its page ("" where it has none)."""
GROUP_KINDS = {TaskBody.Group.PARKS: Unit.Kind.PARK, TaskBody.Group.TOWNS: Unit.Kind.TOWN}


@dataclass(frozen=True)
class IndicatorRows:
    indicator: Indicator
    baseline: Baseline | None
    url: str
    goals: list[Goal]


@dataclass(frozen=True)
class Bodies:
    """Who answers for a task: single bodies, and the members of a group such as 各园区平台."""

    bodies: list[UnitLink]
    groups: list[tuple[str, list[UnitLink]]]

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
    head: PageHead

    @property
    def context(self) -> dict[str, Any]:
        """By the names that the template uses."""
        return {**self.head.context, "page": self}


def build_page(question: Question) -> PlanPage:
    """Everything that the page of the plan shows."""
    indicators = _indicator_rows(judged.list_goals(question))
    tasks = _plan_tasks(question)
    # Safeguards have numbers of their own and belong to no group.
    key_tasks = [row for row in tasks if row.task.kind == KeyTask.Kind.TASK]
    task_groups = []
    for group, rows in groupby(key_tasks, key=lambda row: row.task.group):
        task_groups.append((group, list(rows)))
    return PlanPage(
        question=question,
        indicators=indicators,
        task_groups=task_groups,
        safeguards=[row for row in tasks if row.task.kind == KeyTask.Kind.SAFEGUARD],
        head=page_head.build_head(question),
    )


def _indicator_rows(goals: Sequence[Goal]) -> list[IndicatorRows]:
    """Goals come in the plan's order, so those of an indicator follow each other."""
    rows = []
    for _, group in groupby(goals, key=lambda goal: goal.now.target.indicator_id):
        indicator_goals = list(group)
        first = indicator_goals[0]
        indicator, baseline = first.now.target.indicator, first.now.baseline
        rows.append(IndicatorRows(indicator, baseline, first.url, indicator_goals))
    return rows


def _plan_tasks(question: Question) -> list[PlanTask]:
    # A group such as 各镇街 answers for many tasks: its members are read once.
    members = {}
    for group, kind in GROUP_KINDS.items():
        units = Unit.objects.filter(kind=kind).order_by("order")
        members[group] = [(unit.short_name, _unit_page(question, unit)) for unit in units]
    rows = []
    for task in KeyTask.objects.prefetch_related("bodies__unit").order_by("number"):
        lead = _bodies(question, task, TaskBody.Role.LEAD, members)
        responsible = _bodies(question, task, TaskBody.Role.RESPONSIBLE, members)
        rows.append(PlanTask(task, lead, responsible))
    return rows


def _unit_page(question: Question, unit: Unit) -> str:
    """Departments have no firms, hence no page."""
    return "" if unit.kind == Unit.Kind.DEPARTMENT else links.page(question, "unit", unit.code)


def _bodies(
    question: Question,
    task: KeyTask,
    role: str,
    members: Mapping[TaskBody.Group, list[UnitLink]],
) -> Bodies:
    bodies, groups = [], []
    # All bodies of a task are prefetched: filtering them in SQL would ask once per task.
    for row in task.bodies.all():
        if row.role != role:
            continue
        if row.unit:
            bodies.append((row.unit.name, _unit_page(question, row.unit)))
        if row.group:
            groups.append((row.get_group_display(), members[TaskBody.Group(row.group)]))
    return Bodies(bodies, groups)
