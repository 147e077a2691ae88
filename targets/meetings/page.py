"""What the pages of the joint meeting show, each put together in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from enterprises.firms.due_days import days_in_words
from enterprises.marks import Mark
from parks.models import Unit, User
from targets.meetings import rights, standing
from targets.meetings.measures import Gauge, MeasureReading
from targets.meetings.question import (
    ASKED,
    CLOSED,
    OPEN,
    OVERDUE,
    SOON_DUE,
    DecisionsQuestion,
    board_address,
)
from targets.meetings.standing import BodyStanding, OpenDecisions
from targets.models import AgendaItem, Decision, DecisionReminder, Meeting
from targets.models.meeting_decisions import OVERDUE_MARK


@dataclass(frozen=True)
class DecisionLine:
    """A decision as a list shows it."""

    decision: Decision
    today: dt.date
    judged: MeasureReading | None

    @property
    def is_overdue(self) -> bool:
        return self.decision.is_overdue(self.today)

    @property
    def label(self) -> str:
        overdue = "，逾期" * self.is_overdue
        return f"{self.decision.last.get_state_display()}{overdue}"

    @property
    def mark(self) -> Mark:
        return OVERDUE_MARK if self.is_overdue else self.decision.last.mark

    @property
    def due_in_words(self) -> str:
        """2026-12-31 还有32天; nothing of a closed one."""
        if not self.decision.is_open:
            return ""
        return f"{self.decision.last.due} {days_in_words(self.decision.days_left(self.today))}"

    @property
    def age(self) -> int:
        return standing.age_of(self.decision, self.today)


@dataclass(frozen=True)
class StateChip:
    label: str
    count: int | None
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class DecisionsBoard:
    """`lines` are those asked for; `found` all open ones of the unit that is asked for."""

    asked: DecisionsQuestion
    found: OpenDecisions
    lines: Sequence[DecisionLine]
    bodies: Sequence[tuple[BodyStanding, str]]
    chips: Sequence[StateChip]


def build_board(asked: DecisionsQuestion, user: User, today: dt.date) -> DecisionsBoard:
    """The number of queries does not grow with the decisions."""
    everything = standing.open_decisions(today, viewer=user, listed=True)
    fitting = [one for one in everything.decisions if _fits(one, asked)]
    found = OpenDecisions(today, fitting)
    gauge = Gauge(today)
    decisions = _asked_for(asked, found, user)
    return DecisionsBoard(
        asked=asked,
        found=found,
        lines=[DecisionLine(one, today, gauge.judge(one)) for one in decisions],
        bodies=[(row, DecisionsQuestion(unit=row.unit).address()) for row in everything.bodies],
        chips=_chips(asked, found),
    )


def _fits(decision: Decision, asked: DecisionsQuestion) -> bool:
    return asked.unit in (None, decision.last.lead) and asked.meeting in (
        None,
        decision.meeting.number,
    )


def _asked_for(asked: DecisionsQuestion, found: OpenDecisions, user: User) -> Sequence[Decision]:
    if asked.state == CLOSED:
        rows = Decision.objects.visible_to(user).settled()
        if asked.unit:
            rows = rows.led_by(asked.unit)
        if asked.meeting:
            rows = rows.filter(meeting__number=asked.meeting)
        return list(standing.with_steps(rows))
    return {
        OPEN: found.decisions,
        OVERDUE: found.overdue,
        SOON_DUE: found.soon,
        ASKED: found.asked,
    }[asked.state]


def _chips(asked: DecisionsQuestion, found: OpenDecisions) -> list[StateChip]:
    counts: dict[str, tuple[str, int | None]] = {
        OPEN: ("未办结", len(found.decisions)),
        OVERDUE: ("逾期", len(found.overdue)),
        SOON_DUE: (f"{found.ahead}天内到期", len(found.soon)),
        ASKED: ("申请办结", len(found.asked)),
        CLOSED: ("已办结", None),
    }
    return [
        StateChip(label, count, asked.address(state=code), code == asked.state)
        for code, (label, count) in counts.items()
    ]


@dataclass(frozen=True)
class MeetingPage:
    meeting: Meeting
    items: Sequence[AgendaItem]
    dropped: Sequence[AgendaItem]
    lines: Sequence[DecisionLine]
    open: OpenDecisions
    """Of all meetings, as an agenda begins with what is not done yet."""


def build_meeting(meeting: Meeting, today: dt.date) -> MeetingPage:
    items = list(meeting.items.all())
    gauge = Gauge(today)
    decisions = standing.with_steps(meeting.decisions.order_by("number"))
    return MeetingPage(
        meeting=meeting,
        items=[item for item in items if not item.is_dropped],
        dropped=[item for item in items if item.is_dropped],
        lines=[DecisionLine(one, today, gauge.judge(one)) for one in decisions],
        open=standing.open_decisions(today),
    )


@dataclass(frozen=True)
class DecisionPage:
    """`open_steps`: kinds that the viewer may take now."""

    line: DecisionLine
    reminders: Sequence[DecisionReminder]
    open_steps: Sequence[str]
    reads_meeting: bool

    @property
    def decision(self) -> Decision:
        return self.line.decision


def build_decision(decision: Decision, user: User, today: dt.date) -> DecisionPage:
    return DecisionPage(
        line=DecisionLine(decision, today, Gauge(today).judge(decision)),
        reminders=list(decision.reminders.all()),
        open_steps=rights.steps_open_to(user, decision),
        reads_meeting=user.sees_whole_district,
    )


@dataclass(frozen=True)
class UnitDecisions:
    """What the page of a unit says of the decisions that it leads."""

    open: int
    overdue: int
    url: str
    overdue_url: str


def of_unit(unit: Unit, today: dt.date) -> UnitDecisions:
    found = standing.open_decisions(today, lead=unit)
    return UnitDecisions(
        len(found.decisions),
        len(found.overdue),
        board_address(unit=unit),
        board_address(OVERDUE, unit),
    )
