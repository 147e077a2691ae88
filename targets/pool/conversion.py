"""Who was certified out of the pool: by the year of entry, and by the stage at which the stay ended."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices

from enterprises.models import Placement, PoolEntry
from enterprises.models.chunks import chunks
from parks.models import Unit, User

Ending = PoolEntry.Ending


class PoolResult(TextChoices):
    CERTIFIED = "certified", "已认定"
    LIVE = "live", "仍在库"
    LEFT = "left", "未认定出库"


@dataclass(frozen=True)
class PoolCourse:
    """A firm's stays that follow each other without a gap, from the first to the last of them."""

    first: PoolEntry
    last: PoolEntry

    @property
    def year(self) -> int:
        return self.first.since.year

    def result_on(self, on: dt.date) -> PoolResult:
        if self.last.ended_on is None or self.last.ended_on > on:
            return PoolResult.LIVE
        return PoolResult.CERTIFIED if self.last.ended_by == Ending.CERTIFIED else PoolResult.LEFT


@dataclass
class PoolCohort:
    """Firms that entered in a year, and what became of them."""

    year: int
    results: Counter[str] = field(default_factory=Counter)
    certified_from: Counter[str] = field(default_factory=Counter)
    """Stage at which firms of the year were certified → how many."""

    @property
    def firms(self) -> int:
        return sum(self.results.values())

    @property
    def certified(self) -> int:
        return self.results[PoolResult.CERTIFIED]


def read_courses(on: dt.date, user: User, unit: Unit | None = None) -> list[PoolCourse]:
    """The courses that began until the day, of firms for which the unit answered on their first day."""
    rows = PoolEntry.objects.filter(since__lte=on).visible_to(user).select_related("enterprise")
    courses = _courses(rows)
    own = user.narrowed_to(unit)
    if own is None:
        return courses
    answering = _answering(courses)
    return [course for course in courses if answering.get(course.first.pk) == own.pk]


def _courses(entries: Iterable[PoolEntry]) -> list[PoolCourse]:
    """A firm that comes back after it had left begins another one.

    A stay that never counted, because the firm was certified already, is none.
    """
    by_firm: dict[int, list[PoolCourse]] = {}
    for entry in sorted(entries, key=lambda one: one.since):
        if entry.ended_on == entry.since:
            continue
        courses = by_firm.setdefault(entry.enterprise_id, [])
        if courses and courses[-1].last.is_followed_by(entry):
            courses[-1] = PoolCourse(courses[-1].first, entry)
        else:
            courses.append(PoolCourse(entry, entry))
    return [course for courses in by_firm.values() for course in courses]


def _answering(courses: Sequence[PoolCourse]) -> dict[int, int]:
    """First stay → the unit that answered for the firm on that day."""
    placements: dict[int, list[Placement]] = {}
    for ids in chunks({course.first.enterprise_id for course in courses}):
        for row in Placement.objects.filter(enterprise__in=ids):
            placements.setdefault(row.enterprise_id, []).append(row)
    found = {}
    for course in courses:
        for row in placements.get(course.first.enterprise_id, []):
            if row.holds_on(course.first.since):
                found[course.first.pk] = row.answering_id
    return found


def cohorts(courses: Iterable[PoolCourse], on: dt.date) -> list[PoolCohort]:
    """The oldest first."""
    found: dict[int, PoolCohort] = {}
    for course in courses:
        cohort = found.setdefault(course.year, PoolCohort(course.year))
        result = course.result_on(on)
        cohort.results[result] += 1
        if result is PoolResult.CERTIFIED:
            cohort.certified_from[course.last.stage] += 1
    return [found[year] for year in sorted(found)]
