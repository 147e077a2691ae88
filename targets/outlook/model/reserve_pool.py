"""How many firms of the reserve pool are recognised within a year, by stage, with the counts behind."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enterprises.models import PoolEntry
from enterprises.models.validity import in_force
from targets.outlook.model.firm_history import Life
from targets.outlook.model.rates import FEW, NOTHING, RateTally


@dataclass(frozen=True, slots=True)
class PoolStay:
    firm: int
    stage: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class Stage:
    """`now`: firms at the stage that never held a certificate; `tally`: of those at past years' ends, the converted."""

    label: str
    now: int
    tally: RateTally

    @property
    def rate(self) -> float | None:
        """None while history has too few firms to tell."""
        return self.tally.share if self.tally.of >= FEW else None


def conversions(
    stays: Iterable[PoolStay], first_days: Mapping[int, dt.date], as_of: dt.date
) -> dict[str, RateTally]:
    """Of the firms at a stage at a year's end without a certificate so far: those that held one a year later."""
    tallies: dict[str, RateTally] = defaultdict(lambda: NOTHING)
    for stay in stays:
        for year in range(stay.since.year, as_of.year):
            before, after = dt.date(year, 12, 31), dt.date(year + 1, 12, 31)
            first = first_days.get(stay.firm, dt.date.max)
            there = stay.since <= before and (stay.until is None or before < stay.until)
            if there and first > before and after <= as_of:
                tallies[stay.stage] += RateTally(int(first <= after), 1)
    return dict(tallies)


def stages(lives: Iterable[Life], as_of: dt.date) -> list[Stage]:
    """From seed to application; one query."""
    first_days = {life.firm: life.spans[0].start for life in lives if life.spans}
    rows = PoolEntry.objects.filter(since__lte=as_of).values_list(
        "enterprise_id", "stage", "since", "until"
    )
    stays = [PoolStay(*row) for row in rows]
    tallies = conversions(stays, first_days, as_of)
    here = [one for one in stays if one.since <= as_of and (one.until is None or as_of < one.until)]
    now = Counter(one.stage for one in here if first_days.get(one.firm, dt.date.max) > as_of)
    return [
        Stage(str(label), now[stage], tallies.get(stage, NOTHING))
        for stage, label in PoolEntry.Stage.choices
    ]


def by_unit(as_of: dt.date) -> dict[int, int]:
    """How many firms of the pool each unit answers for (its park, or its town where it stands in none); one query."""
    rows = PoolEntry.objects.filter(in_force(as_of, "since", "until")).filter(
        in_force(as_of, "enterprise__placements__since", "enterprise__placements__until")
    )
    places = rows.values_list("enterprise__placements__park", "enterprise__placements__town")
    return dict(Counter(park or town for park, town in places))
