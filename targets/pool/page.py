"""The pool's page as its template shows it: the numbers, each with its list, and the named firms."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator

from enterprises.eligibility.model.condition_answer import State
from enterprises.firms import contacts
from enterprises.firms.self_check.page import FirmSelfCheck, self_checks_of
from enterprises.mining.population import answering_on
from enterprises.models import Application, Enterprise, PoolEntry
from parks.models import Unit, User
from targets.output.addresses import up_to_page_number
from targets.pool.conversion import PoolCohort, PoolCourse, PoolResult, cohorts, read_courses
from targets.pool.question import PoolQuestion, PoolView
from targets.pool.reading import (
    DUE_LABELS,
    OLDEST_BAND,
    PoolReading,
    PoolRow,
    read_pool,
    under_way,
)
from targets.pool.stays import ended_by_itself

ROWS_PER_PAGE = 50
AGE_BANDS = ["不满1年", "1至2年", "2年以上"]
FEWEST = 10
"""Firms of a cohort from which on a share is told."""
SHOWN_LACKS = 2
"""Conditions of which a row tells what is lacking; the self-check tells all."""


@dataclass(frozen=True)
class PoolNumber:
    """So many firms, and the list of them."""

    label: str
    firms: int
    url: str
    is_chosen: bool = False


@dataclass(frozen=True)
class StageAges:
    label: str
    ages: list[PoolNumber]
    all: PoolNumber


@dataclass(frozen=True)
class CohortLine:
    """`from_stages`: certified from seed, cultivation, application."""

    year: int
    all: PoolNumber
    certified: PoolNumber
    from_stages: list[PoolNumber]
    live: PoolNumber
    left: PoolNumber
    share: str


@dataclass(frozen=True)
class PoolLine:
    """A row as shown. `contact` is None where the viewer may not see it; `all_lacks`: in words.

    `unit` answers for the firm; `application`: under way.
    """

    row: PoolRow
    firm: Enterprise
    unit: Unit | None
    application: Application | None
    contact: str | None
    dials: str
    all_lacks: list[str]

    @property
    def lacks(self) -> list[str]:
        return self.all_lacks[:SHOWN_LACKS]

    @property
    def more(self) -> int:
        return len(self.all_lacks) - len(self.lacks)


@dataclass(frozen=True)
class PoolCourseLine:
    """`last`: its last stay. `how` the firm left, and when; "" and None where it did not."""

    course: PoolCourse
    last: PoolEntry
    result: PoolResult
    how: str
    over_on: dt.date | None


def page_context(question: PoolQuestion, user: User, number: str | None) -> dict[str, Any]:
    """`number`: that of the list's page, as it stands in the address."""
    reading = read_pool(question.on, user, question.unit)
    courses = read_courses(question.on, user, question.unit)
    is_cohort = question.view == PoolView.COHORT
    listed: Sequence[Any] = question.listed(reading)
    if is_cohort:
        listed = question.courses(courses)
    paginator = Paginator(listed, ROWS_PER_PAGE)
    page = paginator.get_page(number)
    lines: list[PoolLine] = []
    course_lines: list[PoolCourseLine] = []
    if is_cohort:
        course_lines = course_lines_of(list(page), question.on)
    else:
        lines = lines_of(list(page), user, reading)
    query = question.query()
    return {
        "chips": chips(question, reading),
        "stages_by_age": stage_lines(question, reading),
        "dues": due_numbers(question, reading) if question.view == PoolView.DUE else [],
        "cohorts": [_cohort_line(question, one) for one in cohorts(courses, question.on)],
        "listed": len(listed),
        "lines": lines,
        "courses": course_lines,
        "has_contacts": any(line.contact is not None for line in lines),
        "ended": ended_by_itself(question.on, user, question.unit, days=reading.rules.ended_days),
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "page_address": up_to_page_number(query),
        "rules": reading.rules,
        "judged_on": reading.judged_on,
        "is_to_enter": question.view == PoolView.ENTER,
        "stage_rules": [
            {"label": PoolEntry.Stage(rule.stage).label, **vars(rule)}
            for rule in reading.rules.stages
        ],
        "enter_from": PoolEntry.Stage(reading.rules.enter_from).label,
        "fewest": FEWEST,
        "bands": AGE_BANDS,
        "stage_names": [str(label) for label in PoolEntry.Stage.labels],
    }


def chips(question: PoolQuestion, reading: PoolReading) -> list[PoolNumber]:
    """The lists of the page, as far as the unit asked for."""
    found = []
    for view in PoolView:
        if view is not PoolView.COHORT:
            whole = PoolQuestion(question.on, view, question.unit)
            firms, url = len(whole.listed(reading)), whole.address()
            found.append(PoolNumber(str(view.label), firms, url, view == question.view))
    return found


