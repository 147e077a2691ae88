"""What the plan says in sentences: the same on the page, in the files and in the Word list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from parks.numbers import grouped
from targets.application_plan.applicants import PlanRole
from targets.application_plan.chances import Basis, Chance
from targets.application_plan.plan import ApplicationPlan
from targets.application_plan.sums import PlanSum
from targets.goals import words as goal_words
from targets.output.chart_parts import chinese_day

CAVEAT = "自检结果，不代表认定结论"
BATCH_RULE = (
    "已有申报记录的按记录的批次；其余的，没有待补条件的排在最早可报的一批，"
    "有待补条件的排在最后一批；持证企业须在有效期内截止的批次申报，赶不上的标出。"
)

SEEN = {
    Basis.RENEWAL: "往年续证率",
    Basis.STAGE: "往年次年首次认定的比例",
    Basis.POOL: "本层级往年样本不足，按后备库各层级次年首次认定的比例",
    Basis.PASSED: "后备库往年样本不足，如都申报，按{year}年首次申报的通过率（已出结果的）",
}


def of_firms(plan: ApplicationPlan) -> str:
    """计划申报96家：重新认定60家、首次认定36家；其中3家须先调整批次。"""
    if not plan.entries:
        return "没有计划申报的企业。"
    parts = [
        f"{role.label}{number}家" for role in reversed(PlanRole) if (number := plan.number_of(role))
    ]
    said = f"计划申报{grouped(len(plan.entries))}家：{'、'.join(parts)}"
    if plan.warned:
        said += f"；其中{len(plan.warned)}家没有合适的批次，已标出"
    return f"{said}。"


def of_readiness(plan: ApplicationPlan) -> str:
    """自检（按今天申报）：不符合12家、缺数据70家、待评14家。"""
    states = [entry.ready.state for entry in plan.entries]
    if not states:
        return ""
    parts = [f"{state.value}{states.count(state)}家" for state in dict.fromkeys(states)]
    day = chinese_day(plan.asked.on)
    return f"自检按{day}申报计：{'、'.join(parts)}（{CAVEAT}）。"


def of_batches(plan: ApplicationPlan) -> str:
    if not plan.batches:
        return f"{plan.asked.year}年的申报批次尚未公布，名单合为一组。"
    told = [
        f"第{batch.number}批" + (f"{batch.closes_on:%-m月%-d日}截止" if batch.closes_on else "")
        for batch in plan.batches
    ]
    return f"{plan.asked.year}年申报分{len(plan.batches)}批：{'、'.join(told)}。"


def of_others(plan: ApplicationPlan) -> str:
    """Whom the plan leaves out; empty where nobody."""
    if not plan.found.out:
        return ""
    return f"另有{len(plan.found.out)}家本年度已放弃申报或未通过，不列入。"


def of_passing(plan: ApplicationPlan) -> list[str]:
    """The rates seen, each with its number, and what they give for the firms that are shown."""
    said = [_of_chance(plan, chance) for chance in plan.chances]
    if not said:
        return []
    if plan.passing is None:
        return [*said, "有的往年样本不足，合计不作推算。"]
    low, high = plan.passing.range80
    return [*said, f"合计预计{_range(low, high)}取得证书（八成把握）。"]


def _of_chance(plan: ApplicationPlan, chance: Chance) -> str:
    cases = f"{chance.tally.hits}/{chance.tally.of}"
    if chance.range80 is None:
        return f"{chance.name}{chance.firms}家：往年样本不足（{cases}），不作推算。"
    seen = f"{SEEN[chance.basis].format(year=plan.seen.rates.passed_year)}{_percent(chance)}（{cases}）"
    return f"{chance.name}{chance.firms}家：{seen}，预计{_range(*chance.range80)}取得证书。"


def _percent(chance: Chance) -> str:
    return "—" if chance.tally.share is None else f"{chance.tally.share * 100:.1f}%"


def _range(low: int, high: int) -> str:
    return f"{grouped(low)}家" if low == high else f"{grouped(low)}至{grouped(high)}家"


def of_outcome(plan: ApplicationPlan) -> list[str]:
    """At the year's end, if all pass and by the rates seen: the unit looked at, then the district."""
    district, day = plan.sums.district, chinese_day(plan.asked.year_end)
    whose = "全区" if plan.asked.unit else ""
    said = [] if plan.own is None else [_of_unit(plan, plan.own)]
    said.append(
        f"{whose}{_of_base(plan)}，到{day}到期{district.lapsing}家；"
        f"计划内的全部取得证书，可到{grouped(district.most)}家{_against_need(plan)}。"
    )
    if plan.at_years_end is not None:
        said.append(
            f"按往年比例，计划内的企业可使全区到{_range(*plan.at_years_end.range80)}（八成把握）。"
        )
    return said


