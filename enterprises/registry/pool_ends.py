"""The end of a stay in the reserve pool, as the firm's other facts bring it about.

A firm that holds the certificate, is struck off or stands nowhere in the district is no reserve.
Its entry ends by itself on that day, and goes on when the fact is taken back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

from enterprises.models import Closure, Placement, PoolEntry, Qualification, QualificationKind
from enterprises.models.validity import FAR, Validity
from enterprises.registry.firm_facts import FirmFacts

Ending = PoolEntry.Ending


def settle(firm: FirmFacts) -> None:
    """Give each entry of the firm its end; no change of the ledger, it follows from the others."""
    for entry in firm.pool:
        ended_on, ended_by = end_of(entry, firm)
        if (entry.ended_on, entry.ended_by) != (ended_on, ended_by):
            firm.alter_quietly(entry, ended_on=ended_on, ended_by=ended_by)


def end_of(entry: PoolEntry, firm: FirmFacts) -> tuple[dt.date | None, str]:
    """The first day on which it counts no more, and why; (None, "") where it goes on."""
    ends = [
        (_first_day_within(entry.since, _certified(firm)), Ending.CERTIFIED),
        (_first_day_within(entry.since, _closed(firm.closures)), Ending.CLOSED),
        (_first_day_away(entry.since, firm.placements), Ending.LEFT),
        (entry.until or FAR, _told_ending(entry, firm)),
    ]
    # The earliest; of several on one day the first of these.
    day, ending = min(ends, key=lambda end: end[0])
    return (None, "") if day == FAR else (day, str(ending))


def _told_ending(entry: PoolEntry, firm: FirmFacts) -> str:
    if entry.exit_kind:
        return entry.exit_kind
    follows = any(other.since == entry.until for other in firm.pool)
    return Ending.NEXT_STAGE if follows else Ending.OTHER


def _certified(firm: FirmFacts) -> list[Validity]:
    kinds = cast(Iterable[QualificationKind], firm.notebook.reference[QualificationKind].values())
    ending = {kind.pk for kind in kinds if kind.ends_reserve}
    held = [row for row in firm.facts[Qualification] if row.kind_id in ending]
    return [row.validity for row in held if row.validity]


def _closed(closures: Iterable[Closure]) -> list[Validity]:
    return [Validity(row.closed_on, row.reopened_on or FAR) for row in closures]


def _first_day_within(since: dt.date, periods: Iterable[Validity]) -> dt.date:
    """The first day from `since` on that lies in one of the periods; FAR where none does."""
    ahead = [one for one in periods if not one.is_empty and not one.is_over(since)]
    return min((max(since, one.first_day) for one in ahead), default=FAR)


def _first_day_away(since: dt.date, placements: Iterable[Placement]) -> dt.date:
    """The first day from `since` on at which the firm stands nowhere; FAR where it stays."""
    day = since
    for placement in sorted(placements, key=lambda one: one.since):
        if placement.holds_on(day):
            day = placement.until or FAR
    return day
