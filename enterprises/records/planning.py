"""From the rows of a register to tellings, with everything that stands against them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from enterprises.models import RecordField, RecordKind
from enterprises.models.records import Role
from enterprises.records.book import Heeded
from enterprises.records.door import Hearing, preview
from enterprises.records.firms import KnownFirms, known_firms
from enterprises.records.folding import identity_of
from enterprises.records.kinds import attribute_of
from enterprises.records.telling import Act, Telling
from enterprises.rosters.definition.catalogue import ERROR, WARNING, Rule
from enterprises.rosters.definition.problems import Note, Problem
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.reading.sheet import Reading
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
TWICE = Rule("T105", ERROR, "与上面的一行是同一条记录而内容不同", "请只保留一行")
DAYS_CROSSED = Rule("T106", ERROR, "日期先后不对", "请核对两个日期")
YET_TO_COME = Rule("T107", ERROR, "日期晚于今天", "尚未发生的，不登记；请核对日期")
MORE_BACK = Rule("T108", ERROR, "收回金额多于原金额", "请核对两个金额")
LOWER = Rule("T109", WARNING, "级别低于已登记的级别", "请核对；确已降级的可以载入")
DIFFERENCE = Rule(
    "T110", WARNING, "与已登记的不同，以登记为准", "请核对；登记有误的，请在记录页更正"
)
RULES = (
    *(UNKNOWN_FIRM, UNKNOWN_BESIDE, OTHER_NAME, SEVERAL_OF_NAME, TWICE, DAYS_CROSSED),
    *(YET_TO_COME, MORE_BACK, LOWER, DIFFERENCE),
)
LATER_THAN_START = (Role.UNTIL, Role.REVIEWED, Role.RETURNED_ON)
MAY_COME = (Role.UNTIL,)
"""Days that may lie ahead: a loan falls due."""


@dataclass
class RecordPlan:
    """What a file says, what it would change, and everything that stands against it."""

    kind: RecordKind
    reading: Reading
    tellings: list[Telling] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    linked: list[Note] = field(default_factory=list)
    hearing: Hearing = field(default_factory=Hearing)

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)


class Planner:
    """Holds the rows of one file against the kind, the register of firms, and what is recorded."""

    def __init__(self, kind: RecordKind, reading: Reading, today: dt.date) -> None:
        self._kind, self._today = kind, today
        self._plan = RecordPlan(kind, reading, problems=list(reading.problems))
        self._fields = {column.code: column for column in kind.columns}
        self._units = dict(Unit.objects.reporting().values_list("code", "pk"))
        broken = {problem.row for problem in reading.problems if problem.blocks}
        self._rows = [row for row in reading.rows if row.number not in broken]
        self._firms = self._known_firms()

    def plan(self) -> RecordPlan:
        seen: dict[str, Telling] = {}
        for row in self._rows:
            found = list(self._problems_of(row))
            self._plan.problems += found
            if any(problem.blocks for problem in found):
                continue
            telling = self._telling(row)
            identity = self._identity(telling)
            first = seen.setdefault(identity, telling)
            if first is telling:
                self._plan.tellings.append(telling)
            elif self._says_otherwise(first, telling):
                self._plan.problems.append(self._twice(row, first))
        self._plan.hearing = preview(self._kind, self._plan.tellings)
        for heeded in self._plan.hearing.heeded:
            self._plan.problems += self._differences(heeded)
        return self._plan

    def _known_firms(self) -> KnownFirms:
        codes = (self._value(row, Role.FIRM_CODE) or "" for row in self._rows)
        names = (self._value(row, Role.FIRM_NAME) or "" for row in self._rows)
        return known_firms(codes, names)

    def _value(self, row: RosterRow, role: str) -> Any:
        column = self._kind.by_role.get(role)
        return row.values.get(column.code) if column else None

    # --- what stands against a row ---
    def _problems_of(self, row: RosterRow) -> Iterator[Problem]:
        yield from self._firm_problems(row)
        since = self._value(row, Role.SINCE)
        for role in (Role.SINCE, *LATER_THAN_START):
            day = self._value(row, role)
            if day and day > self._today and role not in MAY_COME:
                yield self._problem(YET_TO_COME, row, role)
            if day and since and day < since:
                start = self._kind.by_role[Role.SINCE].title
                yield self._problem(DAYS_CROSSED, row, role, f"早于“{start}”{since}")
        amount, returned = self._value(row, Role.AMOUNT), self._value(row, Role.RETURNED)
        if returned is not None and amount is not None and returned > amount:
            yield self._problem(MORE_BACK, row, Role.RETURNED)

    def _firm_problems(self, row: RosterRow) -> Iterator[Problem]:
        code, name = self._value(row, Role.FIRM_CODE), self._value(row, Role.FIRM_NAME)
        if code and (firm := self._firms.by_code.get(code)):
            other = self._firms.named(name) if name else None
            if other is not None and other.pk != firm.pk:
                yield self._problem(OTHER_NAME, row, Role.FIRM_NAME, f"该代码登记为“{firm.name}”")
        elif code:
            is_needed = self._kind.by_role[Role.FIRM_CODE].is_required
            yield self._problem(UNKNOWN_FIRM if is_needed else UNKNOWN_BESIDE, row, Role.FIRM_CODE)
        elif name and len(self._firms.by_name.get(normalise(name), [])) > 1:
            yield self._problem(SEVERAL_OF_NAME, row, Role.FIRM_NAME)

    def _problem(self, rule: Rule, row: RosterRow, role: str, reason: str = "") -> Problem:
        column = self._kind.by_role[role]
        return self._problem_at(rule, row, column, reason)

    def _problem_at(
        self, rule: Rule, row: RosterRow, column: RecordField, reason: str = ""
    ) -> Problem:
        seen = row.seen.get(column.code)
        return rule.problem(row.address(column.code), column.title, seen, reason)

    # --- what a row says ---
    def _telling(self, row: RosterRow) -> Telling:
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        cells: dict[str, str] = {}
        for column in self._kind.columns:
            value = row.values.get(column.code)
            if value in (None, ""):
                continue
            name = attribute_of(column)
            cells[name] = row.address(column.code)
            if column.role == Role.EXTRA:
                extra[name] = _plain(value)
            elif column.role == Role.UNIT:
                values[name] = self._units[value]
            elif column.role != Role.FIRM_CODE:
                values[name] = value
        if (firm := self._firm_of(row)) is not None:
            values["enterprise"] = firm
        return Telling(values, self._today, extra, cells, row.number)

    def _firm_of(self, row: RosterRow) -> int | None:
        code, name = self._value(row, Role.FIRM_CODE), self._value(row, Role.FIRM_NAME)
        if code:
            firm = self._firms.by_code.get(code)
            return firm.pk if firm else None
        named = self._firms.named(name) if name else None
        if named is None:
            return None
        column = self._kind.by_role[Role.FIRM_NAME]
        note = Note(row.address(column.code), column.title, name, f"{named.name}（{named.uscc}）")
        self._plan.linked.append(note)
        return named.pk

    def _identity(self, telling: Telling) -> str:
        told = dict(telling.values)
        return identity_of(self._kind, told | {"firm": told.get("enterprise")})

    def _says_otherwise(self, first: Telling, later: Telling) -> bool:
        return (first.values, first.extra) != (later.values, later.extra)

    def _twice(self, row: RosterRow, first: Telling) -> Problem:
        column = next(field for field in self._kind.columns if field.code in row.at)
        return self._problem_at(TWICE, row, column, f"与第{first.row}行是同一条记录而内容不同")

    # --- against what is recorded ---
    def _differences(self, heeded: Heeded) -> Iterator[Problem]:
        rows = {row.number: row for row in self._rows}
        row = rows[heeded.telling.row]
        for name, registered in heeded.heard.differences.items():
            column = next(field for field in self._kind.columns if attribute_of(field) == name)
            shown = self._shown(column, registered)
            yield self._problem_at(DIFFERENCE, row, column, f"登记为{shown}，以登记为准")
        for word in heeded.heard.words:
            if word.act == Act.PROMOTED and self._is_lower(word.before, word.after):
                yield self._problem(LOWER, row, Role.LEVEL)

    def _shown(self, column: RecordField, value: Any) -> str:
        if column.role == Role.UNIT:
            return str(Unit.objects.get(pk=value))
        return column.shown(value)

    def _is_lower(self, before: Any, after: Any) -> bool:
        order = [level["code"] for level in self._kind.levels]
        first, second = before.get("level"), after.get("level")
        return first in order and second in order and order.index(second) < order.index(first)


def _plain(value: Any) -> Any:
    """As the ledger keeps it: days as texts, so that what is read equals what was written."""
    return value.isoformat() if isinstance(value, dt.date) else value


def plan_rows(kind: RecordKind, reading: Reading, today: dt.date) -> RecordPlan:
    return Planner(kind, reading, today).plan()
