"""What the quarterly bulletin (通报) says: every number from one release, none counted anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from parks.district import PLAN
from parks.models import Unit
from targets.bulletin import certificates
from targets.bulletin import headlines as bulletin_headlines
from targets.bulletin.certificates import RunningOut
from targets.bulletin.headlines import DEFINITION, BulletinHeadline
from targets.drafts import frozen
from targets.drafts.decisions import FrozenDecision
from targets.drafts.frozen import BulletinText
from targets.figures import counting, flows, indicators
from targets.figures.counting import Counts
from targets.figures.frozen import frozen_counts
from targets.figures.indicators import IndicatorSet, first_of
from targets.models import Release, Scope
from targets.releases import bridge as release_bridge
from targets.releases import completion as release_completion
from targets.releases import tasks as release_tasks
from targets.releases.bridge import Chain
from targets.releases.completion import FrozenCompletion, FrozenGoalRow
from targets.releases.tasks import ReleasedTask
from targets.releases.verdicts import ReleasedVerdict, verdicts_of_release

NO_GOAL = "—"
DAY = dt.timedelta(days=1)
ANNEXES = {
    "completion": "各单位目标完成情况表",
    "towns": "各镇街情况表",
    "tasks": "重点任务推进情况表",
    "decisions": "联席会议决定办理情况表",
    "expiring": "证书失效可续和即将到期企业名单",
}
"""What an annex is about → its title, in order."""

UnitLine = Mapping[str, Any]
"""One unit by the marks of a template.

`name`; `rank`, `rate` and `gap` by the goal of the first headline indicator, as the table of goals
has them, "—" where nothing is allotted; and for the code of each headline indicator its firms on
the quarter's last day, `<code>_net`: the change in the quarter, `<code>_share`: percent of the
district.
"""


@dataclass(frozen=True)
class TaskFigureLine:
    """One figure of one task, in words: such as 47.50% or 1,250.6万元."""

    task: str
    name: str
    label: str
    words: str


@dataclass(frozen=True)
class Bulletin:
    """`issued_on`: the day of publishing, which the paper bears.

    `text`: its head and words; None of releases that kept none.
    """

    release: Release
    issued_on: dt.date
    indicators: IndicatorSet
    headlines: list[BulletinHeadline]
    verdicts: list[ReleasedVerdict]
    parks: list[UnitLine]
    towns: list[UnitLine]
    running_out: RunningOut
    completion: FrozenCompletion | None
    tasks: list[ReleasedTask]
    chained: Chain | None
    text: BulletinText | None

    @property
    def decisions(self) -> Sequence[FrozenDecision]:
        return self.text.decisions if self.text else ()

    @property
    def task_figures(self) -> list[TaskFigureLine]:
        """What was counted for the key tasks; of a release that kept no text the annex had none."""
        if self.text is None:
            return []
        return [
            TaskFigureLine(
                f"{task.kind_in_words}{task.number}", task.name, told["label"], told["words"]
            )
            for task in self.tasks
            for told in task.figures
        ]

    @property
    def title_in_lines(self) -> str:
        """Broken where a word ends, the longer line first, as GB/T 9704 asks of a title."""
        return f"关于{self.release.quarter}{PLAN.short_name}\n进展情况的通报"

    @property
    def title(self) -> str:
        # In a file's name and a workbook's head there is one line only.
        return self.title_in_lines.replace("\n", "")

    @property
    def annexes(self) -> dict[str, str]:
        """The annexes that have a content: what they are about → title."""
        contents = {
            "completion": self.completion,
            "towns": self.towns,
            "tasks": self.tasks,
            "decisions": self.decisions,
            "expiring": self.running_out,
        }
        return {about: title for about, title in ANNEXES.items() if contents[about]}


def build_bulletin(release: Release) -> Bulletin:
    """A handful of queries, whatever the number of firms."""
    # Stocks are those at the end of a day: the quarter begins with that of its eve.
    eve = release.quarter.period.first_day - DAY
    stock = frozen_counts.count(release, [eve, release.as_of], DEFINITION)
    units = list(Unit.objects.reporting().order_by("order", "code"))
    known = indicators.released(release)
    # With a release before, its bridge also gives the flows: they are then not read twice.
    chained = release_bridge.build_chain(release, DEFINITION)
    if chained:
        flown = chained.flows
    else:
        flown = flows.between_frozen(release, eve, release.as_of, DEFINITION)
    issued_on = timezone.localdate(release.made_at)
    completion = release_completion.frozen_completion(release)
    first = first_of(known.headlines)
    goals = completion.rows_by_scope(first) if completion else {}
    return Bulletin(
        release=release,
        issued_on=issued_on,
        indicators=known,
        headlines=bulletin_headlines.build_headlines(release, known, stock, flown, chained),
        verdicts=verdicts_of_release(release),
        parks=_unit_lines(Unit.Kind.PARK, units, known, stock, goals),
        towns=_unit_lines(Unit.Kind.TOWN, units, known, stock, goals),
        running_out=certificates.find_running_out(release, units, first, issued_on),
        completion=completion,
        tasks=release_tasks.tasks_of_release(release),
        chained=chained,
        text=frozen.text_of_release(release),
    )


def _unit_lines(
    kind: str,
    units: Sequence[Unit],
    known: IndicatorSet,
    stock: Counts,
    goals: Mapping[str, FrozenGoalRow],
) -> list[UnitLine]:
    """The units of a kind in the order of the table of goals; others follow in the plan's order.

    `stock`: on the eve of the quarter, and at its end. `goals`: unit's code → its row of the first
    headline indicator, the best first.
    """
    eve, last_day = stock.days
    codes = known.headline_codes
    # The units of today under their names of today; the numbers are those of the release.
    members = [unit for unit in units if unit.kind == kind]
    order = {scope: number for number, scope in enumerate(goals)}
    members.sort(key=lambda unit: order.get(unit.code, len(order)))
    lines: list[UnitLine] = []
    for unit in members:
        line: dict[str, Any] = {"name": unit.told_apart, **_standing(goals.get(unit.code))}
        for code in codes:
            firms = stock.stock(last_day, code, unit.code)
            district = stock.stock(last_day, code, Scope.DISTRICT)
            line[code] = firms
            line[f"{code}_net"] = firms - stock.stock(eve, code, unit.code)
            line[f"{code}_share"] = counting.percent(firms, district)
        lines.append(line)
    return lines


def _standing(row: FrozenGoalRow | None) -> dict[str, Any]:
    # One ranking in the whole paper: how far each unit is with its goal. How many firms it has
    # says who is big, and is a column.
    rank, rate, gap = (row.rank, row.ranked.rate, row.ranked.gap) if row else (None, None, None)
    standing = {"rank": rank, "rate": rate, "gap": gap}
    return {name: NO_GOAL if value is None else value for name, value in standing.items()}
