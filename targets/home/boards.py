"""Work in progress beside the figures: who has reported, and how the key tasks stand."""

from __future__ import annotations

from django.utils import timezone

from enterprises.models import Period, Quarter
from enterprises.reporting import board as roster_board
from enterprises.reporting.board import QuarterBoard
from targets.key_tasks import board as task_board
from targets.key_tasks.board import TaskBoard


def last_task_board() -> TaskBoard:
    """How the key tasks stood at the end of the last whole quarter."""
    today = timezone.localdate()
    # Progress is reported after a quarter ends: of the running one there is nothing to show.
    return task_board.build_board(Period.before(today), today)


def latest_roster_board() -> QuarterBoard | None:
    """Where the rosters of the latest opened quarter stand; None while none was opened."""
    today = timezone.localdate()
    # The latest one that was opened: before that nobody can hand in anything.
    quarter = Quarter.objects.opened_by(today).first()
    return roster_board.build_board(quarter, today) if quarter else None
