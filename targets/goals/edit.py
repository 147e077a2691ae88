"""The bureau's form as its page shows it: every unit's firms, the goals in force, the cells, and their sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from parks.models import Unit
from targets.goals import allocation, revisions, words
from targets.goals.allocation import DistrictNeed, Goals
from targets.goals.form import AllocationForm
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


def shown(
    form: AllocationForm, year: int, current: GoalRevision | None, needs: Sequence[DistrictNeed]
) -> dict[str, Any]:
    firms, now = revisions.basis_stock(year), revisions.goals_of_revision(current)
    sums = form.sums()
    return {
        "groups": [
            (
                title,
                [
                    _line(form, unit, firms, now)
                    for unit in form.units
                    if (unit.kind == Unit.Kind.PARK) is parks
                ],
            )
            for title, parks in (("园区平台", True), ("镇街（园区平台以外的企业）", False))
        ],
        "sums": [_sum(need, firms, sums[need.indicator.code]) for need in needs],
        "basis_day": allocation.basis_day(year),
    }


def _line(
    form: AllocationForm, unit: Unit, firms: Mapping[Key, int], now: Mapping[Key, Goals]
) -> GoalEditLine:
    return GoalEditLine(
        unit,
        [
            Cells(
                firms=firms[kind, unit.pk],
                now=now.get((kind, unit.pk)),
                stock=form[f"{kind}-{unit.code}-stock"],
                first=form[f"{kind}-{unit.code}-first"],
            )
            for kind in form.kinds
        ],
    )


def _sum(need: DistrictNeed, firms: Mapping[Key, int], entered: tuple[int, int, int]) -> Sum:
    stock, outside, first = entered
    return Sum(
        need=need,
        firms=sum(number for (kind, _), number in firms.items() if kind == need.indicator.code),
        stock=stock,
        first=first,
        said=[words.of_sum(need, stock), words.of_outside(need, stock, outside)],
    )


def initial_of(revision: GoalRevision | None, year: int) -> dict[str, Any]:
    """The current revision's numbers; of a year without one, the proposal's."""
    codes = dict(Unit.objects.reporting().values_list("pk", "code"))
    if revision:
        rows = revisions.goals_of_revision(revision)
    else:
        rows = {
            (one.need.indicator.code, unit): goal
            for one in allocation.propose(year)
            for unit, goal in one.goals.items()
        }
    found: dict[str, Any] = {"seen": revision.number if revision else 0, "reason": ""}
    for (kind, unit), goal in rows.items():
        found |= {
            f"{kind}-{codes[unit]}-stock": goal.stock,
            f"{kind}-{codes[unit]}-first": goal.first,
        }
    return found
