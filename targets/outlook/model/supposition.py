"""What a reader supposes instead of what history says. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from targets.models.outlook import Lot
from targets.outlook.model.cells import Cell, Placed
from targets.outlook.model.forecast import Lessons
from targets.outlook.model.shock import Entries

ENDED = (Placed.REJECTED, Placed.GIVEN_UP)


@dataclass(frozen=True)
class Supposition:
    """None = as history says.

    Shares from 0 to 1: `publicity` and `filed` of those that pass, `preparing` of those that file,
    `renewal` of the due firms that renew. `wins`: first recognitions a year.
    """

    renewal: float | None = None
    wins: float | None = None
    publicity: float | None = None
    filed: float | None = None
    preparing: float | None = None

    def __bool__(self) -> bool:
        return self != NOTHING_SUPPOSED


NOTHING_SUPPOSED = Supposition()


def filed(cell: Cell) -> Cell:
    """The cell of a firm like these that has filed."""
    return replace(cell, stage=Placed.FILED) if cell.stage == Placed.PREPARING else cell


def shares(supposed: Supposition, cells: Iterable[Cell], lessons: Lessons) -> dict[Cell, float]:
    """The probabilities that the supposition sets."""
    found = {}
    for cell in cells:
        share = _share(supposed, cell, lessons)
        if share is not None:
            found[cell] = share
    return found


def _share(supposed: Supposition, cell: Cell, lessons: Lessons) -> float | None:
    if supposed.wins is not None and cell.lot == Lot.FIRST:
        # They are among the first recognitions that are supposed.
        return 0.0
    if cell.stage == Placed.PUBLICITY and supposed.publicity is not None:
        return supposed.publicity
    if cell.stage == Placed.FILED and supposed.filed is not None:
        return supposed.filed
    if cell.stage == Placed.PREPARING and supposed.preparing is not None:
        passing = supposed.filed
        if passing is None:
            passing = lessons.share(filed(cell))
        return supposed.preparing * passing
    due = cell.lot in (Lot.AGAIN, Lot.UNREPORTED) and cell.stage not in ENDED
    return supposed.renewal if due else None


def entries(usual: Entries, first_share: float, coming: float) -> tuple[Entries, float]:
    """Entries with so many first recognitions, a mean that holds; and their share."""
    others = usual.mean * (1 - first_share)
    whole = others + coming
    return Entries([(1.0, whole, 0.0)], 0.0), coming / whole if whole else 1.0
