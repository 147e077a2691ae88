"""Reading back: what the registry holds to be true of a firm on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enterprises.models import (
    Application,
    Enterprise,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)


@dataclass(frozen=True)
class FirmState:
    """A firm on a day: its name then, its place (None: not in the district), what it held, whether it was closed."""

    day: dt.date
    name: str
    closed: bool
    placement: Placement | None
    qualifications: list[Qualification]
    pool: PoolEntry | None
    applications: list[Application]
    figures: YearlyFigures | None


def on_day(enterprise: Enterprise, day: dt.date) -> FirmState:
    """The facts of a firm as they hold on a day, by the dates of the facts (seven queries)."""
    return FirmState(
        day=day,
        name=_name_on(enterprise, day),
        closed=any(closure.holds_on(day) for closure in enterprise.closures.all()),
        placement=enterprise.placements.covering(day).select_related("park", "town").first(),
        qualifications=[
            q for q in enterprise.qualifications.select_related("kind") if q.holds_on(day)
        ],
        pool=next(
            (p for p in enterprise.pool_entries.all() if p.holds_on(day)),
            None,
        ),
        applications=[one for one in enterprise.applications.all() if one.holds_on(day)],
        figures=enterprise.yearly_figures.filter(year__lt=day.year).order_by("-year").first(),
    )


def _name_on(enterprise: Enterprise, day: dt.date) -> str:
    later = [former for former in enterprise.former_names.all() if former.until > day]
    return min(later, key=lambda former: former.until).name if later else enterprise.name
