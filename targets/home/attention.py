"""Who needs attention: units that are behind their goals, and firms to call now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parks.models import Unit
from targets.figures.indicators import CountedIndicator
from targets.figures.question import Question
from targets.goals import page as goal_page
from targets.goals.completion import BEHIND, GoalState
from targets.goals.page import GoalRow
from targets.models import Scope
from targets.outlook.model.cohorts import DAYS_SOON
from targets.renewals import overview
from targets.renewals import rules as renewal_rules
from targets.renewals.form import RenewalsQuestion
from targets.renewals.rules import RenewalRow

UNITS_NAMED = 3
"""Units that the sentence names."""
FIRMS_CALLED = 12
DAY = dt.timedelta(1)


@dataclass(frozen=True)
class Behind:
    """A unit that has fewer firms than its goal asks for by the day."""

    row: GoalRow

    @property
    def short(self) -> int:
        """落后序时, at least one."""
        return self.row.stock.behind or 0

    @property
    def in_flight(self) -> int | None:
        return self.row.stock.in_flight

    @property
    def still_missing(self) -> int:
        return self.row.stock.still_missing or 0

    @property
    def in_words(self) -> str:
        """白沙（落后序时9家，在途4家，仍缺5家）."""
        if self.in_flight is None:
            return f"{self.name}（落后序时{self.short}家）"
        flying, missing = f"在途{self.in_flight}家", f"仍缺{self.still_missing}家"
        return f"{self.name}（落后序时{self.short}家，{flying}，{missing}）"

    @property
    def name(self) -> str:
        return self.row.unit.told_apart if self.row.unit else self.row.name


@dataclass(frozen=True)
class Race:
    """How the units stand to their goals of a year: `behind` those that lack most first, of
    `judged` that have a goal.

    `rows` are all units, `district` is their sum. `awaiting`: short of the goal, but all that is
    lacking is in flight, or nothing can be yet (`applying`: the first batch is still open), hence
    not called behind.
    """

    indicator: CountedIndicator
    year: int
    day: dt.date
    rows: Sequence[GoalRow]
    district: GoalRow
    judged: int
    behind: Sequence[Behind]
    awaiting: Sequence[Behind]
    applying: bool

    @property
    def shown(self) -> Sequence[Behind]:
        return self.behind or self.awaiting

    @property
    def count_in_words(self) -> str:
        parts = [f"{self.judged}个单位有任务"]
        if self.behind:
            parts.append(f"{len(self.behind)}个落后于序时进度")
        if self.awaiting:
            parts.append(f"{len(self.awaiting)}个{self._what_is_awaited}")
        if not self.shown:
            parts.append("都不落后于序时进度")
        return "，".join(parts)

    @property
    def _what_is_awaited(self) -> str:
        if self.applying:
            return "低于序时进度、首批申报尚未截止"
        return f"落后的全部在途、{GoalState.AWAITING.label}"

    @property
    def sentence(self) -> str:
        if not self.shown:
            return f"{self.count_in_words}。"
        names = "、".join(unit.in_words for unit in self.shown[:UNITS_NAMED])
        more = "等" if len(self.shown) > UNITS_NAMED else ""
        return f"{self.count_in_words}：{names}{more}。"


@dataclass(frozen=True)
class Calls:
    """Firms whose certificate has its last day within DAYS_SOON days and whose renewal is open.

    `waiting`: those of them that have filed. `lapsed`: firms besides whose certificate has lapsed
    and may still be renewed. `first`: FIRMS_CALLED of the firms, in the order of the list.
    """

    firms: int
    waiting: int
    url: str
    lapsed: int
    lapsed_url: str
    first: Sequence[RenewalRow]


def build_races(question: Question) -> list[Race]:
    """For each headline indicator, by certificate dates and year-end goals; empty where none are
    allotted.

    The number of queries depends neither on the firms nor on the units.
    """
    return races_of(goal_page.board_on(question.on))


def races_of(board: goal_page.GoalsBoard | None) -> list[Race]:
    if board is None:
        return []
    # Read once for all indicators.
    units = list(Unit.objects.reporting())
    races = []
    for indicator in board.done.counts.indicators.headlines:
        races.append(_race(indicator, board.of_kind(indicator.code), units))
    return races


def _race(indicator: CountedIndicator, board: goal_page.GoalsBoard, units: Sequence[Unit]) -> Race:
    everybody = [board.row(unit) for unit in units]
    # A unit without a goal, or with a goal of 0, is not judged.
    rows = [row for row in everybody if row.stock.goal]
    return Race(
        indicator=indicator,
        year=board.when.year,
        day=board.when.day,
        rows=everybody,
        district=board.total("全区", units, str(Scope.DISTRICT)),
        judged=len(rows),
        # By the stock at the year's end: it is the measure by which units are ranked.
        behind=_those_short(row for row in rows if row.stock.state in BEHIND),
        awaiting=_those_short(row for row in rows if row.stock.state == GoalState.AWAITING),
        applying=board.when.none_closed,
    )


def _those_short(rows: Iterable[GoalRow]) -> list[Behind]:
    """Those that lack most first; equal ones in the plan's order."""
    # By what is due today, not at the year's end: 全年还差 on the goals page is larger.
    short = [row for row in rows if row.stock.behind]
    return [Behind(row) for row in sorted(short, key=lambda row: row.stock.urgency)]


def build_calls(question: Question) -> Calls:
    """As known on the day, today at the latest; by certificate dates, from the stored spans.

    At most six queries.
    """
    # Of a day to come no renewal is known: the calls are those to be made today.
    on = min(question.on, question.today)
    kind = renewal_rules.usual_kind()
    if kind is None:
        return Calls(0, 0, "", 0, "", [])
    soonest = renewal_rules.usual_since(on)
    # A certificate counts on its last day and lapses on the day after: hence one day more.
    latest = on + dt.timedelta(DAYS_SOON + 1)
    # The page has counted before, and that has brought the spans up to date.
    rows = renewal_rules.rows(kind.code, soonest, latest, on=on, stored=True)
    open_rows = [row for row in rows if row.is_open]
    ahead = [row for row in open_rows if row.lapses_on > on]
    question_ahead = RenewalsQuestion(on, kind, on + DAY, latest, usual_kind=kind.code)
    question_lapsed = RenewalsQuestion(on, kind, soonest, on, usual_kind=kind.code)
    return Calls(
        firms=len(ahead),
        waiting=sum(row.is_applied for row in ahead),
        url=overview.address(question_ahead),
        # Told apart: a call can no longer keep these from lapsing.
        lapsed=len(open_rows) - len(ahead),
        lapsed_url=overview.address(question_lapsed),
        first=renewal_rules.most_urgent_first(ahead)[:FIRMS_CALLED],
    )
