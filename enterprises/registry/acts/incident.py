"""What was answered when somebody asked for grave incidents of a firm."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enterprises.models import Incident, LedgerEntry
from enterprises.registry.acts.base import YEARS, YEARS_IN_WORDS, Act
from enterprises.registry.firm_facts import FirmFacts

Kind = LedgerEntry.Act


@dataclass(frozen=True, kw_only=True)
class RecordIncident(Act):
    """An incident on a day; or with kind none, that there was none up to that day.

    `source`: who said so. The same answer a second time says nothing new.
    """

    kind: str
    on: dt.date
    source: str

    def carry_out(self, firm: FirmFacts) -> None:
        known = firm.known
        source = self.source.strip()
        if not source:
            raise firm.refusal("须写明由哪个单位答复", "source", self.cells)
        if self.on.year not in YEARS:
            raise firm.refusal(f"日期不在{YEARS_IN_WORDS}", "on", self.cells)
        told = [(row.kind, row.on, row.source) for row in firm.incidents]
        if (self.kind, self.on, source) in told:
            return
        new = Incident(enterprise=known, kind=self.kind, on=self.on, source=source)
        self._doubt_denied(firm, new)
        firm.add_fact(new, act=Kind.INCIDENT, on=self.on, cells=self.cells)

    def _doubt_denied(self, firm: FirmFacts, new: Incident) -> None:
        """Somebody answered that there was none up to a later day."""
        denied = [row for row in firm.incidents if not row.happened and row.on >= new.on]
        if new.happened and denied:
            firm.doubt(f"{denied[0].source}曾答复{denied[0].in_words}，请核对", "on")
