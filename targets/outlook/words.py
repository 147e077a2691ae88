"""The outlook in words: a sentence for each verdict, chart and need. Nothing is counted here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from enterprises.models import Application
from parks.numbers import grouped
from targets.outlook.assembly import Outlook, TargetChance, Verdict
from targets.outlook.model import needs
from targets.outlook.model.backtest import TrackRecord
from targets.outlook.model.cohorts import Cohort, Lapses, years_needed
from targets.outlook.model.needs import Need
from targets.outlook.model.rates import FEW, Rates
from targets.outlook.model.supposition import Supposition
from targets.output.chart_parts import chinese_day
from targets.renewals.rules import RenewalState

JUDGEMENTS = (
    (0.95, "照此趋势基本可以完成"),
    (0.75, "照此趋势很可能完成"),
    (0.4, "能否完成难以断定"),
    (0.05, "照此趋势不大可能完成"),
    (0.0, "照此趋势基本不能完成"),
)


def probability(share: float) -> str:
    """A probability for reading: 21%, 不到1%, 超过99%.

    Anything finer would claim more than the method can tell.
    """
    if share < 0.01:
        return "不到1%"
    return "超过99%" if share > 0.99 else f"{share * 100:.0f}%"


def judgement(share: float) -> str:
    return next(words for least, words in JUDGEMENTS if share >= least)


def of_verdict(verdict: Verdict) -> str:
    """预计 2027年底 657家 … 可能性 6%：照此趋势不大可能完成。"""
    if verdict.chance is None:
        lacking = "、".join(verdict.lacking)
        return f"历史数据不足，暂不预测：缺少{lacking}。可在下面的“假设推算”中填入后推算。"
    said = _of_chance(verdict, verdict.chance, likely=verdict.proven)
    if not verdict.proven:
        return f"{said}。历年检验次数不足或不优于简单外推，只给区间，不给可能性。"
    return f"{said}：{judgement(verdict.chance.probability)}。"


def of_supposition(verdict: Verdict, supposed: Supposition, has_term: bool) -> str:
    """The same sentence under the reader's supposition, which it names.

    Empty where no supposition concerns the verdict.
    """
    if verdict.supposed is None:
        return ""
    parts = [
        f"{said}{share * 100:g}%"
        for said, share in (
            ("公示中的通过", supposed.publicity),
            ("已申报的通过", supposed.filed),
            ("准备中的申报", supposed.preparing),
            ("续证率", supposed.renewal),
        )
        if share is not None
    ]
    if supposed.wins is not None:
        parts.append(f"每年{entry_word(has_term)}{supposed.wins:g}家")
    said = _of_chance(verdict, verdict.supposed, likely=verdict.proven)
    return f"假设{'、'.join(parts)}：{said}。"


def _of_chance(verdict: Verdict, chance: TargetChance, *, likely: bool) -> str:
    target = verdict.target
    said = (
        f"预计{chinese_day(target.due)}{target.indicator.short_name}"
        f"约{grouped(round(chance.expected))}家，"
        f"八成把握在{grouped(chance.low)}至{grouped(chance.high)}家之间{_gap_in_words(verdict, chance)}；"
        f"“{target.wording}”（至少{grouped(verdict.smallest)}家）"
    )
    if likely:
        return f"{said}的可能性{probability(chance.probability)}"
    if chance.low >= verdict.smallest:
        return f"{said}，整个区间都达到"
    return f"{said}，{'区间够不到' if chance.high < verdict.smallest else '目标在区间之内'}"


def _gap_in_words(verdict: Verdict, chance: TargetChance) -> str:
    gap = verdict.smallest - round(chance.expected)
    return f"，预计还差{grouped(gap)}家" if gap > 0 else ""


def entry_word(has_term: bool) -> str:
    """Firms are certified; into a register without a term they are entered."""
    return "首次认定" if has_term else "新入库"


def of_fan(page: Outlook) -> str:
    last = page.points[-1]
    if last.chance is None or not page.goals:
        return f"{chinese_day(page.question.on)}有{grouped(page.now.stock)}家。"
    verdict = [verdict for verdict in page.verdicts if verdict.target in page.goals][-1]
    gap = round(last.chance.expected) - verdict.smallest
    compared = f"比目标多{grouped(gap)}家" if gap >= 0 else f"预计还差{grouped(-gap)}家"
    expected = grouped(round(last.chance.expected))
    return f"由{grouped(page.now.stock)}家走到{chinese_day(last.day)}约{expected}家，{compared}。"


def of_cohorts(cohorts: Sequence[Cohort], need: Need | None, term_years: int | None) -> str:
    last = cohorts[-1]
    if not term_years:
        return ""
    years = years_needed(last.day, term_years)
    issued = (
        f"{last.day.year}年底仍有效的证书，只能是{years[0]}至{years[-1]}年发的；已发{last.total}家"
    )
    if need is None:
        return f"{issued}。"
    missing = need.goal - last.total
    if missing > 0:
        return f"{issued}，还需新发（首次或重新认定）{missing}家。"
    return f"{issued}，已够目标数。"


def of_lapses(lapses: Sequence[Lapses]) -> str:
    total = sum(row.firms for row in lapses)
    end = lapses[-1].until - dt.timedelta(days=1)
    if not total:
        return f"到{chinese_day(end)}没有企业到期。"
    most = max(lapses, key=lambda row: row.firms)
    return f"到{chinese_day(end)}有{total}家到期，{most.month:%Y年%-m月}最多（{most.firms}家）。"


def of_need(need: Need, has_term: bool) -> str:
    entries = "新认定" if has_term else "新入库"
    if not need.firms:
        return f"按预计留存{need.balance.kept:.0f}家计，不再{entries}也可达到{need.goal}家。"
    return (
        f"到{chinese_day(need.day)}要达到{need.goal}家，还需{entries}{need.firms}家"
        f"（已申报和其他企业预计可有{need.balance.applied + need.balance.coming:.0f}家；"
        f"折合每年{need.per_year:.0f}家，近几年平均首次{need.usual:.0f}家）；"
        f"要有八成把握，需{need.confident}家。"
    )


def of_rates(learned: Rates, *, has_term: bool) -> str:
    return _of_renewals(learned) if has_term else _of_exits(learned)


def _of_renewals(learned: Rates) -> str:
    tally = learned.renewal.district
    if tally.share is None:
        return "还没有到期满半年的证书，续证率无从计算。"
    few = "样本少，仅供参考。" if tally.of < FEW else ""
    return (
        f"到期的{tally.of}家中有{tally.hits}家在半年内重新认定，"
        f"续证率{tally.share * 100:.1f}%。{few}"
    )


def _of_exits(learned: Rates) -> str:
    tally = learned.exit.district
    if tally.share is None:
        return "还没有一个完整年度，退出率无从计算。"
    return (
        f"历年年初在库合计{tally.of}家次，当年退出{tally.hits}家次，"
        f"年退出率{tally.share * 100:.1f}%。"
    )


def of_record(record: TrackRecord) -> str:
    if not record.trials:
        return "完整年度太少，还不能检验。"
    trials = len(record.trials)
    result = f"{trials}次预测中有{record.hits}次实际数落在80%区间内"
    if record.error is not None:
        line, net = record.naive_error("line"), record.naive_error("net")
        assert line is not None
        assert net is not None
        verdict = "优于" if record.is_better else "不优于"
        result += f"，平均误差{record.error:.1f}家，{verdict}直线外推的{line:.1f}家和照上年净增的{net:.1f}家"
    return f"{result}。"


def of_flight(page: Outlook) -> str:
    """在途118家（其中已申报58家、公示中60家），按往年同期兑现率预计到年底97家取得证书。"""
    by_stage = Counter(placing.cell.stage for placing in page.now.in_flight)
    if not page.in_flight:
        return "现在没有在途的企业。"
    parts = "、".join(
        f"{Application.Stage(stage).label}{by_stage[stage]}家"
        for stage in Application.APPLIED
        if by_stage[stage]
    )
    said = f"在途{page.in_flight}家（其中{parts}）"
    if page.now.lacking:
        return f"{said}。"
    if not page.now.with_stages:
        return f"{said}；{NO_STAGES}"
    expected = page.now.on(page.now.year_end)
    landing = sum(expected.share(one) for one in expected.placings if one.is_in_flight)
    year_end = chinese_day(page.now.year_end)
    said += f"，按往年同期兑现率预计到{year_end}有{landing:.0f}家取得证书"
    if expected.limit is not None:
        said += f"；本年批次均已截止，年底不超过现有加在途{expected.limit}家"
    return f"{said}。"


NO_STAGES = "往年的申报状态登记不足或登记习惯不同，预测不用申报状态，只看证书。"


def of_carriers(page: Outlook) -> str:
    """The numbers that carry the year's end, and the widest reason for doubt."""
    if page.now.lacking:
        return ""
    balance = needs.balance_on(page.now, page.now.year_end)
    parts = [f"现有{page.now.stock}家"]
    if page.now.has_term:
        parts.append(f"年底前到期{balance.lapses}家，预计{round(balance.unrenewed)}家不续")
        parts.append(f"已失效的预计补回{round(balance.returning)}家")
        parts.append(f"在办的首次和再申报预计认定{round(balance.applied)}家")
    parts.append(f"取消、迁出、注销{round(balance.gone)}家")
    parts.append(f"其他新进入{round(balance.others + balance.coming)}家")
    expected = page.now.on(page.now.year_end)
    doubt = "最大的不确定在当年审核松紧和企业积极性：同一年里各家同向变动，已计入区间。"
    return f"{'，'.join(parts)}，合计约{expected.mean:.0f}家。{doubt}"


