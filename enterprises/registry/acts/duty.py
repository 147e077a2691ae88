"""That a firm did what its qualification asks of it for a year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from enterprises.models import DutyDone, LedgerEntry, YearlyDuty
from enterprises.models.standing import why_not_counted
from enterprises.models.yearly import LAST_YEAR
from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts

Kind = LedgerEntry.Act


@dataclass(frozen=True, kw_only=True)
class RecordDuty(Act):
    """The firm did it for the year on the day; `source`: who said so.

    Told once more, the day and who said so are put right; what was withdrawn stands again.
    """

    duty: str
    year: int
    on: dt.date
    source: str

    def carry_out(self, firm: FirmFacts) -> None:
        known = firm.known
        duty = firm.notebook.duty(self.duty)
        source = self.source.strip()
        self._refuse_nonsense(firm, duty, source)
        told = {"done_on": self.on, "source": source}
        if row := _find(firm, duty, self.year):
            firm.alter_fact(
                row, act=Kind.DUTY, on=self.on, cells=self.cells, **told, withdrawn_on=None
            )
            return
        self._doubt_not_owed(firm, duty)
        new = DutyDone(enterprise=known, duty=duty, year=self.year, **told)
        firm.add_fact(new, act=Kind.DUTY, on=self.on, cells=self.cells)

    def _refuse_nonsense(self, firm: FirmFacts, duty: YearlyDuty, source: str) -> None:
        if not source:
            raise firm.refusal("须写明由谁确认", "source", self.cells)
        if not duty.first_year <= self.year <= LAST_YEAR:
            raise firm.refusal(f"{duty}从{duty.first_year}年度起登记", "year", self.cells)
        opens_on = duty.opens_on(self.year)
        if self.on < opens_on:
            message = f"{self.year}年度的{duty}从{opens_on}起办理，日期不得早于该日"
            raise firm.refusal(message, "on", self.cells)
        if self.on > timezone.localdate():
            raise firm.refusal("日期不得晚于今天", "on", self.cells)

    def _doubt_not_owed(self, firm: FirmFacts, duty: YearlyDuty) -> None:
        held, due_on = firm.held(duty.kind_id), duty.due_on(self.year)
        if not held or why_not_counted(due_on, held, firm.placements, firm.closures):
            firm.doubt(f"{due_on}（截止日）不计入{duty.kind}，没有{duty}义务，请核对", "duty")


@dataclass(frozen=True, kw_only=True)
class WithdrawDuty(Act):
    """It was recorded wrongly: it stays on record, marked, and says nothing any more."""

    duty: str
    year: int

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        duty = firm.notebook.duty(self.duty)
        row = _find(firm, duty, self.year)
        if row is None:
            raise firm.refusal(f"没有登记过{self.year}年度的{duty}", "year", self.cells)
        # Withdrawn already: it keeps its day.
        if row.withdrawn_on is None:
            today = timezone.localdate()
            firm.alter_fact(row, act=Kind.DUTY_BACK, on=today, cells=self.cells, withdrawn_on=today)


def _find(firm: FirmFacts, duty: YearlyDuty, year: int) -> DutyDone | None:
    told = (duty.pk, year)
    return next((row for row in firm.duties_done if (row.duty_id, row.year) == told), None)
