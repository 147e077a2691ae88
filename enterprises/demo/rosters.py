"""Rosters of the quarter in progress: made of the units' templates, checked, handed in, approved by two persons."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from enterprises import jobs
from enterprises.demo.clock import told_at, working_hour
from enterprises.demo.firms import Drafter
from enterprises.demo.history import SEED
from enterprises.models import Quarter, RosterVersion
from enterprises.reporting import answers, intake, prefilled, submission
from enterprises.rosters.writing.template import TemplateOrder, build_template
from parks.models import Unit, User

Row = dict[str, Any]
Rows = list[Row]
CHECKED = "与企业核实，属实。"
LISTED_SINCE = dt.date(2025, 6, 3)


@dataclass(frozen=True)
class Hands:
    """Who hands in for a unit, and who of the bureau approves: never the same person."""

    of_unit: Callable[[Unit], User]
    approvers: Sequence[User]

    def approver(self, sender: User) -> User:
        return next(person for person in self.approvers if person != sender)


def hand_in(
    quarter: Quarter,
    unit: Unit,
    hands: Hands,
    moment: dt.datetime,
    alter: Callable[[Rows], None] | None = None,
) -> RosterVersion:
    """The version; of a file with errors it stays a draft."""
    sender = hands.of_unit(unit)
    with told_at(moment):
        version = _received(quarter, unit, sender, alter or _slightly)
        if version.is_ready and not answers.firms_without_answer(version):
            reasons = {
                answers.group_key(group): CHECKED
                for group in answers.groups_without_reason(version)
            }
            answers.store_reasons(version, reasons)
            submission.hand_in(version, by=sender)
    return version


def _received(
    quarter: Quarter, unit: Unit, sender: User, alter: Callable[[Rows], None]
) -> RosterVersion:
    order = prefilled.template_order(unit, quarter.last_day)
    if not order.rows:
        version = intake.declare_nil(quarter, unit, by=sender)
    else:
        rows = [dict(row) for row in order.rows]
        alter(rows)
        name = f"{unit.short_name}{quarter.period.label}名册（演示）.xlsx"
        content = build_template(_with_rows(order, rows))
        version = intake.receive_file(quarter, unit, [content], name, by=sender)
    assert version.job is not None
    jobs.run_inline(version.job)
    version.refresh_from_db()
    return version


def _with_rows(order: TemplateOrder, rows: Sequence[Mapping[str, Any]]) -> TemplateOrder:
    return replace(order, rows=rows)


def _slightly(rows: Rows) -> None:
    """A few firms have taken on people since."""
    for number, row in enumerate(rows[::17]):
        if row.get("staff"):
            row["staff"] = int(row["staff"]) + 1 + number % 3


def approve(version: RosterVersion, hands: Hands, moment: dt.datetime) -> None:
    if not version.is_submitted:
        return
    assert version.submitted_by is not None
    with told_at(moment):
        submission.approve_version(version, by=hands.approver(version.submitted_by))
        version.refresh_from_db()
        assert version.job is not None
        jobs.run_inline(version.job)


def tell_newest(quarter: Quarter, hands: Hands, today: dt.date, units: Mapping[str, str]) -> None:
    """The quarter that still takes rosters. `units`: code → how far its roster has come."""
    rows = {unit.code: unit for unit in Unit.objects.filter(code__in=list(units))}
    for number, (code, stage) in enumerate(units.items()):
        if code not in rows:
            continue
        # Days that lie within the quarter's own, which opened not long ago.
        day = max(quarter.opens_on, today - dt.timedelta(days=5 - number % 4))
        moment = working_hour(day, number)
        version = hand_in(quarter, rows[code], hands, moment, ALTERED.get(stage))
        later = moment + dt.timedelta(hours=20)
        if stage == "approved":
            approve(version, hands, later)
        elif stage == "returned" and version.is_submitted:
            with told_at(later):
                text = "请核对上年研发费用：与企业年报不一致。"
                submission.return_to_unit(version, by=hands.approvers[0], text=text)


def _with_errors(rows: Rows) -> None:
    """A digit of a code is wrong, a name is missing, a number is none."""
    code = str(rows[0]["uscc"])
    rows[0]["uscc"] = code[:-1] + ("1" if code[-1] != "1" else "2")
    if len(rows) > 2:
        rows[1]["name"] = ""
        rows[2]["staff"] = "约30"


def _with_one_less(rows: Rows) -> None:
    """A firm is not listed any more: the unit has yet to say why."""
    if len(rows) > 1:
        rows.pop(0)
    _slightly(rows)


def _with_newcomer(rows: Rows) -> None:
    """A firm that the registry does not know yet, at the place of the first."""
    made = Drafter(random.Random(f"{SEED} {rows[0]['uscc']}"), [""]).draft(LISTED_SINCE)
    told = {
        name: getattr(made, name)
        for name in ("uscc", "name", "registered_on", "industry_code", "contact_name")
    }
    copied = {name: rows[0].get(name) for name in ("park", "town", "tech_field", "above_scale")}
    rows.append({**copied, **told, "contact_phone": made.contact_phone, "staff": 12})
    _slightly(rows)


ALTERED: dict[str, Callable[[Rows], None]] = {
    "faulty": _with_errors,
    "asked": _with_one_less,
    "newcomer": _with_newcomer,
}
