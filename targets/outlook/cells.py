"""The form of the outlook's tables, and the cells that many of them have."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parks.models import Unit
from targets.figures.question import Question
from targets.models import Definition, Scope
from targets.outlook.assembly import Outlook

RATIO = re.compile(r"\d+/\d+|样本不足")


@dataclass(frozen=True)
class OutlookCell:
    """`value` goes to the workbook, `shown` to the page (the value itself where empty)."""

    value: int | float | str | dt.date | None
    shown: str = ""
    url: str = ""

    @property
    def number(self) -> bool:
        return isinstance(self.value, int | float | None) or bool(RATIO.fullmatch(str(self.value)))

    @property
    def text(self) -> str:
        if self.shown:
            return self.shown
        return "—" if self.value is None else str(self.value)


@dataclass(frozen=True)
class OutlookTable:
    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[OutlookCell]]
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def numeric(self) -> list[bool]:
        """Column by column: nothing but numbers, ratios and gaps, so that digits stand below digits."""
        columns = [[row[place] for row in self.rows] for place in range(len(self.head))]
        return [all(cell.number for cell in column) and bool(column) for column in columns]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        return list(zip(self.head, self.numeric, strict=True))

    @property
    def lines(self) -> list[list[tuple[OutlookCell, bool]]]:
        numeric = self.numeric
        return [list(zip(row, numeric, strict=True)) for row in self.rows]

    def first(self, number: int) -> OutlookTable:
        return replace(self, rows=self.rows[:number], note="")

    def beyond(self, number: int) -> OutlookTable:
        return replace(self, rows=self.rows[number:])


def question(page: Outlook) -> Question:
    return Question(page.asked.as_of, Definition.CERTIFICATE)


def decimal(value: float | None) -> OutlookCell:
    return OutlookCell(None) if value is None else OutlookCell(round(value, 1), f"{value:.1f}")


def percent(value: float | None, digits: int = 1) -> OutlookCell:
    return (
        OutlookCell(None)
        if value is None
        else OutlookCell(round(value * 100, digits), f"{value * 100:.{digits}f}%")
    )


def unit_cells(unit: Unit) -> list[OutlookCell]:
    return [OutlookCell(unit.answering_name)]


def place_of(unit: Unit) -> tuple[str, dict[str, str]]:
    """Scope and place of the firms a unit answers for."""
    if unit.kind == Unit.Kind.PARK:
        return unit.code, {}
    return str(Scope.OUTSIDE), {"town": unit.code}
