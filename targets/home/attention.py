"""What a leader must know beside the headlines: which units hold a goal back, and which firms are to be called now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parks.models import Unit
from targets.figures.question import Question
from targets.goals import page as goal_page
from targets.goals.completion import BEHIND, GoalState
from targets.goals.page import GoalRow
from targets.models import Indicator
from targets.outlook.model.cohorts import DAYS_SOON
from targets.renewals import page as renewal_page
from targets.renewals import rules as renewal_rules
from targets.renewals.form import RenewalsQuestion

NAMED = 3
"""Units that the sentence names."""
CALLED = 12
Renewal = renewal_rules.RenewalState
MOST_URGENT = (
    Renewal.NOT_STARTED,
    Renewal.REJECTED,
    Renewal.PREPARING,
    Renewal.FILED,
    Renewal.PUBLICITY,
)


@dataclass(frozen=True)
class Behind:
    """A unit that has fewer firms than its goal asks for by the day; `short`: so many fewer, at least one."""

    row: GoalRow
    short: int

    @property
    def name(self) -> str:
        return self.row.unit.told_apart if self.row.unit else self.row.name


@dataclass(frozen=True)
class Race:
    """How the units stand to their goals of a year: `behind` the furthest first, of `judged` that have a goal.

    `awaiting`: those short of it while the year's certificates are still to be published, who are not called behind.
    """

    indicator: Indicator
    year: int
    day: dt.date
    judged: int
    behind: Sequence[Behind]
    awaiting: Sequence[Behind]

    @property
    def shown(self) -> Sequence[Behind]:
        return self.behind or self.awaiting

    @property
    def count_in_words(self) -> str:
        waiting = f"{len(self.awaiting)}个低于时间进度、证书尚待公布" if self.awaiting else ""
        behind = (
            f"{len(self.behind)}个落后于时间进度"
            if self.behind
            else ""
            if waiting
            else "都不落后于时间进度"
        )
        return "，".join(filter(None, [f"{self.judged}个单位有任务", behind, waiting]))

    @property
    def sentence(self) -> str:
        if not self.shown:
            return f"{self.count_in_words}。"
        named = "、".join(f"{one.name}（差{one.short}家）" for one in self.shown[:NAMED])
        more = "等" if len(self.shown) > NAMED else ""
        return f"{self.count_in_words}：{named}{more}。"


@dataclass(frozen=True)
class Calls:
    """The high-tech firms whose certificate has its last day within DAYS_SOON days and whose renewal is open.

    `waiting`: those of them that have filed; `lapsed`: firms besides whose certificate has lapsed and may still be
    renewed; `first`: CALLED of the firms, by MOST_URGENT and the last day.
    """

    firms: int
    waiting: int
    url: str
    lapsed: int
    lapsed_url: str
    first: Sequence[renewal_rules.RenewalRow]


def races(question: Question) -> list[Race]:
    """For each headline, by certificate dates and year-end goals; empty where none are allotted for the day's year.

    The number of queries depends neither on the firms nor on the units.
    """
    board = goal_page.board_on(question.on)
    if board is None:
        return []
    units = list(Unit.objects.reporting())
    return [
        _race(indicator, board.of_kind(indicator.code), units)
        for indicator in Indicator.objects.headlines()
    ]


def _race(indicator: Indicator, board: goal_page.GoalsBoard, units: Sequence[Unit]) -> Race:
    rows = [row for unit in units if (row := board.row(unit)).stock.goal]
    return Race(
        indicator=indicator,
        year=board.when.year,
        day=board.when.day,
        judged=len(rows),
        behind=_short_of_it(row for row in rows if row.stock.state in BEHIND),
        awaiting=_short_of_it(row for row in rows if row.stock.state == GoalState.AWAITING),
    )


def _short_of_it(rows: Iterable[GoalRow]) -> list[Behind]:
    found = [Behind(row, short) for row in rows if (short := _short(row)) > 0]
    return sorted(found, key=lambda one: -one.short)


def _short(row: GoalRow) -> int:
    return (row.stock.due or 0) - (row.stock.done or 0)


def calls(question: Question) -> Calls:
    """As known on the day, today at the latest; certificate dates. From the spans as stored; six queries at most."""
    on = min(question.on, question.today)
    kind = renewal_rules.usual_kind()
    if kind is None:
        return Calls(0, 0, "", 0, "", [])
    soonest, latest = renewal_rules.usual_since(on), on + dt.timedelta(DAYS_SOON + 1)
    rows = [
        row
        for row in renewal_rules.rows(kind.code, soonest, latest, on=on, stored=True)
        if row.is_open
    ]
    ahead = [row for row in rows if row.lapses_on > on]
    return Calls(
        firms=len(ahead),
        waiting=sum(row.is_applied for row in ahead),
        url=renewal_page.address(
            RenewalsQuestion(on, kind, on + dt.timedelta(1), latest, usual_kind=kind.code)
        ),
        lapsed=len(rows) - len(ahead),
        lapsed_url=renewal_page.address(
            RenewalsQuestion(on, kind, soonest, on, usual_kind=kind.code)
        ),
        first=sorted(ahead, key=_urgency)[:CALLED],
    )


def _urgency(row: renewal_rules.RenewalRow) -> tuple[bool, dt.date, int]:
    return row.is_applied, row.last_day, MOST_URGENT.index(row.standing.state)
