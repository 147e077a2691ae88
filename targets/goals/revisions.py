"""Allocations of a year's goals: saved as revisions that are never rewritten, read back, told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from parks.models import Unit, User
from targets.figures import counting
from targets.goals.allocation import Goals, basis_day
from targets.models import GoalRevision, Indicator, UnitGoal

Key = tuple[str, int]
"""Code of the indicator, id of the unit."""


class NotSaved(Exception):
    """Nothing was saved; the message is a Chinese sentence. `about_reason`: it is the reason that is missing."""

    def __init__(self, message: str, *, about_reason: bool = False) -> None:
        super().__init__(message)
        self.about_reason = about_reason


@dataclass(frozen=True)
class Wanted:
    """What is entered for a unit and an indicator; the growth follows from the basis day's firms."""

    stock: int
    first: int


@dataclass(frozen=True)
class GoalChange:
    """A unit's goals that differ between a revision and the one before."""

    indicator: Indicator
    unit: Unit
    before: Goals
    after: Goals


def current(year: int) -> GoalRevision | None:
    return (
        GoalRevision.objects.filter(year=year).select_related("made_by").order_by("-number").first()
    )


def revisions(year: int) -> list[GoalRevision]:
    """The latest first."""
    return list(
        GoalRevision.objects.filter(year=year).select_related("made_by").order_by("-number")
    )


def goals_of_revision(revision: GoalRevision | None, unit: Unit | None = None) -> dict[Key, Goals]:
    """All goals of a revision, or a unit's; empty without a revision."""
    rows = UnitGoal.objects.filter(revision=revision) if revision else UnitGoal.objects.none()
    rows = rows.filter(unit=unit) if unit else rows
    found = rows.values_list("indicator__code", "unit_id", "stock", "net", "first")
    return {(code, unit): Goals(stock, net, first) for code, unit, stock, net, first in found}


def basis_stock(year: int) -> dict[Key, int]:
    """The firms each unit answers for on the basis day."""
    day = basis_day(year)
    counts = counting.count([day])
    units = list(Unit.objects.reporting())
    return {
        (code, unit.pk): counts.stock(day, code, counting.answered_for(unit))
        for code in Indicator.objects.headline_codes()
        for unit in units
    }


def keep(
    year: int, wanted: Mapping[Key, Wanted], *, seen: int, reason: str, by: User
) -> GoalRevision:
    """A further revision with all goals, or nothing. `seen`: number of the revision worked on (0 = none).

    NotSaved when somebody saved in between, when nothing differs, or when the reason of a change is missing.
    """
    with transaction.atomic():
        # Whoever saves holds these two rows: of two first revisions at once the second waits and is then refused.
        indicators = {
            indicator.code: indicator
            for indicator in Indicator.objects.select_for_update().filter(headline=True)
        }
        last = GoalRevision.objects.filter(year=year).order_by("-number").first()
        if (last.number if last else 0) != seen:
            raise NotSaved(
                "编辑期间他人已保存了新的一版，本次没有保存。请核对下面的现行方案后再保存。"
            )
        if last and not reason.strip():
            raise NotSaved("修订须写明原因。", about_reason=True)
        before = {key: Wanted(one.stock, one.first) for key, one in goals_of_revision(last).items()}
        if last and before == dict(wanted):
            raise NotSaved("与现行方案没有差别，没有保存。")
        revision = GoalRevision.objects.create(
            year=year, number=seen + 1, reason=reason.strip(), basis_day=basis_day(year), made_by=by
        )
        stock = basis_stock(year)
        UnitGoal.objects.bulk_create(
            UnitGoal(
                revision=revision,
                indicator=indicators[code],
                unit_id=unit,
                stock=goal.stock,
                net=goal.stock - stock.get((code, unit), 0),
                first=goal.first,
            )
            for (code, unit), goal in wanted.items()
        )
    return revision


def changes(revision: GoalRevision) -> Sequence[GoalChange]:
    """Against the revision before, in the order of the units; empty for a first one."""
    earlier = GoalRevision.objects.filter(year=revision.year, number=revision.number - 1).first()
    if earlier is None:
        return []
    before, after = goals_of_revision(earlier), goals_of_revision(revision)
    nothing = Goals(0, 0, 0)
    return [
        GoalChange(indicator, unit, before.get(key, nothing), after.get(key, nothing))
        for indicator in Indicator.objects.headlines()
        for unit in Unit.objects.reporting()
        if (key := (indicator.code, unit.pk))
        and before.get(key, nothing) != after.get(key, nothing)
    ]
