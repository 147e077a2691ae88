"""The yearly figures of a firm's page, as the columns of the lists say that they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from enterprises.firms.timeline import cells_in_words
from enterprises.models import Enterprise, LedgerEntry, YearlyFigures
from enterprises.rosters.definition.column import Column, Fact, FirmPageCell
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.registers import RETURNS

UNKNOWN = "—"
YES_NO = {True: "是", False: "否"}
MOST_YEARS = 4
"""Shown side by side, the newest ones."""
Sources = Mapping[tuple[int, str], LedgerEntry]
"""Key of the year's row and field → the entry that tells the present value."""


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


def figures_table(figures: Iterable[YearlyFigures], sources: Sources) -> FiguresTable:
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


def figure_columns() -> Iterator[Column]:
    """Every yearly figure once: those of the offices' lists, then what the roster alone asks."""
    shared = RETURNS.columns_about(Fact.FIGURES)
    yield from shared
    fields = {column.field for column in shared}
    yield from (each for each in ROSTER.columns_about(Fact.FIGURES) if each.field not in fields)


def sources_of(firm: Enterprise) -> Sources:
    """One query."""
    entries = (
        LedgerEntry.objects.filter(enterprise=firm, fact=YearlyFigures._meta.model_name)
        .in_force()
        .select_related("source__office")
        .order_by("pk")
    )
    return {(entry.fact_id, name): entry for entry in entries for name in entry.after}


def _shown_as(column: Column) -> FirmPageCell:
    return column.firm_page or FirmPageCell(column.title)


def _figure_cell(figures: YearlyFigures, column: Column, sources: Sources) -> FigureCell:
    text = _figure_text(figures, column)
    entry = sources.get((figures.pk, column.field))
    if text == UNKNOWN or entry is None:
        return FigureCell(text)
    # The ledger shows entries before a number, the newest first: that one is on top.
    query = urlencode({"q": figures.enterprise.uscc, "before": entry.pk + 1})
    return FigureCell(text, f"{reverse('ledger')}?{query}", _whence(entry, column))


def _whence(entry: LedgerEntry, column: Column) -> str:
    cell = entry.cells.get(column.field) or cells_in_words(entry.cells)
    if entry.source:
        office = entry.source.office.name if entry.source.office else ""
        return f"{office} {entry.source.name} {cell}".strip()
    return cell or "人工登记"


def _figure_text(figures: YearlyFigures, column: Column) -> str:
    value: Any = getattr(figures, column.field)
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return YES_NO[value]
    return f"{value}{_shown_as(column).unit}"
