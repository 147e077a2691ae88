"""Work in progress beside the figures: who has reported, and how the key tasks stand."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from enterprises.marks import Mark
from enterprises.models import Period, Quarter
from enterprises.reporting import board as roster_board
from enterprises.reporting.board import BoardLine, QuarterBoard
from parks.models import Unit, User
from targets.key_tasks import board as task_board
from targets.key_tasks.board import TaskBoard


def last_task_board() -> TaskBoard:
    """How the key tasks stood at the end of the last whole quarter."""
    today = timezone.localdate()
    # Progress is reported after a quarter ends: of the running one there is nothing to show.
    return task_board.build_board(Period.before(today), today)


@dataclass(frozen=True)
class OwnRoster:
    """Where a unit's roster of the latest opened quarter stands, for one viewer.

    `to_do`: the viewer reports for the unit, and the roster is still to come.
    """

    quarter: Quarter
    line: BoardLine
    label: str
    mark: Mark
    days_left: int
    to_do: bool

    @property
    def days_late(self) -> int:
        return -self.days_left


def own_roster(unit: Unit, viewer: User) -> OwnRoster | None:
    """None while no quarter was opened, and for bodies that hand in no roster."""
    today = timezone.localdate()
    quarter = Quarter.objects.opened_by(today).first()
    if quarter is None or unit.kind not in (Unit.Kind.PARK, Unit.Kind.TOWN):
        return None
    [line] = roster_board.build_board(quarter, today, [unit]).lines
    state = line.state_for(viewer)
    last_day = max(quarter.locks_on, line.extended_to or quarter.locks_on)
    return OwnRoster(
        quarter=quarter,
        line=line,
        label=roster_board.LABELS[state],
        mark=roster_board.MARKS[state],
        days_left=(quarter.due_on - today).days,
        to_do=not line.is_in and viewer.reporting_unit == unit and today <= last_day,
    )


def latest_roster_board() -> QuarterBoard | None:
    """Where the rosters of the latest opened quarter stand; None while none was opened."""
    today = timezone.localdate()
    # The latest one that was opened: before that nobody can hand in anything.
    quarter = Quarter.objects.opened_by(today).first()
    return roster_board.build_board(quarter, today) if quarter else None
