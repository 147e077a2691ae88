"""Targets as they are judged on a day: each on its own due day once that has passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from targets.figures import links, live_or_frozen, past_due, progress
from targets.figures.counting import Counts
from targets.figures.progress import ParkShareClause, Plan, Progress
from targets.figures.question import Question
from targets.figures.standing import turned_since
from targets.models import Indicator, Scope

NOTHING, WHOLE = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class Goal:
    """A target today and, once its day has passed, how it stood on that day.

    `in_flight`: firms that would bring it closer, where it is told with them.
    """

    now: Progress
    at_due: Progress | None
    url: str
    at_due_url: str
    in_flight: int | None = None

    @property
    def overdue(self) -> bool:
        return self.at_due is not None

    @property
    def since_due(self) -> str:
        """What has become of the target since its day, where today's verdict is another."""
        turned = turned_since(self.at_due.met, self.now.met) if self.at_due else ""
        return f"；现{turned}" if turned else ""

    @property
    def shown(self) -> Progress:
        """The standing that carries the verdict: that of the due day once it has passed."""
        return self.at_due or self.now

    @property
    def bar(self) -> Decimal:
        """Percentage of the way, kept within what a bar can show."""
        # The share itself may be below 0 or above 100, and is told so in numbers.
        return min(max(self.now.share_of_way or NOTHING, NOTHING), WHOLE)

    @property
    def bar_in_flight(self) -> Decimal:
        """The part of the bar after `bar` that firms in flight would fill."""
        missing = self.now.missing
        if not missing or not self.in_flight:
            return NOTHING
        part = (WHOLE - self.bar) * min(Decimal(self.in_flight) / missing, Decimal(1))
        return part.quantize(Decimal("0.1"))

    @property
    def missing_after_flight(self) -> int | Decimal | None:
        """What would be missing even if all in flight got their certificates."""
        missing = self.now.missing
        if missing is None or self.in_flight is None:
            return None
        return max(missing - self.in_flight, 0)


@dataclass(frozen=True)
class ShareJudged:
    """The share of an indicator's firms inside the parks.

    `now`: on the day asked. `goal`: the target that asks for it; None where the plan asks for none.
    """

    now: ParkShareClause
    goal: Goal | None


@dataclass(frozen=True)
class ScopeJudged:
    """Every target of a scope, in the plan's order, and the shares of the parks."""

    goals: list[Goal]
    shares: list[ShareJudged]


def list_goals(question: Question) -> list[Goal]:
    """Every target of the district, in the plan's order."""
    return judge_scope(question, Scope.DISTRICT).goals


def judge_scope(question: Question, scope: str) -> ScopeJudged:
    """Every target of a scope, and the share of the parks where the plan may ask for one."""
    source = live_or_frozen.source_for(question)
    plan = source.plan()
    counts = source.count([question.on, *past_due.due_days_before(plan, question.on, scope)])
    goals = judge_goals(question, counts, plan, scope)
    shares: list[ShareJudged] = []
    # The plan asks the share of the parks of the district as a whole, not of a unit.
    if scope == Scope.DISTRICT:
        codes = counts.indicators.headline_codes
        shares = [judge_share(question, counts, goals, code) for code in codes]
    return ScopeJudged(goals, shares)


def judge_goals(
    question: Question, counts: Counts, plan: Plan, scope: str = Scope.DISTRICT
) -> list[Goal]:
    at_due = past_due.standings_at_due(counts, plan, question.on, scope)
    goals = []
    for now in progress.from_counts(counts, question.on, scope, plan):
        indicator, due = now.target.indicator, now.target.due
        goals.append(
            Goal(
                now=now,
                at_due=at_due.get(now.target.pk),
                url=_firms_behind(question, indicator, question.on),
                at_due_url=_firms_behind(question, indicator, due),
            )
        )
    return goals


def _firms_behind(question: Question, indicator: Indicator, on: dt.date) -> str:
    """Address of the list; a reported figure has no firms behind it."""
    return links.figure(question, indicator.code, on=on) if indicator.is_counted else ""


def judge_share(
    question: Question, counts: Counts, goals: Sequence[Goal], code: str
) -> ShareJudged:
    """The park share of an indicator's firms; the verdict is that of its target."""
    targets = [goal.now for goal in goals]
    asked = progress.share_asked(counts, question.on, code, targets)
    goal = next((goal for goal in goals if goal.now is asked), None)
    return ShareJudged(progress.park_share(counts, question.on, code, targets), goal)
