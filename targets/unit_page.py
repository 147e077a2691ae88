"""The figures of one park or town."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from enterprises.models import Enterprise, LedgerEntry
from parks.models import Unit
from targets import counting, dashboard, goal_page, links, trend
from targets.dashboard import Figure, Quarter
from targets.goal_page import Own
from targets.models import Indicator, Scope, Span
from targets.questions import Question

NAMES_SHOWN = 20
CHANGES_SHOWN = 12


@dataclass(frozen=True)
class Part:
    """A share of the unit's firms: a town's firms in one park or in none, a park's firms in one town."""

    name: str
    unit_page: str
    firms: list[tuple[int, str]]


@dataclass(frozen=True)
class UnitPage:
    question: Question
    unit: Unit
    figures: list[Figure]
    goals: list[Own]
    parts: list[Part]
    months: dict[str, list[trend.Month]]
    lapsing: list[Quarter]
    lapsing_total: int
    lapsing_url: str
    lapsing_first: Sequence[Span]
    changes: Sequence[LedgerEntry]
    freshness: trend.Freshness


def of(unit: Unit, question: Question) -> UnitPage:
    """The unit on a day. The number of queries does not depend on the number of firms."""
    counts = counting.count([question.on, question.year_ago], question.definition)
    indicators = list(Indicator.objects.filter(kind=Indicator.Kind.COUNTED, code__in=counting.RULES))
    figures = [dashboard.figure(question, counts, one, unit.code) for one in indicators]
    rows = trend.stored(unit.code, dashboard.HEADLINES, question.definition)
    quarters = dashboard.lapsing_quarters(question, unit.code)
    since, until = quarters[0].since, quarters[-1].until
    return UnitPage(
        question=question,
        unit=unit,
        figures=figures,
        goals=goal_page.of_unit(unit, question.on),
        parts=_parts(unit, question, [one.code for one in indicators]),
        months={
            one.indicator.code: trend.months(rows.get(one.indicator.code), question, one.value, [], question.today)
            for one in figures
            if one.indicator.code in dashboard.HEADLINES
        },
        lapsing=quarters,
        lapsing_total=sum(quarter.firms for quarter in quarters),
        lapsing_url=links.lapsing(question, "hnte", unit.code, since, until),
        lapsing_first=_lapsing_first(unit, question, since, until),
        changes=_changes(unit),
        freshness=trend.freshness(rows),
    )


def _parts(unit: Unit, question: Question, indicators: Sequence[str]) -> list[Part]:
    """A town's firms by park (and outside), a park's firms by town, in the plan's order; one query per indicator."""
    other = Unit.Kind.TOWN.value if unit.kind == Unit.Kind.PARK else Unit.Kind.PARK.value
    firms: dict[str, dict[str, int]] = defaultdict(dict)
    for indicator in indicators:
        here = counting.listed(indicator=indicator, scope=unit.code, day=question.on, definition=question.definition)
        for code, number in here.order_by().values_list(f"{other}__code").annotate(Count("id")):
            firms[code or Scope.OUTSIDE][indicator] = number
    units = Unit.objects.filter(kind=other).order_by("order", "code")
    names = {one.code: one.called for one in units if one.code in firms}
    if Scope.OUTSIDE in firms:
        names[Scope.OUTSIDE] = "园区平台以外"
    return [
        Part(
            name,
            "" if code == Scope.OUTSIDE else links.page(question, "unit", code),
            [
                (firms[code].get(indicator, 0), links.figure(question, indicator, unit.code, place={other: code}))
                for indicator in indicators
            ],
        )
        for code, name in names.items()
    ]


def _lapsing_first(unit: Unit, question: Question, since: dt.date, until: dt.date) -> Sequence[Span]:
    found = counting.lapsing(
        indicator="hnte", scope=unit.code, since=since, until=until, definition=question.definition
    )
    return list(found.select_related("enterprise", "qualification").order_by("end", "enterprise__uscc")[:NAMES_SHOWN])


def _changes(unit: Unit) -> Sequence[LedgerEntry]:
    firms = Enterprise.objects.placed_ever_in(unit.pk).values("pk")
    entries = LedgerEntry.objects.filter(enterprise__in=firms).select_related("enterprise", "source", "by")
    return list(entries.order_by("-pk")[:CHANGES_SHOWN])
