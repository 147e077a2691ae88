"""Reading back: what the registry holds to be true of a firm on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from enterprises.models import (
    Application,
    Enterprise,
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    YearlyFigures,
)


@dataclass(frozen=True)
class FirmState:
    """A firm on a day: its name then, what it held, whether it was closed.

    `placement` is None where it was not in the district.
    """

    day: dt.date
    name: str
    closed: bool
    placement: Placement | None
    qualifications: list[Qualification]
    pool: PoolEntry | None
    applications: list[Application]
    figures: YearlyFigures | None

    @property
    def kinds_held(self) -> list[QualificationKind]:
        """Each kind once, however many certificates of it hold: a firm counts once for a kind."""
        return kinds_of(self.qualifications)


def kinds_of(held: Iterable[Qualification]) -> list[QualificationKind]:
    """The kinds of these qualifications, each once, in the order of their first one."""
    return list({row.kind_id: row.kind for row in held}.values())


def on_day(enterprise: Enterprise, day: dt.date) -> FirmState:
    """The facts of a firm as they hold on a day, by the dates of the facts (seven queries)."""
    qualifications = enterprise.qualifications.select_related("kind")
    pool_entries = enterprise.pool_entries.all()
    return FirmState(
        day=day,
        name=_name_on(enterprise, day),
        closed=any(closure.holds_on(day) for closure in enterprise.closures.all()),
        placement=enterprise.placements.covering(day).select_related("park", "town").first(),
        qualifications=[row for row in qualifications if row.holds_on(day)],
        pool=next((entry for entry in pool_entries if entry.holds_on(day)), None),
        applications=[row for row in enterprise.applications.all() if row.holds_on(day)],
        # Figures of a year are known when it is over.
        figures=enterprise.yearly_figures.filter(year__lt=day.year).order_by("-year").first(),
    )


def _name_on(enterprise: Enterprise, day: dt.date) -> str:
    """The name the firm bore on the day: the former name whose time ended next, or the present."""
    # On `until` itself the firm bears its next name already.
    later = [former for former in enterprise.former_names.all() if former.until > day]
    return min(later, key=lambda former: former.until).name if later else enterprise.name
