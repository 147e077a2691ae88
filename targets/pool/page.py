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
from enterprises.models import PoolEntry
from parks.models import User
from targets.pool.conversion import Cohort, Course, Result, cohorts, read_courses
from targets.pool.question import PoolQuestion, View
from targets.pool.reading import DUE_LABELS, OLDEST_BAND, PoolReading, PoolRow, read_pool

ROWS_PER_PAGE = 50
AGE_BANDS = ["不满1年", "1至2年", "2年以上"]
FEWEST = 10
"""Firms of a cohort from which on a share is told."""
SHOWN_LACKS = 2
"""Conditions of which a row tells what is lacking; the self-check tells all."""


@dataclass(frozen=True)
class Number:
    """So many firms, and the list of them."""

    label: str
    firms: int
    url: str
    is_chosen: bool = False


@dataclass(frozen=True)
class StageLine:
    label: str
    ages: list[Number]
    all: Number


@dataclass(frozen=True)
class CohortLine:
    """`from_stages`: certified from seed, cultivation, application."""

    year: int
    all: Number
    certified: Number
    from_stages: list[Number]
    live: Number
    left: Number
    share: str


@dataclass(frozen=True)
class PoolLine:
    """A row as shown. `contact` is None where the viewer may not see it; `all_lacks`: in words."""

    row: PoolRow
    contact: str | None
    dials: str
    all_lacks: list[str]

    @property
    def lacks(self) -> list[str]:
        return self.all_lacks[:SHOWN_LACKS]

    @property
    def more(self) -> int:
        return len(self.all_lacks) - len(self.lacks)


def page_context(question: PoolQuestion, user: User, number: str | None) -> dict[str, Any]:
    """`number`: that of the list's page, as it stands in the address."""
    reading = read_pool(question.on, user, question.unit)
    courses = read_courses(question.on, user, question.unit)
    chosen = question.courses(courses) if question.view == View.COHORT else []
    listed: Sequence[Any] = chosen or question.listed(reading)
    paginator = Paginator(listed, ROWS_PER_PAGE)
    page = paginator.get_page(number)
    is_cohort = question.view == View.COHORT
    lines = [] if is_cohort else lines_of(list(page), user, question.on)
    query = question.query()
    return {
        "chips": chips(question, reading),
        "stages_by_age": stage_lines(question, reading),
        "dues": due_numbers(question, reading),
        "cohorts": [_cohort_line(question, one) for one in cohorts(courses, question.on)],
        "listed": len(listed),
        "lines": lines,
        "courses": [(one, one.result_on(question.on)) for one in page] if is_cohort else [],
        "has_contacts": any(line.contact is not None for line in lines),
        "ended": reading.ended,
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "page_address": f"?{query}&" if query else "?",
        "rules": reading.rules,
        "stage_rules": [
            {"label": PoolEntry.Stage(rule.stage).label, **vars(rule)}
            for rule in reading.rules.stages
        ],
        "enter_from": PoolEntry.Stage(reading.rules.enter_from).label,
        "fewest": FEWEST,
        "bands": AGE_BANDS,
        "stage_names": [str(label) for label in PoolEntry.Stage.labels],
    }


def chips(question: PoolQuestion, reading: PoolReading) -> list[Number]:
    """The lists of the page, as far as the unit asked for."""
    found = []
    for view in View:
        if view is not View.COHORT:
            whole = PoolQuestion(question.on, view, question.unit)
            firms, url = len(whole.listed(reading)), whole.address()
            found.append(Number(str(view.label), firms, url, view == question.view))
    return found


def stage_lines(question: PoolQuestion, reading: PoolReading) -> list[StageLine]:
    """Highest stage first; by years at the stage."""
    counted = Counter(
        (row.entry.stage, row.age_band(question.on)) for row in reading.live if row.entry
    )
    whole = PoolQuestion(question.on, unit=question.unit)
    lines = []
    for stage, label in reversed(PoolEntry.Stage.choices):
        ages = [
            Number(AGE_BANDS[band], counted[stage, band], whole.address(stage=stage, age=str(band)))
            for band in range(OLDEST_BAND + 1)
        ]
        total = Number(str(label), sum(age.firms for age in ages), whole.address(stage=stage))
        lines.append(StageLine(str(label), ages, total))
    return lines


def due_numbers(question: PoolQuestion, reading: PoolReading) -> list[Number]:
    counted = Counter(due.code for row in reading.live for due in row.due)
    whole = PoolQuestion(question.on, View.DUE, question.unit)
    return [
        Number(label, counted[code], whole.address(due=code), question.due == code)
        for code, label in DUE_LABELS.items()
        if counted[code]
    ]


def _cohort_line(question: PoolQuestion, cohort: Cohort) -> CohortLine:
    whole = PoolQuestion(question.on, View.COHORT, question.unit, cohort=cohort.year)

    def number(result: Result) -> Number:
        return Number(str(result.label), cohort.results[result], whole.address(result=result.value))

    certified = Result.CERTIFIED.value
    stages = [
        Number(
            str(label), cohort.certified_from[stage], whole.address(result=certified, stage=stage)
        )
        for stage, label in PoolEntry.Stage.choices
    ]
    return CohortLine(
        year=cohort.year,
        all=Number("入库", cohort.firms, whole.address()),
        certified=number(Result.CERTIFIED),
        from_stages=stages,
        live=number(Result.LIVE),
        left=number(Result.LEFT),
        # Of a handful no share is told: it would be taken for knowledge.
        share=f"{cohort.certified / cohort.firms:.0%}" if cohort.firms >= FEWEST else "—",
    )


def lines_of(rows: Sequence[PoolRow], user: User, on: dt.date) -> list[PoolLine]:
    """The same few queries for any number of rows."""
    open_to = contacts.shown_to(user, {row.firm.pk for row in rows})
    checks = self_checks_of([row.firm for row in rows], on)
    lines = []
    for row in rows:
        contact = contacts.contact_line(row.firm, open_to)
        dials = contacts.dialled(row.firm.contact_phone) if contact is not None else ""
        lines.append(PoolLine(row, contact, dials, lacks_in_words(checks[row.firm.pk])))
    return lines


def lacks_in_words(check: FirmSelfCheck) -> list[str]:
    """What is not met first, then what is not known."""
    found = []
    for state in (State.FAILED, State.UNKNOWN):
        for line in check.lines:
            if line.answer.state is state:
                found.append(f"{line.name}：{line.says}" if line.says else line.name)
    return found


def course_row(course: Course, on: dt.date) -> list[Any]:
    """For the export: firm, entry, last stage, what became of it, since when."""
    return [
        course.first.enterprise.uscc,
        course.first.enterprise.name,
        course.first.since,
        course.last.get_stage_display(),
        course.result_on(on).label,
        course.last.ended_on,
        course.last.exit_reason or course.last.get_ended_by_display(),
    ]