def stage_lines(question: PoolQuestion, reading: PoolReading) -> list[StageAges]:
    """Highest stage first; by years at the stage."""
    counted = Counter(
        (row.stay.stage, row.age_band(question.on)) for row in reading.live if row.stay
    )
    whole = PoolQuestion(question.on, unit=question.unit)
    lines = []
    for stage, label in reversed(PoolEntry.Stage.choices):
        ages = [
            PoolNumber(
                AGE_BANDS[band], counted[stage, band], whole.address(stage=stage, age=str(band))
            )
            for band in range(OLDEST_BAND + 1)
        ]
        total = PoolNumber(str(label), sum(age.firms for age in ages), whole.address(stage=stage))
        lines.append(StageAges(str(label), ages, total))
    return lines


def due_numbers(question: PoolQuestion, reading: PoolReading) -> list[PoolNumber]:
    counted = Counter(due.code for row in reading.live for due in row.due)
    whole = PoolQuestion(question.on, PoolView.DUE, question.unit)
    return [
        PoolNumber(label, counted[code], whole.address(due=code), question.due == code)
        for code, label in DUE_LABELS.items()
        if counted[code]
    ]


def _cohort_line(question: PoolQuestion, cohort: PoolCohort) -> CohortLine:
    whole = PoolQuestion(question.on, PoolView.COHORT, question.unit, cohort=cohort.year)

    def number(result: PoolResult) -> PoolNumber:
        return PoolNumber(
            str(result.label), cohort.results[result], whole.address(result=result.value)
        )

    certified = PoolResult.CERTIFIED.value
    stages = [
        PoolNumber(
            str(label), cohort.certified_from[stage], whole.address(result=certified, stage=stage)
        )
        for stage, label in PoolEntry.Stage.choices
    ]
    return CohortLine(
        year=cohort.year,
        all=PoolNumber("入库", cohort.firms, whole.address()),
        certified=number(PoolResult.CERTIFIED),
        from_stages=stages,
        live=number(PoolResult.LIVE),
        left=number(PoolResult.LEFT),
        # Of a handful no share is told: it would be taken for knowledge.
        share=f"{cohort.certified / cohort.firms:.0%}" if cohort.firms >= FEWEST else "—",
    )


def lines_of(rows: Sequence[PoolRow], user: User, reading: PoolReading) -> list[PoolLine]:
    """The same few queries for any number of rows."""
    ids = [row.firm for row in rows]
    firms = Enterprise.objects.in_bulk(ids)
    open_to = contacts.shown_to(user, set(ids))
    checks = self_checks_of(firms.values(), reading.judged_on, reading.book)
    units, applications = answering_on(reading.on, ids), under_way(ids)
    lines = []
    for row in rows:
        firm = firms[row.firm]
        contact = contacts.contact_line(firm, open_to)
        lines.append(
            PoolLine(
                row=row,
                firm=firm,
                unit=units.get(firm.pk),
                application=applications.get(firm.pk) if row.stay else None,
                contact=contact,
                dials=contacts.dials(firm, contact),
                all_lacks=lacks_in_words(checks[firm.pk]),
            )
        )
    return lines


def lacks_in_words(check: FirmSelfCheck) -> list[str]:
    """What is not met first, each with what would be enough; then what is not known, by name."""
    found = []
    for line in check.lines:
        if line.answer.state is State.FAILED:
            found.append(f"{line.name}：{line.says}" if line.says else line.name)
    unknown = [line.name for line in check.lines if line.answer.state is State.UNKNOWN]
    if unknown:
        found.append(f"缺数据：{'、'.join(unknown)}")
    return found


def course_lines_of(courses: Sequence[PoolCourse], on: dt.date) -> list[PoolCourseLine]:
    """One query."""
    entries = PoolEntry.objects.select_related("enterprise")
    last = entries.in_bulk([course.last.entry for course in courses])
    return [_course_line(course, last[course.last.entry], on) for course in courses]


def _course_line(course: PoolCourse, last: PoolEntry, on: dt.date) -> PoolCourseLine:
    result = course.result_on(on)
    if result is PoolResult.LIVE:
        return PoolCourseLine(course, last, result, "", None)
    how = last.exit_reason
    if result is PoolResult.LEFT:
        how = "：".join(filter(None, [last.get_ended_by_display(), how]))
    return PoolCourseLine(course, last, result, how, last.ended_on)
