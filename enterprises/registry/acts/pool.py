"""Acts on a firm's way through the reserve pool."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from enterprises.models import LedgerEntry, PoolEntry
from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.pool_ends import end_of

Kind = LedgerEntry.Act
NO_RESERVE = {
    PoolEntry.Ending.CERTIFIED: "企业在该日已取得认定，不作为后备；到期重新认定请见“续证”",
    PoolEntry.Ending.CLOSED: "企业在该日已注销",
    PoolEntry.Ending.LEFT: "企业在该日不在本区",
}
"""Why a firm is no reserve on a day, for the person who would enter it."""


@dataclass(frozen=True, kw_only=True)
class EnterPool(Act):
    """The firm stands in the reserve pool at a stage from a day on; the stage before it ends there.

    What is older than the first stage is put before it. What a list says of a day that has a stage
    already only fills gaps. The same stage again, by hand, sets what is known of the stay: the year
    and the next review.
    """

    stage: str
    target_year: int | None = None
    on: dt.date
    source: str = ""
    reason: str = ""
    next_review: dt.date | None = None

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        if firm.notebook.by_hand:
            self._refuse_no_reserve(firm)
        last = firm.pool[-1] if firm.pool else None
        if last and self.on < firm.pool[0].since:
            self._enter_before(firm, None, firm.pool[0])
            return
        same_day = next((entry for entry in firm.pool if entry.since == self.on), None)
        if same_day and self.listing:
            self._compare_with(firm, same_day)
            return
        # A roster repeats each quarter the stage that goes on. Only a change of it is a step.
        then = next((entry for entry in reversed(firm.pool) if entry.is_told_for(self.on)), None)
        if then and self._is_stage_of(then) and self._goes_on(then, firm):
            firm.alter_fact(then, act=Kind.POOLED, on=self.on, cells=self.cells, **self._besides())
            return
        following = next((entry for entry in firm.pool if entry.since > self.on), None)
        if then and following and self._is_stage_of(then) and then.until == following.since:
            self._enter_before(firm, then, following)
            return
        # A person's second word on one day corrects the first.
        if last and last.until is None and last.since == self.on:
            values = self._besides() | {"stage": self.stage, "target_year": self.target_year}
            firm.alter_fact(last, act=Kind.POOLED, on=self.on, cells=self.cells, **values)
            return
        self._refuse_other_order(firm, last)
        self._enter_after(firm, last)

    def _refuse_no_reserve(self, firm: FirmFacts) -> None:
        ended_on, ending = end_of(self._new_entry(), firm)
        if ended_on and ended_on <= self.on:
            raise firm.refusal(NO_RESERVE[PoolEntry.Ending(ending)], "on", self.cells)

    def _goes_on(self, then: PoolEntry, firm: FirmFacts) -> bool:
        """The stay counts on the day, or a new one would not count either.

        A firm that was certified in between and is no more comes back by a new stay.
        """
        if then.holds_on(self.on):
            return True
        ended_on, _ = end_of(self._new_entry(), firm)
        return ended_on is not None and ended_on <= self.on

    def _new_entry(self) -> PoolEntry:
        return PoolEntry(
            stage=self.stage, target_year=self.target_year, since=self.on, **self._besides()
        )

    def _besides(self) -> dict[str, Any]:
        """What else is told of the stay; what is left out changes nothing."""
        told = {"source": self.source, "reason": self.reason, "next_review": self.next_review}
        return {name: value for name, value in told.items() if value}

    def _refuse_other_order(self, firm: FirmFacts, last: PoolEntry | None) -> None:
        if last and self.on <= last.since:
            raise firm.refusal(f"后备库已有{last.since}起的更新记录", "stage", self.cells)
        if last and last.until and self.on < last.until:
            raise firm.refusal(
                f"企业在{last.until}之前仍在后备库中，入库日期不得早于该日", "stage", self.cells
            )

    def _enter_after(self, firm: FirmFacts, last: PoolEntry | None) -> None:
        new = self._new_entry()
        if last is None or last.until is not None:
            firm.add_fact(new, act=Kind.POOLED, on=self.on, cells=self.cells)
            return
        firm.alter_quietly(last, until=self.on)
        firm.replace_fact(
            last,
            new,
            act=Kind.POOLED,
            on=self.on,
            cells=self.cells,
            showing=("stage", "target_year", *self._besides()),
        )

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

    def _enter_before(self, firm: FirmFacts, then: PoolEntry | None, following: PoolEntry) -> None:
        """Lists come in any order: an older one tells of the time before a stage that is known.

        `then`: the stay of the same stage that goes up to `following` and had ended by itself.
        """
        new = PoolEntry(
            stage=self.stage, target_year=self.target_year, since=self.on, until=following.since
        )
        told: dict[str, Any] = {"act": Kind.POOLED, "on": self.on, "cells": self.cells}
        if then:
            firm.alter_quietly(then, until=self.on)
        if self._is_stage_of(following) and self._reaches(following, firm):
            firm.alter_fact(following, **told, since=self.on)
            return
        if then:
            firm.replace_fact(then, new, **told, showing=("stage", "target_year"))
        else:
            firm.add_fact(new, **told)
        # Further acts of this call take the first and the last entry by their position.
        firm.pool.sort(key=lambda entry: entry.since)

    def _reaches(self, following: PoolEntry, firm: FirmFacts) -> bool:
        """A stay from this day on counts when the following one begins, or that one never does.

        So the stays are the same in whatever order the lists come: see `_goes_on`.
        """
        ended_on, _ = end_of(self._new_entry(), firm)
        never_counts = following.ended_on == following.since
        return ended_on is None or ended_on > following.since or never_counts


@dataclass(frozen=True, kw_only=True)
class LeavePool(Act):
    """The firm leaves the reserve pool on a day.

    A list that says so of a firm that is not in the pool says nothing new.
    """

    on: dt.date
    because: str = ""
    exit_kind: str = ""

    def carry_out(self, firm: FirmFacts) -> None:
        last = firm.pool[-1] if firm.pool else None
        if last and last.until == self.on:
            return
        if self.listing and self._is_old_news(firm, last):
            return
        if last is None or last.until is not None:
            raise firm.refusal("企业不在后备库中", "on", self.cells)
        if firm.notebook.by_hand and not last.holds_on(self.on) and self.on > last.since:
            ending = last.get_ended_by_display()
            raise firm.refusal(f"企业已因{ending}自{last.ended_on}起出库", "on", self.cells)
        if self.on <= last.since:
            raise firm.refusal(f"退出日期须晚于入库日（{last.since}）", "on", self.cells)
        values = {"until": self.on, "exit_reason": self.because, "exit_kind": self.exit_kind}
        firm.alter_fact(last, act=Kind.UNPOOLED, on=self.on, cells=self.cells, **values)

    def _is_old_news(self, firm: FirmFacts, last: PoolEntry | None) -> bool:
        if last is None or last.until is not None:
            return True
        if self.on > last.since:
            return False
        message = f"本名单说已退库，登记为{last.since}起在{last.get_stage_display()}，以登记为准"
        firm.add_notice(message, "stage", self.cells)
        return True
