"""The outlook's tables of what stands: certificates that run out, rates that were seen, the reserve pool."""

from __future__ import annotations

import datetime as dt

from parks.models import Unit
from targets.figures import links
from targets.models import Scope
from targets.outlook import assembly
from targets.outlook.assembly import Outlook
from targets.outlook.cells import (
    OutlookCell,
    OutlookTable,
    decimal,
    percent,
    place_of,
    question,
    unit_cells,
)
from targets.outlook.model.rates import FEW, RateTally, Renewals
from targets.renewals.rules import RenewalState
from targets.renewals.term import RENEWAL_DAYS


# --- certificates that run out --------------------------------------------------------------------------------------
def validity(page: Outlook, whole: bool) -> OutlookTable:
    rows = [
        [
            OutlookCell(one.day),
            OutlookCell(one.valid, url=one.valid_url if whole else ""),
            OutlookCell(one.in_renewal, url=one.in_renewal_url if whole and one.in_renewal else ""),
            OutlookCell(one.together),
            decimal(one.likely),
            *(OutlookCell(bound) for bound in one.range80 or (None, None)),
        ]
        for one in page.validity
    ]
    head = [
        "日期",
        "按日期有效",
        "已失效、已申报或公示中",
        "有效或续证中",
        "预计",
        "80%区间下限",
        "80%区间上限",
    ]
    note = (
        f"按日期有效：该日仍有效的现有证书；已失效、已申报或公示中：到期不足{RENEWAL_DAYS}天、尚未取得新证而申报在办的；"
        "预计：另计今后的续证、退出和新增，见下面的预测。"
    )
    return OutlookTable("validity", "有效、续证中和预计", head, rows, note)


def cohorts(page: Outlook, whole: bool) -> OutlookTable:
    years = _issue_years(page)
    rows = []
    for one in page.cohorts:
        cells = [
            OutlookCell(
                one.years.get(year, 0),
                url=_cohort_url(page, one.day, year) if whole and one.years.get(year) else "",
            )
            for year in years
        ]
        total = OutlookCell(
            one.total,
            url=links.figure(question(page), page.asked.kind, on=one.day) if whole else "",
        )
        gap = [OutlookCell(max(page.need.goal - one.total, 0))] if page.need else []
        rows.append([OutlookCell(one.day), *cells, total, *gap])
    head = [
        "日期",
        *(f"{year}年发证" for year in years),
        "合计",
        *(["离目标还差"] if page.need else []),
    ]
    return OutlookTable(
        "cohorts", "现有证书在各日仍有效的家数", head, rows, "只计现有证书，不计以后的认定。"
    )


def _issue_years(page: Outlook) -> list[int]:
    return sorted({year for one in page.cohorts for year in one.years if year is not None})


def _cohort_url(page: Outlook, day: dt.date, year: int, unit: Unit | None = None) -> str:
    scope, place = place_of(unit) if unit else (str(Scope.DISTRICT), {})
    return links.figure(
        question(page), page.asked.kind, scope, day, {**place, "issued_year": str(year)}
    )


def cohorts_by_unit(page: Outlook) -> OutlookTable:
    last, years = page.cohorts[-1], _issue_years(page)
    years = [year for year in years if last.years.get(year)]
    rows = []
    for row in page.units:
        firms = {year: last.by_unit.get((row.unit.pk, year), 0) for year in years}
        if row.stock:
            urls = {
                year: _cohort_url(page, last.day, year, row.unit) if firms[year] else ""
                for year in years
            }
            cells = [OutlookCell(firms[year], url=urls[year]) for year in years]
            rows.append(
                [
                    *unit_cells(row.unit),
                    OutlookCell(row.stock),
                    *cells,
                    OutlookCell(sum(firms.values())),
                ]
            )
    head = [
        "单位",
        f"{page.asked.as_of}",
        *(f"{year}年发证" for year in years),
        f"{last.day}仍有效",
    ]
    return OutlookTable("cohort_units", f"{last.day.year}年底仍有效的证书，分单位", head, rows)


def lapses(page: Outlook, whole: bool) -> OutlookTable:
    scope = assembly.scope_of(page.asked)
    rows = [
        [
            OutlookCell(f"{row.month:%Y-%m}"),
            OutlookCell(
                row.firms,
                url=links.lapsing(question(page), page.asked.kind, scope, row.since, row.until)
                if row.firms and (whole or page.asked.unit)
                else "",
            ),
        ]
        for row in page.lapses
    ]
    note = "按企业计：已有后续证书的不算到期。月份为失效首日所在月（“有效期至”次日）。"
    return OutlookTable("lapses", "逐月到期企业", ["失效月份", "到期企业（家）"], rows, note)


def lapses_by_unit(page: Outlook) -> OutlookTable:
    """Over three times twelve months."""
    groups = [page.lapses[start : start + 12] for start in range(0, len(page.lapses), 12)]
    if page.asked.unit:
        return OutlookTable("lapse_units", "", [], [])
    rows = []
    for row in page.units:
        scope, place = place_of(row.unit)
        cells = []
        for group in groups:
            firms = sum(one.by_unit.get(row.unit.pk, 0) for one in group)
            since, until = group[0].since, group[-1].until
            url = (
                links.lapsing(question(page), page.asked.kind, scope, since, until, place)
                if firms
                else ""
            )
            cells.append(OutlookCell(firms, url=url))
        if any(cell.value for cell in cells):
            rows.append([*unit_cells(row.unit), *cells])
    head = ["单位", *(f"{group[0].month:%Y-%m}至{group[-1].month:%Y-%m}" for group in groups)]
    return OutlookTable("lapse_units", "到期企业，分单位", head, rows)


