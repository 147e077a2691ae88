"""The renewals page as its template shows it: the numbers, and the named firms as lines."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator

from enterprises.firms import contacts
from enterprises.firms.due_days import days_in_words
from parks.models import User
from targets.figures import known
from targets.output.addresses import up_to_page_number
from targets.renewals import overview, rules
from targets.renewals.form import ALL, RenewalsQuestion
from targets.renewals.rules import BANDS, OPEN, RenewalRow, RenewalState
from targets.renewals.term import RENEWAL_DAYS

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class RenewalLine:
    """A row as shown. `contact` is None where the viewer may not see it.

    Such a viewer may not change the state either.
    """

    row: RenewalRow
    contact: str | None


@dataclass(frozen=True)
class ListLine(RenewalLine):
    """A row of the page. `dials`: what its phone number dials; `owner` in words.

    `next_words`: when the next step is due, such as 12-05 还有6天.
    """

    dials: str
    next_words: str
    is_late: bool
    owner: str

    @property
    def has_remarks(self) -> bool:
        """Something stands in the column of next steps and notes."""
        standing = self.row.standing
        if standing.renewed_by or self.owner:
            return True
        told = standing.application
        return bool(told and (told.next_action or told.note or told.agency))

    @property
    def since_words(self) -> str:
        """2026年第2批 08-15起; the year and batch of an application only."""
        standing = self.row.standing
        if standing.since is None:
            return ""
        told = f"{standing.since:%m-%d}起"
        if standing.application is None:
            return told
        batch = standing.application.batch
        return f"{standing.application.year}年{f'第{batch}批' if batch else ''} {told}"


@dataclass(frozen=True)
class RenewalGroup:
    """The rows of a band on this page of the list; `firms`: of the band on all pages."""

    label: str
    firms: int
    lines: Sequence[ListLine]


def page_context(question: RenewalsQuestion, user: User, number: str | None) -> dict[str, Any]:
    """What the template shows. `number` is that of the list's page, as it stands in the address."""
    rows = question.rows(user)
    listed = rules.most_urgent_first(question.listed(rows))
    paginator = Paginator(listed, ROWS_PER_PAGE)
    page = paginator.get_page(number)
    back_here, query = _page_address(question, page.number), question.query()
    groups = _groups(list(page), listed, user)
    return {
        "total": len(rows),
        "todo": sum(row.is_open for row in rows),
        "listed": len(listed),
        "firms": len({row.certificate.enterprise_id for row in listed}),
        "numbers": overview.state_numbers(question, rows),
        "chips": overview.chips(question, rows),
        "filters": overview.set_filters(question),
        "all_url": overview.address(question, state=ALL),
        "months": overview.month_rows(question, rows),
        "groups": groups,
        "has_contacts": any(line.contact is not None for group in groups for line in group.lines),
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "page_address": up_to_page_number(query),
        "back_here": back_here,
        "tell_query": urlencode({"kind": question.kind.code, "next": back_here}),
        "renewal_days": RENEWAL_DAYS,
        "reach": known.read().latest_of(question.kind.code),
    }


def _page_address(question: RenewalsQuestion, number: int) -> str:
    if number == 1:
        return overview.address(question)
    return overview.address(question, page=str(number))


def lines_of(rows: Sequence[RenewalRow], user: User) -> list[RenewalLine]:
    """One query at most."""
    open_to = contacts.shown_to(user, {row.certificate.enterprise_id for row in rows})
    return [
        RenewalLine(row, contacts.contact_line(row.certificate.enterprise, open_to)) for row in rows
    ]


def _groups(
    rows: Sequence[RenewalRow], listed: Sequence[RenewalRow], user: User
) -> list[RenewalGroup]:
    # Of all pages of the list: a band that is cut by a page still says how many it has.
    firms = Counter(row.band for row in listed)
    people = _names_of_owners(rows)
    lines = [_list_line(line, people) for line in lines_of(rows, user)]
    return [
        RenewalGroup(BANDS[band][0], firms[band], list(group))
        for band, group in itertools.groupby(lines, key=lambda line: line.row.band)
    ]


def _names_of_owners(rows: Sequence[RenewalRow]) -> Mapping[str, str]:
    """Account → name of whoever answers for a next step; one query."""
    told = {row.standing.application.owner for row in rows if row.standing.application}
    people = User.objects.filter(username__in=told - {""})
    return {person.username: str(person) for person in people}


def _list_line(line: RenewalLine, people: Mapping[str, str]) -> ListLine:
    application = line.row.standing.application
    next_on = application.next_on if application else None
    left = (next_on - line.row.on).days if next_on else None
    owner = application.owner if application else ""
    phone = line.row.certificate.enterprise.contact_phone
    return ListLine(
        row=line.row,
        contact=line.contact,
        dials=contacts.dialled(phone) if line.contact is not None else "",
        next_words=f"{next_on:%m-%d} {days_in_words(left)}" if next_on else "",
        is_late=left is not None and left < 0,
        owner=people.get(owner, owner),
    )


def summary_sentence(question: RenewalsQuestion, rows: Sequence[RenewalRow]) -> str:
    firms = Counter(row.standing.state for row in rows)
    todo = sum(firms[state] for state in OPEN)
    by_state = "、".join(f"{state.label}{firms[state]}" for state in RenewalState if firms[state])
    lapsed = f"{question.since} 至 {question.until} 失效 {len(rows)} 家，未办结 {todo} 家"
    return f"{lapsed}（{by_state}）" if by_state else lapsed
