"""The act by which somebody is named to see to a firm."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from enterprises.models import FirmOwner, LedgerEntry
from enterprises.registry.acts.base import YEARS, YEARS_IN_WORDS, Act
from enterprises.registry.firm_facts import FirmFacts

Level = FirmOwner.Level
ACT_OF = {
    Level.UNIT.value: LedgerEntry.Act.UNIT_OWNER,
    Level.BUREAU.value: LedgerEntry.Act.BUREAU_OWNER,
}


@dataclass(frozen=True, kw_only=True)
class AssignOwner(Act):
    """From a day on an account of the firm's unit, or of the bureau, sees to the firm.

    Whoever did before does so until that day. An empty `account`: nobody any more.
    """

    level: str
    account: str = ""
    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        if self.level not in ACT_OF:
            raise firm.refusal("层级应为单位或科技局", "level", self.cells)
        if self.on.year not in YEARS:
            raise firm.refusal(f"日期不在{YEARS_IN_WORDS}", "on", self.cells)
        told = firm.owners(self.level)
        last = told[-1] if told else None
        current = last if last and last.until is None else None
        if (current.account if current else "") == self.account:
            return
        if last and self.on < (last.until or last.since):
            day = last.until or last.since
            raise firm.refusal(f"已登记{day}的责任人变更，日期不得早于该日", "on", self.cells)
        if self.account:
            self._refuse_stranger(firm)
        self._note(firm, current)

    def _note(self, firm: FirmFacts, current: FirmOwner | None) -> None:
        act, on, cells = ACT_OF[self.level], self.on, self.cells
        new = FirmOwner(level=self.level, account=self.account, since=on)
        if current is None:
            firm.add_fact(new, act=act, on=on, cells=cells)
        elif not self.account:
            if current.since == on:
                words = f"责任人自{on}起，结束日期须晚于该日；指定有误的请撤回或改为另一人"
                raise firm.refusal(words, "on", cells)
            firm.alter_fact(current, act=act, on=on, cells=cells, until=on)
        elif current.since == on:
            # A second word on one day corrects the first.
            firm.alter_fact(current, act=act, on=on, cells=cells, account=self.account)
        else:
            firm.alter_quietly(current, until=on)
            firm.replace_fact(current, new, act=act, on=on, cells=cells, showing=("account",))

    def _refuse_stranger(self, firm: FirmFacts) -> None:
        """Only who works for the firm's unit, or for the bureau, can see to it."""
        person = firm.notebook.accounts.get(self.account)
        if person is None:
            raise firm.refusal(f"没有账号“{self.account}”", "account", self.cells)
        if not person.is_active:
            raise firm.refusal(f"账号“{person}”已停用", "account", self.cells)
        if self.level == Level.BUREAU:
            if not person.in_bureau:
                raise firm.refusal(f"“{person}”不是科技局人员", "account", self.cells)
            return
        today = timezone.localdate()
        here = next((row for row in firm.placements if row.holds_on(today)), None)
        if here is None:
            raise firm.refusal("企业现不在册，不能指定单位责任人", "level", self.cells)
        if person.unit_id is None or person.unit_id not in (here.park_id, here.town_id):
            raise firm.refusal(f"“{person}”不是企业所在单位的人员", "account", self.cells)
