"""Who answers for which task: leads and responsible bodies, with groups resolved to units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parks.models import Unit
from targets.models import KeyTask, TaskBody

MEMBERS_ARE = {TaskBody.Group.PARKS: Unit.Kind.PARK, TaskBody.Group.TOWNS: Unit.Kind.TOWN}


@dataclass(frozen=True)
class Duty:
    """`nil_by_default`: who is silent has no exception to tell."""

    task: KeyTask
    unit: Unit
    leads: bool
    nil_by_default: bool = False

    @property
    def role(self) -> str:
        return "牵头" if self.leads else "责任"


def duties_of_tasks(tasks: Iterable[KeyTask] | None = None) -> list[Duty]:
    """The duties of these tasks, or of all: task by task, leads first. Four queries.

    A unit named twice in a task has one duty, the graver.
    """
    chosen = KeyTask.objects.prefetch_related("bodies__unit") if tasks is None else tasks
    members: dict[str, list[Unit]] = {Unit.Kind.PARK: [], Unit.Kind.TOWN: []}
    for unit in Unit.objects.reporting():
        members[unit.kind].append(unit)
    return [duty for task in chosen for duty in _of_task(task, members)]


def falls_to(task: KeyTask, unit: Unit) -> bool:
    """Whether the unit leads the task or is responsible for it."""
    return unit.pk in {duty.unit.pk for duty in duties_of_tasks([task])}


def _of_task(task: KeyTask, members: dict[str, list[Unit]]) -> list[Duty]:
    leads, responsible = [], []
    for body in sorted(task.bodies.all(), key=lambda body: body.order):
        if body.role == TaskBody.Role.LEAD:
            leads.append(body)
        else:
            responsible.append(body)
    found: dict[int, Duty] = {}
    # Groups are resolved now: a park that is added later answers for the same tasks at once.
    for body in [*leads, *responsible]:
        units = [body.unit] if body.unit else members[MEMBERS_ARE[TaskBody.Group(body.group)]]
        for unit in units:
            # Leads come first: whoever leads is not added again as responsible.
            leads_it = body.role == TaskBody.Role.LEAD
            found.setdefault(unit.pk, Duty(task, unit, leads_it, body.nil_by_default))
    return list(found.values())
