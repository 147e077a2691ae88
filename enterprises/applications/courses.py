"""The applications of a year for a kind, one a firm: how far each came, and what is next.

An application is several rows, one a stage. Its course is what its last row says, unless a
certificate of the year says more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from django.db.models import Q, TextChoices

from enterprises.applications.agencies import AgencyBook
from enterprises.marks import Mark, Tone
from enterprises.models import (
    Application,
    Enterprise,
    Placement,
    Qualification,
    QualificationKind,
)
from enterprises.models.application.course import CERTIFIED, CERTIFIED_WORD, STAGE_MARKS
from enterprises.models.chunks import chunks
from parks.models import Unit, User

Stage = Application.Stage


class CourseState(TextChoices):
    """Where an application stands, in the order in which it goes on."""

    PREPARING = Stage.PREPARING.value, "准备中"
    FILED = Stage.FILED.value, "已申报"
    PUBLICITY = Stage.PUBLICITY.value, "公示中"
    # No stage: the certificate itself says so.
    CERTIFIED = CERTIFIED, CERTIFIED_WORD
    REJECTED = Stage.REJECTED.value, "未通过"
    GIVEN_UP = Stage.GIVEN_UP.value, "放弃"

    @property
    def mark(self) -> Mark:
        return STAGE_MARKS.get(self.value) or Mark(Tone.GOOD, "check-circle")


class Role(TextChoices):
    FIRST = "first", "首次"
    AGAIN = "again", "重新"

    @classmethod
    def of(cls, certified_in: Iterable[int], year: int) -> Role:
        """Again, where the firm was ever certified in a year before the one applied for."""
        return cls.AGAIN if any(earlier < year for earlier in certified_in) else cls.FIRST


ACCEPTED = (CourseState.FILED, CourseState.PUBLICITY, CourseState.CERTIFIED, CourseState.REJECTED)
"""受理: it was filed and not withdrawn."""
DECIDED = (CourseState.CERTIFIED, CourseState.REJECTED)
OPEN = (CourseState.PREPARING, CourseState.FILED, CourseState.PUBLICITY)
"""Something is still to be done for the year."""


NOT_TOLD = "none"


@dataclass(frozen=True, slots=True)
class Course:
    """`unit`: which answers for the firm today; None where it is no longer here.

    `agency` is told by its code, or by the name itself where it has no row.
    """

    firm: Enterprise
    application: Application
    state: CourseState
    role: Role
    unit: Unit | None
    agency: str
    agency_name: str

    @property
    def reason(self) -> str:
        """Code of why it failed; "none" where nobody has told, "" where it did not fail."""
        if self.state != CourseState.REJECTED:
            return ""
        reason = self.application.rejected_for
        return reason.code if reason else NOT_TOLD

    @property
    def is_certified(self) -> bool:
        return self.state == CourseState.CERTIFIED

    @property
    def has_no_next_step(self) -> bool:
        return self.state in OPEN and not self.application.next_action

    def days_left(self, today: dt.date) -> int | None:
        """Until the day of the next step."""
        day = self.application.next_on
        return (day - today).days if day else None


def courses_of(
    kind: QualificationKind, year: int, today: dt.date, user: User | None
) -> list[Course]:
    """Of all firms that the user may see, by name; seven queries. Without a user, of the district."""
    last = _last_rows(kind, year, user)
    certified = _years_certified(kind, today, last)
    units = _units_today(last)
    book = AgencyBook()
    courses = []
    for firm_id, row in last.items():
        years = certified.get(firm_id, [])
        unit = units.get(firm_id)
        # A reporter sees whose firms they are today.
        if _is_held_back(user) and (unit is None or user.unit_id not in unit.seen_by):
            continue
        courses.append(
            Course(
                firm=row.enterprise,
                application=row,
                state=CourseState.CERTIFIED if year in years else CourseState(row.stage),
                role=Role.of(years, year),
                unit=unit.answers if unit else None,
                agency=book.code_of(row.agency) if row.agency else "",
                agency_name=book.name_of(row.agency) if row.agency else "",
            )
        )
    return sorted(courses, key=lambda course: (course.firm.name, course.firm.uscc))


def _is_held_back(user: User | None) -> TypeGuard[User]:
    """To the firms of the own unit."""
    return user is not None and not user.sees_whole_district


def _last_rows(kind: QualificationKind, year: int, user: User | None) -> dict[int, Application]:
    """Firm → the last row of its application of the year."""
    rows = Application.objects.filter(kind=kind, year=year, enterprise__voided_at=None)
    if _is_held_back(user):
        placed = Placement.objects.in_unit(user.unit_id).filter(until=None)
        rows = rows.filter(enterprise__in=placed.values("enterprise"))
    ordered = rows.select_related("enterprise", "kind", "rejected_for").order_by("since", "pk")
    return {row.enterprise_id: row for row in ordered}


def _years_certified(
    kind: QualificationKind, today: dt.date, firms: Iterable[int]
) -> dict[int, list[int]]:
    """Firm → the years of its certificates of the kind that have begun."""
    years: dict[int, list[int]] = {}
    begun = Q(valid_from=None) | Q(valid_from__lte=today)
    for portion in chunks(firms):
        held = Qualification.objects.filter(begun, kind=kind, enterprise__in=portion)
        for firm_id, class_year, valid_from in held.values_list(
            "enterprise", "class_year", "valid_from"
        ):
            # The database demands one of the two.
            year = class_year or (valid_from.year if valid_from else 0)
            years.setdefault(firm_id, []).append(year)
    return years


@dataclass(frozen=True, slots=True)
class _Whose:
    """`answers`: the park or, outside the parks, the town; `seen_by`: both."""

    answers: Unit
    seen_by: tuple[int | None, ...]


def _units_today(firms: Iterable[int]) -> dict[int, _Whose]:
    units = {unit.pk: unit for unit in Unit.objects.reporting()}
    found = {}
    for portion in chunks(firms):
        here = Placement.objects.filter(enterprise__in=portion, until=None)
        for firm_id, park, town in here.values_list("enterprise", "park", "town"):
            found[firm_id] = _Whose(units[park or town], (park, town))
    return found
