"""The figures of one park or town."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from enterprises.models import Enterprise, LedgerEntry
from parks.models import Unit
from targets.figures import links, live_or_frozen, trend
from targets.figures.indicators import first_of
from targets.figures.live_or_frozen import FigureSource, LapsingFirm
from targets.figures.question import Question
from targets.goals import page as goal_page
from targets.goals.page import OwnGoals
from targets.home import dashboard
from targets.home.dashboard import Figure, LapsingQuarter
from targets.models import Scope

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
    goals: list[OwnGoals]
    parts: list[Part]
    months: dict[str, list[trend.TrendMonth]]
    lapsing: list[LapsingQuarter]
    lapsing_total: int
    lapsing_url: str
    lapsing_first: Sequence[LapsingFirm]
    changes: Sequence[LedgerEntry]
    freshness: trend.SeriesFreshness


def build_page(unit: Unit, question: Question) -> UnitPage:
    """The unit on a day. The number of queries does not depend on the number of firms."""
    source = live_or_frozen.source_for(question)
    counts = source.count([question.on, question.year_ago])
    known = source.indicators()
    indicators = known.stocks
    figures = [dashboard.figure(question, counts, one, unit.code) for one in indicators]
    rows = source.series(unit.code, known.headline_codes)
    first = first_of(known.headlines)
    quarters = dashboard.lapsing_quarters(question, unit.code, first)
    since, until = quarters[0].since, quarters[-1].until
    lapsing = live_or_frozen.lapsing(source, first, unit.code, since, until)
    return UnitPage(
        question=question,
        unit=unit,
        figures=figures,
        goals=[] if question.release else goal_page.of_unit(unit, question.on),
        parts=_parts(unit, question, source, [one.code for one in indicators]),
        months={
            one.indicator.code: trend.months(
                rows.get(one.indicator.code), question, one.value, [], question.known_until
            )
            for one in figures
            if one.indicator.headline
        },
        lapsing=quarters,
        lapsing_total=sum(quarter.firms for quarter in quarters),
        lapsing_url=links.lapsing(question, first, unit.code, since, until),
        lapsing_first=live_or_frozen.soonest(source, lapsing, NAMES_SHOWN),
        changes=[] if question.release else _changes(unit),
        freshness=source.freshness(rows),
    )


def _parts(
    unit: Unit, question: Question, source: FigureSource, indicators: Sequence[str]
) -> list[Part]:
    """A town's firms by park (and outside), a park's firms by town, in the plan's order."""
    other = Unit.Kind.TOWN.value if unit.kind == Unit.Kind.PARK else Unit.Kind.PARK.value
    firms: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, code, number in live_or_frozen.shared(source, unit.code, question.on, other):
        if kind in indicators:
            firms[code or Scope.OUTSIDE][kind] = number
    units = Unit.objects.filter(kind=other).order_by("order", "code")
    names = {one.code: one.told_apart for one in units if one.code in firms}
    if Scope.OUTSIDE in firms:
        names[Scope.OUTSIDE] = "园区平台以外"
    return [
        Part(
            name,
            "" if code == Scope.OUTSIDE else links.page(question, "unit", code),
            [
                (
                    firms[code].get(indicator, 0),
                    links.figure(question, indicator, unit.code, place={other: code}),
                )
                for indicator in indicators
            ],
        )
        for code, name in names.items()
    ]


def _changes(unit: Unit) -> Sequence[LedgerEntry]:
    firms = Enterprise.objects.placed_ever_in(unit.pk).values("pk")
    entries = LedgerEntry.objects.filter(enterprise__in=firms).select_related(
        "enterprise", "source", "by"
    )
    return list(entries.order_by("-pk")[:CHANGES_SHOWN])
