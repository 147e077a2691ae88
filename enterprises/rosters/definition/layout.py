"""A kind of list: its columns in their order, and which of them a file must have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from enterprises.rosters.definition.column import OF_YEAR, Column, Fact, title_key


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of list. `key`: the field whose value may occur only once.

    `key_with`: the field beside which it may; a firm has a row for each year.
    `identifying`: the field whose title, repeated in a row, shows a repeated header.
    `of_records`: its rows are records of a register and need not name a firm.
    `may_be_empty`: a town without any such firm still hands in its list.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    key: str
    may_be_empty: bool = False
    key_with: str = ""
    identifying: str = "uscc"
    of_records: bool = False
    fields_by_title: Mapping[str, str] = field(init=False)
    fields: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        fields_by_title = {}
        for column in self.columns:
            for title in column.all_titles:
                fields_by_title[title_key(title)] = column.field
        # The class is frozen, so derived values are set past its own guard.
        object.__setattr__(self, "fields_by_title", fields_by_title)
        object.__setattr__(self, "fields", frozenset(column.field for column in self.columns))

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.field == name)

    def columns_about(self, fact: Fact) -> list[Column]:
        """The columns that tell about a fact, in the order of the list."""
        return [column for column in self.columns if column.fact is fact]

    def missing_columns(self, fields: set[str]) -> list[Column]:
        """The columns a file must have and does not.

        Titles that name the year stand for a column of it.
        """
        told = {*fields, self.key_with} if any(OF_YEAR in name for name in fields) else fields
        return [column for column in self.columns if column.present and column.field not in told]

    @property
    def tells_figures(self) -> bool:
        """It has figures of years."""
        return any(column.fact is Fact.FIGURES for column in self.columns)

    @property
    def columns_of_years(self) -> list[Column]:
        """Those whose title names a year."""
        return [column for column in self.columns if column.year is not None]

    def with_columns(self, columns: Iterable[Column]) -> Layout:
        """With further columns, or others in the place of those of the same field."""
        others = {column.field: column for column in columns}
        if not others:
            return self
        kept = [others.pop(column.field, column) for column in self.columns]
        return replace(self, columns=(*kept, *others.values()))
