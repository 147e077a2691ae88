"""The outlook in words: a sentence for each verdict, chart and need. Nothing is counted here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from parks.numbers import grouped
from targets.outlook.assembly import Outlook, TargetChance, Verdict
from targets.outlook.model.backtest import Record
from targets.outlook.model.cohorts import Cohort, Lapses, years_needed
from targets.outlook.model.needs import Need
from targets.outlook.model.scenario import Scenario, Supposition
from targets.output.chart_parts import chinese_day

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
    return f"{_of_chance(verdict, verdict.chance)}：{judgement(verdict.chance.probability)}。"


def of_supposition(verdict: Verdict, supposed: Supposition, has_term: bool) -> str:
    """The same sentence under the reader's supposition, which it names.

    Empty where no supposition concerns the verdict.
    """
    if verdict.supposed is None:
        return ""
    parts = []
    if supposed.renewal is not None:
        parts.append(f"续证率{supposed.renewal * 100:g}%")
    if supposed.wins is not None:
        parts.append(f"每年{_entry_word(has_term)}{supposed.wins:g}家")
    return f"假设{'、'.join(parts)}：{_of_chance(verdict, verdict.supposed)}。"


def _of_chance(verdict: Verdict, chance: TargetChance) -> str:
    target = verdict.target
    return (
        f"预计{chinese_day(target.due)}{target.indicator.short_name}"
        f"约{grouped(round(chance.expected))}家，"
        f"八成把握在{grouped(chance.low)}至{grouped(chance.high)}家之间{_gap_in_words(verdict, chance)}；"
        f"“{target.wording}”（至少{grouped(verdict.smallest)}家）"
        f"的可能性{probability(chance.probability)}"
    )


def _gap_in_words(verdict: Verdict, chance: TargetChance) -> str:
    gap = verdict.smallest - round(chance.expected)
    return f"，预计还差{grouped(gap)}家" if gap > 0 else ""


def _entry_word(has_term: bool) -> str:
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
    entries = _entry_word(has_term)
    if not need.firms:
        return f"按预计留存{need.balance.kept:.0f}家计，不再{entries}也可达到{need.goal}家。"
    return (
        f"到{chinese_day(need.day)}要达到{need.goal}家，还需{entries}{need.firms}家"
        f"（折合每年{need.per_year:.0f}家，近几年平均{need.usual:.0f}家）；"
        f"要有八成把握，需{need.confident}家。"
    )


def of_rates(now: Scenario) -> str:
    if now.has_term:
        return _of_renewals(now)
    return _of_exits(now)


def _of_renewals(now: Scenario) -> str:
    tally = now.rates.renewal.district
    if tally.share is None:
        return "还没有到期满半年的证书，续证率无从计算。"
    few = "样本少，仅供参考。" if now.few else ""
    return (
        f"到期的{tally.of}家中有{tally.hits}家在半年内重新认定，"
        f"续证率{tally.share * 100:.1f}%。{few}"
    )


def _of_exits(now: Scenario) -> str:
    tally = now.rates.exit.district
    if tally.share is None:
        return "还没有一个完整年度，退出率无从计算。"
    return (
        f"历年年初在库合计{tally.of}家次，当年退出{tally.hits}家次，"
        f"年退出率{tally.share * 100:.1f}%。"
    )


def of_record(record: Record) -> str:
    if not record.trials:
        return "完整年度太少，还不能检验。"
    trials = len(record.trials)
    result = (
        f"{trials}次预测中有{record.hits}次实际数落在80%区间内，平均相差{record.typical_miss:.0f}家"
    )
    too_low = sum(trial.miss > 0 for trial in record.trials)
    # Misses with one sign are a trend that a mean of three years follows late.
    if trials > 1 and too_low == trials:
        result += "；历次都偏低"
    elif trials > 1 and not too_low:
        result += "；历次都偏高"
    return f"{result}。"


def of_method(has_term: bool, years: int) -> str:
    """How the forecast is made; `years` are the whole years that its averages are taken from."""
    if has_term:
        return (
            "逐家推算：证书到目标日仍有效的，只看是否取消、迁出、注销；到期的，乘所在单位的续证率；"
            "到期不久尚未续证的，乘余下的续证可能。"
            f"全区之外，再加每年首次认定的家数（近{years}个完整年度平均），"
            "按历年发证日期分布到各月，并计入年度之间的起伏。各家合成的分布是精确计算，不是抽样。"
        )
    return (
        "科技型企业没有有效期，不存在到期：每家按所在单位历年的退出率推算是否仍在库，"
        f"再加每年新入库的家数（近{years}个完整年度平均），"
        "按历年入库日期分布到各月，并计入年度之间的起伏。"
    )
