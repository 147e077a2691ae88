"""What a leader must know beside the headlines: which units hold a goal back, and which firms are to be called now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parks.models import Unit
from targets import counting, goal_page, links
from targets.cohorts import DAYS_SOON
from targets.completion import State
from targets.dashboard import HEADLINES
from targets.goal_page import Row
from targets.models import Indicator, Scope, Span
from targets.questions import Question

BEHIND = (State.LAGGING, State.OVERDUE, State.AWAITING)
NAMED = 3
"""Units that the sentence names."""
CALLED = 12


@dataclass(frozen=True)
class Behind:
    """A unit that has fewer firms than its goal asks for by the day; `short`: so many fewer, at least one."""

    row: Row
    short: int

    @property
    def name(self) -> str:
        return self.row.unit.told_apart if self.row.unit else self.row.name


@dataclass(frozen=True)
class Race:
    """How the units stand to their goals of a year: `behind` the furthest first, of `judged` that have a goal."""

    indicator: Indicator
    year: int
    day: dt.date
    judged: int
    behind: Sequence[Behind]

    @property
    def sentence(self) -> str:
        if not self.behind:
            return f"{self.judged}个单位有任务，都不落后于时间进度。"
        named = "、".join(f"{one.name}（差{one.short}家）" for one in self.behind[:NAMED])
        more = "等" if len(self.behind) > NAMED else ""
        return f"{self.judged}个单位有任务，{len(self.behind)}个落后于时间进度：{named}{more}。"


@dataclass(frozen=True)
class Calls:
    """The firms whose certificate runs out within DAYS_SOON days; `first`: the soonest CALLED of them."""

    firms: int
    url: str
    first: Sequence[Span]


def races(question: Question) -> list[Race]:
    """For each headline, by certificate dates and year-end goals; empty where none are allotted for the day's year.

    The number of queries depends neither on the firms nor on the units.
    """
    board = goal_page.board_on(question.on)
    if board is None:
        return []
    units = list(Unit.objects.reporting())
    kinds = sorted(Indicator.objects.filter(code__in=HEADLINES), key=lambda one: HEADLINES.index(one.code))
    return [_race(one, replace(board, asked=replace(board.asked, kind=one.code)), units) for one in kinds]


def _race(indicator: Indicator, board: goal_page.Board, units: Sequence[Unit]) -> Race:
    rows = [row for unit in units if (row := board.row(unit)).stock.goal]
    behind = [Behind(row, short) for row in rows if row.stock.state in BEHIND and (short := _short(row)) > 0]
    behind.sort(key=lambda one: -one.short)
    return Race(indicator, board.when.year, board.when.day, len(rows), behind)


def _short(row: Row) -> int:
    return (row.stock.due or 0) - (row.stock.done or 0)


def calls(question: Question) -> Calls:
    """High-tech certificates without a successor, by the definition asked, from the spans as stored; two queries."""
    since, until = question.on + dt.timedelta(1), question.on + dt.timedelta(DAYS_SOON + 1)
    found = counting.lapsing(
        indicator="hnte", scope=Scope.DISTRICT, since=since, until=until, definition=question.definition
    )
    first = found.select_related("enterprise", "park", "town").order_by("end", "enterprise__uscc")[:CALLED]
    return Calls(found.count(), links.lapsing(question, "hnte", Scope.DISTRICT, since, until), list(first))
