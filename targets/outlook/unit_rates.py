"""What each unit's history says, and its part of the entries that a target still needs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from parks.models import Unit, User
from targets.outlook.model import needs, reserve_pool
from targets.outlook.model.needs import Need
from targets.outlook.model.rates import NOTHING, Rates, RateTally
from targets.outlook.model.scenario import Scenario


@dataclass(frozen=True)
class UnitRates:
    """A unit's renewals or exits over the years learned from; `rate` leans on the district's.

    `need`: its part of the entries still needed. `reserve`: its firms of the reserve pool.
    `expected`: its part of the number forecast for the year's end, None without a forecast.
    """

    unit: Unit
    years: Mapping[int, RateTally]
    tally: RateTally
    rate: float | None
    need: int | None
    stock: int
    reserve: int
    in_flight: int
    expected: int | None


def build_unit_rates(
    now: Scenario, learned_rates: Rates, need: Need | None, user: User
) -> list[UnitRates]:
    """Parks, and towns for their firms outside the parks, that have or had firms.

    A reporter sees the own unit.
    """
    stock, reserve = now.stock_by_unit, reserve_pool.by_unit(now.as_of)
    shares: dict[int, int] = {}
    if need:
        # Shared out over all units, also those the viewer may not see.
        shares = needs.shared_out(need.firms, needs.unit_weights(stock, reserve))
    # Where certificates have a term, renewing tells units apart; elsewhere leaving does.
    learned = learned_rates.renewal if now.has_term else learned_rates.exit
    # Also units without firms of today: their history is part of the district's rate.
    expected = {} if now.lacking else expected_by_unit(now)
    flying = Counter(placing.unit for placing in now.in_flight)
    known = {*stock, *reserve, *learned.tallies, *expected}
    return [
        UnitRates(
            unit=unit,
            years=_tallies_by_year(now, learned_rates, unit.pk),
            tally=learned.tallies.get(unit.pk, NOTHING),
            rate=learned.rate_of(unit.pk),
            need=shares.get(unit.pk, 0) if need else None,
            stock=stock[unit.pk],
            reserve=reserve.get(unit.pk, 0),
            in_flight=flying[unit.pk],
            expected=None if now.lacking else expected.get(unit.pk, 0),
        )
        for unit in Unit.objects.reporting().visible_to(user).filter(pk__in=known)
    ]


def expected_by_unit(now: Scenario) -> dict[int, int]:
    """Whole firms by unit at the year's end that add up to the district's forecast.

    Each firm with the probability of its cell; those from outside as such firms came before.
    """
    expected = now.on(now.year_end)
    exact: dict[int, float] = defaultdict(float)
    for placing in expected.placings:
        exact[placing.unit] += expected.share(placing)
    recent = range(now.as_of.year - needs.USUAL_YEARS, now.as_of.year)
    came = now.record.recognised_by_unit(recent) or now.stock_by_unit
    for unit, firms in came.items():
        exact[unit] += max(expected.from_outside, 0.0) * firms / sum(came.values())
    # In proportion, because a closed calendar may leave less than the firms together expect.
    return needs.shared_out(round(expected.mean), exact)


def _tallies_by_year(now: Scenario, learned: Rates, unit: int) -> dict[int, RateTally]:
    """Year → the unit's renewals; its exits where certificates have no term."""
    tallies: Mapping[tuple[int, int], RateTally] = learned.exits
    if now.has_term:
        tallies = learned.renewal_tallies
    return {year: tally for (owner, year), tally in tallies.items() if owner == unit}
