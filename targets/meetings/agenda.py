"""The draft of an agenda: what lags, each with the figure that puts it there and its list.

Nothing is counted here: every figure is asked of the room that counts it for its own page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from enterprises.models import Quarter
from enterprises.reporting import board as roster_board
from parks.models import Unit, User
from targets.goals import page as goal_page
from targets.key_tasks import board as task_board
from targets.key_tasks import entries as task_entries
from targets.meetings import standing
from targets.meetings.question import board_address
from targets.models import AgendaItem, Meeting
from targets.renewals import overview as renewal_overview
from targets.renewals import rules as renewal_rules
from targets.renewals.form import unfiled_question

NAMED = 3
LONGEST_REASON = 400
STEP = 10
"""Between the orders of two items, so that another fits in."""


@dataclass(frozen=True)
class Proposed:
    """An item as the data proposes it; `key` is the same each time for the same matter."""

    key: str
    title: str
    reason: str
    figure: int
    url: str


def proposed_on(today: dt.date, user: User) -> list[Proposed]:
    """What lags on the day; a matter without anything that lags is left out."""
    found = [
        *_units_behind(today),
        *_tasks(today),
        *_rosters(today),
        *_renewals(today, user),
        *_decisions(today),
    ]
    return [one for one in found if one.figure]


def propose(meeting: Meeting, today: dt.date, user: User) -> int:
    """Add what lags now and tell the present figures of items proposed before; how many are new.

    Titles and order of old items stay as the office has them, and so does what it dropped. The
    caller holds the meeting's row.
    """
    proposals = {one.key: one for one in proposed_on(today, user)}
    items = list(meeting.items.all())
    for item in items:
        if item.key:
            _renew(item, proposals.pop(item.key, None), today)
    last = max((item.order for item in items), default=0)
    AgendaItem.objects.bulk_update(items, ["figure", "reason", "url", "as_of"])
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting,
            order=last + STEP * place,
            key=one.key,
            title=one.title,
            reason=one.reason[:LONGEST_REASON],
            figure=one.figure,
            url=one.url,
            as_of=today,
        )
        for place, one in enumerate(proposals.values(), 1)
    )
    return len(proposals)


def _renew(item: AgendaItem, now: Proposed | None, today: dt.date) -> None:
    """Gone: the item stays for the office to drop, and says that nothing is behind it any more."""
    item.as_of = today
    if now is None:
        item.figure, item.reason = 0, "此项已无滞后。"
    else:
        item.figure, item.reason, item.url = now.figure, now.reason[:LONGEST_REASON], now.url


def _named(names: Sequence[str]) -> str:
    return "、".join(names[:NAMED]) + "等" * (len(names) > NAMED)


# --- each sort ---
def _units_behind(today: dt.date) -> Iterator[Proposed]:
    board = goal_page.board_on(today)
    if board is None:
        return
    units = list(Unit.objects.reporting())
    for indicator in board.done.counts.indicators.headlines:
        of_kind = board.of_kind(indicator.code)
        rows = [row for row in (of_kind.row(unit) for unit in units) if row.stock.lacking]
        rows.sort(key=lambda row: row.stock.urgency)
        lacking = sum(row.stock.lacking or 0 for row in rows)
        told = [f"{row.name}（{row.stock.behind_in_words}）" for row in rows]
        query = urlencode({"year": of_kind.when.year, "kind": indicator.code})
        yield Proposed(
            f"behind-{indicator.code}",
            f"{indicator.short_name}任务进度落后的单位",
            f"{len(rows)}个单位仍缺，合计{lacking}家：{_named(told)}。",
            len(rows),
            f"{reverse('goals')}?{query}",
        )


def _tasks(today: dt.date) -> Iterator[Proposed]:
    """Reports that are owed past their day, and tasks whose leads say that they are behind."""
    for period in task_entries.periods()[:1]:
        board = task_board.build_board(period, today)
        url = f"{reverse('tasks')}?quarter={period.code}"
        owing = [row for row in board.owing if row.overdue]
        names = _named([row.unit.told_apart for row in owing])
        yield Proposed(
            "tasks-overdue",
            f"{period.label}重点任务进展逾期未报",
            f"{sum(len(row.overdue) for row in owing)}项逾期未报：{names}。",
            sum(len(row.overdue) for row in owing),
            f"{url}&by=body",
        )
        rows = board.standing(task_board.BEHIND)
        yield Proposed(
            "tasks-behind",
            f"{period.label}滞后的重点任务",
            f"{len(rows)}项由牵头单位报为滞后：{_named([row.task.name for row in rows])}。",
            len(rows),
            f"{url}&standing={task_board.BEHIND}",
        )


def _rosters(today: dt.date) -> Iterator[Proposed]:
    quarters = list(Quarter.objects.taking_rosters(today))
    units = {unit.pk: unit for unit in Unit.objects.reporting()}
    totals = roster_board.count_totals(quarters, list(units))
    for quarter in quarters:
        owed = totals[quarter.pk]
        missing = owed.expected - owed.handed_in
        yield Proposed(
            f"rosters-{quarter.code}",
            f"{quarter}名册未报",
            f"{missing}个单位未报，共{owed.expected}个，截止{quarter.due_on}。",
            missing,
            f"{reverse('roster_board')}?{urlencode({'quarter': quarter.code})}",
        )


def _renewals(today: dt.date, user: User) -> Iterator[Proposed]:
    kind = renewal_rules.usual_kind()
    if kind is None:
        return
    question = unfiled_question(today, kind, None)
    rows = question.listed(question.rows(user))
    lapsed = sum(row.lapses_on <= today for row in rows)
    yield Proposed(
        "renewals",
        f"{kind.short_name}证书到期未申报",
        f"{len(rows)}家未申报，其中已失效可续{lapsed}家。",
        len(rows),
        renewal_overview.address(question),
    )


def _decisions(today: dt.date) -> Iterator[Proposed]:
    found = standing.open_decisions(today)
    overdue = len(found.overdue)
    named = f"：{found.names(found.overdue)}" if overdue else ""
    yield Proposed(
        "decisions",
        "历次会议决定办理情况",
        f"{len(found.decisions)}项未办结，其中逾期{overdue}项{named}。",
        len(found.decisions),
        board_address(),
    )
