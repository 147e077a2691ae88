"""Acts that correct where and since when a firm stood, and the days of a certificate or a name.

What was registered stays what it is: it only gets its right days. What is left out does not change.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from enterprises.models import LedgerEntry, Placement, Qualification
from enterprises.registry.acts.base import Act
from enterprises.registry.acts.doubtful_days import doubt_last_day
from enterprises.registry.acts.firm import units_of
from enterprises.registry.acts.qualification import (
    BY_TERM,
    by_term,
    find_held,
    issued_that_day,
)
from enterprises.registry.firm_facts import FirmFacts

Kind = LedgerEntry.Act


@dataclass(frozen=True, kw_only=True)
class CorrectPlacement(Act):
    """The stay that was registered since a day began on another, was elsewhere, or ended otherwise.

    The stay before it ends where it begins, if it did so before. `until` is the day on which the
    firm left the district; `stays` says that it did not leave. `park` "" is outside of all parks.
    """

    since: dt.date
    begins_on: dt.date | None = None
    park: str | None = None
    town: str | None = None
    until: dt.date | None = None
    stays: bool = False

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        stay = next((one for one in firm.placements if one.since == self.since), None)
        if stay is None:
            raise firm.refusal(f"没有登记{self.since}起的所在地", "stay", self.cells)
        place = firm.placements.index(stay)
        before = firm.placements[place - 1] if place else None
        after = firm.placements[place + 1] if stay is not firm.placements[-1] else None
        values = self._place(firm, stay) | self._days(firm, stay, before, after)
        adjoins = before is not None and before.until == stay.since
        if before and adjoins and _place_of(before) == (values["park_id"], values["town_id"]):
            raise firm.refusal("与前一段所在地相同，没有迁移的，请撤销那次迁移", "park")
        self._doubt(firm, stay, values)
        if before and adjoins:
            firm.alter_quietly(before, until=values["since"])
        on = values["since"]
        firm.alter_fact(stay, act=Kind.CORRECTED, on=on, cells=self.cells, **values)

    def _place(self, firm: FirmFacts, stay: Placement) -> dict[str, Any]:
        codes = firm.notebook.ledger_values(stay)
        park = codes["park"] or "" if self.park is None else self.park
        park_id, town_id = units_of(firm, park, self.town or codes["town"])
        return {"park_id": park_id, "town_id": town_id}

    def _days(
        self, firm: FirmFacts, stay: Placement, before: Placement | None, after: Placement | None
    ) -> dict[str, Any]:
        begins = self.begins_on or stay.since
        moved_on = after is not None and after.since == stay.until
        if moved_on and (self.until or self.stays):
            raise firm.refusal(
                "这一段之后是区内迁移，要更正迁移日期的，请选迁移后的一段", "until", self.cells
            )
        until = None if self.stays else self.until or stay.until
        if after and not moved_on and (until is None or until > after.since):
            raise firm.refusal(f"企业{after.since}又迁入，迁出不得晚于该日", "until", self.cells)
        if until and begins >= until:
            raise firm.refusal(f"起始日须早于结束日（{until}）", "begins_on", self.cells)
        if before and begins <= before.since:
            raise firm.refusal(
                f"起始日须晚于前一段的起始日（{before.since}）", "begins_on", self.cells
            )
        if before and before.until and before.until < stay.since and begins < before.until:
            raise firm.refusal(f"企业{before.until}才迁出，不得早于该日", "begins_on", self.cells)
        return {"since": begins, "until": until}

    def _doubt(self, firm: FirmFacts, stay: Placement, values: dict[str, Any]) -> None:
        """The earliest day of which a figure would change lies long ago."""
        changed = []
        if values["since"] != stay.since or _place_of(stay) != (
            values["park_id"],
            values["town_id"],
        ):
            changed.append(min(values["since"], stay.since))
        if values["until"] != stay.until:
            changed.append(min(day for day in (values["until"], stay.until) if day))
        if changed:
            firm.doubt_long_past(min(changed), "所在地变动自", "begins_on")


def _place_of(stay: Placement) -> tuple[int | None, int]:
    return stay.park_id, stay.town_id


@dataclass(frozen=True, kw_only=True)
class CorrectRenaming(Act):
    """The firm bore a former name until another day; `until` is the registered one."""

    until: dt.date
    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        names = firm.former_names
        former = next((name for name in names if name.until == self.until), None)
        if former is None:
            raise firm.refusal(f"没有登记{self.until}的更名", "former", self.cells)
        place = names.index(former)
        if place and self.on <= names[place - 1].until:
            earlier = names[place - 1].until
            raise firm.refusal(f"须晚于上一次更名（{earlier}）", "on", self.cells)
        if former is not names[-1] and self.on >= names[place + 1].until:
            later = names[place + 1].until
            raise firm.refusal(f"须早于下一次更名（{later}）", "on", self.cells)
        firm.alter_fact(former, act=Kind.CORRECTED, on=self.on, cells=self.cells, until=self.on)


@dataclass(frozen=True, kw_only=True)
class CorrectCertificate(Act):
    """A held qualification was issued on another day, or ends, or is classed, otherwise.

    Named as in Extend. A last day that was computed follows the day of issue, and so does the
    class year where it was the year of issue.
    """

    kind: str
    number: str = ""
    valid_from: dt.date | None = None
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None
    class_year: int | None = None
    recognition: str = ""

    def carry_out(self, firm: FirmFacts) -> None:
        kind = firm.notebook.kind(self.kind)
        held = find_held(firm, self.kind, self.number, self.valid_from)
        issued = self.issued_on or held.valid_from
        values: dict[str, Any] = {"valid_from": issued, "valid_until": held.valid_until}
        if self.issued_on:
            values |= {"dating": Qualification.Dating.PRINTED}
            if held.until_basis == BY_TERM or held.valid_from is None:
                values |= by_term(kind, self.issued_on)
            if held.valid_from is None or held.class_year == held.valid_from.year:
                values["class_year"] = self.issued_on.year
        if self.valid_until:
            values |= {"valid_until": self.valid_until, "until_basis": ""}
        if self.class_year:
            values["class_year"] = self.class_year
        if self.recognition:
            values["recognition"] = self.recognition
        self._refuse(firm, held, issued, values["valid_until"])
        if issued:
            self._doubt(firm, held, issued, values["valid_until"])
        firm.alter_fact(held, act=Kind.EXTENDED, on=issued, cells=self.cells, **values)

    def _refuse(
        self,
        firm: FirmFacts,
        held: Qualification,
        issued: dt.date | None,
        until: dt.date | None,
    ) -> None:
        if until and issued is None:
            raise firm.refusal("没有发证日期的资质不能登记有效期至", "valid_until", self.cells)
        if issued and until and until < issued:
            raise firm.refusal(f"有效期至（{until}）早于发证日期", "valid_until", self.cells)
        if issued and held.revoked_on and held.revoked_on < issued:
            raise firm.refusal(
                f"取消日期（{held.revoked_on}）早于发证日期", "issued_on", self.cells
            )

    def _doubt(
        self, firm: FirmFacts, held: Qualification, issued: dt.date, until: dt.date | None
    ) -> None:
        others = [row for row in firm.held(held.kind_id) if row is not held]
        if issued != held.valid_from:
            firm.doubt_long_past(
                min(held.valid_from or issued, issued), "发证日期变动自", "issued_on"
            )
            if same := issued_that_day(others, issued):
                firm.doubt(f"{issued}发证的另有编号为{same.number}的一份", "issued_on")
        if until and (issued, until) != (held.valid_from, held.valid_until):
            doubt_last_day(firm, self.kind, held, issued, until)
