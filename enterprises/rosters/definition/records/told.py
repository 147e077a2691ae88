"""What a person has said of a list before it is read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enterprises.rosters.definition.records.spec import KindSpec


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a list beside its titles.

    `today`: figures of a year that is not over yet are not read. `year`: of all its figures, where
    no column names one. `doubted`: figures that its source may mean otherwise than we do, so that a
    person says what their titles mean. `kind`: name of the layout, where a person has said it.
    `register`: it is a register of this kind of records.
    """

    today: dt.date | None = None
    year: int | None = None
    doubted: frozenset[str] = frozenset()
    kind: str = ""
    register: KindSpec | None = None


NOTHING_TOLD = Told()
