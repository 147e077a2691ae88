"""What waits for a hand this week: each sort of it with its number, its list and its day.

A number here is the number of rows on the page that it opens.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from enterprises.applications.courses import courses_of
from enterprises.applications.question import LIST, NO_STEP, ApplicationsQuestion
from enterprises.firms.due_days import days_in_words
from enterprises.marks import Mark, Tone
from enterprises.models import (
    Announcement,
    Case,
    QualificationKind,
    Quarter,
    RosterVersion,
    VersionState,
    YearlyDuty,
)
from enterprises.models.announcements import claims
from enterprises.reporting import board as roster_board
from parks.models import Unit, User
from targets.assessment.addresses import list_address
from targets.assessment.entries import waiting_objections
from targets.duties import rules as duty_rules
from targets.duties.form import DutiesQuestion
from targets.figures.question import Question
from targets.followup.question import DUE, FollowUpQuestion
from targets.followup.rows import FollowUp
from targets.goals import page as goal_page
from targets.home import attention
from targets.key_tasks import board as task_board
from targets.key_tasks import entries as task_entries
from targets.meetings import standing as meeting_standing
from targets.meetings.question import ASKED, OVERDUE, SOON_DUE, board_address
from targets.pool.question import PROPOSED, PoolQuestion, PoolView
from targets.pool.reading import DUE_LABELS, PoolReading, read_pool
from targets.renewals import overview as renewal_overview
from targets.renewals import rules as renewal_rules
from targets.renewals.form import unfiled_question

URGENT = Mark(Tone.BAD, "x-circle")
OPEN = Mark(Tone.WATCH, "exclamation-triangle")
SOON = dt.timedelta(7)
NAMES = 2
"""Firms named beside a number."""


@dataclass(frozen=True)
class Errand:
    """`count` of `label`, done on the page at `url`; `deed` is what is done there.

    `due`: the day by which, where there is one. `detail`: what helps to decide, in a few words.
    """

    label: str
    count: int
    url: str
    deed: str
    detail: str = ""
    due: dt.date | None = None

    def mark(self, today: dt.date) -> Mark:
        return URGENT if self.due and self.due <= today + SOON else OPEN

    def due_in_words(self, today: dt.date) -> str:
        """12-09 还有9天."""
        return f"{self.due:%m-%d} {days_in_words((self.due - today).days)}" if self.due else ""


def errands_of(user: User, today: dt.date) -> list[Errand]:
    """The bureau's, or those of the user's unit; what is due first comes first."""
    found = list(_of_bureau(user, today) if user.in_bureau else _of_unit(user, today))
    return sorted(found, key=lambda errand: (errand.due is None, errand.due or today))


def _of_bureau(user: User, today: dt.date) -> Iterator[Errand]:
    lists = Announcement.objects.waiting().count()
    yield Errand("待对接名单", lists, reverse("announcements"), "去对接")
    yield _claims(user, today)
    yield from _of_usual_kind(user, today)
    yield from _pool(user, today)
    yield _questions(user, today)
    yield from _duties(user, today)
    yield from _rosters(today)
    waiting = RosterVersion.objects.filter(state=VersionState.SUBMITTED).count()
    yield Errand("待审名册", waiting, reverse("roster_queue"), "去审核")
    undecided = Case.objects.undecided().count()
    yield Errand("待定归属", undecided, reverse("cases"), "去决定")
    yield from _goals_at_risk(today)
    yield from _tasks(None, today)
    yield from _decisions(None, user, today)
    yield from _assessment()


def _of_unit(user: User, today: dt.date) -> Iterator[Errand]:
    unit = user.reporting_unit
    if unit:
        for quarter in Quarter.objects.taking_rosters(today):
            yield from _own_roster(unit, quarter, user, today)
        yield from _of_usual_kind(user, today)
        yield from _pool(user, today)
        yield _questions(user, today)
        yield from _duties(user, today)
        yield _claims(user, today)
        yield from _own_goals(unit, today)
    yield from _tasks(user.unit, today)
    yield from _decisions(user.unit, user, today)


# --- each sort ---
def _claims(user: User, today: dt.date) -> Errand:
    claimed = claims.claimed(claims.held_by(user, today)).count()
    return Errand("待确认自报", claimed, reverse("claims"), "看证书", "名册说有、名单还没有")


def _of_usual_kind(user: User, today: dt.date) -> Iterator[Errand]:
    """Renewals and applications; none where no kind of qualification has a term."""
    kind = renewal_rules.usual_kind()
    if kind:
        yield _renewals(kind, user, today)
        yield _applications(kind, user, today)


def _renewals(kind: QualificationKind, user: User, today: dt.date) -> Errand:
    question = unfiled_question(today, kind, user.reporting_unit)
    wanted = question.listed(question.rows(user))
    lapsed = sum(row.lapses_on <= today for row in wanted)
    first = min((row.last_day for row in wanted if row.lapses_on > today), default=None)
    detail = f"其中已失效可续{lapsed}家" if lapsed else ""
    url = renewal_overview.address(question)
    return Errand("到期未申报", len(wanted), url, "去催办", detail, first)


def _applications(kind: QualificationKind, user: User, today: dt.date) -> Errand:
    question = ApplicationsQuestion(kind, today.year, today, user, next=NO_STEP, view=LIST)
    courses = courses_of(kind, today.year, today, user)
    without = sum(question.asks_for(course) for course in courses)
    url = f"{reverse('applications')}?{question.query()}"
    return Errand("申报无下一步", without, url, "记下一步")


def _pool(user: User, today: dt.date) -> Iterator[Errand]:
    """Stays that somebody has to look at, and what is proposed to who decides on it."""
    reading = read_pool(today, user)
    yield _pool_due(reading, today)
    if not reading.rules.may_decide(user):
        return
    for view in PROPOSED:
        question = PoolQuestion(today, view)
        waiting = question.listed(reading)
        yield Errand(
            f"后备库{view.label}待决",
            len(waiting),
            question.address(),
            "去决定",
            "自检提出，采用或不采用" if waiting else "",
        )


def _pool_due(reading: PoolReading, today: dt.date) -> Errand:
    question = PoolQuestion(today, PoolView.DUE)
    rows = question.listed(reading)
    reasons = Counter(due.code for row in rows for due in row.due)
    told = [f"{label}{reasons[code]}家" for code, label in DUE_LABELS.items() if reasons[code]]
    return Errand("后备库到期该动", len(rows), question.address(), "去处理", "、".join(told))


def _questions(user: User, today: dt.date) -> Errand:
    """Firms that asked something which is to be answered this week, or was before."""
    question = FollowUpQuestion(today, user, question=DUE)
    rows = FollowUp(user, today).asking_by(question.this_sunday)
    first = min((due.day for row in rows for due in row.dues), default=None)
    names = "、".join(row.firm.name for row in rows[:NAMES])
    return Errand("企业问题待答复（家）", len(rows), question.address, "去答复", names, first)


def _duties(user: User, today: dt.date) -> Iterator[Errand]:
    """What holders of a qualification owe for the last year: each duty with who has not done it."""
    duties = list(YearlyDuty.objects.select_related("kind"))
    for duty in duties:
        year = duty_rules.usual_year(duty, today)
        question = DutiesQuestion(duty, year, today, usual=duties[0])
        wanted = question.listed(question.found(user).rows)
        risk = sum(row.at_risk for row in wanted)
        over = question.due_on < today
        told = [f"{year}年度"]
        told += [f"{question.due_on}已截止"] if over else []
        told += [f"其中可能失去资格{risk}家"] if risk else []
        yield Errand(
            f"{duty.short_name}未办",
            len(wanted),
            question.address(),
            "去登记" if over else "去催办",
            "，".join(told),
            None if over else question.due_on,
        )


def _rosters(today: dt.date) -> Iterator[Errand]:
    quarters = list(Quarter.objects.taking_rosters(today))
    units = Unit.objects.reporting().values_list("pk", flat=True)
    totals = roster_board.count_totals(quarters, list(units))
    for quarter in quarters:
        owed = totals[quarter.pk]
        url = f"{reverse('roster_board')}?{urlencode({'quarter': quarter.code})}"
        label, of = f"{quarter}名册未报", f"共{owed.expected}个单位"
        yield Errand(label, owed.expected - owed.handed_in, url, "去催报", of, quarter.due_on)


def _own_roster(unit: Unit, quarter: Quarter, user: User, today: dt.date) -> Iterator[Errand]:
    line = roster_board.build_board(quarter, today, [unit], seen_by=user).lines[0]
    url = reverse("roster", args=[quarter.code, unit.code])
    yield Errand(
        f"{quarter}名册", 0 if line.is_in else 1, url, "去报送", line.label, quarter.due_on
    )


def _goals_at_risk(today: dt.date) -> Iterator[Errand]:
    for race in attention.build_races(Question(today)):
        names = "、".join(unit.in_words for unit in race.behind[: attention.UNITS_NAMED])
        label = f"{race.indicator.short_name}落后单位"
        yield Errand(label, len(race.behind), reverse("goals"), "看任务分解", names)


def _own_goals(unit: Unit, today: dt.date) -> Iterator[Errand]:
    board = goal_page.board_on(today, unit)
    if board is None:
        return
    for indicator in board.done.counts.indicators.headlines:
        stock = board.of_kind(indicator.code).row(unit).stock
        missing = stock.lacking or 0
        label = f"{indicator.short_name}仍缺（家）"
        yield Errand(label, missing, reverse("unit", args=[unit.code]), "看本单位")


def _tasks(unit: Unit | None, today: dt.date) -> Iterator[Errand]:
    """Reports on tasks of the plan that are owed for the quarter that ended last."""
    for period in task_entries.periods()[:1]:
        board = task_board.build_board(period, today)
        owed = [line for line in board.lines if not line.entry and unit in (None, line.duty.unit)]
        label = f"{period.label}任务进展未报"
        yield Errand(label, len(owed), reverse("tasks"), "去填报", due=board.due_on)


def _decisions(unit: Unit | None, user: User, today: dt.date) -> Iterator[Errand]:
    """Decisions of the joint meeting that a unit leads; for the bureau all, and what asks for it."""
    found = meeting_standing.open_decisions(today, viewer=user, lead=unit)
    deed = "去办理" if unit else "去催办"
    soon = found.soon
    overdue_url, soon_url = (board_address(state, unit) for state in (OVERDUE, SOON_DUE))
    yield Errand("决定逾期", len(found.overdue), overdue_url, deed, found.names(found.overdue))
    first = min((decision.last.due for decision in soon), default=None)
    yield Errand("决定临近", len(soon), soon_url, deed, found.names(soon), first)
    if unit is None:
        asked = found.asked
        yield Errand("决定申请办结", len(asked), board_address(ASKED), "去核对", found.names(asked))


def _assessment() -> Iterator[Errand]:
    """Of each score sheet the objections that wait for the office's answer."""
    waiting = waiting_objections()
    for scheme, objections in waiting.items():
        names = "、".join(sorted({one.unit.told_apart for one in objections}))
        yield Errand("考核异议", len(objections), list_address(scheme), "去答复", names)
    if not waiting:
        yield Errand("考核异议", 0, reverse("assessment"), "去答复")
