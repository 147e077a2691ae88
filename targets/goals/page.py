"""The page of a year's goals: who shall reach what, how far each has come, and what the share of the parks leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parks.models import Unit, User
from targets.figures import links
from targets.figures.counting import answered_for
from targets.figures.indicators import latest_day
from targets.figures.question import Question
from targets.goals import allocation, completion
from targets.goals import revisions as goal_revisions
from targets.goals.allocation import DistrictNeed, Goals, Lever
from targets.goals.completion import Calendar, Completion, Measure, ReachedCounts, Thresholds
from targets.goals.form import GoalsQuestion
from targets.goals.revisions import Key
from targets.models import GoalRevision, Indicator, PaceRule, Scope


@dataclass(frozen=True)
class GoalRow:
    """A unit, or a sum (`unit` None), with all three measures; `asked` is the one that is judged and ranked."""

    name: str
    unit: Unit | None
    page: str
    list_url: str
    asked: Completion
    measures: Mapping[Measure, Completion]

    @property
    def stock(self) -> Completion:
        return self.measures[Measure.STOCK]

    @property
    def net(self) -> Completion:
        return self.measures[Measure.NET]

    @property
    def first(self) -> Completion:
        return self.measures[Measure.FIRST]


@dataclass(frozen=True)
class GoalsGroup:
    title: str
    rows: Sequence[GoalRow]
    total: GoalRow | None


@dataclass(frozen=True)
class GoalsPage:
    """`needs` of the year for both kinds, `need` for the kind asked (None: the plan draws no path in that year)."""

    asked: GoalsQuestion
    when: Calendar
    needs: Sequence[DistrictNeed]
    revision: GoalRevision | None
    revisions: Sequence[GoalRevision]
    groups: Sequence[GoalsGroup]
    district: GoalRow
    levers: Sequence[tuple[Lever, str]]
    rules: Sequence[PaceRule]
    outside_goal: int
    """What the towns' goals for firms outside the parks add up to."""

    @property
    def need(self) -> DistrictNeed | None:
        return next((one for one in self.needs if one.indicator.code == self.asked.kind), None)

    @property
    def rows(self) -> list[GoalRow]:
        return [row for group in self.groups for row in group.rows]


def build_page(asked: GoalsQuestion, user: User) -> GoalsPage:
    """The number of queries depends neither on the firms nor on the units. Figures go by certificate dates."""
    revisions = goal_revisions.revisions(asked.year)
    revision = revisions[0] if revisions else None
    allotted, needs_now = (
        goal_revisions.goals_of_revision(revision),
        allocation.needs_of(asked.year),
    )
    rules = list(PaceRule.objects.all())
    board = board_of(asked, allotted, rules)
    units = list(Unit.objects.reporting())
    shown = (
        units if user.sees_whole_district else [unit for unit in units if unit.pk == user.unit_id]
    )
    question = Question(asked.day)
    return GoalsPage(
        asked=asked,
        when=board.when,
        needs=needs_now,
        revision=revision,
        revisions=revisions,
        groups=[group for group in board.groups(units, shown, user) if group.rows],
        district=board.total("全区", units, str(Scope.DISTRICT)),
        levers=[
            (
                allocation.lever(need, board.done.counts, asked.day),
                links.figure(question, need.indicator.code, Scope.OUTSIDE),
            )
            for need in needs_now
            if need.share_target
        ],
        rules=rules,
        outside_goal=goal.stock if (goal := board.allotted_to(_towns(units))) else 0,
    )


def _towns(units: Iterable[Unit]) -> list[Unit]:
    return [unit for unit in units if unit.kind != Unit.Kind.PARK]


