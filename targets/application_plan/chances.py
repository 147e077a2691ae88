"""How many of a plan's firms may get their certificate: the rates seen, with their numbers, as a range.

The rates are those of the outlook's tables: renewals of certificates that ran out, and firms of the
reserve pool that were recognised in the year after. While the pool's own history is too short, the
pass rate of last year's first applications stands in, as the page of applications tells it. Each
range is that of firms whose common rate is itself known by so many cases.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from enterprises.applications import rates as application_rates
from enterprises.applications.courses import Role, courses_of
from enterprises.models import PoolEntry, QualificationKind
from targets.application_plan.applicants import Applicant, PlanRole
from targets.figures import known
from targets.models import Definition
from targets.outlook import unit_rates
from targets.outlook.model import distribution, firm_history, known_forecasts, rates, reserve_pool
from targets.outlook.model.distribution import Distribution
from targets.outlook.model.rates import FEW, NOTHING, RateTally
from targets.outlook.model.scenario import Expected, Scenario

Range = tuple[int, int]
"""Between these, both included, with 80 %."""


class Basis(Enum):
    """What a rate is learned from."""

    RENEWAL = "renewal"
    STAGE = "stage"
    POOL = "pool"
    PASSED = "passed"


@dataclass(frozen=True)
class Chance:
    """So many planned firms of a sort, and what became of such firms before."""

    name: str
    firms: int
    tally: RateTally
    basis: Basis

    @property
    def is_told(self) -> bool:
        return self.tally.of >= FEW

    @property
    def number(self) -> Distribution | None:
        """None while history has too few firms to tell."""
        if not self.is_told:
            return None
        hits, of = self.tally.hits, self.tally.of
        return distribution.beta_binomial(self.firms, hits, of - hits)

    @property
    def range80(self) -> Range | None:
        return self.number.range80 if self.number else None


@dataclass(frozen=True)
class PassRates:
    """Of the district, as learned today. `stages`: by the pool's stage; `pool`: of all together.

    `passed`: first applications of `passed_year` that are decided.
    """

    renewal: RateTally
    stages: Mapping[str, RateTally]
    passed: RateTally
    passed_year: int

    @property
    def pool(self) -> RateTally:
        return sum(self.stages.values(), NOTHING)

    def chances(self, planned: Iterable[Applicant]) -> list[Chance]:
        """One for each sort of firm that is planned: to certify again, and by stage of the pool."""
        planned = list(planned)
        again = sum(applicant.role == PlanRole.AGAIN for applicant in planned)
        by_stage = Counter(one.stage for one in planned if one.role != PlanRole.AGAIN)
        found = []
        if again:
            found.append(Chance(str(PlanRole.AGAIN.label), again, self.renewal, Basis.RENEWAL))
        for stage in PoolEntry.Stage:
            if firms := by_stage[stage.value]:
                found.append(self._of_stage(stage, firms))
        return found

    def _of_stage(self, stage: PoolEntry.Stage, firms: int) -> Chance:
        """By the nearest cases of which there are enough."""
        own = self.stages.get(stage.value, NOTHING)
        tried = [(own, Basis.STAGE), (self.pool, Basis.POOL), (self.passed, Basis.PASSED)]
        chances = [Chance(str(stage.label), firms, tally, basis) for tally, basis in tried]
        return next((chance for chance in chances if chance.is_told), chances[0])


def added(chances: Iterable[Chance]) -> Distribution | None:
    """All together; None where one of them cannot be told."""
    numbers = [chance.number for chance in chances]
    known_numbers = [number for number in numbers if number is not None]
    if len(known_numbers) < len(numbers):
        return None
    return distribution.added(known_numbers)


def shifted(number: Distribution, firms: int) -> Distribution:
    return replace(number, first=number.first + firms)


def certain(firms: int) -> Distribution:
    return distribution.certain(firms)


@dataclass(frozen=True)
class Seen:
    """What history says today: the rates, and the outlook's forecast where it has one."""

    scenario: Scenario
    rates: PassRates

    @property
    def has_forecast(self) -> bool:
        return not self.scenario.lacking

    def on(self, day: dt.date) -> Expected | None:
        """The outlook's forecast for a day to come."""
        return self.scenario.on(day) if self.has_forecast and day > self.scenario.as_of else None

    def by_unit_at_years_end(self) -> dict[int, int]:
        """Unit → its part of what is expected at the end of this year, as the outlook tells it."""
        return unit_rates.expected_by_unit(self.scenario) if self.has_forecast else {}


def read(kind: QualificationKind, on: dt.date) -> Seen:
    """The spans must be up to date."""
    scenario = known_forecasts.read_scenarios([kind], on, known.read())[kind.code]
    chronicle = firm_history.read_chronicle(kind.code, Definition.CERTIFICATE)
    histories = chronicle.known_on(on)
    learned = rates.learn(histories, on, chronicle.first_year)
    stages: Sequence[reserve_pool.PoolStage] = reserve_pool.count_stages(histories, on)
    # They come in the order of the stages, each with its label alone.
    by_stage = {
        stage.value: counted.tally for stage, counted in zip(PoolEntry.Stage, stages, strict=True)
    }
    last_year = on.year - 1
    passed = _passed_first(kind, last_year, on)
    return Seen(scenario, PassRates(learned.renewal.district, by_stage, passed, last_year))


def _passed_first(kind: QualificationKind, year: int, on: dt.date) -> RateTally:
    courses = courses_of(kind, year, on, None)
    rate = application_rates.passed_of_decided(
        course for course in courses if course.role == Role.FIRST
    )
    return RateTally(rate.certified, rate.of)
