"""What each unit's history says, and its part of the entries that a target still needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parks.models import Unit, User
from targets.outlook.model import needs, reserve_pool
from targets.outlook.model.needs import Need
from targets.outlook.model.rates import NOTHING, RateTally
from targets.outlook.model.scenario import Scenario


@dataclass(frozen=True)
class UnitRates:
    """A unit's renewals or exits over the years learned from; `rate` leans on the district's.

    `need`: its part of the entries still needed. `reserve`: its firms of the reserve pool.
    """

    unit: Unit
    years: Mapping[int, RateTally]
    tally: RateTally
    rate: float | None
    need: int | None
    stock: int
    reserve: int


def build_unit_rates(now: Scenario, need: Need | None, user: User) -> list[UnitRates]:
    """Parks, and towns for their firms outside the parks, that have or had firms.

    A reporter sees the own unit.
    """
    stock, reserve = now.stock_by_unit, reserve_pool.by_unit(now.as_of)
    shares: dict[int, int] = {}
    if need:
        # Shared out over all units, also those the viewer may not see.
        shares = needs.shared_out(need.firms, needs.unit_weights(stock, reserve))
    # Where certificates have a term, renewing tells units apart; elsewhere leaving does.
    learned = now.rates.renewal if now.has_term else now.rates.exit
    # Also units without firms of today: their history is part of the district's rate.
    known = {*stock, *reserve, *learned.tallies}
    return [
        UnitRates(
            unit=unit,
            years=_tallies_by_year(now, unit.pk),
            tally=learned.tallies.get(unit.pk, NOTHING),
            rate=learned.rate_of(unit.pk),
            need=shares.get(unit.pk, 0) if need else None,
            stock=stock[unit.pk],
            reserve=reserve.get(unit.pk, 0),
        )
        for unit in Unit.objects.reporting().visible_to(user).filter(pk__in=known)
    ]


def _tallies_by_year(now: Scenario, unit: int) -> dict[int, RateTally]:
    """Year → the unit's renewals; its exits where certificates have no term."""
    tallies: Mapping[tuple[int, int], RateTally] = now.rates.exits
    if now.has_term:
        tallies = now.rates.renewal_tallies
    return {year: tally for (owner, year), tally in tallies.items() if owner == unit}
