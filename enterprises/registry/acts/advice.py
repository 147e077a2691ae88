"""A person does not follow what is proposed for a firm's place in the reserve pool."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enterprises.models import DeclinedAdvice, LedgerEntry
from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts


@dataclass(frozen=True, kw_only=True)
class DeclineAdvice(Act):
    """The proposal is not made again before `until`; `stage` is the proposed one, "" for leaving."""

    advice: str
    stage: str = ""
    on: dt.date
    until: dt.date
    why: str

    def carry_out(self, firm: FirmFacts) -> None:
        known = firm.known
        why = self.why.strip()
        if not why:
            raise firm.refusal("须写明不采用的理由", "why", self.cells)
        if self.until <= self.on:
            raise firm.refusal("不再提示的截止日须晚于决定之日", "until", self.cells)
        kind = LedgerEntry.Act.DECLINED
        told = (self.advice, self.stage, self.on)
        same = [row for row in firm.declined if (row.advice, row.stage, row.on) == told]
        if same:
            # A second word on one day corrects the first.
            firm.alter_fact(
                same[0], act=kind, on=self.on, cells=self.cells, until=self.until, reason=why
            )
            return
        new = DeclinedAdvice(
            enterprise=known,
            advice=self.advice,
            stage=self.stage,
            on=self.on,
            until=self.until,
            reason=why,
        )
        firm.add_fact(new, act=kind, on=self.on, cells=self.cells)
