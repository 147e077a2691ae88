"""Who was certified out of the pool: by the year of entry, and by the stage at which the stay ended."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import TextChoices

from enterprises.models import Placement, PoolEntry
from enterprises.models.enterprise import answered_by
from enterprises.models.validity import FAR, Validity
from parks.models import Unit, User
from targets.pool.stays import PastStay, stays_in_order

Ending = PoolEntry.Ending


class PoolResult(TextChoices):
    CERTIFIED = "certified", "已认定"
    LIVE = "live", "仍在库"
    LEFT = "left", "未认定出库"


@dataclass(frozen=True)
class PoolCourse:
    """A firm's stays that follow each other without a gap, from the first to the last of them."""

    first: PastStay
    last: PastStay

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
    """The courses that began until the day, of firms for which the unit answered on their first day.

    Two queries at most.
    """
    rows = PoolEntry.objects.filter(since__lte=on).visible_to(user)
    courses = _courses(stays_in_order(rows))
    own = user.narrowed_to(unit)
    if own is None:
        return courses
    places = _places_of(own)
    return [
        course
        for course in courses
        if any(
            Validity(since, until or FAR).covers(course.first.since)
            for since, until in places[course.first.enterprise_id]
        )
    ]


def _courses(stays: Iterable[PastStay]) -> list[PoolCourse]:
    """Of stays in their order: a firm that comes back after it had left begins another one.

    A stay that never counted, because the firm was certified already, is none.
    """
    by_firm: dict[int, list[PoolCourse]] = defaultdict(list)
    for stay in stays:
        if stay.ended_on == stay.since:
            continue
        courses = by_firm[stay.enterprise_id]
        if courses and courses[-1].last.is_followed_by(stay):
            courses[-1] = PoolCourse(courses[-1].first, stay)
        else:
            courses.append(PoolCourse(stay, stay))
    return [course for courses in by_firm.values() for course in courses]


def _places_of(unit: Unit) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    """Firm → the days for which the unit answered for it."""
    pooled = PoolEntry.objects.values("enterprise")
    rows = Placement.objects.filter(answered_by(unit), enterprise__in=pooled)
    found = defaultdict(list)
    for firm, since, until in rows.order_by().values_list("enterprise", "since", "until"):
        found[firm].append((since, until))
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
