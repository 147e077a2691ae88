"""The page of a year's goals: who shall reach what, how far each has come, what the parks leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parks.models import Unit, User
from targets import in_flight
from targets.figures import known, links
from targets.figures.counting import answered_for
from targets.figures.known import KnownDays, Reach
from targets.figures.question import Question
from targets.goals import allocation, completion
from targets.goals import revisions as goal_revisions
from targets.goals.allocation import DistrictNeed, Goals, Lever
from targets.goals.completion import Batches, Calendar, Completion, Thresholds
from targets.goals.form import GoalsQuestion
from targets.goals.reached import Measure, ReachedCounts
from targets.goals.revisions import Key
from targets.models import GoalRevision, PaceRule, Scope


@dataclass(frozen=True)
class GoalRow:
    """A unit, or a sum (`unit` None), with all three measures.

    `asked` is the measure that the page judges and ranks by. `page` and `list_url` are addresses.
    `reach`: how far the facts behind the stock go, None where the board was not asked to know it.
    """

    name: str
    unit: Unit | None
    page: str
    list_url: str
    asked: Completion
    measures: Mapping[Measure, Completion]
    reach: Reach | None

    @property
    def stock(self) -> Completion:
        return self.measures[Measure.STOCK]

    @property
    def asked_flying_url(self) -> str:
        """Address of the firms in flight that would add to the measure asked."""
        return in_flight.list_url(self.list_url, self.asked.measure.flying)

    @property
    def flying_url(self) -> str:
        """Of all firms in flight."""
        return in_flight.list_url(self.list_url)

    @property
    def net(self) -> Completion:
        return self.measures[Measure.NET]

    @property
    def first(self) -> Completion:
        return self.measures[Measure.FIRST]


def without_gap(rows: Iterable[GoalRow]) -> list[GoalRow]:
    """Those without a goal, and those that have reached it."""
    return [row for row in rows if (row.asked.gap or 0) <= 0]


@dataclass(frozen=True)
class GoalsGroup:
    """`open` are those that a reader has to see, `folded` the towns that nothing is asked of."""

    title: str
    rows: Sequence[GoalRow]
    total: GoalRow | None
    folded: Sequence[GoalRow] = ()

    @property
    def open(self) -> list[GoalRow]:
        return [row for row in self.rows if row not in self.folded]


@dataclass(frozen=True)
class GoalsPage:
    """What the page shows of a year.

    `needs` holds all headline indicators, `need` is that of the kind asked: None where the plan
    draws no path in that year. `levers`: each with the address of the firms outside the parks.
    """

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
        return next((need for need in self.needs if need.indicator.code == self.asked.kind), None)

    @property
    def rows(self) -> list[GoalRow]:
        return [row for group in self.groups for row in group.rows]

    @property
    def folded(self) -> list[GoalRow]:
        return [row for group in self.groups for row in group.folded]


def build_page(asked: GoalsQuestion, user: User) -> GoalsPage:
    """The number of queries depends neither on the firms nor on the units.

    Figures go by certificate dates.
    """
    revisions = goal_revisions.all_revisions(asked.year)
    revision = revisions[0] if revisions else None
    needs = allocation.needs_of(asked.year)
    rules = list(PaceRule.objects.all())
    # All units are counted, also for a reporter: the sums of the district need them.
    board = board_of(asked, goal_revisions.goals_of_revision(revision), rules)
    # After counting, which makes the spans and what is known follow the ledger.
    board = replace(board, known=known.read())
    units = list(Unit.objects.reporting())
    visible = units
    if not user.sees_whole_district:
        # A reporter sees the district's row and the own unit's, no other unit's.
        visible = [unit for unit in units if unit.pk == user.unit_id]
    outside_goals = board.allotted_to(_towns(units))
    return GoalsPage(
        asked=asked,
        when=board.when,
        needs=needs,
        revision=revision,
        revisions=revisions,
        groups=[group for group in board.groups(units, visible, user) if group.rows],
        district=board.total("全区", units, str(Scope.DISTRICT)),
        levers=_levers(needs, board),
        rules=rules,
        outside_goal=outside_goals.stock if outside_goals else 0,
    )


def _levers(needs: Iterable[DistrictNeed], board: GoalsBoard) -> list[tuple[Lever, str]]:
    """Only where the plan asks for a share of the firms in the parks."""
    day = board.asked.day
    levers = []
    for need in needs:
        # Without the clause any number may stand outside, and there is nothing to weigh.
        if need.share_target:
            outside_url = links.figure(Question(day), need.indicator.code, Scope.OUTSIDE)
            levers.append((allocation.build_lever(need, board.done.counts, day), outside_url))
    return levers


def _towns(units: Iterable[Unit]) -> list[Unit]:
    return [unit for unit in units if unit.kind != Unit.Kind.PARK]


@dataclass(frozen=True)
class GoalsBoard:
    """Everything that a row of the table is made from.

    `batches` and `allotted` hold all headline indicators, so that a board of one kind can be
    asked for another without counting anew (`of_kind`).
    """

    asked: GoalsQuestion
    batches: Mapping[str, Batches]
    done: ReachedCounts
    allotted: Mapping[Key, Goals]
    rules: Thresholds
    known: KnownDays | None = None

    @property
    def when(self) -> Calendar:
        """The year as the asked kind's batches divide it."""
        return self.when_of(self.asked.kind)

    def when_of(self, kind: str) -> Calendar:
        return Calendar(self.asked.year, self.asked.day, self.batches.get(kind, Batches()))

    def of_kind(self, kind: str) -> GoalsBoard:
        return replace(self, asked=replace(self.asked, kind=kind))

    def groups(
        self, units: Sequence[Unit], visible: Sequence[Unit], user: User
    ) -> list[GoalsGroup]:
        """Parks and towns; with a sum for those who see the whole district."""
        parks = [unit for unit in units if unit.kind == Unit.Kind.PARK]
        groups = []
        # Parks and firms in no park make up the district, so the two sums add up to its row.
        for title, members, sum_name, scope in (
            ("园区平台", parks, "园区平台合计", Scope.PARKS),
            ("镇街（园区平台以外的企业）", _towns(units), "园区外合计", Scope.OUTSIDE),
        ):
            rows = self._sorted(self.row(unit) for unit in members if unit in visible)
            total = None
            folded: list[GoalRow] = []
            if user.sees_whole_district:
                total = self.total(sum_name, members, str(scope))
                folded = without_gap(rows) if scope == Scope.OUTSIDE and self.allotted else []
            groups.append(GoalsGroup(title, rows, total, folded))
        return groups

    def _sorted(self, rows: Iterable[GoalRow]) -> list[GoalRow]:
        """By the measure asked, equal ones in the plan's order, what is not judged last."""
        if self.asked.sort == "unit":
            return list(rows)
        if self.asked.sort == "rate":
            return sorted(rows, key=lambda row: _last_if_none(row.asked.rate))
        if self.asked.sort == "gap":
            return sorted(rows, key=lambda row: _last_if_none(row.asked.gap))
        return sorted(rows, key=lambda row: row.asked.urgency)

    def row(self, unit: Unit) -> GoalRow:
        goals = self.allotted.get((self.asked.kind, unit.pk))
        measures = self.measures(self.asked.kind, answered_for(unit), goals)
        return GoalRow(
            name=unit.told_apart,
            unit=unit,
            page=links.page(Question(latest_or_today(self.asked.day)), "unit", unit.code),
            list_url=self.list_url(unit),
            asked=measures[self.asked.measure],
            measures=measures,
            reach=self._reach(answered_for(unit)),
        )

    def list_url(self, unit: Unit) -> str:
        """Address of the firms that a unit answers for."""
        # Goals know one definition only, so the list behind a number has the default one.
        question = Question(self.asked.day)
        # A town answers only for its firms outside the parks: the list must leave out the others.
        place = None if unit.kind == Unit.Kind.PARK else {"park": str(Scope.OUTSIDE)}
        return links.figure(question, self.asked.kind, unit.code, place=place)

    def total(self, name: str, units: Sequence[Unit], scope: str) -> GoalRow:
        """The row of a sum: what is allotted to the units, what was done in the scope."""
        measures = self.measures(self.asked.kind, scope, self.allotted_to(units))
        return GoalRow(
            name=name,
            unit=None,
            page="",
            list_url=links.figure(Question(self.asked.day), self.asked.kind, scope),
            asked=measures[self.asked.measure],
            measures=measures,
            reach=self._reach(scope),
        )

    def _reach(self, scope: str) -> Reach | None:
        if self.known is None:
            return None
        kind, day = self.asked.kind, self.asked.day
        return self.known.reach(day, kind, scope, lambda where: self.done.stock(kind, where, day))

    def allotted_to(self, units: Iterable[Unit]) -> Goals | None:
        """The sum of the units' goals; None where none of them has any."""
        keys = [(self.asked.kind, unit.pk) for unit in units]
        goals = [self.allotted[key] for key in keys if key in self.allotted]
        return allocation.total_of(goals) if goals else None

    def measures(self, kind: str, scope: str, goals: Goals | None) -> dict[Measure, Completion]:
        """All three measures of a kind over a scope; `goals` None: nothing is allotted."""
        allotted: dict[Measure, int] = {}
        if goals:
            allotted = {
                Measure.STOCK: goals.stock,
                Measure.NET: goals.net,
                Measure.FIRST: goals.first,
            }
        question = completion.CompletionQuestion(kind, scope, allotted)
        when = self.when_of(kind)
        return {
            measure: completion.measure_completion(measure, question, self.done, when, self.rules)
            for measure in Measure
        }


