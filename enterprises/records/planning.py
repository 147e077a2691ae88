"""From the rows of a register to tellings, with everything that stands against them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from enterprises.models import Enterprise, RecordField, RecordKind
from enterprises.models.records import FieldRole
from enterprises.records.book import Heeded
from enterprises.records.door import Hearing, preview
from enterprises.records.folding import identity_of
from enterprises.records.judging import (
    DAYS_CROSSED,
    MORE_BACK,
    OTHER_NAME,
    SEVERAL_OF_NAME,
    UNKNOWN_BESIDE,
    UNKNOWN_FIRM,
    YET_TO_COME,
    RowJudge,
)
from enterprises.records.kinds import attribute_of
from enterprises.records.telling import Act, Telling
from enterprises.rosters.definition.catalogue import ERROR, WARNING, Rule
from enterprises.rosters.definition.problems import Note, Problem
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.reading.sheet import Reading
from parks.models import Unit

TWICE = Rule("T105", ERROR, "与上面的一行是同一条记录而内容不同", "请只保留一行")
LOWER = Rule("T109", WARNING, "级别低于已登记的级别", "请核对；确已降级的可以载入")
DIFFERENCE = Rule(
    "T110", WARNING, "与已登记的不同，以登记为准", "请核对；登记有误的，请在记录页更正"
)
RULES = (
    *(UNKNOWN_FIRM, UNKNOWN_BESIDE, OTHER_NAME, SEVERAL_OF_NAME, TWICE, DAYS_CROSSED),
    *(YET_TO_COME, MORE_BACK, LOWER, DIFFERENCE),
)


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
        broken = {problem.row for problem in reading.problems if problem.blocks}
        self._rows = [row for row in reading.rows if row.number not in broken]
        self._by_number = {row.number: row for row in self._rows}
        self._judge = RowJudge(kind, self._rows, today)

    def plan(self) -> RecordPlan:
        seen: dict[str, Telling] = {}
        for row in self._rows:
            found = list(self._judge.problems_of(row))
            self._plan.problems += found
            if any(problem.blocks for problem in found):
                continue
            telling = self._judge.telling(row)
            identity = self._identity(telling)
            first = seen.setdefault(identity, telling)
            if first is telling:
                self._plan.tellings.append(telling)
            elif self._says_otherwise(first, telling):
                self._plan.problems.append(self._twice(row, first))
        self._plan.linked = self._judge.linked
        self._plan.hearing = preview(self._kind, self._plan.tellings)
        for heeded in self._plan.hearing.heeded:
            self._plan.problems += self._differences(heeded)
        return self._plan

    def _identity(self, telling: Telling) -> str:
        told = dict(telling.values)
        return identity_of(self._kind, told | {"firm": told.get("enterprise")})

    def _says_otherwise(self, first: Telling, later: Telling) -> bool:
        return (first.values, first.extra) != (later.values, later.extra)

    def _twice(self, row: RosterRow, first: Telling) -> Problem:
        column = next(field for field in self._kind.columns if field.code in row.at)
        return self._judge.problem_at(
            TWICE, row, column, f"与第{first.row}行是同一条记录而内容不同"
        )

    # --- against what is recorded ---
    def _differences(self, heeded: Heeded) -> Iterator[Problem]:
        row = self._by_number[heeded.telling.row]
        for name, registered in heeded.heard.differences.items():
            column = next(field for field in self._kind.columns if attribute_of(field) == name)
            shown = self._shown(column, registered)
            yield self._judge.problem_at(DIFFERENCE, row, column, f"登记为{shown}，以登记为准")
        for word in heeded.heard.words:
            if word.act == Act.PROMOTED and self._is_lower(word.before, word.after):
                yield self._judge.problem(LOWER, row, FieldRole.LEVEL)

    def _shown(self, column: RecordField, value: Any) -> str:
        if column.role == FieldRole.UNIT:
            return str(Unit.objects.get(pk=value))
        if column.role == FieldRole.FIRM_CODE:
            return Enterprise.objects.get(pk=value).name
        return column.shown(value)

    def _is_lower(self, before: Any, after: Any) -> bool:
        order = [level["code"] for level in self._kind.levels]
        first, second = before.get("level"), after.get("level")
        return first in order and second in order and order.index(second) < order.index(first)


def plan_rows(kind: RecordKind, reading: Reading, today: dt.date) -> RecordPlan:
    return Planner(kind, reading, today).plan()
