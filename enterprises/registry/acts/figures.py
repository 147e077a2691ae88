"""Acts on what a firm reports of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from enterprises.models import LedgerEntry, YearlyFigures
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry.acts.base import Act
from enterprises.registry.acts.precedence import permitted_values
from enterprises.registry.firm_facts import FirmFacts
from enterprises.rosters.definition.registers import (
    COMPARED_BETWEEN_SOURCES,
    parts_above_their_whole,
)

Kind = LedgerEntry.Act
TOLERANCE = Decimal("0.01")
"""Two sources may tell so much otherwise of the same year, as a share of the greater amount."""


@dataclass(frozen=True, kw_only=True)
class RecordFigures(Act):
    """The firm's figures of a year, money in 万元.

    Given values replace the registered ones, a list's as `precedence` allows. Missing ones change
    nothing.
    """

    year: int
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    """Of the firm as a list names it beside the code."""

    def carry_out(self, firm: FirmFacts) -> None:
        known = firm.known
        if self.name:
            firm.refuse_other_name(self.name, self.cells)
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise firm.refusal(
                f"年度{self.year}不在{FIRST_YEAR}至{LAST_YEAR}年之间", "year", self.cells
            )
        # Zero is a figure that was told; only None says nothing.
        given = {name: value for name, value in self.values.items() if value is not None}
        row = firm.figures_of(self.year)
        # Figures of a year speak of its last day, whenever they are reported.
        on = dt.date(self.year, 12, 31)
        if row is None and given:
            firm.add_fact(
                YearlyFigures(enterprise=known, year=self.year, **given),
                act=Kind.FIGURES,
                on=on,
                cells=self.cells,
            )
        elif row is not None:
            permitted = self._permitted(firm, row, given)
            firm.alter_fact(
                row,
                act=Kind.FIGURES,
                on=on,
                cells=self.cells,
                **permitted,
            )
        self._doubt_parts(firm, given)

    def _permitted(
        self, firm: FirmFacts, row: YearlyFigures, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What may be written, after a word on what two sources tell otherwise."""
        noticed = len(firm.notebook.notices)
        permitted = permitted_values(firm, row, given, self)
        told = {notice.field for notice in firm.notebook.notices[noticed:]}
        self._compare_sources(firm, row, {k: v for k, v in given.items() if k not in told})
        return permitted

    def _compare_sources(
        self, firm: FirmFacts, row: YearlyFigures, given: Mapping[str, Any]
    ) -> None:
        """Two makers of lists, or a list and a person, differ by more than offices usually do."""
        maker = self.listing.maker if self.listing else ""
        for name in COMPARED_BETWEEN_SOURCES & given.keys():
            known, told = getattr(row, name), given[name]
            origin = firm.notebook.origins.origin_of(row, name)
            if origin is None or origin.maker == maker or not differ(known, told):
                continue
            label, before, now = firm.notebook.in_words(row, name, known, told)
            message = (
                f"{self.year}年度{label}登记为{before}（{origin.place}），"
                f"{'本名单' if self.listing else '所填'}为{now}，相差超过{TOLERANCE:.0%}"
            )
            if self.listing:
                firm.add_notice(message, name, self.cells)
            else:
                firm.doubt(message, name)

    def _doubt_parts(self, firm: FirmFacts, given: Mapping[str, Any]) -> None:
        """A person is asked about a part above its whole where one of them was told just now."""
        row = firm.figures_of(self.year)
        if row is None:
            return
        for part, whole in parts_above_their_whole(vars(row)):
            if {part, whole} & given.keys():
                words = f"{row.title_of(part)}多于{row.title_of(whole)}"
                firm.doubt(f"{self.year}年度{words}", part)


def differ(one: Decimal | None, other: Decimal) -> bool:
    """By more than offices usually do; an unknown amount differs from none."""
    return one is not None and abs(one - other) > TOLERANCE * max(one, other)
