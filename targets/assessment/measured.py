"""What is measured of a unit for an item, and the cases that were counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class CountedCase(NamedTuple):
    """One thing that was looked at. `counted`: it is part of the numerator."""

    name: str
    told: str
    counted: bool
    url: str = ""


@dataclass(frozen=True)
class Measured:
    """`part` of `whole`; `part` None where nothing can be said, `whole` None of a mere number.

    `rows` (each with whether it was counted) are told by `tell`; where a page elsewhere lists the
    firms, `list_url` opens it instead. `note`: why nothing can be said.
    """

    part: int | None
    whole: int | None = None
    rows: Sequence[tuple[Any, bool]] = ()
    tell: Callable[[Any, bool], CountedCase] | None = None
    list_url: str = ""
    note: str = ""

    @property
    def cases(self) -> list[CountedCase]:
        if self.tell is None:
            return []
        # What is not counted first: that is where something may be done.
        told = [self.tell(row, counted) for row, counted in self.rows]
        return sorted(told, key=lambda case: case.counted)


def share(
    rows: Sequence[tuple[Any, bool]],
    tell: Callable[[Any, bool], CountedCase],
    *,
    list_url: str = "",
    note: str = "",
) -> Measured:
    """Those counted, of all of them; `note` is said where there are none."""
    part = sum(counted for _, counted in rows)
    return Measured(part, len(rows), rows, tell, list_url, "" if rows else note)


NOTHING = Measured(None)
