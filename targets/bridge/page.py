"""The page of what changed between two days: one unit term by term, and all units side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from enterprises.models import Period
from parks.district import PLAN
from parks.models import Unit
from targets.bridge.form import BridgeForm
from targets.figures import flows, links
from targets.figures.flows import Bridge, FlowTerm
from targets.figures.indicators import latest_day
from targets.figures.question import BridgeQuestion, Question
from targets.models import Scope

QUARTERS_OFFERED = 6


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


@dataclass(frozen=True)
class BridgeGroup:
    """Rows that may be compared. Parks and towns are two groups: they are never added."""

    title: str
    rows: list[BridgeRow]


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
    told = flows.between(question.since, question.until, question.definition)
    bridge = told.bridge(question.kind, question.scope)
    return BridgePage(
        question=question,
        kind=form.kinds[question.kind],
        scope=form.named(question.scope),
        unit=form.units.get(question.scope),
        bridge=bridge,
        numbers=numbers(form, bridge),
        titles=titles(form),
        groups=[group for group in _groups(form, question, told) if group.rows],
        periods=periods(question, latest_day()),
    )


def titles(form: BridgeForm) -> list[str]:
    return ["期初", *(form.label_of(term) for term in FlowTerm), "期末"]


def numbers(form: BridgeForm, bridge: Bridge) -> list[BridgeNumber]:
    """Opening stock, every term, closing stock, each with the list behind it."""
    question = form.question
    opening, *terms, closing = titles(form)
    signs = {
        **dict.fromkeys(flows.GAINS.values(), "+"),
        **dict.fromkeys(flows.LOSSES.values(), "−"),
    }
    return [
        BridgeNumber(opening, bridge.opening, _stock(question, bridge, bridge.since)),
        *(
            BridgeNumber(
                label,
                bridge.flows[term],
                links.bridge(question, "bridge_firms", scope=bridge.scope, term=term.value),
                signs[term],
            )
            for term, label in zip(FlowTerm, terms, strict=True)
        ),
        BridgeNumber(closing, bridge.closing, _stock(question, bridge, bridge.until)),
    ]


def _stock(question: BridgeQuestion, bridge: Bridge, day: dt.date) -> str:
    return links.figure(Question(day, question.definition), question.kind, bridge.scope)


def _groups(form: BridgeForm, question: BridgeQuestion, told: flows.Flows) -> list[BridgeGroup]:
    parks = [code for code, unit in form.units.items() if unit.kind == Unit.Kind.PARK]
    towns = [code for code, unit in form.units.items() if unit.kind == Unit.Kind.TOWN]
    wanted = [
        ("园区平台内、外", [*parks, Scope.PARKS.value, Scope.OUTSIDE.value, Scope.DISTRICT.value]),
        ("镇街", [*towns, Scope.DISTRICT.value]),
    ]
    visible = set(form.visible_scopes)
    groups = []
    for title, scopes in wanted:
        shown = [scope for scope in scopes if scope in visible]
        if form.user.sees_whole_district or shown != [Scope.DISTRICT]:
            groups.append(
                BridgeGroup(
                    title,
                    [_row(form, question, told.bridge(question.kind, scope)) for scope in shown],
                )
            )
    return groups


def _row(form: BridgeForm, question: BridgeQuestion, bridge: Bridge) -> BridgeRow:
    unit = form.units.get(bridge.scope)
    name = unit.short_name if unit else form.named(bridge.scope)
    page = links.bridge(question, scope=bridge.scope)
    return BridgeRow(
        name,
        page,
        bridge,
        numbers(form, bridge),
        is_sum=bridge.scope in (Scope.PARKS, Scope.DISTRICT),
    )


def periods(question: BridgeQuestion, latest: dt.date) -> list[list[OfferedPeriod]]:
    """Years since the plan began, then the last quarters, up to the latest data; the running ones so far."""
    years = [
        (f"{year}年", dt.date(year - 1, 12, 31), dt.date(year, 12, 31))
        for year in range(PLAN.first_year, latest.year + 1)
    ]
    start = Period.of(latest).first_day
    starts = [
        start - relativedelta(months=3 * number) for number in reversed(range(QUARTERS_OFFERED))
    ]
    day = dt.timedelta(days=1)
    quarters = [
        (Period.of(one).short_label, one - day, one + relativedelta(months=3) - day)
        for one in starts
    ]
    begun = PLAN.baseline_day
    whole = [("计划实施以来", begun, latest)] if latest > begun else []
    return [_offered(question, years + whole, latest), _offered(question, quarters, latest)]


def _offered(
    question: BridgeQuestion, spans: Sequence[tuple[str, dt.date, dt.date]], latest: dt.date
) -> list[OfferedPeriod]:
    cut = [
        (label if end <= latest else f"{label}至今", start, min(end, latest))
        for label, start, end in spans
    ]
    return [
        OfferedPeriod(
            label,
            links.bridge(question, since=start.isoformat(), until=end.isoformat()),
            (start, end) == (question.since, question.until),
        )
        for label, start, end in cut
        if start < end
    ]
