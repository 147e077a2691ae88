"""From what is on record on a day to a forecast for any later one."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from targets.outlook.model import cells, forecast, past_days, supposition
from targets.outlook.model.cells import Cell, CellCounts, Placing
from targets.outlook.model.distribution import Distribution
from targets.outlook.model.forecast import Lessons, Years
from targets.outlook.model.past_days import Closings
from targets.outlook.model.record import FirmStanding, KindRecord
from targets.outlook.model.rules import Rules
from targets.outlook.model.shock import Entries
from targets.outlook.model.supposition import NOTHING_SUPPOSED, Supposition


@dataclass(frozen=True)
class Expected:
    """The forecast for one day.

    `placings`: the firms that stand in a cell; every other one would come from outside. `entries`:
    those. `limit`: what a closed calendar leaves possible; None where it sets no limit.
    """

    day: dt.date
    number: Distribution
    placings: Sequence[Placing]
    firms: Mapping[Cell, int]
    lessons: Lessons
    entries: Entries
    first_share: float
    limit: int | None

    @property
    def mean(self) -> float:
        return self.number.mean

    @property
    def range80(self) -> tuple[int, int]:
        return self.number.range80

    def at_least(self, smallest: int) -> float:
        return self.number.at_least(smallest)

    def share(self, placing: Placing) -> float:
        """The probability that a firm counts on the day."""
        return self.lessons.share(placing.cell)

    @property
    def from_outside(self) -> float:
        """What the firms at hand leave of the mean, so that all parts add up to it."""
        known = math.fsum(number * self.lessons.share(cell) for cell, number in self.firms.items())
        return self.mean - known


@dataclass(frozen=True)
class Scenario:
    """One kind seen from a day.

    `seen_until`: unit → the last day of which its facts tell, where that is earlier.
    """

    record: KindRecord
    as_of: dt.date
    rules: Rules
    closings: Closings
    seen_until: Mapping[int, dt.date] = field(default_factory=dict)
    supposed: Supposition = NOTHING_SUPPOSED
    counted_past: dict[tuple[dt.date, dt.date], CellCounts] = field(default_factory=dict)

    # --- the day itself ---
    @property
    def has_term(self) -> bool:
        return self.record.has_term

    @cached_property
    def stock_by_unit(self) -> Counter[int]:
        """Firms counted on the day, by the unit that answers for them."""
        counted = (firm.counted_on(self.as_of) for firm in self.record.firms.values())
        return Counter(span.unit for span in counted if span is not None)

    @property
    def stock(self) -> int:
        return sum(self.stock_by_unit.values())

    @cached_property
    def year_end(self) -> dt.date:
        return self.as_of.replace(month=12, day=31)

    @cached_property
    def _standings(self) -> dict[int, FirmStanding]:
        """Firm → how it stands; the same whichever later day is asked for."""
        found = {firm: one.standing_on(self.as_of) for firm, one in self.record.firms.items()}
        return {firm: standing for firm, standing in found.items() if standing is not None}

    @cached_property
    def placings(self) -> list[Placing]:
        """How the firms stand as to the year's end, with their stages whatever these are worth."""
        return self._placings(self.year_end)

    def _placings(self, day: dt.date) -> list[Placing]:
        return cells.place_all(self._standings, self.as_of, day, self.seen_until)

    @property
    def in_flight(self) -> list[Placing]:
        """Firms that do not count and whose application of the year is filed or in publicity."""
        return [one for one in self.placings if one.is_in_flight]

    # --- what can be learned ---
    @cached_property
    def lacking(self) -> list[str]:
        """What history does not tell and nobody has supposed: there is no forecast then."""
        past = self.past(self.year_end)
        lacks = []
        if self._is_young and not any(year.due for year in past) and self.supposed.renewal is None:
            lacks.append("续证率（往年还没有到期的证书）")
        if not past and self.supposed.wins is None:
            lacks.append("每年新进入的家数（还没有可用的完整年度）")
        return lacks

    @property
    def _is_young(self) -> bool:
        """No certificate on record can have run out before this year."""
        term, first_year = self.record.term_years, self.record.first_year(self.as_of)
        return term is not None and (first_year is None or first_year + term >= self.as_of.year)

    def past(self, later: dt.date) -> list[CellCounts]:
        """The same day of every past year whose later day is known by now, the last one first."""
        first_year = self.record.first_year(self.as_of)
        if first_year is None:
            return []
        years = []
        for number in range(1, self.as_of.year - first_year):
            then = past_days.years_before(later, number)
            if then <= self.as_of:
                day = past_days.comparable_day(self.as_of, number, then, self.closings)
                years.append(self._counted_past(day, then))
        return years

    def _counted_past(self, day: dt.date, later: dt.date) -> CellCounts:
        if (day, later) not in self.counted_past:
            self.counted_past[day, later] = cells.count_past(self.record, day, later)
        return self.counted_past[day, later]

    @cached_property
    def staged_years(self) -> list[int]:
        """The past years in which applications were recorded as they are now; [] where too few."""
        now = CellCounts(self.as_of, self.year_end, cells.tally(self.placings))
        years = [year for year in self.past(self.year_end) if self._has_stages(year.day.year)]
        like_now = past_days.alike(now, years, self.rules.alike)
        if len(like_now) < self.rules.fewest_years:
            return []
        return [year.day.year for year in like_now]

    def _has_stages(self, year: int) -> bool:
        told, certified = self.record.recorded(year)
        return told > self.rules.alike * certified

    @property
    def with_stages(self) -> bool:
        return bool(self.staged_years)

    # --- a day to come ---
    @cached_property
    def _known(self) -> dict[dt.date, Expected]:
        """What is expected of days already asked for: a page asks for the same one several times."""
        return {}

    def on(self, day: dt.date) -> Expected:
        """The number of firms counted on a day after `as_of`."""
        if day not in self._known:
            self._known[day] = self._expect(day)
        return self._known[day]

    def _expect(self, day: dt.date) -> Expected:
        placings = self.placings if day == self.year_end else self._placings(day)
        years = self._years(day)
        if not self.with_stages:
            placings = [one.without_stage() for one in placings if cells.unstaged(one.cell)]
        firms = cells.tally(placings)
        needed = {*firms, *map(supposition.filed, firms)}
        lessons = forecast.learn(self.as_of, day, needed, years, self.rules)
        entries, first_share = lessons.entries, lessons.first_share
        if self.supposed:
            shares = supposition.shares(self.supposed, firms, lessons)
            lessons = forecast.with_known(lessons, shares)
        if self.supposed.wins is not None:
            coming = self.supposed.wins * self.record.calendar_share(self.as_of, day)
            entries, first_share = supposition.entries(entries, first_share, coming)
        number = forecast.number_of(firms, lessons, entries)
        limit = self._limit(day)
        if limit is not None:
            number = number.most(limit)
        return Expected(day, number, placings, firms, lessons, entries, first_share, limit)

    def _years(self, day: dt.date) -> Years:
        past = self.past(day)
        if not self.with_stages:
            past = [year.without_stages() for year in past]
            return Years(past, [], self._reliable(past))
        staged = [year for year in past if year.day.year in self.staged_years]
        plain = [year for year in past if year.day.year not in self.staged_years]
        closed = day <= self.year_end and self.closings.are_past(self.as_of)
        return Years(staged, plain, self._reliable(staged), closed)

    def _reliable(self, years: Sequence[CellCounts]) -> Sequence[CellCounts]:
        """Those in which a renewal of something not on record no longer looks like an entry."""
        first_year = self.record.first_year(self.as_of) or self.as_of.year
        begin = first_year + (self.record.term_years or 1)
        return [year for year in years if year.day.year >= begin] or years

    def _limit(self, day: dt.date) -> int | None:
        """Once all batches have closed nobody new can come but those in flight.

        Only where past years say so: where much came that was never on record as filed, it will
        again.
        """
        closed = self.closings.are_past(self.as_of) and day <= self.year_end
        if not closed or not self.with_stages or self.supposed.wins is not None:
            return None
        beyond, landed = 0, 0
        for year in self.past(self.year_end):
            if year.day.year in self.staged_years:
                beyond += year.beyond
                landed += year.landed
        if beyond > self.rules.beyond * (beyond + landed):
            return None
        return self.stock + len(self.in_flight)


def under(scenario: Scenario, supposed: Supposition) -> Scenario:
    """The same facts under a reader's supposition."""
    return replace(scenario, supposed=supposed)
