"""Allocations of a year's goals: saved as revisions that are never rewritten, and compared."""

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
    """Nothing was saved; the message is a Chinese sentence.

    `about_reason`: what is missing is the reason of the revision.
    """

    def __init__(self, message: str, *, about_reason: bool = False) -> None:
        super().__init__(message)
        self.about_reason = about_reason


@dataclass(frozen=True)
class Wanted:
    """What is entered for a unit and an indicator; growth follows from the basis day's firms."""

    stock: int
    first: int


@dataclass(frozen=True)
class GoalChange:
    """A unit's goals that differ between a revision and the one before."""

    indicator: Indicator
    unit: Unit
    before: Goals
    after: Goals


def current_revision(year: int) -> GoalRevision | None:
    """The revision in force; None where nothing is allotted yet."""
    # The latest is in force: a revision replaces the whole allocation, never a part of it.
    return next(iter(all_revisions(year)), None)


def all_revisions(year: int) -> list[GoalRevision]:
    """The latest first."""
    saved = GoalRevision.objects.filter(year=year).select_related("made_by")
    # By number, which is given under a lock, and not by a clock.
    return list(saved.order_by("-number"))


def goals_of_revision(revision: GoalRevision | None, unit: Unit | None = None) -> dict[Key, Goals]:
    """All goals of a revision, or a unit's; empty without a revision."""
    if revision is None:
        return {}
    saved = UnitGoal.objects.filter(revision=revision)
    if unit:
        saved = saved.filter(unit=unit)
    rows = saved.values_list("indicator__code", "unit_id", "stock", "net", "first")
    return {(code, unit_id): Goals(*numbers) for code, unit_id, *numbers in rows}


def basis_stock(year: int) -> dict[Key, int]:
    """The firms each unit answers for on the basis day."""
    day = basis_day(year)
    counts = counting.count([day])
    # Only the headlines are allotted; the plan's other numbers stay the district's own.
    kinds = Indicator.objects.headline_codes()
    stock = {}
    for unit in Unit.objects.reporting():
        for kind in kinds:
            stock[kind, unit.pk] = counts.stock(day, kind, counting.answered_for(unit))
    return stock


def save_revision(
    year: int, wanted: Mapping[Key, Wanted], *, seen: int, reason: str, by: User
) -> GoalRevision:
    """Save a further revision with all goals, or nothing.

    `seen` is the number of the revision that was worked on, 0 for none. Raises NotSaved when
    somebody saved in between, when nothing differs, or when the reason of a change is missing.
    """
    with transaction.atomic():
        # The rows of the headline indicators serve as the lock. There may be no revision yet that
        # could be locked: of two first ones at once the second waits here and is then refused.
        locked = Indicator.objects.select_for_update().filter(headline=True)
        indicators = {indicator.code: indicator for indicator in locked}
        last = GoalRevision.objects.filter(year=year).order_by("-number").first()
        if (last.number if last else 0) != seen:
            raise NotSaved(
                "编辑期间他人已保存了新的一版，本次没有保存。请核对下面的现行方案后再保存。"
            )
        if last and not reason.strip():
            raise NotSaved("修订须写明原因。", about_reason=True)
        # Growth is left out of the comparison: it follows from the stock and the basis day.
        before = {
            key: Wanted(goals.stock, goals.first) for key, goals in goals_of_revision(last).items()
        }
        if last and before == dict(wanted):
            raise NotSaved("与现行方案没有差别，没有保存。")
        revision = GoalRevision.objects.create(
            year=year, number=seen + 1, reason=reason.strip(), basis_day=basis_day(year), made_by=by
        )
        # Growth is kept beside the stock: later corrections of the basis must not change it.
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


def changes_of(revision: GoalRevision) -> Sequence[GoalChange]:
    """Against the revision before, in the order of the units; empty for a first one."""
    # Numbers have no gaps, since they are given under the lock: the one before is one less.
    earlier = GoalRevision.objects.filter(year=revision.year, number=revision.number - 1).first()
    if earlier is None:
        return []
    before_by_key, after_by_key = goals_of_revision(earlier), goals_of_revision(revision)
    nothing = Goals(0, 0, 0)
    units = list(Unit.objects.reporting())
    found = []
    for indicator in Indicator.objects.headlines():
        for unit in units:
            key = (indicator.code, unit.pk)
            # A unit that came or went between the two had, or has, no goals.
            before, after = before_by_key.get(key, nothing), after_by_key.get(key, nothing)
            if before != after:
                found.append(GoalChange(indicator, unit, before, after))
    return found
