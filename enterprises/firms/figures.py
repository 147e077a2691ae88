"""The yearly figures of a firm's page, as the columns of the roster say that they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from enterprises.models import YearlyFigures
from enterprises.rosters.definition.column import Column, Fact, FirmPageCell
from enterprises.rosters.definition.columns import ROSTER

UNKNOWN = "—"
YES_NO = {True: "是", False: "否"}


@dataclass(frozen=True, slots=True)
class FigureCell:
    """A cell of the table, also of its head."""

    text: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class YearOfFigures:
    year: int
    cells: list[FigureCell]


@dataclass(frozen=True, slots=True)
class FiguresTable:
    headings: list[FigureCell]
    rows: list[YearOfFigures]


def figures_table(figures: Iterable[YearlyFigures]) -> FiguresTable:
    """A row per year, in their order. Neighbouring columns with the same heading share a cell."""
    columns = ROSTER.columns_about(Fact.FIGURES)
    groups = [
        list(group) for _, group in groupby(columns, lambda column: _shown_as(column).heading)
    ]
    headings = []
    for group in groups:
        shown_as = _shown_as(group[0])
        headings.append(FigureCell(shown_as.heading, shown_as.is_number))
    rows = []
    for year in figures:
        cells = []
        for group, heading in zip(groups, headings, strict=True):
            text = " / ".join(_figure_text(year, column) for column in group)
            cells.append(FigureCell(text, heading.is_number))
        rows.append(YearOfFigures(year.year, cells))
    return FiguresTable(headings, rows)


def _shown_as(column: Column) -> FirmPageCell:
    return column.firm_page or FirmPageCell(column.title)


def _figure_text(figures: YearlyFigures, column: Column) -> str:
    value: Any = getattr(figures, column.field)
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return YES_NO[value]
    return f"{value}{_shown_as(column).unit}"
