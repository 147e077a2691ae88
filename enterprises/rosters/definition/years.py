"""Columns whose titles name the year of their figure: 2024年营业收入（万元）.

Their years follow the day of the list, so they stand in no layout: the reader adds those that a
file has, the template those that a unit is asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from enterprises.rosters.definition.cells import Amount
from enterprises.rosters.definition.column import (
    OF_YEAR,
    Column,
    Fact,
    figure_and_year,
    parts_of,
    title_key,
)
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.registers import RETURNS, year_is_over

WAN = "万元"


def figure_columns() -> Iterator[Column]:
    """Every yearly figure once: those of the offices' lists, then what the roster alone asks."""
    shared = RETURNS.columns_about(Fact.FIGURES)
    yield from shared
    fields = {column.field for column in shared}
    yield from (each for each in ROSTER.columns_about(Fact.FIGURES) if each.field not in fields)


_FIGURES = {column.field: column for column in figure_columns()}
_FIGURE_BY_TITLE = {
    parts_of(title).key: column.field for column in _FIGURES.values() for title in column.all_titles
}


def figure_named(key: str) -> str | None:
    """The field of the figure that a title means, year and unit of money left out."""
    return _FIGURE_BY_TITLE.get(key)


def column_of_year(name: str) -> Column:
    """The column of a field such as revenue@2024."""
    figure, year = figure_and_year(name)
    assert year is not None
    return _FIGURES[figure].of_year(year)


def with_years(layout: Layout, names: Iterable[str]) -> Layout:
    """The layout with columns for those of the fields that name a year."""
    return layout.with_columns([column_of_year(name) for name in names if OF_YEAR in name])


def unfinished_years(columns: Mapping[str, int], day: dt.date | None) -> dict[int, int]:
    """Place of a column → the year that it names, where that is not over on the day.

    `columns`: field → place.
    """
    years = {at: figure_and_year(name)[1] for name, at in columns.items()}
    return {at: year for at, year in years.items() if day and year and not year_is_over(year, day)}


def columns_of_years(before: int) -> list[Column]:
    """What a roster may be asked beside its own columns, of the whole years before that one.

    The newest year comes first. Last year's figures that have a column of their own are left out.
    """
    own = {column.field for column in ROSTER.columns_about(Fact.FIGURES)}
    asked = []
    for back in range(1, 1 + max(column.asked_years for column in _FIGURES.values())):
        for column in _FIGURES.values():
            if back <= column.asked_years and not (back == 1 and column.field in own):
                asked.append(column.of_year(before - back))
    return asked


def remembered_key(title: str, field: str) -> str:
    """The key under which the meaning of a title is remembered: of a figure without its year.

    So “2024年主营收入”, explained once, is known in every year.
    """
    parts = parts_of(title)
    of_any_year = parts.year is not None and (is_figure(field) or not field)
    return parts.key if of_any_year else title_key(title)


def is_figure(name: str) -> bool:
    return name in _FIGURES


# --- units of money ---
_IN_WAN = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "百万元": Decimal(100),
    "亿元": Decimal(10_000),
}
"""What one of each unit is in 万元, in which amounts are kept."""


def in_unit_of_title(column: Column, unit: str) -> Column | None:
    """The column as it is read where its title names another unit of money; else None."""
    if unit not in _IN_WAN or not isinstance(column.parse, Amount) or column.parse.unit != WAN:
        return None
    return replace(column, parse=replace(column.parse, written=unit, factor=_IN_WAN[unit]))
