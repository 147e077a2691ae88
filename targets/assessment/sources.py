"""The registry of what an item may be measured by: its words, and the function that measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from targets.assessment import duty_sources, firm_sources
from targets.assessment.firm_sources import ByUnit
from targets.assessment.scene import Scene
from targets.models import AssessmentItem
from targets.terms.catalogue import terms

Code = AssessmentItem.Source


@dataclass(frozen=True)
class ScoreSource:
    """`how`: how it is counted. `one_more`: what one more case is, with the measure in it.

    `adds`: by how much that case raises numerator and denominator. `is_share`: it is a percentage.
    """

    measure: Callable[[AssessmentItem, Scene], ByUnit]
    how: str
    one_more: str = ""
    adds: tuple[int, int] = (1, 1)
    is_share: bool = True
    unit_word: str = "家"

    def more_words(self, item: AssessmentItem) -> str:
        return self.one_more.format(measure=item.get_measure_display())


def _glossary(code: str) -> str:
    """What a term means, as part of a sentence."""
    return terms()[code].meaning.rstrip("。")


SOURCES: dict[str, ScoreSource] = {
    Code.BY_HAND: ScoreSource(
        firm_sources.nothing, "科技局按单位的佐证材料评分", is_share=False, unit_word="分"
    ),
    Code.GOAL: ScoreSource(
        firm_sources.goals,
        "本年完成数 ÷ 本年任务，与任务分解页相同",
        "{measure}再增1家",
        adds=(1, 0),
    ),
    Code.RENEWAL: ScoreSource(
        firm_sources.renewals,
        "本年已到期的证书中已续证的 ÷ 本年已到期的证书，与续证页相同",
        "再续证1家",
        adds=(1, 0),
    ),
    Code.POOL: ScoreSource(
        firm_sources.pool,
        _glossary("pooled_before"),
        "再先入库后认定1家",
    ),
    Code.ROSTER_IN_TIME: ScoreSource(
        duty_sources.rosters_in_time,
        "首次报送不晚于截止日的季度 ÷ 本年已过截止日的季度；之后的更正不算逾期",
        "再有1个季度按时报送",
        unit_word="个季度",
    ),
    Code.ROSTER_RIGHT: ScoreSource(
        duty_sources.rosters_right,
        _glossary("right_at_once"),
        "再有1个季度一次报对",
        unit_word="个季度",
    ),
    Code.TASK_REPORT: ScoreSource(
        duty_sources.task_reports,
        "按时报告的次数 ÷ 本年已过截止日的季度应报告的次数；无例外不必填报的不计",
        "再按时报告1次",
        unit_word="次",
    ),
    Code.REGISTER: ScoreSource(
        firm_sources.registers,
        "本单位在该台账中的数，与重点任务页的同一数字相同",
        "台账再增1条",
        adds=(1, 0),
        is_share=False,
        unit_word="条",
    ),
    Code.DECISION: ScoreSource(
        duty_sources.decisions,
        "期限前申请办结并已办结的 ÷ 本年已到期限、由本单位牵头的会议决定",
        "再按期办结1项",
        unit_word="项",
    ),
}


def measure(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Nothing of a year that has not begun."""
    if not scene.has_begun:
        return {}
    return SOURCES[item.source].measure(item, scene)
