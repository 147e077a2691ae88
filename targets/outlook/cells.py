"""The form of the outlook's tables, and the cells that many of them have."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parks.models import Unit
from parks.numbers import grouped
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
        # A gap is no word: it leaves a column of numbers one of numbers.
        return isinstance(self.value, int | float | None) or bool(RATIO.fullmatch(str(self.value)))

    @property
    def text(self) -> str:
        if self.shown:
            return self.shown
        if isinstance(self.value, int):
            return grouped(self.value)
        return "—" if self.value is None else str(self.value)


NO_VALUE = OutlookCell(None)
BLANK = OutlookCell("")


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
        """Column by column: only numbers, ratios and gaps, so that digits stand below digits."""
        numeric = []
        for place in range(len(self.head)):
            column = [row[place] for row in self.rows]
            numeric.append(bool(column) and all(cell.number for cell in column))
        return numeric

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


def figures_question(page: Outlook) -> Question:
    """What the lists behind the page's numbers are asked: the same day, by certificate dates."""
    return Question(page.question.on, Definition.CERTIFICATE)


def linked(firms: int, url: str, *, linked_if: object) -> OutlookCell:
    """A number of firms that opens the list of them, where the condition holds."""
    return OutlookCell(firms, url=url) if linked_if else OutlookCell(firms)


def whole_number(value: float | None) -> OutlookCell:
    """Expected firms: a part of a firm would claim more than the method can tell."""
    # Rounded in the workbook too: page and file must show one number.
    return NO_VALUE if value is None else OutlookCell(round(value))


def percent(share: float | None) -> OutlookCell:
    """A share from 0 to 1 as percent."""
    if share is None:
        return NO_VALUE
    return OutlookCell(round(share * 100, 1), f"{share * 100:.1f}%")


def unit_cells(unit: Unit) -> list[OutlookCell]:
    return [OutlookCell(unit.answering_name)]


def place_of(unit: Unit) -> tuple[str, dict[str, str]]:
    """Scope and place of the firms a unit answers for."""
    if unit.kind == Unit.Kind.PARK:
        return unit.code, {}
    # A town answers only for its firms in no park, while its own scope holds all of them.
    return str(Scope.OUTSIDE), {"town": unit.code}
