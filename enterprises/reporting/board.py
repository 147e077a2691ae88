"""The board of a quarter: every unit and where its roster stands, from the states of its versions."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from enterprises.models import Quarter, RosterVersion, VersionState
from enterprises.models.roster import HANDED_IN
from parks.models import Unit

NOT_STARTED = "not_started"
LABELS: dict[str, str] = {NOT_STARTED: "未开始"} | {state.value: str(state.label) for state in VersionState}


@dataclass(frozen=True)
class Line:
    """One unit. `latest`: its newest version; `official`: the one under review or in force, if another."""

    unit: Unit
    latest: RosterVersion | None
    official: RosterVersion | None
    is_late: bool
    extended_to: dt.date | None = None

    @property
    def state(self) -> str:
        return (self.official or self.latest).state if self.latest else NOT_STARTED  # type: ignore[union-attr]

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def is_in(self) -> bool:
        return self.official is not None

    @property
    def is_being_corrected(self) -> bool:
        return bool(self.official and self.latest and self.latest.pk != self.official.pk and self.latest.is_draft)


@dataclass
class Board:
    quarter: Quarter
    lines: list[Line] = field(default_factory=list)

    @property
    def expected(self) -> int:
        return len(self.lines)

    @property
    def handed_in(self) -> int:
        return sum(line.is_in for line in self.lines)

    @property
    def applied(self) -> int:
        return sum(line.state == VersionState.APPLIED for line in self.lines)

    @property
    def late(self) -> int:
        return sum(line.is_late for line in self.lines)

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.state for line in self.lines)


def of(quarter: Quarter, today: dt.date, units: Iterable[Unit] | None = None) -> Board:
    """Three queries whatever the number of units and versions. Parks first, then towns."""
    wanted = list(units if units is not None else Unit.objects.reporting().order_by("kind", "order", "code"))
    versions = RosterVersion.objects.filter(roster__quarter=quarter, roster__unit__in=wanted)
    by_unit: dict[int, list[RosterVersion]] = {}
    for version in versions.select_related("roster__quarter", "roster__unit").order_by("number"):
        by_unit.setdefault(version.roster.unit_id, []).append(version)
    extended = dict(quarter.exceptions.order_by("until").values_list("unit_id", "until"))
    return Board(quarter, [_line(quarter, unit, by_unit.get(unit.pk, []), today, extended) for unit in wanted])


def _line(
    quarter: Quarter, unit: Unit, versions: list[RosterVersion], today: dt.date, extended: dict[int, dt.date]
) -> Line:
    latest = versions[-1] if versions else None
    official = next((one for one in reversed(versions) if one.state in HANDED_IN), None)
    late = official.is_late if official else quarter.is_late(today)
    return Line(unit, latest, official, late, extended.get(unit.pk))
