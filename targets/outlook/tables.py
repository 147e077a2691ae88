"""The outlook's tables: the same rows for the page and for its workbook.

Numbers open the lists behind them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.utils import timezone

from parks.models import Unit, User
from parks.numbers import grouped
from targets import in_flight
from targets.figures import links
from targets.models import ApplicationBatch
from targets.outlook import assembly, learned, stock
from targets.outlook.assembly import Outlook, Point, TargetChance
from targets.outlook.cells import (
    BLANK,
    NO_VALUE,
    OutlookCell,
    OutlookTable,
    figures_question,
    linked,
    unit_cells,
    whole_number,
)
from targets.outlook.model.needs import Need, YearNeed
from targets.outlook.unit_rates import UnitRates
from targets.outlook.words import probability
from targets.renewals.term import RENEWAL_DAYS


def build_tables(page: Outlook, user: User) -> dict[str, OutlookTable]:
    """By name, in the page's order; a table without rows is left out."""
    whole = user.sees_whole_district
    tables = [_stock_table(page, whole), _fan_table(page, whole), _balance_table(page)]
    if page.need:
        tables += [_years_table(page.need, page.now.has_term), *_need_by_unit(page, whole)]
    if page.now.has_term:
        tables += [
            stock.validity(page, whole),
            stock.cohorts(page, whole),
            stock.lapses(page, whole),
            stock.soon(page),
        ]
        if whole:
            tables += [stock.cohorts_by_unit(page), stock.lapses_by_unit(page)]
    tables += [
        learned.rates_of_cells(page),
        learned.recorded_stages(page),
        stock.rates_by_year(page),
        stock.rates_by_unit(page),
        stock.pool(page, whole),
        learned.record(page),
    ]
    return {table.name: table for table in tables if table}


# --- now, in flight, expected, target ---
def _stock_table(page: Outlook, whole: bool) -> OutlookTable:
    """From today to each year's end and due day: one row a day, whole firms."""
    url = links.figure(figures_question(page), page.question.kind)
    flying = OutlookCell(page.in_flight if page.now.has_term else None)
    if whole and page.in_flight:
        flying = OutlookCell(page.in_flight, url=in_flight.list_url(url))
    today = [
        OutlookCell(page.question.on),
        linked(page.now.stock, url, linked_if=whole),
        flying,
        *[NO_VALUE] * 4,
    ]
    goals = {goal.due: assembly.smallest_of(goal) for goal in page.goals}
    days = sorted({page.now.year_end, *goals} - {page.question.on})
    rows = [today]
    for day in days:
        if page.now.lacking:
            continue
        expected = page.now.on(day)
        low, high = expected.range80
        gap = max(goals[day] - round(expected.mean), 0) if day in goals else None
        rows.append(
            [
                OutlookCell(day),
                NO_VALUE,
                NO_VALUE,
                whole_number(expected.mean),
                OutlookCell(f"{grouped(low)}至{grouped(high)}"),
                OutlookCell(goals.get(day)),
                OutlookCell(gap),
            ]
        )
    head = ["日期", "现有", "在途", "预计", "80%区间", "目标（至少）", "预计还差"]
    return OutlookTable("stock", f"{page.indicator.short_name}：现有、在途和预计", head, rows)


# --- fan ----------------------------------------------------------------------------------------
def _fan_table(page: Outlook, whole: bool) -> OutlookTable:
    head = ["日期", "性质", "家数", "80%区间下限", "80%区间上限", "达到目标的可能性"]
    if page.supposed:
        head += ["假设情形", "假设下限", "假设上限", "假设下可能性"]
    # A percentage only where past forecasts have earned it.
    proven = {verdict.target.due for verdict in page.verdicts if verdict.proven}
    due_days = {goal.due for goal in page.goals} & proven
    rows = []
    for point in page.points:
        if point.actual is None:
            row = _expected_cells(page, point, judged=point.day in due_days)
        else:
            row = _counted_cells(page, point.day, point.actual, whole)
        rows.append(row)
    return OutlookTable("fan", f"{page.indicator.short_name}逐季预测", head, rows)


def _counted_cells(page: Outlook, day: dt.date, firms: int, whole: bool) -> list[OutlookCell]:
    url = links.figure(figures_question(page), page.question.kind, on=day)
    counted = [OutlookCell(day), OutlookCell("实际"), linked(firms, url, linked_if=whole)]
    # A counted number has no range and no probability, under neither assumption.
    gaps = 7 if page.supposed else 3
    return [*counted, *[NO_VALUE] * gaps]


def _expected_cells(page: Outlook, point: Point, *, judged: bool) -> list[OutlookCell]:
    """`judged`: a target is due on the day, so the probability of reaching it is told."""
    cells = [OutlookCell(point.day), OutlookCell("预计"), *_chance_cells(point.chance, judged)]
    if page.supposed:
        cells += _chance_cells(point.supposed, judged)
    return cells


def _chance_cells(chance: TargetChance | None, judged: bool) -> list[OutlookCell]:
    """Expected number, both ends of the range, and the probability."""
    if chance is None:
        return [NO_VALUE] * 4
    likely = NO_VALUE
    # Between due days the probability would answer a question that nobody has asked.
    if judged:
        likely = OutlookCell(round(chance.probability, 4), probability(chance.probability))
    return [
        whole_number(chance.expected),
        OutlookCell(chance.low),
        OutlookCell(chance.high),
        likely,
    ]


