"""Targets as they are judged on a day: each on its own due day once that has passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from targets.figures import links, live_or_frozen, progress
from targets.figures.counting import Counts
from targets.figures.progress import ParkShareClause, Plan, Progress
from targets.figures.question import Question
from targets.models import Indicator, Scope

NOTHING, WHOLE = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class Goal:
    """A target today and, once its day has passed, how it stood on that day."""

    now: Progress
    at_due: Progress | None
    url: str
    at_due_url: str

    @property
    def overdue(self) -> bool:
        return self.at_due is not None

    @property
    def since_due(self) -> str:
        """What has become of the target since its day, where today's verdict is another."""
        # The verdict of the due day stands: today's is told beside it only where it is another.
        if self.at_due is None or self.now.met is None or self.now.met == self.at_due.met:
            return ""
        return "；现已达到" if self.now.met else "；现又低于目标"

    @property
    def shown(self) -> Progress:
        """The standing that carries the verdict: that of the due day once it has passed."""
        return self.at_due or self.now

    @property
    def bar(self) -> Decimal:
        """Percentage of the way, kept within what a bar can show."""
        # The share itself may be below 0 or above 100, and is told so in numbers.
        return min(max(self.now.share_of_way or NOTHING, NOTHING), WHOLE)


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
    counts = source.count([question.on, *past_due_days(question, plan, scope)])
    goals = judge_goals(question, counts, plan, scope)
    shares: list[ShareJudged] = []
    # The plan asks the share of the parks of the district as a whole, not of a unit.
    if scope == Scope.DISTRICT:
        codes = counts.indicators.headline_codes
        shares = [judge_share(question, counts, goals, code) for code in codes]
    return ScopeJudged(goals, shares)


def past_due_days(question: Question, plan: Plan, scope: str = Scope.DISTRICT) -> list[dt.date]:
    """The days before the asked one on which targets of the scope fell due, in order."""
    # A target is judged on its own day: what is reached later does not meet it in time.
    due_days = {target.due for target in plan.targets_of(scope)}
    return sorted(day for day in due_days if day < question.on)


def judge_goals(
    question: Question, counts: Counts, plan: Plan, scope: str = Scope.DISTRICT
) -> list[Goal]:
    # How each past target stood on its own day, by its primary key.
    at_due = {}
    for day in past_due_days(question, plan, scope):
        for progress_then in progress.from_counts(counts, day, scope, plan):
            if progress_then.target.due == day:
                at_due[progress_then.target.pk] = progress_then
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
