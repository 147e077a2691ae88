"""What a leader must know beside the headlines: which units hold a goal back, and which firms are to be called now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from parks.models import Unit
from targets import goal_page, renewals
from targets.cohorts import DAYS_SOON
from targets.completion import State
from targets.dashboard import HEADLINES
from targets.goal_page import Row
from targets.models import Indicator
from targets.questions import Question
from targets.renewal_form import Asked

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
    """The high-tech firms whose certificate lapses within DAYS_SOON days and whose renewal is open.

    `waiting`: those of them that have filed; `first`: CALLED of them, those that have not filed before the others, the
    soonest first.
    """

    firms: int
    waiting: int
    url: str
    first: Sequence[renewals.Row]


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
    """As known on the day, today at the latest; certificate dates. From the spans as stored; six queries at most."""
    on = min(question.on, question.today)
    kind = renewals.with_a_term().filter(code=HEADLINES[0]).first()
    if kind is None:
        return Calls(0, 0, "", [])
    since, until = on + dt.timedelta(1), on + dt.timedelta(DAYS_SOON)
    found = [row for row in renewals.stored_rows(kind.code, since, until, on=on) if row.is_open]
    url = f"{reverse('renewals')}?{Asked(on, kind, since, until).query()}"
    first = sorted(found, key=lambda row: (row.is_applied, row.last_day))[:CALLED]
    return Calls(len(found), sum(row.is_applied for row in found), url, first)