def next_step(state: RenewalState, *, lapsed: bool) -> str:
    """What to do first with a firm whose certificate runs out."""
    return NEXT_LAPSED.get(state, NEXT[state]) if lapsed else NEXT[state]


NEXT = {
    RenewalState.NOT_STARTED: "联系企业，确认是否申报",
    RenewalState.PREPARING: "催交材料，赶本年批次",
    RenewalState.FILED: "跟进受理和评审",
    RenewalState.PUBLICITY: "等公告，催领证书",
    RenewalState.REJECTED: "了解原因，商定下次申报",
}
NEXT_LAPSED = {RenewalState.NOT_STARTED: "已失效，确认是否补申报"}


def of_method(*, has_term: bool, years: int, with_stages: bool) -> str:
    """How the forecast is made; `years` past years are learned from."""
    if not has_term:
        return (
            "没有有效期，不存在到期：现有的按往年同日到年底仍在库的比例推算，"
            f"再加同期新进入的家数（学习{years}个年度，近年的权数大），并计入增长和年度之间的起伏。"
            "各家合成的分布是精确计算，不是抽样。"
        )
    stages = "" if with_stages else NO_STAGES
    return (
        "往年同一天处境相同的企业，到年底有几成计入？按证书（仍有效、须续证、首次申报）和申报状态"
        f"（未申报、准备中、已申报、公示中、未通过、放弃）分格，学习{years}个年度，近年的权数大；"
        "家数少的格向起始兑现率靠拢。年度松紧对所有未定的企业同时起作用，起伏大小从往年学得。"
        "不在各格中的企业按往年同期新进入的家数计。各部分合成的分布是精确计算，不是抽样。"
        f"{stages}"
    )