def soon(page: Outlook) -> OutlookTable:
    rows = [
        [
            OutlookCell(
                one.span.enterprise.name,
                url=links.page(question(page), "firm", one.span.enterprise.uscc),
            ),
            OutlookCell(one.span.unit.answering_name),
            OutlookCell("不公开" if one.contact is None else one.contact or "未登记"),
            OutlookCell(one.span.qualification.number or None),
            OutlookCell(one.span.last_day),
            OutlookCell(_renewal(one)),
            OutlookCell(one.renewal.since),
        ]
        for one in page.soon
    ]
    head = ["企业", "单位", "联系人", "证书编号", "有效期至", "续证状态", "自"]
    return OutlookTable("soon", "90天内到期的企业", head, rows)


def _renewal(one: assembly.Soon) -> str:
    """Of a firm that has not begun, the reserve pool tells how near it is."""
    said = str(one.renewal.state.label)
    return (
        f"{said}（{one.stage}）"
        if one.stage and one.renewal.state == RenewalState.NOT_STARTED
        else said
    )


# --- rates ----------------------------------------------------------------------------------------------------------
def rates_by_year(page: Outlook) -> OutlookTable:
    rates = page.rates
    if page.now.has_term:
        years = sorted({year for _, year in rates.renewals})
        rows = [
            [OutlookCell(f"{year}年"), *_renewed(assembly.sum_of(rates, year=year))]
            for year in years
        ]
        rows += [[OutlookCell("合计"), *_renewed(assembly.sum_of(rates))]] if rows else []
        head = ["到期年度", "到期（家）", "无间断续证", "间断后续证", "未续", "续证率"]
        note = f"证书到期后{RENEWAL_DAYS}天内取得新证为续证，之后为“失效后再认定”；到期未满{RENEWAL_DAYS}天的不列入。"
        return OutlookTable("rates_years", "历年续证", head, rows, note)
    years = sorted({year for _, year in rates.exits})
    tallies = {
        year: sum((t for (_, y), t in rates.exits.items() if y == year), RateTally(0, 0))
        for year in years
    }
    entered = {year: sum(n for (_, y), n in rates.wins.items() if y == year) for year in years}
    rows = [
        [
            OutlookCell(f"{year}年"),
            OutlookCell(entered[year]),
            OutlookCell(one.of),
            OutlookCell(one.hits),
            percent(one.share, 2),
        ]
        for year, one in tallies.items()
    ]
    return OutlookTable(
        "rates_years", "历年进出", ["年度", "新入库", "年初在库", "当年退出", "退出率"], rows
    )


def _renewed(one: Renewals) -> list[OutlookCell]:
    tally = one.tally
    return [
        OutlookCell(tally.of),
        OutlookCell(one.seamless),
        OutlookCell(one.gap),
        OutlookCell(one.lost),
        percent(tally.share),
    ]


def rates_by_unit(page: Outlook) -> OutlookTable:
    years = page.years
    rows = [
        [*unit_cells(row.unit), *(_of(row.years.get(year)) for year in years), _of(row.tally),
         percent(row.tally.share), percent(row.rate)]
        for row in page.units
        if row.tally.of
    ]  # fmt: skip
    what = "续证率" if page.now.has_term else "退出率"
    learned = page.rates.renewal if page.now.has_term else page.rates.exit
    note = (
        f"格中为“{'续证/到期' if page.now.has_term else '退出/年初在库'}”。采用值向全区平均靠拢：相当于每个单位另加"
        f"{learned.strength:.0f}家按全区{what}的企业，企业越少越靠近全区；{FEW}家以下的单位自己的比率仅供参考。"
    )
    head = ["单位", *(f"{year}年" for year in years), "合计", what, "采用值"]
    return OutlookTable("rates_units", f"分单位{what}", head, rows, note)


def _of(tally: RateTally | None) -> OutlookCell:
    return (
        OutlookCell(None)
        if tally is None or not tally.of
        else OutlookCell(f"{tally.hits}/{tally.of}")
    )


def pool(page: Outlook) -> OutlookTable:
    rows = [
        [OutlookCell(stage.label), OutlookCell(stage.now), OutlookCell(stage.tally.of), OutlookCell(stage.tally.hits),
         percent(stage.rate) if stage.rate is not None else OutlookCell("样本不足")]
        for stage in page.stages
    ]  # fmt: skip
    note = f"往年年底在库、尚未认定的企业，次年内首次认定的比例；不足{FEW}家次的不给比率。它是新增家数的一部分，不另加。"
    return OutlookTable(
        "pool",
        "后备库转化",
        ["层级", "现有（家）", "往年年底在库（家次）", "次年认定", "转化率"],
        rows,
        note,
    )


def record(page: Outlook) -> OutlookTable:
    rows = [
        [OutlookCell(one.as_of), OutlookCell(one.day), decimal(one.expected), OutlookCell(one.low), OutlookCell(one.high), OutlookCell(one.actual),
         OutlookCell(round(one.miss, 1), f"{one.miss:+.1f}"), OutlookCell("是" if one.hit else "否")]
        for one in page.record.trials
    ]  # fmt: skip
    head = ["预测日", "预测到", "预测", "80%下限", "80%上限", "实际", "偏差", "落在区间内"]
    note = "每次只用预测日及以前发生的事实，重新学习各项比率；偏差为实际减预测。"
    return OutlookTable("record", "历年检验", head, rows, note)
