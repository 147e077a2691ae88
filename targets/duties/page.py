"""The page of yearly duties as its template shows it: the numbers, and the named firms as lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator

from enterprises.applications.page import days_in_words
from enterprises.firms import contacts
from enterprises.models import DutyState
from parks.models import Unit, User
from targets.duties.form import ALL, RISK, STATES, TODO, DutiesQuestion, is_in
from targets.duties.rules import DutyRow, with_firms
from targets.output.addresses import up_to_page_number

ROWS_PER_PAGE = 50
COLUMNS = (ALL, *(str(state.value) for state in DutyState), RISK)
"""Of the table by units, by their codes in the address."""
FIRST_CHIPS = (TODO, RISK, ALL)


@dataclass(frozen=True)
class DutyNumber:
    """So many firms, and the list of them."""

    label: str
    firms: int
    url: str
    is_chosen: bool = False
    is_folded: bool = False


@dataclass(frozen=True)
class UnitDuties:
    unit: Unit
    numbers: Sequence[DutyNumber]


@dataclass(frozen=True)
class HolderLine:
    """A row as shown. `contact` is None where the viewer may not see it; `dials`: its number."""

    row: DutyRow
    contact: str | None
    dials: str

    @property
    def is_late(self) -> bool:
        done = self.row.done
        return done is not None and done.done_on > self.row.due_on

    @property
    def risk_words(self) -> str:
        limit = self.row.duty.missed_limit
        if self.row.state == DutyState.MISSED:
            return f"累计满{limit}年未办，可能被取消资格"
        return f"再不办即满{limit}年，可能被取消资格"

    @property
    def missed_words(self) -> str:
        """2025、2026年度."""
        years = sorted(self.row.missed)
        return f"{'、'.join(map(str, years))}年度" if years else ""


def page_context(question: DutiesQuestion, user: User, number: str | None) -> dict[str, Any]:
    """What the template shows. `number` is that of the list's page, as it stands in the address."""
    found = question.found(user)
    listed = question.listed(found.rows)
    paginator = Paginator(listed, ROWS_PER_PAGE)
    page = paginator.get_page(number)
    query = question.query()
    lines = lines_of(list(page), user)
    left = (question.due_on - question.on).days
    return {
        "total": len(found.rows),
        "is_known": found.is_known,
        "is_over": left < 0,
        "days_left": days_in_words(left),
        "all_url": question.address(state=ALL),
        "without_unit": question.address(unit=None),
        "chips": chips(question, found.rows),
        "unit_rows": unit_rows(question, found.rows) if user.sees_whole_district else [],
        "columns": [dict(STATES)[code] for code in COLUMNS],
        "listed": len(listed),
        "lines": lines,
        "has_contacts": any(line.contact is not None for line in lines),
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "page_address": up_to_page_number(query),
        "back_here": question.address(page=str(page.number) if page.number > 1 else None),
    }


def lines_of(rows: Sequence[DutyRow], user: User) -> list[HolderLine]:
    """Three queries at most."""
    open_to = contacts.shown_to(user, {row.span.enterprise_id for row in rows})
    lines = []
    for row in with_firms(rows):
        firm = row.span.enterprise
        contact = contacts.contact_line(firm, open_to)
        dials = contacts.dials(firm, contact)
        lines.append(HolderLine(row, contact, dials))
    return lines


def chips(question: DutiesQuestion, rows: Sequence[DutyRow]) -> list[DutyNumber]:
    """Groups, and states that have firms or are asked for; who may lose it only where one can."""
    shown = []
    for code in (*FIRST_CHIPS, *DutyState.values):
        number = _number(question, rows, code)
        always = code in (TODO, ALL)
        if number.firms or always or number.is_chosen:
            shown.append(number)
    return shown


def unit_rows(question: DutiesQuestion, rows: Sequence[DutyRow]) -> list[UnitDuties]:
    """Parks first, then towns; a firm is counted where it stood on the due day."""
    by_unit: dict[Unit, list[DutyRow]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit].append(row)
    ordered = sorted(by_unit, key=lambda unit: (unit.kind, unit.order, unit.code))
    return [
        UnitDuties(
            unit,
            [_number(question, by_unit[unit], code, unit=unit.code) for code in COLUMNS],
        )
        for unit in ordered
    ]


def _number(
    question: DutiesQuestion, rows: Sequence[DutyRow], code: str, **changes: str
) -> DutyNumber:
    state = None if code == TODO else code
    return DutyNumber(
        label=str(dict(STATES)[code]),
        firms=sum(is_in(row, code) for row in rows),
        url=question.address(state=state, **changes),
        is_chosen=code == question.state,
        is_folded=code not in FIRST_CHIPS,
    )


def summary_sentence(question: DutiesQuestion, rows: Sequence[DutyRow]) -> str:
    by_state = "、".join(
        f"{state.label}{number}"
        for state in DutyState
        if (number := sum(row.state == state for row in rows))
    )
    risk = sum(row.at_risk for row in rows)
    told = f"应办 {len(rows)} 家（{by_state}）" if by_state else f"应办 {len(rows)} 家"
    return f"{told}，可能失去资格 {risk} 家" if risk else told
