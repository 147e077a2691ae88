"""A firm as the file gives it: typed values that still know their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enterprises.rosters.definition.column import OF_YEAR, figure_and_year
from enterprises.rosters.definition.letters import letter_of


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row.

    `values`: every field of the layout (blank text is "", other blanks None, several ()).
    `at`: field → column from 0. `seen`: field → value as it stands in the cell.
    `unread`: fields whose cell had a problem; their value is the blank one.
    """

    sheet: str
    number: int
    values: Mapping[str, Any]
    at: Mapping[str, int]
    seen: Mapping[str, object] = field(repr=False)
    unread: frozenset[str] = frozenset()

    def is_empty(self, name: str) -> bool:
        """The cell was really left blank, not unreadable."""
        return name not in self.unread and self.values.get(name) in (None, "", ())

    def figures_by_year(self) -> dict[int | None, Mapping[str, Any]]:
        """Year → figure → value, blanks included; under None all values by their fields."""
        named: defaultdict[int | None, dict[str, Any]] = defaultdict(dict)
        for name, value in self.values.items():
            if OF_YEAR in name:
                figure, year = figure_and_year(name)
                named[year][figure] = value
        return {None: self.values, **named}

    def address(self, name: str) -> str:
        """sheet!cell of a field; the row alone for a field without a column."""
        at = self.at.get(name)
        if at is None:
            return f"{self.sheet}!{self.number}"
        return f"{self.sheet}!{letter_of(at + 1)}{self.number}"

    @property
    def cells(self) -> dict[str, str]:
        """field → address, for every column of the file."""
        return {name: self.address(name) for name in self.at}
