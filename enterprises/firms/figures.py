"""The yearly figures of a firm's page, as the columns of the lists say that they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from enterprises.firms.sources import FirmSources
from enterprises.models import YearlyFigures
from enterprises.rosters.definition.column import Column, FirmPageCell
from enterprises.rosters.definition.years import figure_columns

UNKNOWN = "—"
YES_NO = {True: "是", False: "否"}
MOST_YEARS = 4
"""Shown side by side, the newest ones."""


@dataclass(frozen=True, slots=True)
class FigureCell:
    """One figure of one year. `address` shows the ledger's entry of it, `whence` its file and cell."""

    text: str
    address: str = ""
    whence: str = ""


@dataclass(frozen=True, slots=True)
class RowOfFigures:
    heading: str
    term: str
    is_number: bool
    cells: list[FigureCell]


@dataclass(frozen=True, slots=True)
class FiguresTable:
    years: list[int]
    rows: list[RowOfFigures]
    older: int = 0
    """Years that are not shown."""


def figures_table(figures: Iterable[YearlyFigures], sources: FirmSources) -> FiguresTable:
    """A column per year, the oldest first, and a row per figure that any of these years tells."""
    newest_first = sorted(figures, key=lambda row: -row.year)
    shown = newest_first[:MOST_YEARS][::-1]
    rows = []
    for column in figure_columns():
        if any(getattr(year, column.field) is not None for year in shown):
            as_shown = _shown_as(column)
            cells = [_figure_cell(year, column, sources) for year in shown]
            rows.append(RowOfFigures(as_shown.heading, as_shown.term, as_shown.is_number, cells))
    return FiguresTable([year.year for year in shown], rows, len(newest_first) - len(shown))


def _shown_as(column: Column) -> FirmPageCell:
    return column.firm_page or FirmPageCell(column.title)


def _figure_cell(figures: YearlyFigures, column: Column, sources: FirmSources) -> FigureCell:
    text = _figure_text(figures, column)
    source = sources.of_figure(figures.year, column.field)
    if text == UNKNOWN or source is None:
        return FigureCell(text)
    return FigureCell(text, source.address, source.whence)


def _figure_text(figures: YearlyFigures, column: Column) -> str:
    value: Any = getattr(figures, column.field)
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return YES_NO[value]
    return f"{value}{_shown_as(column).unit}"
