"""The act on a firm's application for a qualification, the first one or a renewal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises.models import Application, LedgerEntry
from enterprises.models.application import MOST_BATCHES
from enterprises.models.application.course import STEPS
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts

Kind = LedgerEntry.Act
DETAILS = ("batch", "agency", "note", "rejected_for_id")
NEXT_STEP = ("next_action", "next_on", "owner")
ENDED = (Application.Stage.REJECTED, Application.Stage.GIVEN_UP)
"""Stages after which nothing more is expected of the year's application."""
NEAR = 1
"""Years between the one applied for and that of the stage: it is prepared in the year before."""


@dataclass(frozen=True, kw_only=True)
class Apply(Act):
    """The firm's application of a year for a kind stands at a stage from a day on.

    The stage before it ends there. The stage it stands at already gets other details and keeps its
    day. Giving up needs a reason, in `note`. A line of a list that leaves details out says nothing
    about them: they stay as long as the year does. Whoever answers for it goes on doing so; the
    next step does not go beyond its stage. A stage that a list tells late takes the place of a
    lesser one told for a later day: rosters speak of their quarter's last day.
    """

    kind: str
    year: int
    stage: str
    on: dt.date
    batch: int | None = None
    agency: str = ""
    note: str = ""
    rejected_for: str = ""

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        kind = firm.notebook.kind(self.kind)
        self._refuse_nonsense(firm)
        rows = firm.applications(kind.pk)
        last = rows[-1] if rows else None
        details = self._details(firm, last)
        # A stage told once more began when it was first told, so its day stays.
        if last and (last.year, last.stage) == (self.year, self.stage) and last.since <= self.on:
            firm.alter_fact(last, act=Kind.APPLIED, on=self.on, cells=self.cells, **details)
        elif last and last.since == self.on:
            # A second word on one day corrects the first: two stages cannot begin on it.
            self._doubt(firm, None)
            values = {"year": self.year, "stage": self.stage, **details}
            firm.alter_fact(last, act=Kind.APPLIED, on=self.on, cells=self.cells, **values)
        elif last and self._was_further(firm, rows):
            self._bring_forward(firm, rows, details)
        elif last and self.on < last.since:
            raise firm.refusal(f"已有{last.since}起的申报状态，日期不得早于该日", "on", self.cells)
        else:
            self._doubt(firm, last)
            values = {"year": self.year, "stage": self.stage, "since": self.on}
            self._enter_stage(firm, last, Application(kind=kind, **values, **details))

    def _was_further(self, firm: FirmFacts, rows: Sequence[Application]) -> bool:
        """A list tells late of what a roster has told for a later day, or of a stage beyond it."""
        last = rows[-1]
        is_late = self.on < last.since and last.year == self.year
        follows = len(rows) == 1 or rows[-2].since < self.on
        beyond = self.stage == last.stage or STEPS.get(self.stage, 0) > STEPS[last.stage]
        if not (self.cells and is_late and follows and beyond):
            return False
        origin = firm.notebook.origins.origin_of(last, "stage")
        return origin is not None and not origin.by_person

    def _bring_forward(
        self, firm: FirmFacts, rows: Sequence[Application], details: dict[str, Any]
    ) -> None:
        last = rows[-1]
        if len(rows) > 1 and rows[-2].until and rows[-2].until > self.on:
            firm.alter_quietly(rows[-2], until=self.on)
        values: dict[str, Any] = {"stage": self.stage, "since": self.on, **details}
        if self.stage != last.stage:
            values |= {"next_action": "", "next_on": None}
        firm.alter_fact(last, act=Kind.APPLIED, on=self.on, cells=self.cells, **values)

    def _doubt(self, firm: FirmFacts, last: Application | None) -> None:
        firm.doubt_long_past(self.on, "状态起始日", "on")
        if abs(self.year - self.on.year) > NEAR:
            firm.doubt(f"申报年度{self.year}与状态起始日{self.on}相差一年以上", "year")
        if last and last.year == self.year and last.stage in ENDED:
            stage = Application.Stage(last.stage).label
            firm.doubt(f"{self.year}年申报已于{last.since}登记为“{stage}”，改后重新进行", "stage")

    def _details(self, firm: FirmFacts, last: Application | None) -> dict[str, Any]:
        reason = self.rejected_for and firm.notebook.rejection_reason(self.rejected_for)
        told = {
            "batch": self.batch,
            "agency": self.agency,
            "note": self.note,
            "rejected_for_id": reason.pk if reason else None,
        }
        # Only what comes from a file has cells. A second word on one day corrects the first one.
        corrects = last and last.since == self.on and last.stage != self.stage
        if not self.cells or last is None or last.year != self.year or corrects:
            return told
        kept = {name: value or getattr(last, name) for name, value in told.items()}
        if self.stage != last.stage:
            # Why it stood there is not why it stands here.
            kept |= {name: told[name] for name in ("note", "rejected_for_id")}
        return kept

    def _enter_stage(self, firm: FirmFacts, last: Application | None, new: Application) -> None:
        if last is None:
            firm.add_fact(new, act=Kind.APPLIED, on=self.on, cells=self.cells)
            return
        if last.year == new.year:
            new.owner = last.owner
        firm.alter_quietly(last, until=self.on)
        # The ledger shows the stage and whatever else is not as it was.
        differing = [
            name.removesuffix("_id")
            for name in ("year", *DETAILS, *NEXT_STEP)
            if getattr(last, name) != getattr(new, name)
        ]
        firm.replace_fact(
            last, new, act=Kind.APPLIED, on=self.on, cells=self.cells, showing=("stage", *differing)
        )

    def _refuse_nonsense(self, firm: FirmFacts) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise firm.refusal(
                f"申报年度{self.year}不在{FIRST_YEAR}至{LAST_YEAR}年之间", "year", self.cells
            )
        if self.batch is not None and not 1 <= self.batch <= MOST_BATCHES:
            raise firm.refusal(f"批次应在1至{MOST_BATCHES}之间", "batch", self.cells)
        if self.rejected_for and self.stage != Application.Stage.REJECTED:
            raise firm.refusal("只有未通过的申报才填未通过原因", "rejected_for", self.cells)
        # Who has given up is not called again: the renewal is no longer among those to be done.
        # So the reason must be on record.
        if self.stage == Application.Stage.GIVEN_UP and not self.note.strip():
            raise firm.refusal("放弃申报须写明原因", "note", self.cells)


@dataclass(frozen=True, kw_only=True)
class NextStep(Act):
    """What is to be done next about the firm's application for a kind, by which day, and by whom.

    Without an action there is nothing more to do; the owner may still be told.
    """

    kind: str
    next_action: str = ""
    next_on: dt.date | None = None
    owner: str = ""

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        kind = firm.notebook.kind(self.kind)
        rows = firm.applications(kind.pk)
        if not rows or rows[-1].until is not None:
            raise firm.refusal("还没有登记申报状态，请先登记", "next_action", self.cells)
        if self.next_action and self.next_on is None:
            raise firm.refusal("下一步须写明日期", "next_on", self.cells)
        if self.next_on and not self.next_action:
            raise firm.refusal("请写明下一步做什么", "next_action", self.cells)
        values = {name: getattr(self, name) for name in NEXT_STEP}
        firm.alter_fact(
            rows[-1], act=Kind.PLANNED, on=timezone.localdate(), cells=self.cells, **values
        )
