"""Who owes what for a year, who did it, and who missed the years before as well.

A firm owes a duty when it counts for the kind on the due day (docs/counting.md). A year of which
nobody in the district was recorded is not known: it is never counted as missed by a firm.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, prefetch_related_objects

from enterprises.models import DutyDone, DutyState, YearlyDuty
from enterprises.models.enterprise import answered_by
from parks.models import Unit, User
from targets.figures import spans
from targets.models import Definition, Span
from targets.models.derived import SpanQuerySet

Days = Sequence[tuple[dt.date, dt.date]]
"""Of each span: its first day, and the first one that counts no more."""


@dataclass(frozen=True)
class DutyRow:
    """A firm that owes the duty for the year. `span`: as it counted on the due day.

    `missed`: the years known in which it did not do it, this one included, newest first.
    """

    duty: YearlyDuty
    year: int
    span: Span
    state: DutyState
    done: DutyDone | None
    missed: Sequence[int]
    at_risk: bool

    @property
    def unit(self) -> Unit:
        return self.span.unit

    @property
    def due_on(self) -> dt.date:
        return self.duty.due_on(self.year)

    @property
    def is_open(self) -> bool:
        return self.state != DutyState.DONE

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Whom to call first: who may lose the certificate, then who has not done it; by units."""
        missed = self.state == DutyState.MISSED
        unit = self.unit
        state = (not self.at_risk, not missed, not self.is_open, -len(self.missed))
        return *state, unit.kind, unit.order, unit.code, self.span.enterprise_id


@dataclass(frozen=True)
class DutyYear:
    """All who owe it. `is_known`: somebody was recorded as having done it."""

    rows: Sequence[DutyRow]
    is_known: bool


def usual_year(duty: YearlyDuty, day: dt.date) -> int:
    """The one that is being done, or was done last; the first one where none has begun."""
    years = duty.years_by(day)
    return years[0] if years else duty.first_year


def duty_year(
    duty: YearlyDuty,
    year: int,
    *,
    on: dt.date,
    user: User | None = None,
    unit: Unit | None = None,
) -> DutyYear:
    """As it stands on a day, whom to call first in front; five queries, and a look at the ledger.

    A unit's are those that it answers for: so no firm is called twice. Who is named needs
    `with_firms` besides.
    """
    spans.refresh()
    owing = _owing_spans(duty, duty.due_on(year), user, unit)
    done = {row.enterprise_id: row for row in _done_for(duty, year)}
    before = [past for past in range(duty.first_year, year) if on > duty.due_on(past)]
    done_before = _firms_by_year(duty, before)
    known = [past for past in before if done_before[past]]
    counted = _counted_days(duty, known)
    rows = []
    for span in owing:
        days = counted[span.enterprise_id]
        missed = [
            past
            for past in known
            if span.enterprise_id not in done_before[past] and _covers(days, duty.due_on(past))
        ]
        rows.append(_row_of(duty, year, span, done, missed, on))
    return DutyYear(sorted(rows, key=lambda row: row.urgency), bool(done))


def _row_of(
    duty: YearlyDuty,
    year: int,
    span: Span,
    done: Mapping[int, DutyDone],
    missed: list[int],
    on: dt.date,
) -> DutyRow:
    own = done.get(span.enterprise_id)
    state = duty.state_of(year, done=own is not None, on=on)
    may_miss = state == DutyState.OPEN or (state == DutyState.MISSED and bool(done))
    # Who holds it no more on the day has nothing to lose.
    holds = span.end > on
    limit = duty.missed_limit
    at_risk = holds and may_miss and limit is not None and len(missed) + 1 >= limit
    if state == DutyState.MISSED and done:
        missed = [*missed, year]
    return DutyRow(duty, year, span, state, own, missed[::-1], at_risk)


def _owing_spans(
    duty: YearlyDuty, due_on: dt.date, user: User | None, unit: Unit | None
) -> list[Span]:
    found = _spans_of(duty).covering(due_on)
    if user is not None:
        found = found.visible_to(user)
    own = user.narrowed_to(unit) if user else unit
    owing, units = list(found.filter(answered_by(own))), Unit.objects.in_bulk()
    for span in owing:
        # Thousands stand in a few units: no row carries one of its own.
        span.town = units[span.town_id]
        span.park = units[span.park_id] if span.park_id else None
    return owing


def with_firms(rows: Sequence[DutyRow]) -> Sequence[DutyRow]:
    """The same rows, their firms and certificates read at once; two queries."""
    prefetch_related_objects([row.span for row in rows], "enterprise", "qualification")
    return rows


def _spans_of(duty: YearlyDuty) -> SpanQuerySet:
    return Span.objects.filter(definition=Definition.CERTIFICATE, kind=duty.kind_id)


def _done_for(duty: YearlyDuty, year: int) -> Iterable[DutyDone]:
    return DutyDone.objects.in_force().filter(duty=duty, year=year)


def _firms_by_year(duty: YearlyDuty, years: Collection[int]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    if years:
        rows = DutyDone.objects.in_force().filter(duty=duty, year__in=years)
        for year, firm in rows.values_list("year", "enterprise_id"):
            found[year].add(firm)
    return found


def _counted_days(duty: YearlyDuty, years: Collection[int]) -> Mapping[int, Days]:
    """Firm → its spans that cover a due day of these years."""
    found: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    if years:
        covering = Q()
        for year in years:
            due_on = duty.due_on(year)
            covering |= Q(start__lte=due_on, end__gt=due_on)
        rows = _spans_of(duty).filter(covering)
        for firm, start, end in rows.values_list("enterprise_id", "start", "end"):
            found[firm].append((start, end))
    return found


def _covers(days: Days, day: dt.date) -> bool:
    return any(start <= day < end for start, end in days)
