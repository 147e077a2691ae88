"""The renewals page as its template shows it: how many stand how, month by month, and the named firms."""

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
from enterprises.models import SourceFile
from parks.models import User
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
    """A row as shown. `contact` is None where the viewer may not see it, who then may not tell the state either."""

    row: RenewalRow
    contact: str | None


@dataclass(frozen=True)
class RenewalGroup:
    """The rows of a month on this page of the list; `firms`: of the month on all pages."""

    month: dt.date
    firms: int
    lines: Sequence[RenewalLine]


def shown(asked: RenewalsQuestion, user: User, page: str | None) -> dict[str, Any]:
    every = asked.rows(user)
    listed = asked.listed(every)
    paginator = Paginator(listed, ROWS_PER_PAGE)
    here = paginator.get_page(page)
    return {
        "total": len(every),
        "todo": sum(row.is_open for row in every),
        "listed": len(listed),
        "numbers": _numbers(asked, every),
        "all_url": address(asked, state=ALL),
        "todo_url": address(asked, state=None),
        "months": _months(asked, every),
        "groups": _groups(list(here), listed, user),
        "page": here,
        "pages": list(paginator.get_elided_page_range(here.number, on_each_side=2, on_ends=1)),
        "tell_query": urlencode({"kind": asked.kind.code, "next": _here(asked, here.number)}),
        "renewal_days": RENEWAL_DAYS,
        "reach": SourceFile.objects.latest_day(),
    }


def address(asked: RenewalsQuestion, **changes: str | None) -> str:
    return f"{reverse('renewals')}?{asked.query(**changes)}".rstrip("?")


def _here(asked: RenewalsQuestion, page: int) -> str:
    path = address(asked)
    return path if page == 1 else f"{path}{'&' if '?' in path else '?'}page={page}"


def lines_of(rows: Sequence[RenewalRow], user: User) -> list[RenewalLine]:
    """One query at most."""
    open_to = contacts.shown_to(user, {row.certificate.enterprise_id for row in rows})
    return [
        RenewalLine(row, contacts.contact_line(row.certificate.enterprise, open_to)) for row in rows
    ]


def _numbers(
    asked: RenewalsQuestion, rows: Sequence[RenewalRow], **changes: str
) -> list[RenewalNumber]:
    firms = Counter(row.standing.state for row in rows)
    return [
        RenewalNumber(state, firms[state], address(asked, state=str(state.value), **changes))
        for state in RenewalState
    ]


def _months(asked: RenewalsQuestion, rows: Sequence[RenewalRow]) -> list[RenewalMonth]:
    """Only those in which a certificate lapses."""
    found = []
    for month, group in itertools.groupby(rows, key=_month):
        own = list(group)
        since = max(month, asked.since).isoformat()
        until = min(month + relativedelta(day=31), asked.until).isoformat()
        numbers = _numbers(asked, own, since=since, until=until)
        url, todo_url = (
            address(asked, state=state, since=since, until=until) for state in (ALL, None)
        )
        found.append(
            RenewalMonth(month, len(own), url, sum(row.is_open for row in own), todo_url, numbers)
        )
    return found


def _groups(
    rows: Sequence[RenewalRow], listed: Sequence[RenewalRow], user: User
) -> list[RenewalGroup]:
    firms = Counter(map(_month, listed))
    lines = lines_of(rows, user)
    return [
        RenewalGroup(month, firms[month], list(group))
        for month, group in itertools.groupby(lines, key=lambda line: _month(line.row))
    ]


def _month(row: RenewalRow) -> dt.date:
    return row.lapses_on.replace(day=1)


def sentence(asked: RenewalsQuestion, rows: Sequence[RenewalRow]) -> str:
    firms = Counter(row.standing.state for row in rows)
    todo = sum(firms[state] for state in OPEN)
    said = "、".join(f"{state.label}{firms[state]}" for state in RenewalState if firms[state])
    return f"{asked.since} 至 {asked.until} 失效 {len(rows)} 家，未办结 {todo} 家" + (
        f"（{said}）" if said else ""
    )
