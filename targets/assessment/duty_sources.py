"""Items measured by what a unit owes: rosters, reports on tasks, decisions of the joint meeting."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from enterprises.models import Quarter
from enterprises.reporting.board import BoardLine
from targets.assessment.firm_sources import ByUnit
from targets.assessment.measured import CountedCase, share
from targets.assessment.scene import Scene
from targets.key_tasks.board import DutyLine
from targets.meetings.standing import was_done_in_time
from targets.models import AssessmentItem, Decision

NO_QUARTER = "本年还没有过截止日的季度"


def _lines_of(scene: Scene) -> dict[int, list[tuple[Quarter, BoardLine]]]:
    lines: dict[int, list[tuple[Quarter, BoardLine]]] = {unit.pk: [] for unit in scene.units}
    for board in scene.rosters:
        for line in board.lines:
            lines[line.unit.pk].append((board.quarter, line))
    return lines


def rosters_in_time(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Of the quarters that have fallen due, those whose roster was first handed in by then."""
    return {
        unit: share([(row, row[1].came_in_time) for row in rows], _roster_case, note=NO_QUARTER)
        for unit, rows in _lines_of(scene).items()
    }


def rosters_right(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Of these quarters, those whose first roster was approved and never replaced."""
    found = {}
    for unit, rows in _lines_of(scene).items():
        # What nobody has looked at yet is neither right nor wrong.
        judged = [(row, row[1].was_right_at_once) for row in rows]
        known = [(row, bool(right)) for row, right in judged if right is not None]
        found[unit] = share(known, _right_case, note="本年还没有审核过的名册")
    return found


def _roster_case(row: tuple[Quarter, BoardLine], counted: bool) -> CountedCase:
    quarter, line = row
    told = "没有报送"
    if line.first and line.first.submitted_at:
        told = f"{line.first.submitted_at:%m-%d}报送"
    return _quarter_case(row, f"{told}，截止{quarter.due_on:%m-%d}", counted)


def _right_case(row: tuple[Quarter, BoardLine], counted: bool) -> CountedCase:
    _, line = row
    told = "没有报送"
    if line.first:
        told = f"第{line.first.number}版{line.first.get_state_display()}"
    return _quarter_case(row, told, counted)


def _quarter_case(row: tuple[Quarter, BoardLine], told: str, counted: bool) -> CountedCase:
    quarter, line = row
    return CountedCase(
        f"{quarter}名册", told, counted, reverse("roster", args=[quarter.code, line.unit.code])
    )


def task_reports(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Of the reports that the unit owed in these quarters, those that first came by the due day."""
    owed: dict[int, list[tuple[Any, bool]]] = {unit.pk: [] for unit in scene.units}
    for board in scene.task_boards:
        for line in board.lines:
            # Who is silent and has to tell exceptions only owes nothing.
            if line.duty.unit.pk in owed and not line.is_nil:
                in_time = line.entry is not None and not line.late
                owed[line.duty.unit.pk].append(((board.period, line), in_time))
    note = "本年没有应报告的重点任务"
    return {unit: share(rows, _task_case, note=note) for unit, rows in owed.items()}


def _task_case(row: Any, counted: bool) -> CountedCase:
    period, line = row
    task = line.duty.task
    url = reverse("task_report", args=[task.kind, task.number, period.code, line.duty.unit.code])
    return CountedCase(f"{period.label} {task}", _told_of(line, counted), counted, url)


def _told_of(line: DutyLine, counted: bool) -> str:
    if line.entry is None:
        return line.label
    return "按时报告" if counted else "逾期报告"


def decisions(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Of the decisions that the unit leads and that have fallen due, those done by then."""
    led: dict[int, list[tuple[Decision, bool]]] = {unit.pk: [] for unit in scene.units}
    for decision in scene.decisions:
        if decision.last.lead_id in led:
            led[decision.last.lead_id].append((decision, was_done_in_time(decision)))
    note = "本年没有到期的会议决定"
    return {unit: share(rows, _decision_case, note=note) for unit, rows in led.items()}


def _decision_case(decision: Decision, counted: bool) -> CountedCase:
    last = decision.last
    told = f"期限{last.due}，{last.get_state_display()}"
    url = reverse("decision", args=[decision.pk])
    return CountedCase(f"{decision.code} {decision.words}", told, counted, url)
