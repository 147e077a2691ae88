"""The page of one park or town."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from enterprises.models import Enterprise, LedgerEntry
from enterprises.records import by_kind
from enterprises.records.by_kind import KindCount
from parks.models import Unit, User
from targets.figures import links, live_or_frozen, trend
from targets.figures.indicators import first_of
from targets.figures.live_or_frozen import LapsingFirm
from targets.figures.question import Question
from targets.goals import own as own_goals
from targets.goals import page as goal_page
from targets.goals.own import OwnGoals
from targets.home import boards, charts, dashboard, page_head
from targets.home.boards import OwnRoster
from targets.home.dashboard import Figure, UnitFigures
from targets.home.lapsing import LapsingQuarter
from targets.home.page_head import PageHead
from targets.key_tasks.board import BodyRow, TaskBoard
from targets.meetings import page as meetings_page
from targets.meetings.page import UnitDecisions
from targets.models import Scope
from targets.output.chart_parts import Chart

NAMES_SHOWN = 8
CHANGES_SHOWN = 5


@dataclass(frozen=True)
class Part:
    """A share of the unit's firms: a town's firms in one park or in none, a park's firms in one
    town.

    `firms`: of each indicator the number and the address of its list.
    """

    name: str
    unit_page: str
    firms: list[tuple[int, str]]


@dataclass(frozen=True)
class UnitTasks:
    """The key tasks of the last quarter; `owed`: what the unit owes of them, None where nothing
    falls to it.
    """

    task_board: TaskBoard
    owed: BodyRow | None


@dataclass(frozen=True)
class UnitPage:
    """For a release `goals`, `changes` and `registers` are empty and `tasks` is None: it does not hold them."""

    question: Question
    unit: Unit
    figures: list[Figure]
    goals: list[OwnGoals]
    parts: list[Part]
    months: dict[str, list[trend.TrendMonth]]
    lapsing: list[LapsingQuarter]
    lapsing_total: int
    lapsing_url: str
    lapsing_until: dt.date
    lapsing_first: Sequence[LapsingFirm]
    changes: Sequence[LedgerEntry]
    freshness: trend.SeriesFreshness
    charts: Mapping[str, Chart]
    tasks: UnitTasks | None
    roster: OwnRoster | None
    registers: Sequence[KindCount]
    decisions: UnitDecisions | None
    head: PageHead

    @property
    def context(self) -> dict[str, Any]:
        """By the names that the template uses."""
        context = {**self.head.context, "page": self, "charts": self.charts, "roster": self.roster}
        context["decisions"] = self.decisions
        if self.tasks:
            context["task_board"] = self.tasks.task_board
            context["owed"] = self.tasks.owed
        return context


def build_page(unit: Unit, question: Question, viewer: User | None = None) -> UnitPage:
    """Everything that the unit's page shows; to a viewer also where its roster stands.

    The number of queries does not depend on the number of firms.
    """
    board = None if question.release else goal_page.board_on(question.on, unit)
    flying = partial(dashboard.flying_on, question, board)
    counted = dashboard.count_unit(question, unit, flying)
    kind = first_of(counted.indicators.headlines)
    quarters = counted.lapsing
    since, until = quarters[0].since, quarters[-1].until
    lapsing = live_or_frozen.lapsing(counted.source, kind, unit.code, since, until)
    goals: list[OwnGoals] = []
    changes: list[LedgerEntry] = []
    tasks = None
    # A release holds figures; goals, tasks and changes are only known as they are today.
    if not question.release:
        goals = own_goals.of_unit(unit, board)
        # The ledger goes on after a release: its changes would not explain the figures shown.
        changes = _latest_changes(unit)
        task_board = boards.last_task_board()
        tasks = UnitTasks(task_board, task_board.body(unit))
    return UnitPage(
        question=question,
        unit=unit,
        figures=counted.figures,
        goals=goals,
        parts=_parts(unit, counted),
        months=counted.months,
        lapsing=quarters,
        lapsing_total=sum(quarter.firms for quarter in quarters),
        lapsing_url=links.lapsing(question, kind, unit.code, since, until),
        lapsing_until=until,
        lapsing_first=live_or_frozen.soonest(counted.source, lapsing, NAMES_SHOWN),
        changes=changes,
        freshness=counted.freshness,
        charts=charts.unit_charts(counted),
        tasks=tasks,
        roster=boards.own_roster(unit, viewer) if viewer and not question.release else None,
        registers=[] if question.release else by_kind.of_unit(unit, question.on),
        decisions=_decisions_of(unit, question),
        # Last, since counting brings the spans up to date, and the head says when that was.
        head=page_head.build_head(question),
    )


def _decisions_of(unit: Unit, question: Question) -> UnitDecisions | None:
    """Of the joint meeting, which the unit leads; a release does not hold them."""
    return None if question.release else meetings_page.of_unit(unit, question.today)


def _parts(unit: Unit, counted: UnitFigures) -> list[Part]:
    """A town's firms by park (and outside), a park's firms by town, in the plan's order."""
    question = counted.question
    codes = [indicator.code for indicator in counted.indicators.stocks]
    # A firm stands in a town and perhaps in a park: each kind of unit is divided by the other kind.
    divided_by = Unit.Kind.TOWN.value if unit.kind == Unit.Kind.PARK else Unit.Kind.PARK.value
    firms: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, code, number in live_or_frozen.shared(
        counted.source, unit.code, question.on, divided_by
    ):
        if kind in codes:
            firms[code or Scope.OUTSIDE][kind] = number
    # Only units that have firms in common with this one, in the plan's order.
    names = {}
    for part in Unit.objects.filter(kind=divided_by).order_by("order", "code"):
        if part.code in firms:
            names[part.code] = part.told_apart
    # A park is divided by towns, and every firm stands in one: only a town has firms outside.
    if Scope.OUTSIDE in firms:
        names[Scope.OUTSIDE] = "园区平台以外"
    parts = []
    for code, name in names.items():
        numbers = []
        for indicator in codes:
            place = {divided_by: code}
            url = links.figure(question, indicator, unit.code, place=place)
            numbers.append((firms[code].get(indicator, 0), url))
        page = "" if code == Scope.OUTSIDE else links.page(question, "unit", code)
        parts.append(Part(name, page, numbers))
    return parts


def _latest_changes(unit: Unit) -> list[LedgerEntry]:
    """Of firms that ever stood in the unit, also those that have moved away."""
    # A firm that moved away explains why the unit's number fell.
    firms = Enterprise.objects.placed_ever_in(unit.pk).values("pk")
    entries = LedgerEntry.objects.filter(enterprise__in=firms)
    entries = entries.select_related("enterprise", "source", "by")
    return list(entries.order_by("-pk")[:CHANGES_SHOWN])
