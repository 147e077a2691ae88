"""The page of what changed between two days: one scope term by term, all units side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from enterprises.models import Period
from parks.district import PLAN
from parks.models import Unit
from targets.bridge.form import BridgeForm
from targets.figures import flows, known, links
from targets.figures.flows import Bridge, FlowTerm
from targets.figures.question import BridgeQuestion, Question
from targets.models import Scope

QUARTERS_OFFERED = 6
DAY = dt.timedelta(days=1)


class OfferedDays(NamedTuple):
    """From the end of `since` to the end of `until`."""

    label: str
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class BridgeNumber:
    """A number and the list behind it; `sign` is + or − where it adds or takes away."""

    label: str
    firms: int
    url: str
    sign: str = ""


@dataclass(frozen=True)
class BridgeRow:
    name: str
    page: str
    bridge: Bridge
    numbers: list[BridgeNumber]
    is_sum: bool

    @property
    def moved(self) -> bool:
        return bool(self.bridge.gains or self.bridge.losses)


@dataclass(frozen=True)
class BridgeGroup:
    """Rows that may be compared. Parks and towns are two groups: they are never added.

    `folded`: the rows in which nothing moved, where so many stand that they would hide the others.
    """

    title: str
    rows: list[BridgeRow]
    folded: list[BridgeRow]

    @property
    def open(self) -> list[BridgeRow]:
        return [row for row in self.rows if row not in self.folded]

    @property
    def heads(self) -> list[BridgeNumber]:
        return self.numbers_of(self.rows[0])

    def numbers_of(self, row: BridgeRow) -> list[BridgeNumber]:
        """Without the terms that are 0 in all rows: they would be columns of nothing."""
        columns = zip(*(row.numbers for row in self.rows), strict=True)
        told = [any(cell.firms or not cell.sign for cell in column) for column in columns]
        return [number for number, is_told in zip(row.numbers, told, strict=True) if is_told]

    @property
    def lines(self) -> list[tuple[BridgeRow, list[BridgeNumber]]]:
        return [(row, self.numbers_of(row)) for row in self.open]

    @property
    def folded_lines(self) -> list[tuple[BridgeRow, list[BridgeNumber]]]:
        return [(row, self.numbers_of(row)) for row in self.folded]


@dataclass(frozen=True)
class OfferedPeriod:
    label: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class BridgePage:
    question: BridgeQuestion
    kind: str
    scope: str
    unit: Unit | None
    bridge: Bridge
    numbers: list[BridgeNumber]
    titles: list[str]
    groups: list[BridgeGroup]
    periods: list[list[OfferedPeriod]]


def build_page(form: BridgeForm) -> BridgePage:
    """For a valid form. The number of queries does not depend on the number of firms or units."""
    question = form.question
    # One scan of the spans gives the bridges of all scopes.
    changes = flows.between(question.since, question.until, question.definition)
    bridge = changes.bridge(question.kind, question.scope)
    latest = known.usual_day()
    return BridgePage(
        question=question,
        kind=form.kinds[question.kind],
        scope=form.scope_name(question.scope),
        unit=form.units.get(question.scope),
        bridge=bridge,
        numbers=_numbers(form, bridge),
        titles=_column_titles(form),
        groups=_groups(form, changes),
        periods=[
            _offer_periods(question, _years_of_plan(latest)),
            _offer_periods(question, _last_quarters(latest)),
        ],
    )


def _column_titles(form: BridgeForm) -> list[str]:
    return ["期初", *(form.label_of(term) for term in FlowTerm), "期末"]


def _numbers(form: BridgeForm, bridge: Bridge) -> list[BridgeNumber]:
    """Opening stock, every term, closing stock, each with the list behind it."""
    question = form.question
    opening, *labels, closing = _column_titles(form)
    numbers = [BridgeNumber(opening, bridge.opening, _stock_list(question, bridge, bridge.since))]
    for term, label in zip(FlowTerm, labels, strict=True):
        url = links.bridge(question, "bridge_firms", scope=bridge.scope, term=term.value)
        sign = "+" if term in flows.GAINS.values() else "−"
        numbers.append(BridgeNumber(label, bridge.flows[term], url, sign))
    url = _stock_list(question, bridge, bridge.until)
    numbers.append(BridgeNumber(closing, bridge.closing, url))
    return numbers


def _stock_list(question: BridgeQuestion, bridge: Bridge, day: dt.date) -> str:
    """Address of the firms that a stock counts."""
    return links.figure(Question(day, question.definition), question.kind, bridge.scope)


def _groups(form: BridgeForm, changes: flows.Flows) -> list[BridgeGroup]:
    """Parks with their sums, then towns, as far as the user may see; the district closes each."""
    kind, visible = form.question.kind, form.visible_scopes
    parks = [code for code, unit in form.units.items() if unit.kind == Unit.Kind.PARK]
    towns = [code for code, unit in form.units.items() if unit.kind == Unit.Kind.TOWN]
    # The sum of the towns is the district itself, so it needs no row of its own.
    sums = [Scope.PARKS.value, Scope.OUTSIDE.value, Scope.DISTRICT.value]
    groups = []
    for title, scopes in (
        ("园区平台内、外", [*parks, *sums]),
        ("镇街", [*towns, Scope.DISTRICT.value]),
    ):
        scopes = [scope for scope in scopes if scope in visible]
        # A reporter's unit stands in one group; in the other the district alone says nothing.
        if not form.user.sees_whole_district and scopes == [Scope.DISTRICT]:
            continue
        rows = [_row(form, changes.bridge(kind, scope)) for scope in scopes]
        # The unit that was asked for stays in sight, moved or not.
        still = [row for row in rows if not row.moved and row.bridge.scope in towns]
        folded = [row for row in still if row.bridge.scope != form.question.scope]
        groups.append(BridgeGroup(title, rows, folded))
    return groups


def _row(form: BridgeForm, bridge: Bridge) -> BridgeRow:
    # Side by side the short names are enough; sums have none.
    unit = form.units.get(bridge.scope)
    return BridgeRow(
        name=unit.short_name if unit else form.scope_name(bridge.scope),
        page=links.bridge(form.question, scope=bridge.scope),
        bridge=bridge,
        numbers=_numbers(form, bridge),
        is_sum=bridge.scope in (Scope.PARKS, Scope.DISTRICT),
    )


def _years_of_plan(latest: dt.date) -> list[OfferedDays]:
    """Years since the plan began, the running one so far; then the whole time."""
    # From the first year of the plan: earlier changes are not what it is measured by.
    years = []
    for year in range(PLAN.first_year, latest.year + 1):
        years.append(_up_to(latest, f"{year}年", dt.date(year - 1, 12, 31), dt.date(year, 12, 31)))
    return [*years, OfferedDays("计划实施以来", PLAN.baseline_day, latest)]


def _last_quarters(latest: dt.date) -> list[OfferedDays]:
    """The last quarters, the running one so far."""
    running = Period.of(latest).first_day
    quarters = []
    for back in reversed(range(QUARTERS_OFFERED)):
        first_day = running - relativedelta(months=3 * back)
        # Stocks are those at the end of a day: a quarter leads from the eve to its last day.
        eve, last_day = first_day - DAY, first_day + relativedelta(months=3) - DAY
        quarters.append(_up_to(latest, Period.of(first_day).label, eve, last_day))
    return quarters


def _up_to(latest: dt.date, label: str, since: dt.date, until: dt.date) -> OfferedDays:
    """Cut short where the data ends, and said to be so."""
    if until <= latest:
        return OfferedDays(label, since, until)
    return OfferedDays(f"{label}至今", since, latest)


def _offer_periods(question: BridgeQuestion, offered: Sequence[OfferedDays]) -> list[OfferedPeriod]:
    periods = []
    for label, since, until in offered:
        # On the last day of a quarter or year the next one has not begun.
        if since < until:
            url = links.bridge(question, since=since.isoformat(), until=until.isoformat())
            is_chosen = (since, until) == (question.since, question.until)
            periods.append(OfferedPeriod(label, url, is_chosen))
    return periods