@dataclass(frozen=True)
class GoalsBoard:
    """Everything that a row of the table is made from."""

    asked: GoalsQuestion
    closings: Mapping[str, Sequence[dt.date]]
    done: ReachedCounts
    allotted: Mapping[Key, Goals]
    rules: Thresholds

    @property
    def when(self) -> Calendar:
        """The year as the asked kind's batches divide it."""
        return self.when_of(self.asked.kind)

    def when_of(self, kind: str) -> Calendar:
        return Calendar(self.asked.year, self.asked.day, self.closings.get(kind, []))

    def of_kind(self, kind: str) -> GoalsBoard:
        return replace(self, asked=replace(self.asked, kind=kind))

    def groups(self, units: Sequence[Unit], shown: Sequence[Unit], user: User) -> list[GoalsGroup]:
        whole = user.sees_whole_district
        parks = [unit for unit in units if unit.kind == Unit.Kind.PARK]
        towns = _towns(units)
        return [
            GoalsGroup(
                title,
                self._sorted(self.row(unit) for unit in members if unit in shown),
                total if whole else None,
            )
            for title, members, total in (
                ("园区平台", parks, self.total("园区平台合计", parks, str(Scope.PARKS))),
                (
                    "镇街（园区平台以外的企业）",
                    towns,
                    self.total("园区外合计", towns, str(Scope.OUTSIDE)),
                ),
            )
        ]

    def _sorted(self, rows: Iterable[GoalRow]) -> list[GoalRow]:
        if self.asked.sort == "rate":
            return sorted(rows, key=lambda row: _last_if_none(row.asked.rate))
        if self.asked.sort == "gap":
            return sorted(rows, key=lambda row: _last_if_none(row.asked.gap))
        return list(rows)

    def row(self, unit: Unit) -> GoalRow:
        place = None if unit.kind == Unit.Kind.PARK else {"park": str(Scope.OUTSIDE)}
        return self._row(
            unit.short_name,
            unit,
            answered_for(unit),
            self.allotted.get((self.asked.kind, unit.pk)),
            links.figure(Question(self.asked.day), self.asked.kind, unit.code, place=place),
        )

    def allotted_to(self, units: Iterable[Unit]) -> Goals | None:
        own = [
            self.allotted[key]
            for unit in units
            if (key := (self.asked.kind, unit.pk)) in self.allotted
        ]
        return allocation.total_of(own) if own else None

    def total(self, name: str, units: Sequence[Unit], scope: str) -> GoalRow:
        goal = self.allotted_to(units)
        return self._row(
            name, None, scope, goal, links.figure(Question(self.asked.day), self.asked.kind, scope)
        )

    def _row(
        self, name: str, unit: Unit | None, scope: str, goal: Goals | None, list_url: str
    ) -> GoalRow:
        measures = self.measures(self.asked.kind, scope, goal)
        page = (
            links.page(Question(latest_or_today(self.asked.day)), "unit", unit.code) if unit else ""
        )
        return GoalRow(name, unit, page, list_url, measures[self.asked.measure], measures)

    def measures(self, kind: str, scope: str, goal: Goals | None) -> dict[Measure, Completion]:
        wanted = {one: getattr(goal, one.value) for one in Measure} if goal else {}
        about = completion.CompletionQuestion(kind, scope, wanted)
        return {
            one: completion.measure_completion(
                one, about, self.done, self.when_of(kind), self.rules
            )
            for one in Measure
        }


def latest_or_today(day: dt.date) -> dt.date:
    """Pages of figures open for today unless an earlier year is looked at."""
    today = Question(day).today
    return day if day.year < today.year else today


def _last_if_none(value: Decimal | int | None) -> tuple[bool, Decimal | int]:
    """Highest first."""
    return value is None, -(value or 0)


@dataclass(frozen=True)
class Own:
    """A unit's own goals of a year for one kind."""

    indicator: Indicator
    year: int
    measures: Mapping[Measure, Completion]


def of_unit(unit: Unit, day: dt.date) -> list[Own]:
    """A unit's own goals of the day's year, as far as the data reaches; empty where none are allotted."""
    board = board_on(day, unit)
    if board is None:
        return []
    kinds = Indicator.objects.headlines()
    return [
        Own(one, board.asked.year, board.measures(one.code, answered_for(unit), goal))
        for one in kinds
        if (goal := board.allotted.get((one.code, unit.pk)))
    ]


def board_on(day: dt.date, unit: Unit | None = None) -> GoalsBoard | None:
    """The goals of the day's year, all or a unit's, and what was done up to the day, as far as the data reaches.

    None where none are allotted.
    """
    reach = latest_day()
    day = min(day, reach) if reach.year == day.year else day
    allotted = goal_revisions.goals_of_revision(goal_revisions.current(day.year), unit)
    if not allotted:
        return None
    return board_of(GoalsQuestion(day.year, day, kind=""), allotted, PaceRule.objects.all())


def board_of(
    asked: GoalsQuestion, allotted: Mapping[Key, Goals], rules: Iterable[PaceRule]
) -> GoalsBoard:
    when = Calendar(asked.year, asked.day, [])
    done = ReachedCounts(
        [*completion.month_ends(when), asked.day],
        when.opening,
        Indicator.objects.headline_codes(),
    )
    thresholds = {rule.state: rule.at_least for rule in rules}
    return GoalsBoard(asked, completion.closings(asked.year), done, allotted, thresholds)
