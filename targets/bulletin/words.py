"""Sentences of the bulletin on goals, key tasks and corrections, from what the release froze."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from targets.figures.indicators import CountedIndicator
from targets.goals.completion import BEHIND, GoalState
from targets.models import Release, proposal_of
from targets.releases import tasks as release_tasks
from targets.releases.bridge import Corrected
from targets.releases.completion import (
    COLOURS,
    RANKED_BY,
    SUM,
    FrozenCompletion,
    FrozenGoalRow,
    Reached,
)
from targets.releases.sealed import seal_in_words
from targets.releases.tasks import ReleasedTask

NO_GOALS = "本年度尚未下达任务分解，本期不列目标完成情况。"
NO_TASKS = "本季度没有重点任务推进情况。"
LONGEST_HEAD = 40
"""Characters of a sentence that can stand as a heading."""
# Without 尚未开始 and 无任务: of these there is nothing to judge.
JUDGED = (*COLOURS, GoalState.AWAITING)


def day_in_words(day: dt.date) -> str:
    return f"{day:%Y}年{day.month}月{day.day}日"


def revision_sentence(release: Release) -> str:
    """Of a further edition why it was made; empty of a first one."""
    if release.number == 1:
        return ""
    reason = release.reason.rstrip("。")
    return f"本期为第{release.number}版，修订原因：{reason}；与上一版不同的，以本版为准。"


def sole_person_note(release: Release) -> str:
    """Why one person alone published it; empty where two did."""
    proposal = proposal_of(release)
    if proposal is None or not proposal.sole_reason:
        return ""
    return f"本版由{release.made_by}一人提请并发布，理由：{proposal.sole_reason}"


def foot_note(release: Release) -> str:
    """What stands at the foot of every page: who published alone, how far the ledger is sealed."""
    return "　".join(filter(None, (sole_person_note(release), seal_in_words(release))))


def rosters_sentence(release: Release) -> str:
    return (
        f"本季度应报名册{release.expected}份，已报{release.handed_in}份，"
        f"已审核入库{release.applied}份。"
    )


def completion_sentences(completion: FrozenCompletion | None, number: int | None) -> list[str]:
    """A paragraph on whose goals these are, then one per indicator; `number` of the annex.

    A single sentence where there are no goals.
    """
    if completion is None:
        return [NO_GOALS]
    sentences = [f"按{completion.revision}考核，各单位情况见附件{number}。"]
    for table in completion.tables:
        district, states = _district_in_words(table.district), _states_in_words(table.rows)
        sentences.append(f"{table.name}：{district}。{states}。")
    return sentences


def _district_in_words(total: Reached) -> str:
    """全区年末存量目标626家，现有463家，完成74.0%，全年还差163家."""
    stock = f"全区{RANKED_BY.label}目标{total.goal_in_words}家，现有{total.done_in_words}家"
    if total.rate is None or total.gap is None:
        return stock
    return f"{stock}，完成{total.rate}%，{_gap_in_words(total.gap)}{_behind_in_words(total)}"


def _behind_in_words(total: Reached) -> str:
    """；落后序时24家，在途13家，仍缺11家. Empty where nothing is behind or it was not kept."""
    if not total.behind:
        return ""
    behind = f"；落后序时{total.behind}家"
    if total.in_flight is None:
        return behind
    return f"{behind}，在途{total.in_flight}家，仍缺{total.still_missing}家"


def _gap_in_words(gap: int) -> str:
    if gap > 0:
        return f"全年还差{gap}家"
    if gap < 0:
        return f"已超{-gap}家"
    return "正好达到"


def _states_in_words(rows: Sequence[FrozenGoalRow]) -> str:
    """36个有任务的单位中，绿色正常2个、红色滞后1个（德感）; those behind are named."""
    # The sentence counts units: without sums, and without units that have no goal.
    units = [row for row in rows if row.group != SUM and row.ranked.state in JUDGED]
    # Nothing is allotted: there is nobody to be judged.
    if not units:
        return "各单位均无任务"
    parts = []
    for state in JUDGED:
        names = [row.name for row in units if row.ranked.state == state]
        if names:
            listed = f"（{'、'.join(names)}）" if state in BEHIND else ""
            parts.append(f"{_colour_and_state(state)}{len(names)}个{listed}")
    return f"{len(units)}个有任务的单位中，{'、'.join(parts)}"


def _colour_and_state(state: str) -> str:
    """绿色正常; a state without a colour has its word alone."""
    label = str(GoalState(state).label)
    colour = COLOURS.get(state)
    return f"{colour}色{label}" if colour else label


def rank_note(completion: FrozenCompletion | None, indicator: CountedIndicator) -> str:
    """By what the tables of parks and towns are ranked."""
    if completion is None:
        return "本年度尚未下达任务分解，不排位，按单位既定顺序列出。"
    return (
        f"位次、完成率、全年还差按{indicator.short_name}{RANKED_BY.label}目标，与各单位目标完成情况表一致；"
        "园区平台、镇街分别排位，没有任务的不排位。"
        "镇街的任务只计园区平台以外的企业，家数列全部企业。"
    )


def completion_note(completion: FrozenCompletion | None) -> str:
    """What the table's columns and colours mean."""
    if completion is None:
        return ""
    pace = "，".join(f"{_colour_and_state(state)}为{words}" for state, _, words in completion.pace)
    judged, flight = "状态与序时进度相比", ""
    if completion.with_flight:
        judged = "状态按仍缺与序时进度相比"
        flight = "仍缺为序时应达减去现有和在途，不小于0；"
    return (
        f"完成率、全年还差、序时应达、状态和位次按年末存量；{flight}"
        "园区平台、镇街分别排位，完成率相同的位次相同。"
        "园区平台计园区内企业，镇街只计园区平台以外的企业，两者相加即全区，序时应达各行取整，可差1家。"
        f"{judged}：{pace}；不足1家的不算落后。"
    )


def tasks_sentence(tasks: Sequence[ReleasedTask], number: int | None) -> str:
    """How many key tasks and safeguards there are, and how they stand; `number` of the annex."""
    if not tasks:
        return NO_TASKS
    # A Counter keeps the order in which the kinds appear: that of the plan.
    kinds = Counter(task.kind_in_words for task in tasks)
    counts = "和".join(f"{number_of_kind}项{kind}" for kind, number_of_kind in kinds.items())
    return f"{counts}中，{release_tasks.count_in_words(tasks)}，详见附件{number}。"


@dataclass(frozen=True)
class WordsLine:
    """A paragraph of the office: its first sentence, where it is numbered, and the rest."""

    head: str
    rest: str


def words_lines(paragraphs: Sequence[str]) -> list[WordsLine]:
    lines = []
    for paragraph in paragraphs:
        head, stop, rest = paragraph.partition("。")
        # GB/T 9704: what （一） heads is set in another type.
        if paragraph.startswith("（") and stop and rest and len(head) <= LONGEST_HEAD:
            lines.append(WordsLine(head + stop, rest))
        else:
            lines.append(WordsLine("", paragraph))
    return lines


def correction_sentence(corrected: Corrected | None) -> str:
    """Empty where the release before told the opening stock as this one does, firm by firm."""
    if corrected is None:
        return ""
    # Added and dropped are told apart even where they cancel: the firms are different ones.
    parts = []
    if corrected.added:
        parts.append(f"更正增加{corrected.added}家")
    if corrected.dropped:
        parts.append(f"更正减少{corrected.dropped}家")
    if not parts:
        return ""
    opening = corrected.bridge.opening
    return f"上季度公布{corrected.told}家，其后{'、'.join(parts)}，期初据此为{opening}家。"
