"""What a body has to do in a quarter, all of it, with how long it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from enterprises.marks import Mark, Tone
from enterprises.models import Period, Quarter, RecordKind
from enterprises.reporting import board as roster_board
from parks.models import Unit
from targets.key_tasks import board as task_board
from targets.key_tasks.board import BodyRow
from targets.meetings import standing as meeting_standing
from targets.meetings.question import OPEN, board_address
from targets.models import Decision, DecisionState
from targets.quarterly.rules import rules

DONE = Mark(Tone.GOOD, "check-circle")
LEFT = Mark(Tone.WATCH, "hourglass-split")
OVERDUE = Mark(Tone.BAD, "x-circle")
NOTHING = Mark(Tone.NONE, "check-circle")


@dataclass(frozen=True)
class QuarterDuty:
    """`expected` pieces of work of one sort, `done` of them; `each` minutes for one.

    `said`: what is to be done, in a sentence. `is_by_need`: only where something is new.
    """

    label: str
    said: str
    url: str
    expected: int
    done: int
    each: int
    due: dt.date | None = None
    is_by_need: bool = False

    @property
    def left(self) -> int:
        return self.expected - self.done

    @property
    def minutes(self) -> int:
        """What is left to do takes so long."""
        return self.left * self.each

    def is_overdue(self, today: dt.date) -> bool:
        return bool(self.left and self.due and self.due < today)

    def mark(self, today: dt.date) -> Mark:
        if self.is_by_need:
            return NOTHING
        if not self.left:
            return DONE
        return OVERDUE if self.is_overdue(today) else LEFT

    def standing(self, today: dt.date) -> str:
        if self.is_by_need:
            return "无变化不用报"
        if not self.left:
            return "已办"
        return "逾期未办" if self.is_overdue(today) else "未办"


@dataclass(frozen=True)
class BodyDuties:
    unit: Unit
    duties: Sequence[QuarterDuty]
    today: dt.date

    @property
    def left(self) -> int:
        return sum(duty.left for duty in self.duties)

    @property
    def minutes(self) -> int:
        return sum(duty.minutes for duty in self.duties)

    @property
    def waiting(self) -> list[tuple[QuarterDuty, bool]]:
        """What is left to do, each with whether its day has passed."""
        return [(duty, duty.is_overdue(self.today)) for duty in self.duties if duty.left]


@dataclass(frozen=True)
class AllDuties:
    """What all bodies have left to do together."""

    bodies: Sequence[BodyDuties]

    @property
    def in_words(self) -> str:
        """48个单位中8个已办完，40个还有118件未办，共约9小时30分钟。"""
        waiting = [body for body in self.bodies if body.left]
        told = f"{len(self.bodies)}个单位"
        if not waiting:
            return f"{told}都已办完。"
        left = sum(body.left for body in waiting)
        taken = _hours(sum(body.minutes for body in waiting))
        done = len(self.bodies) - len(waiting)
        return f"{told}中{done}个已办完，{len(waiting)}个还有{left}件未办，共约{taken}。"


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    words = ""
    if hours:
        words = f"{hours}小时"
    if rest or not hours:
        words += f"{rest}分钟"
    return words


class QuarterScene:
    """A quarter as all bodies have it: what several need is read once."""

    def __init__(self, period: Period, today: dt.date) -> None:
        self.period, self.today = period, today
        self.tasks = task_board.build_board(period, today)

    @cached_property
    def _quarter(self) -> Quarter | None:
        return Quarter.objects.coded(self.period.code).first()

    @cached_property
    def _rosters(self) -> dict[int, bool]:
        """Park or town → its roster was handed in."""
        if self._quarter is None:
            return {}
        lines = roster_board.build_board(self._quarter, self.today).lines
        return {line.unit.pk: line.is_in for line in lines}

    @cached_property
    def _decisions(self) -> dict[int, list[Decision]]:
        """Lead → its open decisions, by due day."""
        led: dict[int, list[Decision]] = {}
        for decision in meeting_standing.open_decisions(self.today).decisions:
            led.setdefault(decision.last.lead_id, []).append(decision)
        return led

    @cached_property
    def _kept(self) -> dict[int, list[RecordKind]]:
        """Unit → the registers that it keeps."""
        kept: dict[int, list[RecordKind]] = {}
        for kind in RecordKind.objects.filter(is_kept=True).prefetch_related("keepers"):
            for unit in kind.keepers.all():
                kept.setdefault(unit.pk, []).append(kind)
        return kept

    def of_body(self, unit: Unit) -> BodyDuties:
        return BodyDuties(unit, list(self._duties(unit)), self.today)

    def of_all(self) -> list[BodyDuties]:
        """Every body that a task falls to, in the plan's order."""
        return [self.of_body(row.unit) for row in self.tasks.bodies]

    def _duties(self, unit: Unit) -> Iterator[QuarterDuty]:
        each = rules().minutes
        if self._quarter and unit.pk in self._rosters:
            yield QuarterDuty(
                "季度名册",
                "核对已填好的企业名单，只改有变化的",
                reverse("roster", args=[self._quarter.code, unit.code]),
                1,
                int(self._rosters[unit.pk]),
                each["roster"],
                self._quarter.due_on,
            )
        if row := self.tasks.body(unit):
            yield self._task_duty(row, each["task"])
        if led := self._decisions.get(unit.pk):
            asked = sum(one.last.state == DecisionState.ASKED for one in led)
            yield QuarterDuty(
                "会议决定",
                "报进度、附佐证材料，办完的申请办结",
                board_address(OPEN, unit),
                len(led),
                asked,
                each["decision"],
                led[0].last.due,
            )
        for kind in self._kept.get(unit.pk, ()):
            yield QuarterDuty(
                f"台账：{kind.name}",
                "有新增或变动的载入或登记",
                reverse("register", args=[kind.code]),
                0,
                0,
                each["register"],
                is_by_need=True,
            )

    def _task_duty(self, row: BodyRow, each: int) -> QuarterDuty:
        said = "核对系统计算的数据，无例外的一次确认，有例外的才写"
        if nil := len(row.nil):
            said += f"；另有{nil}项没有情况不用报"
        return QuarterDuty(
            "重点任务进展",
            said,
            f"{reverse('tasks')}?{urlencode({'quarter': self.period.code})}",
            row.expected,
            row.reported,
            each,
            self.tasks.due_on,
        )
