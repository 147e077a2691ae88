"""The applications page as its template shows it: the matrix, the rates, the named firms."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse

from enterprises.applications import agencies, rates
from enterprises.applications.courses import (
    ACCEPTED,
    OPEN,
    Course,
    CourseState,
    Role,
    courses_of,
)
from enterprises.applications.question import (
    GONE,
    LIST,
    NO_AGENCY,
    NO_BATCH,
    NO_STEP,
    ApplicationsQuestion,
)
from enterprises.applications.rates import Rate
from enterprises.firms import contacts
from enterprises.firms.due_days import days_in_words
from parks.models import Unit, User

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class Number:
    """So many firms, and the list of them."""

    firms: int
    url: str


@dataclass(frozen=True)
class StateRow:
    state: CourseState | None
    label: str
    numbers: list[Number]


@dataclass(frozen=True)
class RateRow:
    """`rate` and `decided` are None where they may not be shown."""

    code: str
    name: str
    accepted: Number
    certified: Number
    rejected: Number
    given_up: Number
    rate: Rate | None
    decided: Rate | None


@dataclass(frozen=True)
class RateTable:
    title: str
    head: str
    rows: list[RateRow]


@dataclass(frozen=True)
class CourseLine:
    """A course as shown. `next_words`: how far its next day is; `may_tell`: whether it is theirs."""

    course: Course
    next_words: str
    is_late: bool
    owner: str
    may_tell: bool


class ApplicationsPage:
    """All from the courses of one year, which are read once."""

    def __init__(self, question: ApplicationsQuestion) -> None:
        self.asked = question
        user = question.user
        self.all = courses_of(question.kind, question.year, question.today, user)
        asked_for = [course for course in self.all if question.asks_for(course)]
        self.listed = sorted(asked_for, key=_urgency)
        self._replied = set() if user.in_bureau else agencies.replied(question.year)

    def address(self, **changes: Any) -> str:
        return f"{reverse('applications')}?{self.asked.query(**changes)}".rstrip("?")

    @cached_property
    def filters_in_words(self) -> str:
        """What is asked besides kind and year, for paper."""
        asked = self.asked
        told = [
            asked.state_label if asked.state else "",
            dict(Role.choices).get(asked.role, ""),
            "" if asked.batch is None else batch_in_words(asked.batch),
            asked.unit.name if asked.unit else "",
            "无下一步" if asked.next == NO_STEP else "",
            f"“{asked.q}”" if asked.q else "",
        ]
        return "、".join(filter(None, told))

    @cached_property
    def here(self) -> str:
        return self.address()

    @property
    def matrix_url(self) -> str:
        return self.address(view=None)

    @property
    def list_url(self) -> str:
        return self._list_of()

    @property
    def all_url(self) -> str:
        """The year without any filter."""
        kept: dict[str, Any] = {"kind": self.asked.kind, "year": self.asked.year, "view": LIST}
        asked = ApplicationsQuestion(today=self.asked.today, user=self.asked.user, **kept)
        return f"{reverse('applications')}?{asked.query()}"

    # --- heads ---
    @property
    def chips(self) -> list[tuple[str, Number]]:
        accepted = [course for course in self.listed if course.state in ACCEPTED]
        told = [("受理", Number(len(accepted), self._list_of(state="accepted")))]
        told += [(state.label, self._number(self.listed, state)) for state in CourseState]
        idle = sum(course.has_no_next_step for course in self.listed)
        return [*told, ("无下一步", Number(idle, self._list_of(next=NO_STEP)))]

    @property
    def firms(self) -> int:
        return len(self.listed)

    @property
    def by_state(self) -> dict[str, dict[str, int]]:
        """State → role → firms."""
        counts = Counter((course.state, course.role) for course in self.listed)
        return {
            state.value: {role.value: counts[state, role] for role in Role} for state in CourseState
        }

    @property
    def rate(self) -> Rate:
        return rates.passed(self.listed)

    @property
    def decided(self) -> Rate:
        return rates.passed_of_decided(self.listed)

    @property
    def batches(self) -> list[tuple[str, int, str, bool]]:
        """Label, firms, address, whether it is the one asked for."""
        counts = Counter(course.application.batch or NO_BATCH for course in self.all)
        told = [("全部", len(self.all), self.address(batch=None), self.asked.batch is None)]
        for number in sorted(counts, key=_undecided_last):
            label = batch_in_words(number)
            chosen = self.asked.batch == number
            told.append((label, counts[number], self.address(batch=number), chosen))
        return told

    # --- the matrix ---
    @property
    def columns(self) -> list[str]:
        return [*Role.labels, "合计", *(name for name, _, _ in self._units)]

    @cached_property
    def matrix(self) -> list[StateRow]:
        rows = [
            StateRow(state, state.label, self._cells(state))
            for state in CourseState
            if any(course.state == state for course in self.listed)
        ]
        return [*rows, StateRow(None, "合计", self._cells(None))] if rows else []

    @cached_property
    def _units(self) -> list[tuple[str, Callable[[Course], bool], str]]:
        """Name, whose courses, code. A reporter has no columns of others."""
        if not self.asked.user.sees_whole_district:
            return []
        units = {course.unit for course in self.listed if course.unit}
        ordered = sorted(units, key=lambda unit: (unit.is_town, unit.order, unit.code))
        columns = [(unit.answering_name, _of_unit(unit), unit.code) for unit in ordered]
        if any(course.unit is None for course in self.listed):
            columns.append(("已离开", lambda course: course.unit is None, GONE))
        return columns

    def _cells(self, state: CourseState | None) -> list[Number]:
        given = {"state": state.value} if state else {}
        courses = [course for course in self.listed if state is None or course.state == state]
        cells = [
            Number(
                sum(course.role == role for course in courses),
                self._list_of(**given, role=role.value),
            )
            for role in Role
        ]
        cells.append(Number(len(courses), self._list_of(**given)))
        for _, is_its, code in self._units:
            cells.append(Number(sum(map(is_its, courses)), self._list_of(**given, unit=code)))
        return cells

    # --- rates ---
    @property
    def rate_tables(self) -> list[RateTable]:
        tables = [self._by_batch(), self._by_unit(), self._by_agency()]
        return [table for table in tables if table.rows]

    def _by_batch(self) -> RateTable:
        batches = {course.application.batch or NO_BATCH for course in self.listed}
        numbers = sorted(batches, key=_undecided_last)
        rows = [
            self._rate_row(
                batch_in_words(number),
                [each for each in self.listed if (each.application.batch or NO_BATCH) == number],
                batch=number,
            )
            for number in numbers
        ]
        return RateTable("按批次", "批次", rows)

    def _by_unit(self) -> RateTable:
        rows = [
            self._rate_row(name, list(filter(is_its, self.listed)), unit=code)
            for name, is_its, code in self._units
        ]
        return RateTable("按单位", "单位", rows)

    @property
    def agency_rows(self) -> list[RateRow]:
        """Of the agencies of these courses, by name."""
        named = {course.agency: course.agency_name for course in self.listed if course.agency}
        return [
            self._rate_row(
                name,
                [course for course in self.listed if course.agency == code],
                is_public=self.asked.user.in_bureau or code in self._replied,
                agency=code,
            )
            for code, name in sorted(named.items(), key=lambda pair: pair[1])
        ]

    def _by_agency(self) -> RateTable:
        rows = self.agency_rows
        if any(not course.agency for course in self.listed):
            own = [course for course in self.listed if not course.agency]
            rows.append(self._rate_row("自行申报或未填", own, agency=NO_AGENCY))
        return RateTable("按辅导机构", "辅导机构", rows)

    def _rate_row(
        self, name: str, courses: Sequence[Course], *, is_public: bool = True, **given: Any
    ) -> RateRow:
        accepted = sum(course.state in ACCEPTED for course in courses)
        return RateRow(
            code=given.get("agency", ""),
            name=name,
            accepted=Number(accepted, self._list_of(state="accepted", **given)),
            certified=self._number(courses, CourseState.CERTIFIED, **given),
            rejected=self._number(courses, CourseState.REJECTED, **given),
            given_up=self._number(courses, CourseState.GIVEN_UP, **given),
            rate=rates.passed(courses) if is_public else None,
            decided=rates.passed_of_decided(courses) if is_public else None,
        )

    @cached_property
    def reasons(self) -> list[tuple[str, Number]]:
        """Why applications failed, the commonest first."""
        failed = [course for course in self.listed if course.state == CourseState.REJECTED]
        names = {each.reason: each.application.rejected_for for each in failed}
        counts = Counter(course.reason for course in failed)
        return [
            (
                str(names[code] or "原因未登记"),
                Number(count, self._list_of(state=CourseState.REJECTED.value, reason=code)),
            )
            for code, count in counts.most_common()
        ]

    # --- the list ---
    def lines(self, number: str | None, people: Sequence[User]) -> Any:
        """The page of the list with this number; one query at most."""
        page: Any = Paginator(self.listed, ROWS_PER_PAGE).get_page(number)
        shown = [course.firm.pk for course in page.object_list]
        open_to = contacts.shown_to(self.asked.user, shown)
        names = {person.username: str(person) for person in people}
        page.lines = [self._line(course, open_to, names) for course in page.object_list]
        return page

    def _line(self, course: Course, open_to: set[int], names: dict[str, str]) -> CourseLine:
        left = course.days_left(self.asked.today)
        owner = course.application.owner
        return CourseLine(
            course=course,
            next_words=days_in_words(left),
            is_late=left is not None and left < 0,
            owner=names.get(owner, owner),
            may_tell=course.firm.pk in open_to,
        )

    def _number(self, courses: Iterable[Course], state: CourseState, **given: Any) -> Number:
        firms = sum(course.state == state for course in courses)
        return Number(firms, self._list_of(state=state.value, **given))

    def _list_of(self, **changes: Any) -> str:
        return self.address(view=LIST, **changes)


def _urgency(course: Course) -> tuple[bool, bool, dt.date]:
    """What has a day first, by its day, then what nobody has planned, then what is settled."""
    day = course.application.next_on
    return course.state not in OPEN and day is None, day is None, day or dt.date.max


def _of_unit(unit: Unit) -> Callable[[Course], bool]:
    return lambda course: course.unit == unit


def batch_in_words(batch: int) -> str:
    return f"第{batch}批" if batch else "未定批次"


def _undecided_last(batch: int) -> tuple[bool, int]:
    return batch == NO_BATCH, batch
