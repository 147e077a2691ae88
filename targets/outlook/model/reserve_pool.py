"""How many firms of the reserve pool are recognised within a year, by stage, with the counts."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enterprises.models import PoolEntry
from enterprises.models.validity import FAR, Validity, in_force
from targets.outlook.model.firm_history import FirmHistory
from targets.outlook.model.rates import FEW, NOTHING, RateTally


@dataclass(frozen=True, slots=True)
class PoolStay:
    """A firm counts at a stage of the pool from `since` to before `until`; None: it still does."""

    firm: int
    stage: str
    since: dt.date
    until: dt.date | None

    def covers(self, day: dt.date) -> bool:
        return Validity(self.since, self.until or FAR).covers(day)


@dataclass(frozen=True)
class PoolStage:
    """`now`: firms at the stage.

    `tally`: of such firms at past years' ends, those that held one a year later.
    """

    label: str
    now: int
    tally: RateTally
    code: str = ""

    @property
    def rate(self) -> float | None:
        """None while history has too few firms to tell."""
        # The counts are shown all the same: a percentage of a handful would be taken for knowledge.
        return self.tally.share if self.tally.of >= FEW else None


def conversions(
    stays: Iterable[PoolStay], first_days: Mapping[int, dt.date], as_of: dt.date
) -> dict[str, RateTally]:
    """Of the firms at a stage at a year's end without a certificate: those with one a year later.

    `first_days`: firm → the first day of its first certificate.
    """
    tallies: dict[str, RateTally] = defaultdict(lambda: NOTHING)
    for stay in stays:
        # FAR: a firm that was never recognised is one that has not converted yet.
        first_day = first_days.get(stay.firm, FAR)
        for year in range(stay.since.year, as_of.year):
            before, after = dt.date(year, 12, 31), dt.date(year + 1, 12, 31)
            # A year that is not over yet says nothing of those who still have time.
            if stay.covers(before) and first_day > before and after <= as_of:
                tallies[stay.stage] += RateTally(int(first_day <= after), 1)
    return dict(tallies)


def count_stages(histories: Iterable[FirmHistory], as_of: dt.date) -> list[PoolStage]:
    """From seed to application; one query."""
    first_days = {history.firm: history.spans[0].start for history in histories if history.spans}
    rows = PoolEntry.objects.filter(since__lte=as_of).values_list(
        "enterprise_id", "stage", "since", "ended_on"
    )
    stays = [PoolStay(*row) for row in rows]
    tallies = conversions(stays, first_days, as_of)
    now: Counter[str] = Counter()
    for stay in stays:
        if stay.covers(as_of):
            now[stay.stage] += 1
    return [
        PoolStage(str(label), now[stage], tallies.get(stage, NOTHING), stage)
        for stage, label in PoolEntry.Stage.choices
    ]


def by_unit(as_of: dt.date) -> dict[int, int]:
    """Unit → the firms of the pool it answers for: a park's, or a town's in no park; one query."""
    # Two calls of `filter`: both periods must cover the day, each row on its own.
    rows = PoolEntry.objects.live_on(as_of).filter(
        in_force(as_of, "enterprise__placements__since", "enterprise__placements__until")
    )
    places = rows.values_list("enterprise__placements__park", "enterprise__placements__town")
    return dict(Counter(park or town for park, town in places))
