"""How the decisions of joint meetings stand on a day: open, overdue, due soon, asked to be closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from parks.models import Unit, User
from targets.meetings import ladder
from targets.models import Decision, DecisionState, DecisionStep

NAMED = 2


def with_steps(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """All that a line of a list shows; the number of queries does not grow with the decisions."""
    return decisions.select_related("meeting", "indicator", "unit").prefetch_related(
        "supporting", "steps__lead", "steps__by", "steps__files"
    )


@dataclass(frozen=True)
class BodyStanding:
    """The open decisions that a unit leads; `oldest` in days since the meeting."""

    unit: Unit
    decisions: Sequence[Decision]
    overdue: int
    asked: int
    oldest: int


@dataclass(frozen=True)
class OpenDecisions:
    """Those not closed yet, overdue ones first and then by due day."""

    today: dt.date
    decisions: Sequence[Decision]

    @cached_property
    def ahead(self) -> int:
        """Within so many days a decision is due soon, as the ladder has it."""
        return ladder.days_ahead(self.today)

    @cached_property
    def overdue(self) -> list[Decision]:
        return [decision for decision in self.decisions if decision.is_overdue(self.today)]

    @cached_property
    def soon(self) -> list[Decision]:
        # What was asked to be closed waits for the office, not for its lead.
        return [
            decision
            for decision in self.decisions
            if 0 <= decision.days_left(self.today) <= self.ahead
            and decision.last.state == DecisionState.OPEN
        ]

    @cached_property
    def asked(self) -> list[Decision]:
        return [
            decision for decision in self.decisions if decision.last.state == DecisionState.ASKED
        ]

    @cached_property
    def bodies(self) -> list[BodyStanding]:
        """By lead, those with most overdue first, then by the oldest."""
        by_lead: dict[Unit, list[Decision]] = {}
        for decision in self.decisions:
            by_lead.setdefault(decision.last.lead, []).append(decision)
        rows = [self._body(unit, led) for unit, led in by_lead.items()]
        return sorted(rows, key=lambda row: (-row.overdue, -row.oldest, row.unit.order))

    def _body(self, unit: Unit, led: Sequence[Decision]) -> BodyStanding:
        return BodyStanding(
            unit,
            led,
            sum(decision.is_overdue(self.today) for decision in led),
            sum(decision.last.state == DecisionState.ASKED for decision in led),
            max(age_of(decision, self.today) for decision in led),
        )

    @staticmethod
    def names(decisions: Iterable[Decision]) -> str:
        """6-1（区招商投资局）、6-3（双福） and no more."""
        told = [f"{one.code}（{one.last.lead.told_apart}）" for one in decisions]
        return "、".join(told[:NAMED]) + "等" * (len(told) > NAMED)


def age_of(decision: Decision, today: dt.date) -> int:
    """Days since the meeting."""
    return (today - decision.meeting.day).days


def open_decisions(
    today: dt.date,
    *,
    viewer: User | None = None,
    lead: Unit | None = None,
    listed: bool = False,
) -> OpenDecisions:
    """All that are open, of those that the viewer may see, or that a unit leads now.

    `listed`: with all that a line of a list shows, else with meeting and leads only.
    """
    rows = Decision.objects.all()
    if viewer:
        rows = rows.visible_to(viewer)
    rows = rows.unsettled()
    if lead:
        rows = rows.led_by(lead)
    rows = rows.select_related("meeting").prefetch_related("steps__lead")
    shown = with_steps(rows) if listed else rows
    found = sorted(shown, key=lambda one: (one.last.due, one.meeting.number, one.number))
    return OpenDecisions(today, found)


def due_between(since: dt.date, until: dt.date) -> list[Decision]:
    """Decisions whose due day, as it was moved last, lies in these days; two queries."""
    rows = Decision.objects.select_related("meeting").prefetch_related("steps")
    # A step names the due day that holds from then on, so one of these days is in some step.
    rows = rows.filter(steps__due__gte=since, steps__due__lte=until).distinct()
    return [one for one in rows.order_by("pk") if since <= one.last.due <= until]


def was_done_in_time(decision: Decision) -> bool:
    """Closed, and asked to be closed by the due day.

    What was asked waits for the office, not for its lead.
    """
    if decision.is_open:
        return False
    asked = [step for step in decision.history if step.kind == DecisionStep.Kind.ASKED]
    return bool(asked) and timezone.localdate(asked[-1].at) <= decision.last.due