# --- what it takes ------------------------------------------------------------------------------
def _balance_table(page: Outlook) -> OutlookTable:
    sides = [need for need in (page.need, page.supposed_need) if need]
    head = ["项目", "按历史（家）"]
    if page.supposed_need:
        head.append("假设情形（家）")
    rows = []
    if sides:
        for name, cell_of in _balance_lines(page):
            rows.append([OutlookCell(name), *map(cell_of, sides)])
    note = (
        "预计数取整到家，各行相加可有1家出入；所需家数向上取整。新认定的也可能在期末前退出，"
        "所需家数因此可比差额多几家；“折合每年”按历年新进入的日期分布折算，不按天数平均。"
    )
    return OutlookTable("balance", "还需新增多少家", head, rows, note)


def _balance_lines(page: Outlook) -> Iterable[tuple[str, Callable[[Need], OutlookCell]]]:
    """Name of each line and its cell for a need, from the target down to the usual pace."""
    entries = "新认定（首次和失效后再认定）" if page.now.has_term else "新入库"
    yield "目标（至少）", lambda need: OutlookCell(need.goal)
    yield f"{page.question.on}有效", lambda need: OutlookCell(need.balance.stock)
    if page.now.has_term:
        yield "其中到期的企业", lambda need: OutlookCell(need.balance.lapses)
        yield "− 预计到期未续", lambda need: whole_number(need.balance.unrenewed)
    yield "− 预计取消、迁出、注销", lambda need: whole_number(need.balance.gone)
    if page.now.has_term:
        yield (
            f"+ 预计补续（已到期不足{RENEWAL_DAYS}天）",
            lambda need: whole_number(need.balance.returning),
        )
    yield "+ 预计其他进入（迁入、恢复等）", lambda need: whole_number(need.balance.others)
    yield "= 预计留存", lambda need: whole_number(need.balance.kept)
    yield f"还需{entries}", lambda need: OutlookCell(need.firms)
    if page.now.has_term:
        yield "其中已申报、准备中的预计", lambda need: whole_number(need.balance.applied)
    yield "其他预计", lambda need: whole_number(need.balance.coming)
    yield "要有八成把握，需", lambda need: OutlookCell(need.confident)
    yield "折合每年", lambda need: whole_number(need.per_year)
    yield "近几年平均每年", lambda need: whole_number(need.usual)


def _years_table(need: Need, has_term: bool) -> OutlookTable:
    """A row for each year, and below it one for each batch of applications."""
    rows = []
    for year in need.years:
        rows.append([OutlookCell(f"{year.year}年"), OutlookCell(year.firms), BLANK, BLANK, BLANK])
        for batch, firms in year.batches:
            rows.append(_batch_cells(year, batch, firms))
    entries, note = "新入库（家）", "年度按历年入库日期的分布划分。"
    if has_term:
        entries = "新认定（家）"
        note = (
            "年度按历年发证日期的分布划分；同一年度的批次平分。"
            "本年度批次均已截止的，只能来自已申报的企业。"
        )
    head = ["年度和批次", entries, "企业申报", "区县上报截止", "依据"]
    return OutlookTable("years", "分年度和批次", head, rows, note)


def _batch_cells(year: YearNeed, batch: ApplicationBatch, firms: int) -> list[OutlookCell]:
    opens = f"{batch.opens_on:%m-%d}" if batch.opens_on else ""
    due = "—"
    if batch.district_due_at:
        due = timezone.localtime(batch.district_due_at).strftime("%m-%d %H:%M")
    return [
        OutlookCell(f"　第{batch.number}批"),
        OutlookCell(firms),
        OutlookCell(f"{opens}至{batch.closes_on:%m-%d}"),
        OutlookCell(due),
        OutlookCell(f"按{year.modelled_on}年安排参照" if year.modelled_on else batch.source),
    ]


def _need_by_unit(page: Outlook, whole: bool) -> list[OutlookTable]:
    """Parks and the rest of the district; then every town for its firms outside the parks."""
    parks, towns = [], []
    for row in page.units:
        if row.need is None or not (row.stock or row.reserve):
            continue
        if row.unit.kind == Unit.Kind.PARK:
            parks.append(row)
        # Towns with their firms in no park: so the rows add up to the district.
        elif row.unit.kind == Unit.Kind.TOWN:
            towns.append(row)
    head = ["单位", "现有（家）", "在途（家）", "当年底预计（家）", "后备库（家）", "分摊（家）"]
    note = (
        "当年底预计逐家按所在情形的兑现率相加，各行相加等于全区预计。"
        "按现有家数占比和后备库占比各一半分摊，取整后合计不变。"
        "镇街只计园区平台以外的企业，各行相加等于全区。"
        "本表不计园区平台占比的限制，下达任务以“任务分解”为准。"
    )
    lines = [[*unit_cells(row.unit), *_share_cells(row)] for row in parks]
    # The sums are the district's only for a viewer who sees all rows.
    if whole and (parks or towns):
        lines += [
            [OutlookCell("园区平台以外"), *_share_cells(*towns)],
            [OutlookCell("合计"), *_share_cells(*parks, *towns)],
        ]
    of_towns = [[*unit_cells(row.unit), *_share_cells(row)] for row in towns]
    return [
        OutlookTable("need_units", "分单位", head, lines, note),
        OutlookTable("need_towns", "园区平台以外，分镇街", head, of_towns),
    ]


def _share_cells(*rows: UnitRates) -> list[OutlookCell]:
    """Firms, in flight, expected, of the pool and shared-out need of some units together."""
    fields = ("stock", "in_flight", "expected", "reserve", "need")
    return [OutlookCell(sum(getattr(row, field) or 0 for row in rows)) for field in fields]
