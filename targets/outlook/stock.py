"""The outlook's tables of what stands: certificates that run out, rates, the reserve pool."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from enterprises.firms import contacts
from parks.models import Unit
from targets.figures import links
from targets.models import Scope
from targets.outlook import words
from targets.outlook.assembly import Outlook
from targets.outlook.at_risk import AtRisk
from targets.outlook.cells import (
    NO_VALUE,
    OutlookCell,
    OutlookTable,
    figures_question,
    linked,
    percent,
    place_of,
    unit_cells,
    whole_number,
)
from targets.outlook.model.rates import FEW, NOTHING, RateTally, Renewals
from targets.renewals.rules import RenewalState
from targets.renewals.term import RENEWAL_DAYS


# --- certificates that run out ------------------------------------------------------------------
def validity(page: Outlook, whole: bool) -> OutlookTable:
    """`whole`, here and below: the viewer sees the whole district, so its numbers open lists."""
    rows = []
    for count in page.validity:
        low, high = count.range80 or (None, None)
        in_renewal_opens = whole and count.in_renewal
        rows.append(
            [
                OutlookCell(count.day),
                linked(count.valid, count.valid_url, linked_if=whole),
                linked(count.in_renewal, count.in_renewal_url, linked_if=in_renewal_opens),
                OutlookCell(count.together),
                whole_number(count.likely),
                OutlookCell(low),
                OutlookCell(high),
            ]
        )
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
        "按日期有效：该日仍有效的现有证书；"
        f"已失效、已申报或公示中：到期不足{RENEWAL_DAYS}天、尚未取得新证而申报在办的；"
        "预计：另计今后的续证、退出和新增，见下面的预测。"
    )
    return OutlookTable("validity", "有效、续证中和预计", head, rows, note)


def cohorts(page: Outlook, whole: bool) -> OutlookTable:
    years = _issue_years(page)
    rows = []
    for cohort in page.cohorts:
        row = [OutlookCell(cohort.day)]
        for year in years:
            firms = cohort.years.get(year, 0)
            url = _cohort_url(page, cohort.day, year)
            row.append(linked(firms, url, linked_if=whole and firms))
        url = links.figure(figures_question(page), page.question.kind, on=cohort.day)
        row.append(linked(cohort.total, url, linked_if=whole))
        if page.need:
            row.append(OutlookCell(max(page.need.goal - cohort.total, 0)))
        rows.append(row)
    head = ["日期", *(f"{year}年发证" for year in years), "合计"]
    if page.need:
        head.append("距目标还差")
    note, title = "只计现有证书，不计以后的认定。", "现有证书在各日仍有效的家数"
    if known := page.question.known_later:
        note, title = f"{known}的证书，含统计日以后新发的。", f"证书在各日仍有效的家数（{known}）"
    return OutlookTable("cohorts", title, head, rows, note)


def _issue_years(page: Outlook) -> list[int]:
    return sorted({year for cohort in page.cohorts for year in cohort.years if year is not None})


def _cohort_url(page: Outlook, day: dt.date, year: int, unit: Unit | None = None) -> str:
    scope, place = place_of(unit) if unit else (str(Scope.DISTRICT), {})
    issued = {**place, "issued_year": str(year)}
    return links.figure(figures_question(page), page.question.kind, scope, day, issued)


def cohorts_by_unit(page: Outlook) -> OutlookTable:
    last = page.cohorts[-1]
    years = [year for year in _issue_years(page) if last.years.get(year)]
    rows = []
    for unit_row in page.units:
        if not unit_row.stock:
            continue
        row, total = [*unit_cells(unit_row.unit), OutlookCell(unit_row.stock)], 0
        for year in years:
            firms = last.by_unit.get((unit_row.unit.pk, year), 0)
            url = _cohort_url(page, last.day, year, unit_row.unit)
            row.append(linked(firms, url, linked_if=firms))
            total += firms
        rows.append([*row, OutlookCell(total)])
    issue_years = [f"{year}年发证" for year in years]
    head = ["单位", f"{page.question.on}", *issue_years, f"{last.day}仍有效"]
    title = f"{last.day.year}年底仍有效的证书，分单位"
    return OutlookTable("cohort_units", title, head, rows)


def lapses(page: Outlook, whole: bool) -> OutlookTable:
    scope, kind = page.question.scope, page.question.kind
    rows = []
    for month in page.lapses:
        url = links.lapsing(figures_question(page), kind, scope, month.since, month.until)
        opens = month.firms and (whole or page.question.unit)
        rows.append(
            [OutlookCell(f"{month.month:%Y-%m}"), linked(month.firms, url, linked_if=opens)]
        )
    note = "按企业计：已有后续证书的不算到期。月份为失效首日所在月（“有效期至”次日）。"
    if known := page.question.known_later:
        note = f"{known}，统计日以后续证的不算到期。{note}"
    return OutlookTable("lapses", "逐月到期企业", ["失效月份", "到期企业（家）"], rows, note)


def lapses_by_unit(page: Outlook) -> OutlookTable:
    """Over three times twelve months."""
    # With a unit, the lapses are those of that unit, and there is nothing to divide.
    if page.question.unit:
        return OutlookTable("lapse_units", "", [], [])
    # Twelve months from today, not calendar years: no month of the first one has gone by.
    years = [page.lapses[start : start + 12] for start in range(0, len(page.lapses), 12)]
    rows = []
    for unit_row in page.units:
        scope, place = place_of(unit_row.unit)
        cells = []
        for months in years:
            firms = sum(month.by_unit.get(unit_row.unit.pk, 0) for month in months)
            url = links.lapsing(
                figures_question(page),
                page.question.kind,
                scope,
                months[0].since,
                months[-1].until,
                place,
            )
            cells.append(linked(firms, url, linked_if=firms))
        if any(cell.value for cell in cells):
            rows.append([*unit_cells(unit_row.unit), *cells])
    head = ["单位", *(f"{months[0].month:%Y-%m}至{months[-1].month:%Y-%m}" for months in years)]
    return OutlookTable("lapse_units", "到期企业，分单位", head, rows)


def soon(page: Outlook) -> OutlookTable:
    """Those that have not filed first: they are the ones to call. Of each the soonest first."""
    rows = []
    for lapsing in page.soon:
        row, firm = lapsing.row, lapsing.firm
        rows.append(
            [
                OutlookCell(firm.name, url=links.page(figures_question(page), "firm", firm.uscc)),
                OutlookCell(row.unit_name),
                _contact_cell(lapsing),
                OutlookCell(row.last_day, f"{row.last_day} {row.days_in_words}"),
                OutlookCell(_renewal_words(lapsing)),
                OutlookCell(_step(lapsing)),
                _share_cell(lapsing.share),
            ]
        )
    head = ["企业", "单位", "联系人", "有效期至", "续证状态", "下一步", "年底计入"]
    return OutlookTable("soon", "到期和失效可续的企业", head, rows)


def _step(lapsing: AtRisk) -> str:
    """What somebody has written down to do next; else what usually is."""
    application = lapsing.renewal.application
    if application is not None and application.next_action:
        due = f" {application.next_on:%m-%d}" if application.next_on else ""
        return f"{application.next_action}{due}"
    return words.next_step(lapsing.renewal.state, lapsed=lapsing.row.days_left < 0)


def _share_cell(share: float | None) -> OutlookCell:
    return NO_VALUE if share is None else OutlookCell(round(share, 2), words.probability(share))


def _contact_cell(lapsing: AtRisk) -> OutlookCell:
    """Name and phone; on a phone a touch calls."""
    if lapsing.contact is None:
        return OutlookCell("不公开")
    number = contacts.dialled(lapsing.firm.contact_phone)
    return OutlookCell(lapsing.contact or "未登记", url=f"tel:{number}" if number else "")


def _renewal_words(lapsing: AtRisk) -> str:
    """Of a firm that has not begun, the reserve pool tells how near it is."""
    state, since = lapsing.renewal.state, lapsing.renewal.since
    if lapsing.stage and state == RenewalState.NOT_STARTED:
        return f"{state.label}（{lapsing.stage}）"
    return f"{state.label} {since:%m-%d}" if since else str(state.label)


# --- rates --------------------------------------------------------------------------------------
def rates_by_year(page: Outlook) -> OutlookTable:
    """Renewals; for a kind without a term, entries and exits."""
    if page.now.has_term:
        return _renewals_by_year(page)
    return _exits_by_year(page)


def _renewals_by_year(page: Outlook) -> OutlookTable:
    rows = []
    for year in sorted({year for _, year in page.rates.renewals}):
        rows.append(
            [OutlookCell(f"{year}年"), *_renewal_cells(page.rates.total_renewals(year=year))]
        )
    if rows:
        rows.append([OutlookCell("合计"), *_renewal_cells(page.rates.total_renewals())])
    head = ["到期年度", "到期（家）", "无间断续证", "间断后续证", "未续", "续证率"]
    note = (
        f"证书到期后{RENEWAL_DAYS}天内取得新证为续证，之后为“失效后再认定”；"
        f"到期未满{RENEWAL_DAYS}天的不列入。"
    )
    return OutlookTable("rates_years", "历年续证", head, rows, note)


def _renewal_cells(renewals: Renewals) -> list[OutlookCell]:
    tally = renewals.tally
    return [
        OutlookCell(tally.of),
        OutlookCell(renewals.seamless),
        OutlookCell(renewals.gap),
        OutlookCell(renewals.lost),
        percent(tally.share),
    ]


def _exits_by_year(page: Outlook) -> OutlookTable:
    exits: dict[int, RateTally] = {}
    for (_, year), tally in page.rates.exits.items():
        # Added as counts: the mean of the units' rates would weigh small units like large ones.
        exits[year] = exits.get(year, NOTHING) + tally
    rows = []
    for year in sorted(exits):
        tally = exits[year]
        rows.append(
            [
                OutlookCell(f"{year}年"),
                OutlookCell(page.now.record.recognised(year)),
                OutlookCell(tally.of),
                OutlookCell(tally.hits),
                percent(tally.share),
            ]
        )
    head = ["年度", "新入库", "年初在库", "当年退出", "退出率"]
    return OutlookTable("rates_years", "历年进出", head, rows)


def rates_by_unit(page: Outlook) -> OutlookTable:
    what, ratio, learned = "退出率", "退出/年初在库", page.rates.exit
    if page.now.has_term:
        what, ratio, learned = "续证率", "续证/到期", page.rates.renewal
    rows = []
    for unit_row in page.units:
        # A unit without any case has no rate of its own that could be shown.
        if unit_row.tally.of:
            by_year = [_ratio_cell(unit_row.years.get(year, NOTHING)) for year in page.years]
            total, share = _ratio_cell(unit_row.tally), percent(unit_row.tally.share)
            adopted = percent(unit_row.rate)
            rows.append([*unit_cells(unit_row.unit), *by_year, total, share, adopted])
    note = (
        f"格中为“{ratio}”。采用值向全区平均靠拢：相当于每个单位另加"
        f"{learned.strength:.0f}家按全区{what}的企业，企业越少越靠近全区；"
        f"{FEW}家以下的单位自己的比率仅供参考。"
    )
    head = ["单位", *(f"{year}年" for year in page.years), "合计", what, "采用值"]
    return OutlookTable("rates_units", f"分单位{what}", head, rows, note)


def _ratio_cell(tally: RateTally) -> OutlookCell:
    return OutlookCell(f"{tally.hits}/{tally.of}") if tally.of else NO_VALUE


def pool(page: Outlook, whole: bool) -> OutlookTable:
    # The pool's page lists today's firms.
    opens = whole and page.question.on == timezone.localdate()
    rows = []
    for stage in page.stages:
        too_few = OutlookCell("样本不足")
        url = f"{reverse('pool')}?{urlencode({'stage': stage.code})}"
        rows.append(
            [
                OutlookCell(stage.label),
                linked(stage.now, url, linked_if=opens and stage.now),
                OutlookCell(stage.tally.of),
                OutlookCell(stage.tally.hits),
                too_few if stage.rate is None else percent(stage.rate),
            ]
        )
    head = ["层级", "现有（家）", "往年年底在库（家次）", "次年认定", "转化率"]
    note = (
        f"往年年底在库、尚未认定的企业，次年内首次认定的比例；不足{FEW}家次的不给比率。"
        "它是新增家数的一部分，不另加。"
    )
    return OutlookTable("pool", "后备库转化", head, rows, note)
