"""The bureau's form as its page shows it: each unit's firms, goals in force, cells, and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from parks.models import Unit
from targets.goals import allocation, revisions, words
from targets.goals.allocation import DistrictNeed, Goals
from targets.goals.form import AllocationForm, EnteredSums, cell_name
from targets.goals.revisions import Key
from targets.models import GoalRevision


@dataclass(frozen=True)
class Cells:
    """One unit and indicator: firms on the basis day, the goals in force, the two fields."""

    firms: int
    now: Goals | None
    stock: forms.BoundField
    first: forms.BoundField

    @property
    def fields(self) -> tuple[forms.BoundField, forms.BoundField]:
        return self.stock, self.first


@dataclass(frozen=True)
class GoalEditLine:
    unit: Unit
    cells: Sequence[Cells]


@dataclass(frozen=True)
class Sum:
    """What an indicator's cells add up to, in numbers and against the plan in words."""

    need: DistrictNeed
    firms: int
    stock: int
    first: int
    said: Sequence[str]

    @property
    def net(self) -> int:
        return self.stock - self.firms


def page_context(
    form: AllocationForm, year: int, current: GoalRevision | None, needs: Sequence[DistrictNeed]
) -> dict[str, Any]:
    """What the template needs besides the form: the lines of parks and towns, and the sums."""
    # The firms of the basis day, not of today: growth is reckoned from them.
    firms = revisions.basis_stock(year)
    goals_now = revisions.goals_of_revision(current)
    parks, towns = [], []
    for unit in form.units:
        line = _line(form, unit, firms, goals_now)
        if unit.kind == Unit.Kind.PARK:
            parks.append(line)
        else:
            towns.append(line)
    sums = form.sums()
    # Goals in force have a column of their own, where there are any.
    columns_each = 4 if current else 3
    return {
        "groups": [("园区平台", parks), ("镇街（园区平台以外的企业）", towns)],
        "sums": [_sum(need, firms, sums[need.indicator.code]) for need in needs],
        "basis_day": allocation.basis_day(year),
        "columns": 1 + columns_each * len(needs),
    }


def _line(
    form: AllocationForm, unit: Unit, firms: Mapping[Key, int], goals_now: Mapping[Key, Goals]
) -> GoalEditLine:
    cells = []
    for kind in form.kinds:
        cells.append(
            Cells(
                firms=firms[kind, unit.pk],
                now=goals_now.get((kind, unit.pk)),
                stock=form[cell_name(kind, unit.code, "stock")],
                first=form[cell_name(kind, unit.code, "first")],
            )
        )
    return GoalEditLine(unit, cells)


def _sum(need: DistrictNeed, firms: Mapping[Key, int], entered: EnteredSums) -> Sum:
    kind = need.indicator.code
    return Sum(
        need=need,
        firms=sum(number for (code, _), number in firms.items() if code == kind),
        stock=entered.stock,
        first=entered.first,
        said=[
            words.of_sum(need, entered.stock),
            words.of_outside(need, entered.stock, entered.outside),
        ],
    )


def initial_of(revision: GoalRevision | None, year: int) -> dict[str, Any]:
    """The current revision's numbers; of a year without one, the proposal's."""
    goals: dict[Key, Goals] = {}
    # What is in force is the starting point; a proposal would overwrite decisions.
    if revision:
        goals = revisions.goals_of_revision(revision)
    else:
        for proposal in allocation.propose_goals(year):
            for unit, unit_goals in proposal.goals.items():
                goals[proposal.need.indicator.code, unit] = unit_goals
    codes = dict(Unit.objects.reporting().values_list("pk", "code"))
    initial: dict[str, Any] = {"seen": revision.number if revision else 0, "reason": ""}
    for (kind, unit), unit_goals in goals.items():
        initial[cell_name(kind, codes[unit], "stock")] = unit_goals.stock
        initial[cell_name(kind, codes[unit], "first")] = unit_goals.first
    return initial
