"""Where a firm stands on a day, as far as it matters for a later one: its cell.

Firms of a cell are alike for the forecast. For a past year the same cells tell how many firms were
in each and how many of them counted on the later day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from enterprises.models import Application
from enterprises.models.validity import DAY
from targets.models.outlook import STAGES, Lot, Unstaged
from targets.outlook.model.record import FirmStanding, KindRecord

Placed = Application.Stage


STAGE_NAMES = dict(STAGES)
DECIDED = (Placed.PUBLICITY, Placed.REJECTED, Placed.GIVEN_UP)
"""Of these stages the outcome of the year is known but for a little."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """`lag`: how many years after that of the day the last certificate ends; 0 for other lots."""

    lot: str
    stage: str = ""
    lag: int = 0

    @property
    def is_due(self) -> bool:
        return self.lot == Lot.AGAIN

    @property
    def rank(self) -> tuple[int, int, int]:
        """In the order of a table: by certificate, then from the surest stage to the least."""
        stages = ["", *STAGE_NAMES]
        return Lot.values.index(self.lot), self.lag, stages.index(self.stage)

    @property
    def name(self) -> str:
        parts = [str(Lot(self.lot).label)]
        if self.stage:
            parts.append(str(STAGE_NAMES[self.stage]))
        return "，".join(parts)


SAFE, UNREPORTED = Cell(Lot.SAFE), Cell(Lot.UNREPORTED)


def cell_of(standing: FirmStanding, day: dt.date, later: dt.date) -> Cell | None:
    """None for a firm that would have to come from outside."""
    stage = standing.stage
    if standing.year is None or not day.year <= standing.year <= later.year:
        stage = Unstaged.NONE
    if standing.end is not None:
        if standing.end > later:
            return SAFE
        # By the last day on which it holds: one of New Year's Eve is of the year before.
        lag = (standing.end - DAY).year - day.year
        if lag >= 0:
            return Cell(Lot.AGAIN, stage if lag == 0 else Unstaged.NONE, lag)
    return None if stage == Unstaged.NONE else Cell(Lot.FIRST, stage)


@dataclass(frozen=True)
class CellCounts:
    """The firms of each cell on a day, and for a past day how many of them counted later.

    `entered`: firms that counted later and stood in no cell, by whether it was their first
    recognition. `late`: firms whose certificate ran out within RENEWAL_DAYS, renewed or not.
    `beyond`: firms that did not count on the day, were not in flight, and counted later; `landed`:
    those that were in flight.
    """

    day: dt.date
    later: dt.date
    firms: Mapping[Cell, int] = field(default_factory=dict)
    hits: Mapping[Cell, int] = field(default_factory=dict)
    entered_first: int = 0
    entered_other: int = 0
    beyond: int = 0
    landed: int = 0

    @property
    def entered(self) -> int:
        return self.entered_first + self.entered_other

    @property
    def due(self) -> int:
        """Firms that must renew in the year of the day."""
        return sum(n for cell, n in self.firms.items() if cell.is_due and not cell.lag)

    @property
    def due_with_stage(self) -> int:
        told = 0
        for cell, firms in self.firms.items():
            if cell.is_due and not cell.lag and cell.stage != Unstaged.NONE:
                told += firms
        return told

    def without_stages(self) -> CellCounts:
        """As if no application were on record."""
        firms: dict[Cell, int] = defaultdict(int)
        hits: dict[Cell, int] = defaultdict(int)
        for cell, number in self.firms.items():
            plain = unstaged(cell)
            if plain is not None:
                firms[plain] += number
                hits[plain] += self.hits.get(cell, 0)
        first = sum(n for cell, n in self.hits.items() if cell.lot == Lot.FIRST)
        # Of those that applied, nearly all were never recognised before.
        return replace(
            self, firms=dict(firms), hits=dict(hits), entered_first=self.entered_first + first
        )


def unstaged(cell: Cell) -> Cell | None:
    if cell.lot == Lot.FIRST:
        return None
    return replace(cell, stage=Unstaged.UNKNOWN) if cell.is_due else cell


def count_past(record: KindRecord, day: dt.date, later: dt.date) -> CellCounts:
    """How firms stood on a past day, and which of them counted on a later one."""
    firms: dict[Cell, int] = defaultdict(int)
    hits: dict[Cell, int] = defaultdict(int)
    entered, beyond, landed = {True: 0, False: 0}, 0, 0
    for one in record.firms.values():
        standing, span = one.standing_on(day), one.counted_on(later)
        cell = None
        if standing is not None:
            cell = cell_of(standing, day, later)
            if standing.before is not None:
                firms[UNREPORTED] += 1
                hits[UNREPORTED] += span is not None
        if cell is not None:
            firms[cell] += 1
            hits[cell] += span is not None
        if span is None or (standing is not None and standing.counted):
            continue
        if cell is None:
            is_first = one.counted[0].first and one.counted[0].since > day
            entered[is_first] += 1
        in_flight = standing is not None and cell is not None and cell.stage in Application.APPLIED
        landed += in_flight
        beyond += not in_flight
    return CellCounts(
        day, later, dict(firms), dict(hits), entered[True], entered[False], beyond, landed
    )


@dataclass(frozen=True, slots=True)
class Placing:
    """A firm on the day of the forecast, and its cell."""

    firm: int
    unit: int
    standing: FirmStanding
    cell: Cell

    @property
    def is_in_flight(self) -> bool:
        return self.cell.stage in Application.APPLIED and not self.standing.counted

    def without_stage(self) -> Placing:
        plain = unstaged(self.cell)
        assert plain is not None
        return replace(self, cell=plain)


def place_all(
    standings: Mapping[int, FirmStanding],
    day: dt.date,
    later: dt.date,
    seen_until: Mapping[int, dt.date],
) -> list[Placing]:
    """The firms that stand in a cell; `seen_until`: unit → the last day of which its facts tell."""
    placings = []
    for firm, standing in standings.items():
        cell = cell_of(standing, day, later)
        seen = min(seen_until.get(standing.unit, day), day)
        # A renewal that nobody has reported yet must not pass for one that was missed.
        if standing.end and seen < standing.end <= day and standing.before and not standing.stage:
            cell = UNREPORTED
        if cell is not None:
            placings.append(Placing(firm, standing.unit, standing, cell))
    return placings


def tally(placings: Iterable[Placing]) -> dict[Cell, int]:
    firms: dict[Cell, int] = defaultdict(int)
    for placing in placings:
        firms[placing.cell] += 1
    return dict(firms)
