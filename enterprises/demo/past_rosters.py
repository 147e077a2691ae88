"""Rosters of quarters that are over: every unit's, as they stand once they were approved and said nothing new.

Checking and writing three thousand firms twice would take longer than all of the demo. Such a roster
changes no fact, so its rows are written at once; those of the quarter in progress pass all doors.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Sequence
from typing import Any

from enterprises.demo.clock import told_at, working_hour
from enterprises.demo.history import SEED
from enterprises.demo.rosters import Hands
from enterprises.loading import storage
from enterprises.models import (
    Period,
    Quarter,
    QuarterEvent,
    Roster,
    RosterFirm,
    RosterVersion,
    VersionState,
)
from enterprises.reporting import checking, prefilled, quarters
from enterprises.reporting.checking import Findings
from enterprises.reporting.comparison import Comparison
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.writing.template import HEADER_ROW, TemplateOrder
from parks.models import Unit

Event = QuarterEvent.Kind
PORTION = 2_000


def tell_quarter(period: Period, hands: Hands, *, missing: str, late: Sequence[str]) -> Quarter:
    """A past quarter on its usual days: all hand in but `missing`, some after the due day."""
    days = Quarter.usual_days(period)
    with told_at(working_hour(days["opens_on"])):
        quarter = quarters.open_quarter(period, by=hands.approvers[0])
    units = list(Unit.objects.reporting())
    writer = PastRosters(quarter, hands, units)
    chance = random.Random(f"{SEED} {period.code}")
    moments = []
    for number, unit in enumerate(units):
        shift = chance.randint(2, 5) if unit.code in late else -chance.randint(0, 6)
        moments.append((working_hour(days["due_on"] + dt.timedelta(shift), number), unit))
    for moment, unit in sorted(moments, key=lambda told: told[0]):
        if unit.code != missing:
            writer.tell(unit, moment)
    RosterFirm.objects.bulk_create(writer.firms, PORTION)
    return quarter


class PastRosters:
    """Of one quarter; the rows of their firms are gathered and written together."""

    def __init__(self, quarter: Quarter, hands: Hands, units: Sequence[Unit]) -> None:
        self.quarter, self.hands = quarter, hands
        self.by_name = {unit.name: unit for unit in units}
        self.firms: list[RosterFirm] = []

    def tell(self, unit: Unit, moment: dt.datetime) -> None:
        """Sent in at the moment, approved and in force the day after."""
        order = prefilled.template_order(unit, self.quarter.last_day)
        sender = self.hands.of_unit(unit)
        approver = self.hands.approver(sender)
        with told_at(moment) as sent_at:
            version = RosterVersion(
                roster=Roster.objects.create(quarter=self.quarter, unit=unit),
                number=1,
                created_by=sender,
                submitted_by=sender,
                submitted_at=sent_at,
            )
            if order.rows:
                version.filename = f"{unit.short_name}{self.quarter.period.label}名册（演示）.csv"
                version.source = storage.keep([_as_text(order)], version.filename, by=sender)
            firms = [self._firm(version, row, at) for at, row in enumerate(order.rows)]
            version.summary = self._summary(version, firms)
            version.save()
            QuarterEvent.objects.record(Event.HANDED_IN, version, by=sender)
        with told_at(moment + dt.timedelta(days=1)) as approved_at:
            version.state = VersionState.APPLIED
            version.decided_by, version.decided_at = approver, approved_at
            version.applied_at = approved_at
            version.outcome = {"entries": 0, "left_out": [], "standing": [], "firms": 0}
            version.save()
            if version.source:
                storage.describe(version.source, ROSTER, self.quarter.last_day)
            QuarterEvent.objects.record(Event.APPROVED, version, by=approver)
        self.firms += firms

    def _summary(self, version: RosterVersion, firms: list[RosterFirm]) -> dict[str, Any]:
        """As a check sums it up that finds nothing to say."""
        findings = Findings(checking.nil_reading(version), compared=Comparison(firms=firms))
        return checking.summary_of(findings) | {"rows": len(firms)}

    def _firm(self, version: RosterVersion, row: Any, at: int) -> RosterFirm:
        number = HEADER_ROW + 1 + at
        return RosterFirm(
            version=version,
            uscc=row["uscc"],
            name=row["name"],
            kind=RosterFirm.Kind.UNCHANGED,
            row=number,
            cell=f"B{number}",
            park=self.by_name.get(row["park"] or ""),
            town=self.by_name.get(row["town"] or ""),
            holds_certificate=bool(row["certificate_number"]),
        )


def _as_text(order: TemplateOrder) -> bytes:
    """The template as text: title, unit and day, the columns' titles, the firms."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f"科技企业季度名册（{order.period.label}）"])
    writer.writerow([f"填报单位：{order.unit_name}　数据截至：{order.as_of:%Y年%m月%d日}"])
    writer.writerow([column.title for column in order.columns])
    for row in order.rows:
        writer.writerow([row.get(column.field) for column in order.columns])
    return out.getvalue().encode("utf-8-sig")
