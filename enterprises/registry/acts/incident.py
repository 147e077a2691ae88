"""What was answered when somebody asked for grave incidents of a firm."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from enterprises.models import Incident, LedgerEntry
from enterprises.registry.acts.base import YEARS, YEARS_IN_WORDS, Act
from enterprises.registry.firm_facts import FirmFacts

Kind = LedgerEntry.Act


@dataclass(frozen=True, kw_only=True)
class RecordIncident(Act):
    """An incident on a day; or with kind none, that there was none up to that day.

    `source`: who said so. The same answer a second time says nothing new; one that was withdrawn
    stands again.
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
        if known_answer := _find(firm, self.kind, self.on, source):
            firm.alter_fact(
                known_answer, act=Kind.INCIDENT, on=self.on, cells=self.cells, withdrawn_on=None
            )
            return
        new = Incident(enterprise=known, kind=self.kind, on=self.on, source=source)
        self._doubt_denied(firm, new)
        firm.add_fact(new, act=Kind.INCIDENT, on=self.on, cells=self.cells)

    def _doubt_denied(self, firm: FirmFacts, new: Incident) -> None:
        """Somebody answered that there was none up to a later day."""
        in_force = [row for row in firm.incidents if row.withdrawn_on is None]
        denied = [row for row in in_force if not row.happened and row.on >= new.on]
        if new.happened and denied:
            firm.doubt(f"{denied[0].source}曾答复{denied[0].in_words}，请核对", "on")


@dataclass(frozen=True, kw_only=True)
class WithdrawIncident(Act):
    """An answer about incidents was wrong: it stays on record, marked, and says nothing any more."""

    kind: str
    on: dt.date
    source: str

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        answer = _find(firm, self.kind, self.on, self.source.strip())
        if answer is None:
            raise firm.refusal("没有登记过这条答复", "source", self.cells)
        # Withdrawn already: it keeps its day.
        if answer.withdrawn_on is None:
            firm.alter_fact(
                answer,
                act=Kind.RETRACTED,
                on=self.on,
                cells=self.cells,
                withdrawn_on=timezone.localdate(),
            )


def _find(firm: FirmFacts, kind: str, on: dt.date, source: str) -> Incident | None:
    told = (kind, on, source)
    return next((row for row in firm.incidents if (row.kind, row.on, row.source) == told), None)
