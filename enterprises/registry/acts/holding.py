"""Acts on what a firm reports: yearly figures, the reserve pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enterprises.models import LedgerEntry, PoolEntry, YearlyFigures
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry.acts.base import Act
from enterprises.registry.acts.precedence import permitted_values
from enterprises.registry.firm_facts import FirmFacts
from enterprises.rosters.definition.registers import parts_above_their_whole

Kind = LedgerEntry.Act


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
            firm.alter_fact(
                row,
                act=Kind.FIGURES,
                on=on,
                cells=self.cells,
                **permitted_values(firm, row, given, self),
            )
        self._doubt_parts(firm, given)

    def _doubt_parts(self, firm: FirmFacts, given: Mapping[str, Any]) -> None:
        """A person is asked about a part above its whole where one of them was told just now."""
        row = firm.figures_of(self.year)
        if row is None:
            return
        for part, whole in parts_above_their_whole(vars(row)):
            if {part, whole} & given.keys():
                words = f"{row.title_of(part)}多于{row.title_of(whole)}"
                firm.doubt(f"{self.year}年度{words}", part)


@dataclass(frozen=True, kw_only=True)
class EnterPool(Act):
    """The firm stands in the reserve pool at a stage from a day on; the stage before it ends there.

    What is older than the first stage is put before it. What a list says of a day that has a stage
    already only fills gaps.
    """

    stage: str
    target_year: int | None = None
    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        last = firm.pool[-1] if firm.pool else None
        if last and self.on < firm.pool[0].since:
            self._enter_before(firm, firm.pool[0])
            return
        same_day = next((entry for entry in firm.pool if entry.since == self.on), None)
        if same_day and self.listing:
            self._compare_with(firm, same_day)
            return
        # A roster repeats each quarter the stage that goes on. Only a change of it is a step.
        then = next((entry for entry in reversed(firm.pool) if entry.holds_on(self.on)), None)
        if then and self._is_stage_of(then):
            return
        # A person's second word on one day corrects the first.
        if last and last.until is None and last.since == self.on:
            firm.alter_fact(
                last,
                act=Kind.POOLED,
                on=self.on,
                cells=self.cells,
                stage=self.stage,
                target_year=self.target_year,
            )
            return
        if last and self.on <= last.since:
            raise firm.refusal(f"后备库已有{last.since}起的更新记录", "stage", self.cells)
        if last and last.until and self.on < last.until:
            raise firm.refusal(
                f"企业在{last.until}之前仍在后备库中，入库日期不得早于该日", "stage", self.cells
            )
        new = PoolEntry(stage=self.stage, target_year=self.target_year, since=self.on)
        if last and last.until is None:
            firm.alter_quietly(last, until=self.on)
            firm.replace_fact(
                last,
                new,
                act=Kind.POOLED,
                on=self.on,
                cells=self.cells,
                showing=("stage", "target_year"),
            )
        else:
            firm.add_fact(new, act=Kind.POOLED, on=self.on, cells=self.cells)

    def _compare_with(self, firm: FirmFacts, known: PoolEntry) -> None:
        if self.stage != known.stage:
            firm.notice_kept(known, "stage", self.stage, self.cells)
        elif self.target_year and known.target_year is None:
            firm.alter_fact(
                known, act=Kind.POOLED, on=self.on, cells=self.cells, target_year=self.target_year
            )
        elif self.target_year and self.target_year != known.target_year:
            firm.notice_kept(known, "target_year", self.target_year, self.cells)

    def _is_stage_of(self, entry: PoolEntry) -> bool:
        return (entry.stage, entry.target_year) == (self.stage, self.target_year)

    def _enter_before(self, firm: FirmFacts, first: PoolEntry) -> None:
        """Lists come in any order: an older one tells of the time before the first stage."""
        if self._is_stage_of(first):
            firm.alter_fact(first, act=Kind.POOLED, on=self.on, cells=self.cells, since=self.on)
            return
        new = PoolEntry(
            stage=self.stage, target_year=self.target_year, since=self.on, until=first.since
        )
        firm.add_fact(new, act=Kind.POOLED, on=self.on, cells=self.cells)
        # Further acts of this call take the first and the last entry by their position.
        firm.pool.sort(key=lambda entry: entry.since)


@dataclass(frozen=True, kw_only=True)
class LeavePool(Act):
    """The firm leaves the reserve pool on a day.

    A list that says so of a firm that is not in the pool says nothing new.
    """

    on: dt.date
    because: str = ""

    def carry_out(self, firm: FirmFacts) -> None:
        last = firm.pool[-1] if firm.pool else None
        if last and last.until == self.on:
            return
        if self.listing and self._is_old_news(firm, last):
            return
        if last is None or last.until is not None:
            raise firm.refusal("企业不在后备库中", "on", self.cells)
        if self.on <= last.since:
            raise firm.refusal(f"退出日期须晚于入库日（{last.since}）", "on", self.cells)
        values = {"until": self.on, "exit_reason": self.because}
        firm.alter_fact(last, act=Kind.UNPOOLED, on=self.on, cells=self.cells, **values)

    def _is_old_news(self, firm: FirmFacts, last: PoolEntry | None) -> bool:
        if last is None or last.until is not None:
            return True
        if self.on > last.since:
            return False
        message = f"本名单说已退库，登记为{last.since}起在{last.get_stage_display()}，以登记为准"
        firm.add_notice(message, "stage", self.cells)
        return True
