"""How many of the accepted applications led to a certificate, with the number it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enterprises.applications.courses import ACCEPTED, DECIDED, Course, CourseState

SMALLEST_SAMPLE = 5
"""Of fewer applications no rate is told: it would be about single firms."""


@dataclass(frozen=True)
class Rate:
    """`of`: how many it is about."""

    certified: int
    of: int

    @property
    def is_told(self) -> bool:
        return self.of >= SMALLEST_SAMPLE

    @property
    def share(self) -> float | None:
        """In percent; None where it is not told."""
        return round(100 * self.certified / self.of, 1) if self.is_told else None

    @property
    def words(self) -> str:
        if not self.of:
            return "—"
        if not self.is_told:
            return "样本不足"
        return f"{self.share:.1f}%（{self.certified}/{self.of}）"


def passed(courses: Iterable[Course]) -> Rate:
    """通过率: certified of what was filed and not withdrawn, decided or not."""
    return _rate(courses, ACCEPTED)


def passed_of_decided(courses: Iterable[Course]) -> Rate:
    return _rate(courses, DECIDED)


def _rate(courses: Iterable[Course], states: tuple[CourseState, ...]) -> Rate:
    counted = [course for course in courses if course.state in states]
    certified = sum(course.state == CourseState.CERTIFIED for course in counted)
    return Rate(certified, len(counted))
