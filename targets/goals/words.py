"""What the goals page says in sentences, and its rules of counting and colouring in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from parks.numbers import grouped, plain
from targets.goals.allocation import DistrictNeed, Lever
from targets.goals.completion import Calendar, GoalState
from targets.goals.form import GoalsQuestion
from targets.goals.page import GoalsPage
from targets.models import PaceRule
from targets.terms.catalogue import term

CREDIT = (
    "企业按统计日所在单位计一次：迁移后随企业计入新单位，当年的首次认定也一并随迁；"
    "迁移不是首次认定，也不增加全区净增。"
)
PARTITION = (
    "园区平台计园区内企业，镇街只计园区平台以外的企业，两者相加即全区，不重不漏；"
    "序时应达各行取整，相加可差1家；全区的落后和仍缺按全区合计判断，单位之间有余缺相抵。"
    "园区外不是越多越好：多于目标的，先看园区平台占比的余地。"
)
PROPOSAL = (
    "建议方案：各单位保住现有家数，"
    "全区还需增加的家数一半按现有家数、一半按后备库家数分摊，余数从大到小进位，合计分毫不差；"
    "镇街合计不超过园区平台占比目标允许的园区外家数，超出部分由园区平台承担，"
    "镇街现有家数已超出的按比例调减。"
    "首次认定按净增加上预计到期未续和退出计，依各单位净增与现有家数分摊。"
)


def of_sum(need: DistrictNeed, total: int) -> str:
    """合计702家，比全区目标多1家（…）。"""
    apart = total - need.smallest
    if apart > 0:
        comparison = f"比全区目标多{grouped(apart)}家"
    elif apart < 0:
        comparison = f"比全区目标少{grouped(-apart)}家"
    else:
        comparison = "正好等于全区目标"
    return f"合计{grouped(total)}家，{comparison}（{of_need(need)}）。"


def of_need(need: DistrictNeed) -> str:
    """What the district needs, and whether the plan says so itself; without a full stop."""
    # Where the plan names the year, its own words are quoted, with the whole number they mean.
    if need.between is None:
        return f"{need.year}年{need.wording}，即至少{grouped(need.smallest)}家"
    first, last = need.between
    return f"{need.year}年行动计划没有定数，按{first}年至{last}年直线推算，至少{grouped(need.smallest)}家"


def of_outside(need: DistrictNeed, total: int, outside: int) -> str:
    """Whether goals that add up so keep to the share of the parks."""
    # Both the share and the room are of the goals as entered, not of today's firms.
    share = need.share(total, outside)
    if share.slack is None:
        return "园区平台占比：行动计划没有要求。"
    # Of no firms there is no share: the clause can neither be kept nor broken.
    if not total:
        return "园区平台占比：合计为0，无从计算。"
    allowed = f"园区平台以外{outside}家，{total}家中最多可有{share.allowed_outside}家"
    if share.slack < 0:
        return f"{allowed}，超出{-share.slack}家，不符合{share.asked}。"
    room = f"另有{share.slack}家余量" if share.slack else "正好用满"
    return f"{allowed}，符合{share.asked}，{room}。"


def of_lever(lever: Lever) -> list[str]:
    """The slack at today's firms and at the goal, and what one more outside costs."""
    now, then = lever.now, lever.at_goal
    sentences = [
        f"现有{grouped(now.district)}家，园区外最多{now.allowed_outside}家，{_room(now.slack)}。",
        f"达到{grouped(then.district)}家时，园区外最多{then.allowed_outside}家，{_room(then.slack)}。",
    ]
    if lever.inside_per_outside:
        sentences.append(
            f"园区外每多1家，园区内须多{lever.inside_per_outside}家，才能保住{now.asked}。"
        )
    return sentences


def _room(slack: int | None) -> str:
    if not slack:
        return "已用满"
    return f"还可增加{slack}家" if slack > 0 else f"已超出{-slack}家"


def of_pace(rules: Sequence[PaceRule]) -> list[tuple[GoalState, str, str]]:
    """Each state of the rule, from when it holds in words, and the bureau's note.

    The state without a threshold comes last: it holds below the lowest of the others.
    """
    lines = []
    thresholds = []
    for rule in rules:
        if rule.at_least is not None:
            thresholds.append(rule.at_least)
            lines.append((GoalState(rule.state), _from_when(rule.at_least), rule.note))
    # What reaches no threshold has the state that has none.
    rest = "其余"
    if thresholds and min(thresholds) <= 0:
        rest = f"落后超过{plain(-min(thresholds))}个百分点"
    for rule in rules:
        if rule.at_least is None:
            lines.append((GoalState(rule.state), rest, rule.note))
    return lines


def _from_when(at_least: Decimal) -> str:
    """A threshold in percentage points as words."""
    if at_least > 0:
        return f"领先{plain(at_least)}个百分点及以上"
    return f"落后不超过{plain(-at_least)}个百分点" if at_least else "不落后"


def of_calendar(when: Calendar) -> str:
    """How much of the year is over, and what of it is to be expected already."""
    if not when.begun:
        return f"{when.year}年尚未开始，只列目标和现有家数。"
    elapsed = f"{when.year}年已过{float(when.elapsed) * 100:.1f}%。"
    if not when.batches.closings:
        return elapsed
    batches = f"申报共{len(when.batches.closings)}批，已截止{when.closed}批。"
    return f"{elapsed}{batches}{_of_flight(when)}"


def _of_flight(when: Calendar) -> str:
    """What is said of those who are behind while certificates are still to come."""
    awaiting = GoalState.AWAITING.label
    if when.none_closed:
        return f"首批申报截止前还没有企业能在途，落后于序时进度的先记“{awaiting}”。"
    last = f"{when.out_on:%-m月%-d日}"
    known = when.batches.out_on == when.out_on
    if when.is_out:
        over = f"最后一批已于{last}公布" if known else "全年已经结束"
        return f"{over}，按落后序时判断，在途的不再抵减。"
    until = f"到{last}最后一批公布为止" if known else f"到{last}为止（最后一批何日发证尚未登记）"
    return f"落后的先减去在途，按仍缺判断；全部在途的记“{awaiting}”，{until}。"


def of_states(rules: Sequence[PaceRule], when: Calendar) -> str:
    """The states and from when each holds, in one line."""
    lines = [_state_in_words(state, sentence, note) for state, sentence, note in of_pace(rules)]
    if when.batches.closings:
        lines.append(f"{GoalState.AWAITING.label}：落后的全部在途，或首批申报尚未截止")
    return f"{'；'.join(lines)}。"


def _state_in_words(state: GoalState, sentence: str, note: str) -> str:
    return f"{state.label}：{sentence}（{note}）" if note else f"{state.label}：{sentence}"


def of_order(asked: GoalsQuestion) -> str:
    """In which order the rows stand."""
    if asked.sort == "unit":
        return "按单位顺序排列"
    name = {"rate": "完成率", "gap": term("year_gap").name}.get(asked.sort)
    if name is None:
        missing, behind = term("still_missing").name, term("behind").name
        return f"按{missing}从多到少排列，相同的按{behind}"
    return f"按{name}从高到低排列"


def of_page(page: GoalsPage) -> dict[str, str]:
    """What the allotted goals add up to; empty without goals or where the plan draws no path."""
    need, total = page.need, page.district.stock.goal
    if need is None or total is None:
        return {}
    return {"sum": of_sum(need, total), "outside": of_outside(need, total, page.outside_goal)}
