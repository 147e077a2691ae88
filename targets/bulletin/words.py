"""Sentences of the bulletin on goals, key tasks and corrections, from what the release froze."""

from __future__ import annotations

from collections.abc import Sequence

from targets.goals.completion import BEHIND, GoalState
from targets.models import Release
from targets.releases import tasks as release_tasks
from targets.releases.bridge import Corrected
from targets.releases.completion import COLOURS, RANKED_BY, SUM, Frozen, FrozenGoalRow, Reached
from targets.releases.tasks import ReleasedTask

NO_GOALS = "本年度尚未下达任务分解，本期不列目标完成情况。"
NO_TASKS = "本季度没有重点任务推进情况。"
JUDGED = (*COLOURS, GoalState.AWAITING)


def of_revision(release: Release) -> str:
    """Of a further edition why it was made; empty of a first one."""
    if release.number == 1:
        return ""
    return f"本期为第{release.number}版，修订原因：{release.reason.rstrip('。')}；与上一版不同的，以本版为准。"


def of_completion(frozen: Frozen | None, number: int | None) -> list[str]:
    """A paragraph on whose goals these are, then one per indicator; a single sentence where there are none."""
    if frozen is None:
        return [NO_GOALS]
    return [
        f"按{frozen.revision}考核，各单位情况见附件{number}。",
        *(
            f"{table.name}：{_district(table.district)}。{_states(table.rows)}。"
            for table in frozen.tables
        ),
    ]


def _district(total: Reached) -> str:
    """全区年末存量目标626家，已有463家，完成74.0%，还差163家."""
    said = f"全区{RANKED_BY.label}目标{total.goal_in_words}家，已有{total.done_in_words}家"
    if total.rate is None or total.gap is None:
        return said
    gap = (
        f"还差{total.gap}家"
        if total.gap > 0
        else f"超出{-total.gap}家"
        if total.gap
        else "正好达到"
    )
    return f"{said}，完成{total.rate}%，{gap}"


def _states(rows: Sequence[FrozenGoalRow]) -> str:
    """36个有任务的单位中，绿色正常2个、红色滞后1个（德感）; those behind are named."""
    units = [row for row in rows if row.group != SUM]
    judged = [row for row in units if row.ranked.state in JUDGED]
    said = []
    for state in JUDGED:
        own = [row for row in judged if row.ranked.state == state]
        if own:
            names = f"（{'、'.join(row.name for row in own)}）" if state in BEHIND else ""
            said.append(f"{_colour(state)}{len(own)}个{names}")
    return f"{len(judged)}个有任务的单位中，{'、'.join(said)}" if said else "各单位均无任务"


def _colour(state: str) -> str:
    """绿色正常; a state without a colour has its word alone."""
    colour = COLOURS.get(state)
    return f"{colour}色{GoalState(state).label}" if colour else str(GoalState(state).label)


def of_note(frozen: Frozen | None) -> str:
    """What the table's columns and colours mean."""
    if frozen is None:
        return ""
    pace = "，".join(f"{_colour(state)}为{words}" for state, _, words in frozen.pace)
    return (
        "完成率、缺口、序时应达、状态和位次按年末存量；园区平台、镇街分别排位，完成率相同的位次相同。"
        "园区平台计园区内企业，镇街只计园区平台以外的企业，两者相加即全区。"
        f"状态与序时进度相比：{pace}；相差不足1家的不算落后。"
    )


def of_tasks(tasks: Sequence[ReleasedTask], number: int | None) -> str:
    if not tasks:
        return NO_TASKS
    kinds = [task.kind for task in tasks]
    counts = "和".join(
        f"{kinds.count(task.kind)}项{task.kind_in_words}"
        for index, task in enumerate(tasks)
        if kinds.index(task.kind) == index
    )
    return f"{counts}中，{release_tasks.in_words(tasks)}，详见附件{number}。"


def of_correction(corrected: Corrected | None) -> str:
    """Empty where the release before told the opening stock as this one does, firm by firm."""
    if corrected is None or (not corrected.added and not corrected.dropped):
        return ""
    parts = [f"更正增加{corrected.added}家"] if corrected.added else []
    parts += [f"更正减少{corrected.dropped}家"] if corrected.dropped else []
    return f"上季度公布{corrected.told}家，其后{'、'.join(parts)}，期初据此为{corrected.bridge.opening}家。"
