"""From the facts known on a day to a forecast: the firms, the assumptions, the expected number."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from targets.models import Span
from targets.outlook.model import forecast, rates
from targets.outlook.model.firm_history import Chronicle, FirmHistory, responsible_unit
from targets.outlook.model.forecast import Assumptions, Distribution, Holder
from targets.outlook.model.rates import ENTRY_YEARS, FEW, Rates
from targets.renewals.term import RENEWAL_DAYS

ANY_DAY_OF_THE_YEAR = dict.fromkeys(range(15, 366, 30), 1)
"""Days of entry where history tells none: about the middle of each month."""


@dataclass(frozen=True)
class Supposition:
    """What a reader supposes instead of what history says; None = as history says.

    `renewal` is a share from 0 to 1, `wins` a number of firms per year.
    """

    renewal: float | None = None
    wins: float | None = None

    def __bool__(self) -> bool:
        return self.renewal is not None or self.wins is not None


@dataclass(frozen=True)
class Scenario:
    """One kind of firm seen from a day: the firms that count or may renew, and what is assumed."""

    as_of: dt.date
    histories: Sequence[FirmHistory]
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
        counted = (history.counted_on(self.as_of) for history in self.histories)
        return Counter(responsible_unit(span) for span in counted if span is not None)

    @property
    def has_term(self) -> bool:
        return self.given.term_years is not None

    @property
    def lacking(self) -> list[str]:
        """What history does not tell and nobody has supposed.

        While anything is lacking, there is no forecast.
        """
        lacks = []
        # A supposition fills the gap: the reader then vouches for the number instead of history.
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
        """The range is too narrow: too few years tell how much entries differ between years."""
        # Supposed entries are a mean that holds, so there is no spread that could be missing.
        return len(self.rates.entry_years) < ENTRY_YEARS and self.supposed.wins is None

    @cached_property
    def known(self) -> dict[dt.date, Distribution]:
        """Distributions already computed: a page asks for the same day several times."""
        return {}

    def on(self, day: dt.date) -> Distribution:
        """The number of firms counted on a day after `as_of`."""
        if day not in self.known:
            self.known[day] = forecast.of_district(self.firms, self.as_of, day, self.given)
        return self.known[day]


def build_scenario(
    chronicle: Chronicle, as_of: dt.date, seen_until: Mapping[int, dt.date] | None = None
) -> Scenario:
    """What the facts dated up to a day say of the days after it.

    `seen_until`: id of a unit → the last day of which its facts tell, where that is earlier.
    """
    histories = chronicle.known_on(as_of)
    learned = rates.learn(histories, as_of, chronicle.first_year, chronicle.term_years)
    firms = list(find_holders(histories, as_of, seen_until or {}))
    given = as_history_says(learned, {firm.unit for firm in firms}, chronicle.term_years)
    return Scenario(as_of, histories, firms, learned, given)


def under(scenario: Scenario, supposed: Supposition) -> Scenario:
    """The same facts under a reader's supposition."""
    return replace(scenario, given=supposing(scenario.given, supposed), supposed=supposed)


def find_holders(
    histories: Iterable[FirmHistory], as_of: dt.date, seen_until: Mapping[int, dt.date]
) -> Iterable[Holder]:
    """Every firm that counts on the day, and every one whose renewal may still come."""
    for history in histories:
        span = history.counted_on(as_of)
        # A firm whose certificate ran out may still renew; it stays with its last unit.
        # Who has left the district, or was struck off, cannot come back by a renewal.
        if span is None and history.present and history.spans:
            last = history.spans[-1]
            span = last if _may_renew(last, as_of) else None
        if span is not None:
            unit = responsible_unit(span)
            yield Holder(unit, span.end, min(seen_until.get(unit, as_of), as_of))


def _may_renew(last: Span, as_of: dt.date) -> bool:
    # Whoever was withdrawn does not renew; after RENEWAL_DAYS it would be an entry, counted there.
    return last.closed_by == Span.Closing.EXPIRED and 0 <= (as_of - last.end).days < RENEWAL_DAYS


def as_history_says(learned: Rates, units: Iterable[int], term_years: int | None) -> Assumptions:
    """That things go on as they went."""
    units = set(units)
    return Assumptions(
        # 0 where history tells nothing: `lacking` then keeps every number off the page.
        renewal={unit: learned.renewal.rate_of(unit) or 0.0 for unit in units},
        staying={unit: 1 - (learned.exit.rate_of(unit) or 0.0) for unit in units},
        gaps=learned.gaps,
        term_years=term_years,
        wins=learned.wins_per_year,
        others=learned.others_per_year,
        spread=learned.spread,
        entry_days=learned.entry_days or ANY_DAY_OF_THE_YEAR,
    )


def supposing(given: Assumptions, supposed: Supposition) -> Assumptions:
    """With one renewal rate for all units, or so many first-time entries a year.

    The entries are split over the units as history splits them. Supposed entries are a mean that
    holds: years no longer differ beyond chance.
    """
    if supposed.renewal is not None:
        # One rate for all: a reader supposes something of the district, not of every unit.
        given = replace(given, renewal=dict.fromkeys(given.renewal, supposed.renewal))
    if supposed.wins is None:
        return given
    whole = sum(given.wins.values())
    if whole:
        wins = {unit: firms / whole * supposed.wins for unit, firms in given.wins.items()}
    else:
        # History has no entries to split them by. Their unit does not matter for the district.
        wins = {0: supposed.wins}
    return replace(given, wins=wins, spread=0.0)
