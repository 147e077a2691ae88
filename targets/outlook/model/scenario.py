"""From the facts known on a day to a forecast: who stands where, what is assumed, and how likely each target is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from targets.models import Span
from targets.outlook.model import forecast, rates
from targets.outlook.model.firm_history import Chronicle, Life, responsible
from targets.outlook.model.forecast import Assumptions, Distribution, Holder
from targets.outlook.model.rates import ENTRY_YEARS, FEW, Rates
from targets.renewals.term import RENEWAL_DAYS


@dataclass(frozen=True)
class Supposition:
    """What a reader supposes instead of what history says; None = as history says. Shares from 0 to 1."""

    renewal: float | None = None
    wins: float | None = None

    def __bool__(self) -> bool:
        return self.renewal is not None or self.wins is not None


@dataclass(frozen=True)
class Scenario:
    """One kind of firm seen from a day: those that count or may renew, and the assumptions for what follows."""

    as_of: dt.date
    lives: Sequence[Life]
    firms: Sequence[Holder]
    rates: Rates
    given: Assumptions
    supposed: Supposition = Supposition()

    @property
    def stock(self) -> int:
        return sum(self.stock_by_unit.values())

    @cached_property
    def stock_by_unit(self) -> Counter[int]:
        """Firms counted on the day, by the unit that answers for them."""
        counted = (life.counted_on(self.as_of) for life in self.lives)
        return Counter(responsible(span) for span in counted if span is not None)

    @property
    def has_term(self) -> bool:
        return self.given.term_years is not None

    @property
    def lacking(self) -> list[str]:
        """What history does not tell and nobody has supposed; while it lacks, there is no forecast."""
        lacks = []
        if self.has_term and self.rates.renewal.district.of == 0 and self.supposed.renewal is None:
            lacks.append("续证率（还没有到期满半年的证书）")
        if not self.rates.years and self.supposed.wins is None:
            lacks.append("每年新进入的家数（还没有可用的完整年度）")
        return lacks

    @property
    def few(self) -> bool:
        """History tells, but of few firms."""
        return self.has_term and 0 < self.rates.renewal.district.of < FEW

    @property
    def narrow(self) -> bool:
        """Too few years to tell how much entries differ from year to year: the range is too narrow."""
        return len(self.rates.entry_years) < ENTRY_YEARS and self.supposed.wins is None

    @cached_property
    def known(self) -> dict[dt.date, Distribution]:
        return {}

    def on(self, day: dt.date) -> Distribution:
        """The number of firms counted on a day after `as_of`."""
        if day not in self.known:
            self.known[day] = forecast.of_district(self.firms, self.as_of, day, self.given)
        return self.known[day]


def build_scenario(chronicle: Chronicle, as_of: dt.date) -> Scenario:
    """What the facts dated up to a day say of the days after it."""
    lives = chronicle.known_on(as_of)
    learned = rates.learn(lives, as_of, chronicle.first_year, chronicle.term_years)
    firms = list(standings(lives, as_of))
    given = assumptions(learned, {firm.unit for firm in firms}, chronicle.term_years)
    return Scenario(as_of, lives, firms, learned, given)


def under(now: Scenario, supposed: Supposition) -> Scenario:
    """The same facts under a reader's supposition."""
    return replace(now, given=supposing(now.given, supposed), supposed=supposed)


def standings(lives: Iterable[Life], as_of: dt.date) -> Iterable[Holder]:
    """Every firm that counts on the day, and every one whose renewal may still come."""
    for life in lives:
        span = life.counted_on(as_of)
        if span is not None:
            yield Holder(responsible(span), span.end)
        elif life.present and life.spans and _may_renew(life.spans[-1], as_of):
            yield Holder(responsible(life.spans[-1]), life.spans[-1].end)


def _may_renew(last: Span, as_of: dt.date) -> bool:
    return last.closed_by == Span.Closing.EXPIRED and 0 <= (as_of - last.end).days < RENEWAL_DAYS


def assumptions(learned: Rates, units: Iterable[int], term_years: int | None) -> Assumptions:
    """That things go on as they went."""
    units = set(units)
    return Assumptions(
        renewal={unit: learned.renewal.of(unit) or 0.0 for unit in units},
        staying={unit: 1 - (learned.exit.of(unit) or 0.0) for unit in units},
        gaps=learned.gaps,
        term_years=term_years,
        wins=learned.wins_per_year,
        others=learned.others_per_year,
        spread=learned.spread,
        entry_days=learned.entry_days or dict.fromkeys(range(15, 366, 30), 1),
    )


def supposing(given: Assumptions, supposed: Supposition) -> Assumptions:
    """With one renewal rate for all units, or so many first-time entries a year, split as history splits them.

    Supposed entries are a mean that holds: years no longer differ beyond chance.
    """
    if supposed.renewal is not None:
        given = replace(given, renewal=dict.fromkeys(given.renewal, supposed.renewal))
    if supposed.wins is not None:
        whole = sum(given.wins.values())
        shares = (
            {unit: number / whole for unit, number in given.wins.items()} if whole else {0: 1.0}
        )
        wins = {unit: share * supposed.wins for unit, share in shares.items()}
        given = replace(given, wins=wins, spread=0.0)
    return given