def latest_or_today(day: dt.date) -> dt.date:
    """Pages of figures open for today unless an earlier year is looked at."""
    today = Question(day).today
    return day if day.year < today.year else today


def _last_if_none(value: Decimal | int | None) -> tuple[bool, Decimal | int]:
    """A key that sorts the highest first."""
    return value is None, -(value or 0)


def board_on(day: dt.date, unit: Unit | None = None) -> GoalsBoard | None:
    """The goals of the day's year, all or a unit's; None where none are allotted.

    What was done is counted up to the day, today at the latest.
    """
    # Of a day to come only the ends of certificates are known, and nobody is behind yet.
    day = min(day, Question(day).today)
    # Goals are read before anything is counted: without them there is nothing to count for.
    allotted = goal_revisions.goals_of_revision(goal_revisions.current_revision(day.year), unit)
    if not allotted:
        return None
    return board_of(GoalsQuestion(day.year, day, kind=""), allotted, PaceRule.objects.all())


def board_of(
    asked: GoalsQuestion, allotted: Mapping[Key, Goals], rules: Iterable[PaceRule]
) -> GoalsBoard:
    """The board of some goals: counts the year's month ends besides the day, for all headlines."""
    when = Calendar(asked.year, asked.day)
    days = [*completion.month_ends(when), asked.day]
    batches = completion.batches_of_year(asked.year)
    # Only what is applied for in batches can be in flight.
    done = ReachedCounts(days, when.opening, applied_for=batches.keys())
    thresholds = {rule.state: rule.at_least for rule in rules}
    return GoalsBoard(asked, batches, done, allotted, thresholds)
