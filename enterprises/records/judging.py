"""What stands against one row of a register, and what it tells: the same for a file and a form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from enterprises.models import RecordField, RecordKind
from enterprises.models.records import FieldRole
from enterprises.records.firms import FirmsNamed, known_firms
from enterprises.records.kinds import attribute_of
from enterprises.records.telling import Telling
from enterprises.rosters.definition.catalogue import ERROR, WARNING, Rule
from enterprises.rosters.definition.problems import Note, Problem
from enterprises.rosters.definition.row import RosterRow
from enterprises.uscc import normalise
from parks.models import Unit

UNKNOWN_FIRM = Rule(
    "T101", ERROR, "企业尚未登记", "请核对信用代码；确是本区企业的，先登记企业，再载入本表"
)
UNKNOWN_BESIDE = Rule(
    "T102", WARNING, "企业不在本区名录中", "按名称登记，不关联企业；应在名录中的，请核对信用代码"
)
OTHER_NAME = Rule("T103", ERROR, "名称与信用代码不是同一家企业", "请核对名称和信用代码")
SEVERAL_OF_NAME = Rule("T104", ERROR, "同名企业不止一家", "请填统一社会信用代码")
DAYS_CROSSED = Rule("T106", ERROR, "日期先后不对", "请核对两个日期")
YET_TO_COME = Rule("T107", ERROR, "日期晚于今天", "尚未发生的，不登记；请核对日期")
MORE_BACK = Rule("T108", ERROR, "收回金额多于原金额", "请核对两个金额")
LATER_THAN_START = (FieldRole.UNTIL, FieldRole.REVIEWED, FieldRole.RETURNED_ON)
MAY_COME = (FieldRole.UNTIL,)
"""Days that may lie ahead: a loan falls due."""


class RowJudge:
    """Holds single rows against the kind and the register of firms; the queries do not grow."""

    def __init__(self, kind: RecordKind, rows: Sequence[RosterRow], today: dt.date) -> None:
        self._kind, self._rows, self._today = kind, rows, today
        self._units = dict(Unit.objects.reporting().values_list("code", "pk"))
        self._firms = self._known_firms()
        self.linked: list[Note] = []

    def _known_firms(self) -> FirmsNamed:
        codes = (self._value(row, FieldRole.FIRM_CODE) or "" for row in self._rows)
        names = (self._value(row, FieldRole.FIRM_NAME) or "" for row in self._rows)
        return known_firms(codes, names)

    def _value(self, row: RosterRow, role: str) -> Any:
        column = self._kind.by_role.get(role)
        return row.values.get(column.code) if column else None

    # --- what stands against a row ---
    def problems_of(self, row: RosterRow) -> Iterator[Problem]:
        yield from self._firm_problems(row)
        since = self._value(row, FieldRole.SINCE)
        for role in (FieldRole.SINCE, *LATER_THAN_START):
            day = self._value(row, role)
            if day and day > self._today and role not in MAY_COME:
                yield self.problem(YET_TO_COME, row, role)
            if day and since and day < since:
                start = self._kind.by_role[FieldRole.SINCE].title
                yield self.problem(DAYS_CROSSED, row, role, f"早于“{start}”{since}")
        amount, returned = self._value(row, FieldRole.AMOUNT), self._value(row, FieldRole.RETURNED)
        if returned is not None and amount is not None and returned > amount:
            yield self.problem(MORE_BACK, row, FieldRole.RETURNED)

    def _firm_problems(self, row: RosterRow) -> Iterator[Problem]:
        code, name = self._value(row, FieldRole.FIRM_CODE), self._value(row, FieldRole.FIRM_NAME)
        if code and (firm := self._firms.by_code.get(code)):
            other = self._firms.named(name) if name else None
            if other is not None and other.pk != firm.pk:
                yield self.problem(
                    OTHER_NAME, row, FieldRole.FIRM_NAME, f"该代码登记为“{firm.name}”"
                )
        elif code:
            is_needed = self._kind.by_role[FieldRole.FIRM_CODE].is_required
            yield self.problem(
                UNKNOWN_FIRM if is_needed else UNKNOWN_BESIDE, row, FieldRole.FIRM_CODE
            )
        elif name and len(self._firms.by_name.get(normalise(name), [])) > 1:
            yield self.problem(SEVERAL_OF_NAME, row, FieldRole.FIRM_NAME)

    def problem(self, rule: Rule, row: RosterRow, role: str, reason: str = "") -> Problem:
        column = self._kind.by_role[role]
        return self.problem_at(rule, row, column, reason)

    def problem_at(
        self, rule: Rule, row: RosterRow, column: RecordField, reason: str = ""
    ) -> Problem:
        seen = row.seen.get(column.code)
        return rule.problem(row.address(column.code), column.title, seen, reason)

    # --- what a row says ---
    def telling(self, row: RosterRow) -> Telling:
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        cells: dict[str, str] = {}
        for column in self._kind.columns:
            value = row.values.get(column.code)
            if value in (None, ""):
                continue
            name = attribute_of(column)
            cells[name] = row.address(column.code)
            if column.role == FieldRole.EXTRA:
                extra[name] = _plain(value)
            elif column.role == FieldRole.UNIT:
                values[name] = self._units[value]
            elif column.role != FieldRole.FIRM_CODE:
                values[name] = value
        if (firm := self._firm_of(row)) is not None:
            values["enterprise"] = firm
        return Telling(values, self._today, extra, cells, row.number)

    def _firm_of(self, row: RosterRow) -> int | None:
        code, name = self._value(row, FieldRole.FIRM_CODE), self._value(row, FieldRole.FIRM_NAME)
        if code:
            firm = self._firms.by_code.get(code)
            return firm.pk if firm else None
        named = self._firms.named(name) if name else None
        if named is None:
            return None
        column = self._kind.by_role[FieldRole.FIRM_NAME]
        note = Note(row.address(column.code), column.title, name, f"{named.name}（{named.uscc}）")
        self.linked.append(note)
        return named.pk


def _plain(value: Any) -> Any:
    """As the ledger keeps it: days and amounts as texts, so that what is read equals what was written."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value
