"""What a plan adds up to, by unit and for the district, against the year's goals and the park share."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count

from enterprises.models import QualificationKind
from parks.models import Unit
from targets.application_plan.applicants import Applicant, PlanRole
from targets.application_plan.chances import Seen
from targets.application_plan.form import PlanQuestion
from targets.figures import counting, links
from targets.figures.counting import Counts
from targets.figures.question import Question
from targets.goals import allocation
from targets.goals import revisions as goal_revisions
from targets.goals.allocation import DistrictNeed, Goals
from targets.models import Definition, GoalRevision, Scope
from targets.outlook.cells import place_of


@dataclass(frozen=True)
class PlanSum:
    """Of one unit, or of several together (`unit` None).

    `base`: what the year starts with: today's firms, or those expected at this year's end.
    `lapsing`: of them, those whose certificate runs out before the year's end. `again`, `regained`,
    `first`: planned firms by role. `holding`: those of `again` that still count on the last day of
    the year: their certificate ends with it. `goals` is None where none are allotted.
    `planned_urls`: by role, the list of the planned firms; none for several units together.
    """

    name: str
    unit: Unit | None
    stock: int
    base: int
    lapsing: int
    again: int
    regained: int
    first: int
    holding: int
    goals: Goals | None
    stock_url: str
    lapsing_url: str
    planned_urls: Mapping[str, str]

    @property
    def planned(self) -> int:
        return self.again + self.regained + self.first

    @property
    def most(self) -> int:
        """Firms at the year's end, if every planned one gets its certificate."""
        return self.base - self.lapsing + self.planned - self.holding

    @property
    def beyond(self) -> int | None:
        """计划外还需: firms that the goal wants besides all that are planned."""
        return None if self.goals is None else max(self.goals.stock - self.most, 0)

    @property
    def says_something(self) -> bool:
        return bool(self.planned or self.lapsing or self.beyond)


@dataclass(frozen=True)
class PlanSums:
    """`units`: parks, then towns with something to say. `parks`, `outside`, `district`: the sums.

    `revision`: the goals in force. `need`: what the district needs; None where the plan names no
    path to the year.
    """

    units: Sequence[PlanSum]
    parks: PlanSum
    outside: PlanSum
    district: PlanSum
    revision: GoalRevision | None
    need: DistrictNeed | None


class SumBoard:
    """All that a sum is made from, read once."""

    def __init__(
        self,
        asked: PlanQuestion,
        kind: QualificationKind,
        planned: Iterable[Applicant],
        counts: Counts,
        seen: Seen,
    ) -> None:
        self.asked, self.kind, self.counts = asked, kind, counts
        self.question = Question(asked.on)
        self.expected = seen.by_unit_at_years_end() if asked.is_next else {}
        self.forecast = bool(self.expected)
        self.lapsing = _lapsing_by_unit(asked, kind)
        self.roles: Counter[tuple[int, PlanRole]] = Counter()
        self.holding: Counter[int] = Counter()
        for applicant in planned:
            self.roles[applicant.unit.pk, applicant.role] += 1
            if applicant.outlasts(asked.year_end):
                self.holding[applicant.unit.pk] += 1
        self.revision = goal_revisions.current_revision(asked.year)
        self.goals = goal_revisions.goals_of_revision(self.revision)

    def sum_of(self, units: Sequence[Unit], name: str, scope: str = "") -> PlanSum:
        """Of one unit, or of those that make up a scope."""
        alone = None if scope else units[0]
        stock = sum(self._stock(unit) for unit in units)
        place: Mapping[str, str] = {}
        if alone:
            scope, place = place_of(alone)
        goals = [self.goals[self.kind.code, unit.pk] for unit in units if self._has_goals(unit)]
        return PlanSum(
            name=name,
            unit=alone,
            stock=stock,
            base=sum(self.expected.get(unit.pk, 0) for unit in units) if self.forecast else stock,
            lapsing=sum(self.lapsing[unit.pk] for unit in units),
            again=self._planned(units, PlanRole.AGAIN),
            regained=self._planned(units, PlanRole.REGAINED),
            first=self._planned(units, PlanRole.FIRST),
            holding=sum(self.holding[unit.pk] for unit in units),
            goals=allocation.total_of(goals) if goals else None,
            stock_url=links.figure(self.question, self.kind.code, scope, place=place),
            lapsing_url=links.lapsing(
                self.question,
                self.kind.code,
                scope,
                self.asked.first_lapse,
                self.asked.year_end + dt.timedelta(days=1),
                place,
            ),
            planned_urls=self._planned_urls(alone, scope),
        )

    def _planned_urls(self, unit: Unit | None, scope: str) -> Mapping[str, str]:
        if unit is None and scope != Scope.DISTRICT:
            return {}
        asked = replace(self.asked, unit=unit)
        return {role.value: asked.narrowed(role=role).address() for role in PlanRole}

    def _stock(self, unit: Unit) -> int:
        return self.counts.stock(self.asked.on, self.kind.code, counting.answered_for(unit))

    def _planned(self, units: Iterable[Unit], role: PlanRole) -> int:
        return sum(self.roles[unit.pk, role] for unit in units)

    def _has_goals(self, unit: Unit) -> bool:
        return (self.kind.code, unit.pk) in self.goals


def _lapsing_by_unit(asked: PlanQuestion, kind: QualificationKind) -> Counter[int]:
    """Unit → firms that the year loses, up to its last day, where nothing follows."""
    found = counting.lapsing(
        indicator=kind.code,
        scope=Scope.DISTRICT,
        since=asked.first_lapse,
        until=asked.year_end + dt.timedelta(days=1),
        definition=Definition.CERTIFICATE,
    )
    firms: Counter[int] = Counter()
    counted = found.order_by().values_list("park", "town").annotate(Count("id"))
    for park, town, number in counted:
        firms[park or town] += number
    return firms


def sums_of(board: SumBoard) -> PlanSums:
    units = list(Unit.objects.reporting())
    parks = [unit for unit in units if unit.is_park]
    towns = [unit for unit in units if not unit.is_park]
    rows = [board.sum_of([unit], unit.answering_name) for unit in units]
    needs = allocation.needs_of(board.asked.year)
    return PlanSums(
        units=[row for row in rows if row.says_something or (row.unit and row.unit.is_park)],
        parks=board.sum_of(parks, "园区平台合计", Scope.PARKS),
        outside=board.sum_of(towns, "园区平台以外合计", Scope.OUTSIDE),
        district=board.sum_of(units, "全区", Scope.DISTRICT),
        revision=board.revision,
        need=next((need for need in needs if need.indicator.code == board.kind.code), None),
    )
