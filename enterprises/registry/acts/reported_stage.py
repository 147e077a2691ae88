"""The act by which a roster tells where a firm's application of the year stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from enterprises.models import Application, LedgerEntry, Qualification
from enterprises.models.application.course import CERTIFIED, CERTIFIED_WORD, STEPS
from enterprises.registry.acts.application import Apply
from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts

WORDS = {**dict(Application.Stage.choices), CERTIFIED: CERTIFIED_WORD}
OFFICIAL = (*Application.OF_LISTS, CERTIFIED)
AS_REGISTERED, AS_LISTED = "以登记为准", "公示、认定以官方名单为准"


@dataclass(frozen=True, kw_only=True)
class ReportedStage(Act):
    """By the day of a roster the firm's application of a year for a kind stands at a stage.

    It only takes the application on. A stage that is registered already says nothing new. One that
    lies before it, or that is older than what is known, is noticed and not written. Neither is what
    only official lists tell. `stage` may also be CERTIFIED.
    """

    kind: str
    year: int
    stage: str
    on: dt.date
    note: str = ""

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        kind = firm.notebook.kind(self.kind)
        rows = firm.applications(kind.pk)
        certificate = self._certificate_of_the_year(firm.held(kind.pk))
        if self._is_registered(rows, certificate):
            return
        last = rows[-1] if rows else None
        if self.stage not in OFFICIAL and certificate is None and self._goes_on(last):
            told = Apply(
                uscc=self.uscc,
                kind=self.kind,
                year=self.year,
                stage=self.stage,
                on=self.on,
                note=self.note,
                cells=self.cells,
            )
            told.carry_out(firm)
            return
        because = AS_LISTED if self.stage in OFFICIAL else AS_REGISTERED
        standing = self._standing(last, certificate)
        message = f"{standing}，本表为“{WORDS[self.stage]}”，{because}"
        firm.add_notice(message, "stage", self.cells)

    def has_written(self, entry: LedgerEntry) -> bool:
        """The ledger's entry is this very word."""
        told = entry.after.get("stage"), entry.after.get("note", ""), entry.effective_on
        is_step = entry.act == LedgerEntry.Act.APPLIED
        return is_step and told == (self.stage, self.note, self.on)

    def _certificate_of_the_year(self, held: Sequence[Qualification]) -> Qualification | None:
        of_year = (one for one in held if one.class_year == self.year and one.revoked_on is None)
        return next(of_year, None)

    def _is_registered(
        self, rows: Sequence[Application], certificate: Qualification | None
    ) -> bool:
        """The firm stood at the stage on the day, or came to it since."""
        if self.stage == CERTIFIED:
            return certificate is not None
        return any(
            (row.year, row.stage) == (self.year, self.stage)
            and (row.until is None or row.until > self.on)
            for row in rows
        )

    def _goes_on(self, last: Application | None) -> bool:
        if last is None:
            return True
        reached, told = (last.year, STEPS[last.stage]), (self.year, STEPS[self.stage])
        return last.since < self.on and reached < told

    def _standing(self, last: Application | None, certificate: Qualification | None) -> str:
        if certificate is not None:
            since = f"{certificate.valid_from}起" if certificate.valid_from else f"{self.year}年"
            return f"申报状态登记为“{CERTIFIED_WORD}”（{since}）"
        if last is None:
            return "申报状态没有登记"
        year = "" if last.year == self.year else f"{last.year}年"
        return f"{year}申报状态登记为“{WORDS[last.stage]}”（{last.since}起）"