def _of_unit(plan: ApplicationPlan, own: PlanSum) -> str:
    start = of_base_column(plan)
    base = f"，{start}{grouped(own.base)}家" if start else ""
    said = (
        f"{own.name}现有{grouped(own.stock)}家{base}，当年到期{own.lapsing}家；"
        f"计划内的全部取得证书，可到{grouped(own.most)}家"
    )
    if own.goals is None:
        return f"{said}。"
    compared = f"计划外还需{own.beyond}家" if own.beyond else "可以完成"
    return f"{said}；年末任务{grouped(own.goals.stock)}家，{compared}。"


def of_forecast(plan: ApplicationPlan) -> str:
    """What the outlook says of the same day, and why it is another number; empty without one."""
    expected = plan.seen.on(plan.asked.year_end)
    if expected is None:
        return ""
    return (
        f"“到期与预测”对同一天的预计是{_range(*expected.range80)}："
        "它还计入计划以外的企业和取消、迁出、注销，并按往年同期处境逐家推算，"
        "所以与按本计划推算的不同。"
    )


def _of_base(plan: ApplicationPlan) -> str:
    district = plan.sums.district
    now = f"现有{grouped(district.stock)}家"
    if plan.asked.is_next and plan.seen.has_forecast:
        year_end = chinese_day(plan.seen.scenario.year_end)
        expected = plan.seen.scenario.on(plan.seen.scenario.year_end)
        low, high = expected.range80
        return f"{now}，{year_end}预计约{grouped(district.base)}家（八成把握{_range(low, high)}）"
    if plan.asked.is_next:
        return f"{now}（历史数据不足，未推算今年底的家数）"
    return now


def _against_need(plan: ApplicationPlan) -> str:
    need = plan.sums.need
    if need is None:
        return ""
    apart = need.smallest - plan.sums.district.most
    goal = f"目标（{goal_words.of_need(need)}）"
    return f"，比{goal}少{grouped(apart)}家" if apart > 0 else f"，达到{goal}"


def of_goals(plan: ApplicationPlan) -> str:
    """Whether goals are allotted, and what they add up to."""
    goals, year = plan.sums.district.goals, plan.asked.year
    if plan.sums.revision is None or goals is None:
        return f"{year}年的任务尚未分解，不与单位任务比较。"
    planned = plan.sums.district.first
    return (
        f"各单位{year}年末任务合计{grouped(goals.stock)}家（{plan.sums.revision}），"
        f"其中首次认定{grouped(goals.first)}家，计划首次认定{grouped(planned)}家。"
    )


def of_share(plan: ApplicationPlan) -> list[str]:
    """The park share with today's firms, and if every planned one gets its certificate."""
    need, sums = plan.sums.need, plan.sums
    if need is None or need.share_target is None:
        return []
    now = goal_words.of_outside(need, sums.district.stock, plan.outside_now)
    then = goal_words.of_outside(need, sums.district.most, sums.outside.most)
    return [f"现有：{now}", f"计划内的全部取得证书：{then}"]


def of_base_column(plan: ApplicationPlan) -> str:
    """Title of the column that the sums start with."""
    if plan.asked.is_next and plan.seen.has_forecast:
        return f"{plan.seen.scenario.year_end.year}年底预计"
    return ""


def of_sums(plan: ApplicationPlan) -> str:
    """How the columns of the sums belong together."""
    start = of_base_column(plan) or "现有"
    said = (
        f"全部取得证书 = {start} − 到期 + 计划申报；"
        f"到期：{_days(plan)}失效而没有后续证书的企业，放弃申报的也在内。"
    )
    if held := plan.sums.district.holding:
        said += f"有{held}家证书当年最后一天才到期，年底仍计入，不重复相加。"
    return f"{said}镇街只计园区平台以外的企业，各行相加即全区。"


def _days(plan: ApplicationPlan) -> str:
    return f"{plan.asked.first_lapse}至{plan.asked.year_end}"


def head_of(plan: ApplicationPlan) -> list[str]:
    """What the plan says before its list."""
    found = [of_firms(plan), of_batches(plan), of_readiness(plan), of_others(plan)]
    return [sentence for sentence in found if sentence]


def sums_of(plan: ApplicationPlan) -> list[str]:
    """What is said beside the sums, after the outcome."""
    found = [*of_passing(plan), of_forecast(plan), of_goals(plan), *of_share(plan)]
    return [sentence for sentence in found if sentence]


def scope_of(plan: ApplicationPlan, sees_whole: bool) -> str:
    if plan.asked.unit:
        return plan.asked.unit.answering_name
    return "全区" if sees_whole else "本单位"


def day_of(day: dt.date) -> str:
    return f"{day:%Y年%-m月%-d日}"


def title_of(plan: ApplicationPlan) -> str:
    return f"{plan.asked.year}年{plan.kind.name}申报计划"


def columns_of_sums(plan: ApplicationPlan) -> Sequence[str]:
    start = of_base_column(plan)
    return [
        "单位",
        "现有",
        *([start] if start else []),
        "到期",
        "重新认定",
        "失效后再认定",
        "首次认定",
        "全部取得证书",
        "年末任务",
        "计划外还需",
    ]
