"""The renewals page as its template shows it: numbers by state and month, and the named firms."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.core.paginator import Paginator
from django.urls import reverse

from enterprises.firms import contacts
from parks.models import User
from targets.figures import known
from targets.renewals.form import ALL, RenewalsQuestion
from targets.renewals.rules import OPEN, RenewalRow, RenewalState
from targets.renewals.term import RENEWAL_DAYS

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class RenewalNumber:
    """So many firms in a state, and the list of them."""

    state: RenewalState
    firms: int
    url: str


@dataclass(frozen=True)
class RenewalMonth:
    """The certificates that lapse in the month that begins on `month`."""

    month: dt.date
    firms: int
    url: str
    todo: int
    todo_url: str
    numbers: Sequence[RenewalNumber]


@dataclass(frozen=True)
class RenewalLine:
    """A row as shown. `contact` is None where the viewer may not see it.

    Such a viewer may not change the state either.
    """

    row: RenewalRow
    contact: str | None


@dataclass(frozen=True)
class RenewalGroup:
    """The rows of a month on this page of the list; `firms`: of the month on all pages."""

    month: dt.date
    firms: int
    lines: Sequence[RenewalLine]


def page_context(question: RenewalsQuestion, user: User, number: str | None) -> dict[str, Any]:
    """What the template shows. `number` is that of the list's page, as it stands in the address."""
    rows = question.rows(user)
    listed = question.listed(rows)
    paginator = Paginator(listed, ROWS_PER_PAGE)
    page = paginator.get_page(number)
    back_here = _page_address(question, page.number)
    return {
        "total": len(rows),
        "todo": sum(row.is_open for row in rows),
        "listed": len(listed),
        "numbers": _state_numbers(question, rows),
        "all_url": address(question, state=ALL),
        "todo_url": address(question, state=None),
        "months": _month_rows(question, rows),
        "groups": _month_groups(list(page), listed, user),
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "tell_query": urlencode({"kind": question.kind.code, "next": back_here}),
        "renewal_days": RENEWAL_DAYS,
        "reach": known.read().latest_of(question.kind.code),
    }


def address(question: RenewalsQuestion, **changes: str | None) -> str:
    return f"{reverse('renewals')}?{question.query(**changes)}".rstrip("?")


def _page_address(question: RenewalsQuestion, number: int) -> str:
    if number == 1:
        return address(question)
    return address(question, page=str(number))


def lines_of(rows: Sequence[RenewalRow], user: User) -> list[RenewalLine]:
    """One query at most."""
    open_to = contacts.shown_to(user, {row.certificate.enterprise_id for row in rows})
    return [
        RenewalLine(row, contacts.contact_line(row.certificate.enterprise, open_to)) for row in rows
    ]


def _state_numbers(
    question: RenewalsQuestion, rows: Sequence[RenewalRow], **changes: str
) -> list[RenewalNumber]:
    firms = Counter(row.standing.state for row in rows)
    return [
        RenewalNumber(state, firms[state], address(question, state=str(state.value), **changes))
        for state in RenewalState
    ]


def _month_rows(question: RenewalsQuestion, rows: Sequence[RenewalRow]) -> list[RenewalMonth]:
    """Only those in which a certificate lapses."""
    months = []
    for month, group in itertools.groupby(rows, key=_month_of):
        month_rows = list(group)
        # The first and the last month may be asked for in part.
        days = {
            "since": max(month, question.since).isoformat(),
            "until": min(month + relativedelta(day=31), question.until).isoformat(),
        }
        months.append(
            RenewalMonth(
                month=month,
                firms=len(month_rows),
                url=address(question, state=ALL, **days),
                todo=sum(row.is_open for row in month_rows),
                todo_url=address(question, state=None, **days),
                numbers=_state_numbers(question, month_rows, **days),
            )
        )
    return months


def _month_groups(
    rows: Sequence[RenewalRow], listed: Sequence[RenewalRow], user: User
) -> list[RenewalGroup]:
    # Of all pages of the list: a month that is cut by a page still says how many it has.
    firms = Counter(map(_month_of, listed))
    lines = lines_of(rows, user)
    return [
        RenewalGroup(month, firms[month], list(group))
        for month, group in itertools.groupby(lines, key=lambda line: _month_of(line.row))
    ]


def _month_of(row: RenewalRow) -> dt.date:
    # By the first day that no longer counts, as the outlook tells its months.
    return row.lapses_on.replace(day=1)


def summary_sentence(question: RenewalsQuestion, rows: Sequence[RenewalRow]) -> str:
    firms = Counter(row.standing.state for row in rows)
    todo = sum(firms[state] for state in OPEN)
    by_state = "、".join(f"{state.label}{firms[state]}" for state in RenewalState if firms[state])
    lapsed = f"{question.since} 至 {question.until} 失效 {len(rows)} 家，未办结 {todo} 家"
    return f"{lapsed}（{by_state}）" if by_state else lapsed
