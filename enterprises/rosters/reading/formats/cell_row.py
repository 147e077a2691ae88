"""One row of a sheet as it is put together, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.table import MAX_COLUMNS
from enterprises.rosters.reading.formats.number_format import Broken


@dataclass(slots=True)
class CellRow:
    """`failures`: column from 0 → why the cell has no readable value."""

    number: int
    values: list[object] = field(default_factory=list)
    failures: dict[int, catalogue.Rule] = field(default_factory=dict)

    def put(self, at: int, value: object) -> None:
        """Cells behind the last column that is read are left out."""
        if at >= MAX_COLUMNS or value is None:
            return
        if isinstance(value, Broken):
            self.failures[at], value = value
        self.values += [None] * (at + 1 - len(self.values))
        self.values[at] = value
