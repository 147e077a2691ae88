"""The list of what to bring up to date as its template shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator

from enterprises.applications.page import days_in_words
from enterprises.firms import contacts
from parks.models import Unit, User
from targets.duties.freshness.form import AGES, ALL, PARTS, TODO, FreshQuestion, is_of
from targets.duties.freshness.rules import Age, FreshRow
from targets.duties.page import DutyNumber, UnitDuties
from targets.output.addresses import up_to_page_number

ROWS_PER_PAGE = 50
COLUMNS = (ALL, *(str(age.value) for age in Age))
NAMES_SHOWN = 3
"""Of missing numbers, on the page; the file has them all."""


@dataclass(frozen=True)
class FreshLine:
    """A row as shown. `contact` is None where the viewer may not see it."""

    row: FreshRow
    contact: str | None
    dials: str

    @property
    def age_words(self) -> str:
        """旧1年, or the state itself."""
        row = self.row
        return f"旧{row.years_old}年" if row.age == Age.OLD else str(row.age.label)

    @property
    def sources(self) -> str:
        """名册2025、企业年度数据表2024."""
        told = sorted(self.row.told.items(), key=lambda pair: (-pair[1], pair[0]))
        return "、".join(f"{source}{year}" for source, year in told)

    @property
    def missing(self) -> str:
        names = self.row.missing[:NAMES_SHOWN]
        more = "等" if len(self.row.missing) > NAMES_SHOWN else ""
        return "、".join(names) + more


def page_context(question: FreshQuestion, user: User, number: str | None) -> dict[str, Any]:
    """What the template shows. `number` is that of the list's page, as it stands in the address."""
    rows = question.rows(user)
    listed = question.listed(rows)
    paginator = Paginator(listed, ROWS_PER_PAGE)
    page = paginator.get_page(number)
    query = question.query()
    lines = lines_of(list(page), user)
    return {
        "total": len(rows),
        "days_left": days_in_words((question.ahead.day - question.today).days),
        "part_choices": PARTS,
        "chips": age_chips(question, rows),
        "unit_rows": unit_rows(question, rows) if user.sees_whole_district else [],
        "columns": [dict(AGES)[code] for code in COLUMNS],
        "listed": len(listed),
        "lines": lines,
        "has_contacts": any(line.contact is not None for line in lines),
        "all_url": question.address(age=ALL),
        "without_unit": question.address(unit=None),
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "page_address": up_to_page_number(query),
    }


def lines_of(rows: Sequence[FreshRow], user: User) -> list[FreshLine]:
    """One query at most."""
    open_to = contacts.shown_to(user, {row.firm.pk for row in rows})
    lines = []
    for row in rows:
        contact = contacts.contact_line(row.firm, open_to)
        dials = contacts.dials(row.firm, contact)
        lines.append(FreshLine(row, contact, dials))
    return lines


def age_chips(question: FreshQuestion, rows: Sequence[FreshRow]) -> list[DutyNumber]:
    numbers = [_number(question, rows, code) for code, _ in AGES]
    groups = (TODO, ALL)
    return [
        number
        for (code, _), number in zip(AGES, numbers, strict=True)
        if number.firms or number.is_chosen or code in groups
    ]


def unit_rows(question: FreshQuestion, rows: Sequence[FreshRow]) -> list[UnitDuties]:
    by_unit: dict[Unit, list[FreshRow]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit].append(row)
    ordered = sorted(by_unit, key=lambda unit: (unit.kind, unit.order, unit.code))
    return [
        UnitDuties(
            unit, [_number(question, by_unit[unit], code, unit=unit.code) for code in COLUMNS]
        )
        for unit in ordered
    ]


def _number(
    question: FreshQuestion, rows: Sequence[FreshRow], code: str, **changes: str
) -> DutyNumber:
    age = None if code == TODO else code
    return DutyNumber(
        label=str(dict(AGES)[code]),
        firms=sum(is_of(row, code) for row in rows),
        url=question.address(age=age, **changes),
        is_chosen=code == question.age,
        is_folded=code not in (TODO, ALL),
    )
