"""Bodies that have not reported are reminded once per milestone, of all their tasks at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from enterprises import jobs
from enterprises.models import Period, ReminderRule
from enterprises.notices import sending as notices
from enterprises.reporting import quarters, reminders
from parks.models import Unit
from targets.key_tasks import board as task_board
from targets.key_tasks.board import BodyRow, TaskBoard
from targets.models import TaskReminder


def remind(today: dt.date) -> int:
    """Send the reminders whose milestone was reached by today; returns how many units got one.

    They concern the quarter that ended last.
    """
    # Tasks are reported with the rosters: they have the same due day and the same milestones.
    board = task_board.build_board(Period.before(today), today)
    sentences = ReminderRule.objects.sentences_on(today, ReminderRule.Subject.ROSTER)
    reached = quarters.milestone_reached(board.due_on, today, sentences)
    if reached is None:
        return 0
    return sum(_remind(board, row, *reached) for row in board.owing)


def remind_now(board: TaskBoard, *, milestone: str) -> list[Unit]:
    """The bureau's own reminder to all that owe something; returns the units it went to.

    It goes out at most once per milestone, such as by-hand-2026-10-12.
    """
    return [row.unit for row in board.owing if _remind(board, row, milestone, "请尽快填报")]


def without_account(units: Iterable[Unit]) -> list[Unit]:
    """Of these units, those in which a notice reaches no one. The bureau is always reached."""
    return [unit for unit in reminders.without_account(units) if unit.code != Unit.BUREAU_CODE]


def _remind(board: TaskBoard, row: BodyRow, milestone: str, urging: str) -> bool:
    """Whether the unit was reminded: not where it has had this milestone's reminder before."""
    period = board.period
    with transaction.atomic():
        # The row is unique: of two runs at once only one sends.
        _, new = TaskReminder.objects.get_or_create(
            unit=row.unit, year=period.year, quarter=period.number, milestone=milestone[:20]
        )
        if new:
            names = "、".join(line.duty.task.name for line in row.missing)
            text = (
                f"{period.label}重点任务进展还有{len(row.missing)}项未报"
                f"（截止日{board.due_on:%m月%d日}，{urging}）：{names}。"
            )
            link = f"{reverse('tasks')}?quarter={period.code}"
            notices.tell_unit(row.unit, text, link)
            # The bureau's people belong to no unit.
            if row.unit.code == Unit.BUREAU_CODE:
                notices.tell_bureau(text, link)
    return new


run = jobs.nightly(lambda today: {"reminded": remind(today)})
"""Job handler."""
