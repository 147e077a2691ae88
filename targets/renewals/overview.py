"""The numbers over the list: firms by state and month, and the list that each of them opens."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.urls import reverse
from django.utils import timezone

from targets.renewals import rules
from targets.renewals.form import ALL, GROUPS, NOT_FILED, TODO, RenewalsQuestion
from targets.renewals.rules import RenewalRow, RenewalState

FIRST_CHIPS = (TODO, NOT_FILED, ALL)
"""Seen on a phone, too, where the others are folded."""


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
class RenewalChip:
    """A number that opens its list. `term`: code in the glossary, where it has a place there."""

    label: str
    firms: int
    url: str
    is_chosen: bool
    is_folded: bool = False
    term: str = ""


@dataclass(frozen=True)
class SetFilter:
    """What narrows the list, and the list without it."""

    label: str
    url: str


def address(question: RenewalsQuestion, **changes: str | None) -> str:
    return f"{reverse('renewals')}?{question.query(**changes)}".rstrip("?")


def state_numbers(
    question: RenewalsQuestion, rows: Sequence[RenewalRow], **changes: str
) -> list[RenewalNumber]:
    firms = Counter(row.standing.state for row in rows)
    return [
        RenewalNumber(state, firms[state], address(question, state=str(state.value), **changes))
        for state in RenewalState
    ]


def chips(question: RenewalsQuestion, rows: Sequence[RenewalRow]) -> list[RenewalChip]:
    """Groups, those that lapsed already, and states that have firms or are asked for."""
    firms = Counter(row.standing.state for row in rows)
    terms = {NOT_FILED: "not_filed"}
    told = {code: states for code, (_, states) in GROUPS.items() if code in FIRST_CHIPS}
    told |= {str(state.value): (state,) for state in RenewalState}
    found = []
    for code, states in told.items():
        number = sum(firms[state] for state in states)
        if not number and code != question.state and code not in FIRST_CHIPS:
            continue
        label = GROUPS[code][0] if code in GROUPS else RenewalState(code).label
        found.append(
            RenewalChip(
                label=str(label),
                firms=number,
                url=address(question, state=code if code != TODO else None),
                is_chosen=code == question.state,
                is_folded=code not in FIRST_CHIPS,
                term=terms.get(code, ""),
            )
        )
    # Beside the groups, ahead of the single states.
    groups = len(FIRST_CHIPS)
    return [*found[:groups], *_lapsed_chip(question, rows), *found[groups:]]


def _lapsed_chip(question: RenewalsQuestion, rows: Sequence[RenewalRow]) -> list[RenewalChip]:
    """失效可续: lapsed, to be done, and a new certificate would still renew it."""
    since = max(question.since, rules.usual_since(question.on))
    until = min(question.until, question.on)
    number = sum(row.is_open and since <= row.lapses_on <= until for row in rows)
    if not number:
        return []
    days = {"since": since.isoformat(), "until": until.isoformat()}
    chosen = (question.since, question.until, question.state) == (since, until, TODO)
    url = address(question, state=None, **days)
    return [RenewalChip("失效可续", number, url, chosen, term="renewable")]


def set_filters(question: RenewalsQuestion) -> list[SetFilter]:
    """All that is not usual, but the state, which the chips show."""
    usual = question.usual
    found = []
    if question.unit:
        found.append(SetFilter(question.unit.answering_name, address(question, unit=None)))
    if (question.since, question.until) != (usual.since, usual.until):
        days = f"{question.since}至{question.until}失效"
        found.append(SetFilter(days, address(question, since=None, until=None)))
    if question.kind.code != question.usual_kind:
        found.append(SetFilter(question.kind.short_name, address(question, kind=None)))
    if question.on != timezone.localdate():
        found.append(SetFilter(f"统计日{question.on}", address(question, on=None)))
    return found


def month_rows(question: RenewalsQuestion, rows: Sequence[RenewalRow]) -> list[RenewalMonth]:
    """Only those in which a certificate lapses. `rows`: soonest first."""
    months = []
    for month, group in itertools.groupby(rows, key=_month_of):
        rows_of_month = list(group)
        # The first and the last month may be asked for in part.
        days = {
            "since": max(month, question.since).isoformat(),
            "until": min(month + relativedelta(day=31), question.until).isoformat(),
        }
        months.append(
            RenewalMonth(
                month=month,
                firms=len(rows_of_month),
                url=address(question, state=ALL, **days),
                todo=sum(row.is_open for row in rows_of_month),
                todo_url=address(question, state=None, **days),
                numbers=state_numbers(question, rows_of_month, **days),
            )
        )
    return months


def _month_of(row: RenewalRow) -> dt.date:
    # By the first day that no longer counts, as the outlook tells its months.
    return row.lapses_on.replace(day=1)
