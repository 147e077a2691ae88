"""The outlook's tables: the same rows for the page and for its workbook, each number with the list behind it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from parks.models import Unit, User
from targets import links, outlook
from targets.models import Definition, Scope
from targets.needs import Need
from targets.outlook import Chance, Outlook, Point, UnitRates
from targets.outlook_words import probability
from targets.questions import Question
from targets.rates import FEW, RENEWAL_DAYS, Renewals, Tally

RATIO = re.compile(r"\d+/\d+|样本不足")


@dataclass(frozen=True)
class Cell:
    """`value` goes to the workbook, `shown` to the page (the value itself where empty)."""

    value: int | float | str | dt.date | None
    shown: str = ""
    url: str = ""

    @property
    def number(self) -> bool:
        return isinstance(self.value, int | float | None) or bool(RATIO.fullmatch(str(self.value)))

    @property
    def text(self) -> str:
        if self.shown:
            return self.shown
        return "—" if self.value is None else str(self.value)


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def numeric(self) -> list[bool]:
        """Column by column: nothing but numbers, ratios and gaps, so that digits stand below digits."""
        columns = [[row[place] for row in self.rows] for place in range(len(self.head))]
        return [all(cell.number for cell in column) and bool(column) for column in columns]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        return list(zip(self.head, self.numeric, strict=True))

    @property
    def lines(self) -> list[list[tuple[Cell, bool]]]:
        numeric = self.numeric
        return [list(zip(row, numeric, strict=True)) for row in self.rows]

    def first(self, number: int) -> Table:
        return replace(self, rows=self.rows[:number], note="")

    def beyond(self, number: int) -> Table:
        return replace(self, rows=self.rows[number:])


def of(page: Outlook, user: User) -> dict[str, Table]:
    """By name, in the page's order; a table without rows is left out."""
    whole = user.sees_whole_district
    found = [_fan(page, whole), _balance(page)]
    if page.need:
        found += [_years(page.need, page.now.has_term), *_need_by_unit(page, whole)]
    if page.now.has_term:
        found += [_cohorts(page, whole), _lapses(page, whole), _soon(page)]
        if whole:
            found += [_cohorts_by_unit(page), _lapses_by_unit(page)]
    found += [_rates_by_year(page), _rates_by_unit(page), _pool(page), _record(page)]
    return {table.name: table for table in found if table}


def _question(page: Outlook) -> Question:
    return Question(page.asked.as_of, Definition.CERTIFICATE)


def _decimal(value: float | None) -> Cell:
    return Cell(None) if value is None else Cell(round(value, 1), f"{value:.1f}")


def _percent(value: float | None, digits: int = 1) -> Cell:
    return Cell(None) if value is None else Cell(round(value * 100, digits), f"{value * 100:.{digits}f}%")


# --- fan ------------------------------------------------------------------------------------------------------------
def _fan(page: Outlook, whole: bool) -> Table:
    head = ["日期", "性质", "家数", "80%区间下限", "80%区间上限", "达到目标的可能性"]
    if page.supposed:
        head += ["假设情形", "假设下限", "假设上限", "假设下可能性"]
    last = page.points[-1]
    rows = [_point(page, point, last, whole) for point in page.points]
    return Table("fan", f"{page.indicator.short_name}逐季预测", head, rows)


def _point(page: Outlook, point: Point, last: Point, whole: bool) -> list[Cell]:
    counted = point.actual is not None
    url = links.figure(_question(page), page.asked.kind, on=point.day) if counted and whole else ""
    judged = point.day in {goal.due for goal in page.goals}
    value = Cell(point.actual, url=url) if counted else _decimal(point.chance.expected if point.chance else None)
    cells = [Cell(point.day), Cell("实际" if counted else "预计"), value]
    cells += _range(None if counted else point.chance, judged)
    if page.supposed:
        supposed = None if counted else point.supposed
        cells += [_decimal(supposed.expected if supposed else None), *_range(supposed, judged)]
    return cells


def _range(chance: Chance | None, judged: bool) -> list[Cell]:
    if chance is None:
        return [Cell(None), Cell(None), Cell(None)]
    likely = Cell(round(chance.probability, 4), probability(chance.probability)) if judged else Cell(None)
    return [Cell(chance.low), Cell(chance.high), likely]


# --- what it takes --------------------------------------------------------------------------------------------------
def _balance(page: Outlook) -> Table:
    head = ["项目", "按历史（家）"] + (["假设情形（家）"] if page.supposed_need else [])
    sides = [need for need in (page.need, page.supposed_need) if need]
    rows = [[Cell(name), *(value(need) for need in sides)] for name, value in _lines(page)] if sides else []
    note = "各行相加减即得；预计数保留一位小数，所需家数向上取整。"
    return Table("balance", "还需新增多少家", head, rows, note)


def _lines(page: Outlook) -> Iterable[tuple[str, Callable[[Need], Cell]]]:
    entries = "首次认定" if page.now.has_term else "新入库"
    yield "目标（至少）", lambda need: Cell(need.goal)
    yield f"{page.asked.as_of}有效", lambda need: Cell(need.balance.stock)
    if page.now.has_term:
        yield "其中到期的企业", lambda need: Cell(need.balance.lapses)
        yield "− 预计到期未续", lambda need: _decimal(need.balance.unrenewed)
    yield "− 预计取消、迁出、注销", lambda need: _decimal(need.balance.gone)
    if page.now.has_term:
        yield f"+ 预计补续（已到期不足{RENEWAL_DAYS}天）", lambda need: _decimal(need.balance.returning)
    yield "+ 预计其他进入（迁入、恢复等）", lambda need: _decimal(need.balance.others)
    yield "= 预计留存", lambda need: _decimal(need.balance.kept)
    yield f"还需{entries}", lambda need: Cell(need.firms)
    yield "要有八成把握，需", lambda need: Cell(need.confident)
    yield "折合每年", lambda need: _decimal(need.per_year)
    yield "近几年平均每年", lambda need: _decimal(need.usual)


def _years(need: Need, has_term: bool) -> Table:
    rows = []
    for year in need.years:
        rows.append([Cell(f"{year.year}年"), Cell(year.firms), Cell(""), Cell(""), Cell("")])
        for batch, firms in year.batches:
            due = timezone.localtime(batch.district_due_at).strftime("%m-%d %H:%M") if batch.district_due_at else "—"
            opens = f"{batch.opens_on:%m-%d}" if batch.opens_on else ""
            basis = f"按{year.modelled_on}年安排参照" if year.modelled_on else batch.source
            window = f"{opens}至{batch.closes_on:%m-%d}"
            rows.append([Cell(f"　第{batch.number}批"), Cell(firms), Cell(window), Cell(due), Cell(basis)])
    head = ["年度和批次", "首次认定（家）" if has_term else "新入库（家）", "企业申报", "区县上报截止", "依据"]
    note = "年度按历年发证日期的分布划分；同一年度的批次平分。本年度批次均已截止的，只能来自已申报的企业。"
    return Table("years", "分年度和批次", head, rows, note if has_term else "年度按历年入库日期的分布划分。")


def _need_by_unit(page: Outlook, whole: bool) -> list[Table]:
    """Parks and the rest of the district; then every town for its firms outside the parks."""
    rows = [row for row in page.units if row.need is not None and (row.stock or row.reserve)]
    parks = [row for row in rows if row.unit.kind == Unit.Kind.PARK]
    towns = [row for row in rows if row.unit.kind == Unit.Kind.TOWN]
    head = ["单位", "现有（家）", "后备库（家）", "分摊（家）"]
    note = "按现有家数占比和后备库占比各一半分摊，取整后合计不变。镇街只计园区平台以外的企业，各行相加等于全区。"
    lines = [[*_unit(row.unit), *_share(row)] for row in parks]
    if whole and rows:
        lines += [[Cell("园区平台以外"), *_share(*towns)], [Cell("合计"), *_share(*rows)]]
    of_towns = [[*_unit(row.unit), *_share(row)] for row in towns]
    return [
        Table("need_units", "分单位", head, lines, note),
        Table("need_towns", "园区平台以外，分镇街", head, of_towns),
    ]


def _share(*rows: UnitRates) -> list[Cell]:
    return [
        Cell(sum(row.stock for row in rows)),
        Cell(sum(row.reserve for row in rows)),
        Cell(sum(row.need or 0 for row in rows)),
    ]


def _unit(unit: Unit) -> list[Cell]:
    return [Cell(unit.short_name if unit.kind == Unit.Kind.PARK else f"{unit.short_name}（园区外）")]


def _place(unit: Unit) -> tuple[str, dict[str, str]]:
    """Scope and place of the firms a unit answers for."""
    if unit.kind == Unit.Kind.PARK:
        return unit.code, {}
    return str(Scope.OUTSIDE), {"town": unit.code}


# --- certificates that run out --------------------------------------------------------------------------------------
def _cohorts(page: Outlook, whole: bool) -> Table:
    years = _issue_years(page)
    rows = []
    for one in page.cohorts:
        cells = [
            Cell(one.years.get(year, 0), url=_cohort_url(page, one.day, year) if whole and one.years.get(year) else "")
            for year in years
        ]
        total = Cell(one.total, url=links.figure(_question(page), page.asked.kind, on=one.day) if whole else "")
        gap = [Cell(max(page.need.goal - one.total, 0))] if page.need else []
        rows.append([Cell(one.day), *cells, total, *gap])
    head = ["日期", *(f"{year}年发证" for year in years), "合计", *(["离目标还差"] if page.need else [])]
    return Table("cohorts", "现有证书在各日仍有效的家数", head, rows, "只计现有证书，不计以后的认定。")


def _issue_years(page: Outlook) -> list[int]:
    return sorted({year for one in page.cohorts for year in one.years if year is not None})


def _cohort_url(page: Outlook, day: dt.date, year: int, unit: Unit | None = None) -> str:
    scope, place = _place(unit) if unit else (str(Scope.DISTRICT), {})
    return links.figure(_question(page), page.asked.kind, scope, day, {**place, "issued_year": str(year)})


def _cohorts_by_unit(page: Outlook) -> Table:
    last, years = page.cohorts[-1], _issue_years(page)
    years = [year for year in years if last.years.get(year)]
    rows = []
    for row in page.units:
        firms = {year: last.by_unit.get((row.unit.pk, year), 0) for year in years}
        if row.stock:
            urls = {year: _cohort_url(page, last.day, year, row.unit) if firms[year] else "" for year in years}
            cells = [Cell(firms[year], url=urls[year]) for year in years]
            rows.append([*_unit(row.unit), Cell(row.stock), *cells, Cell(sum(firms.values()))])
    head = ["单位", f"{page.asked.as_of}", *(f"{year}年发证" for year in years), f"{last.day}仍有效"]
    return Table("cohort_units", f"{last.day.year}年底仍有效的证书，分单位", head, rows)


def _lapses(page: Outlook, whole: bool) -> Table:
    scope = outlook.scope_of(page.asked)
    rows = [
        [
            Cell(f"{row.month:%Y-%m}"),
            Cell(
                row.firms,
                url=links.lapsing(_question(page), page.asked.kind, scope, row.since, row.until)
                if row.firms and (whole or page.asked.unit)
                else "",
            ),
        ]
        for row in page.lapses
    ]
    note = "按企业计：已有后续证书的不算到期。月份为失效首日所在月（“有效期至”次日）。"
    return Table("lapses", "逐月到期企业", ["失效月份", "到期企业（家）"], rows, note)


def _lapses_by_unit(page: Outlook) -> Table:
    """Over three times twelve months."""
    groups = [page.lapses[start : start + 12] for start in range(0, len(page.lapses), 12)]
    if page.asked.unit:
        return Table("lapse_units", "", [], [])
    rows = []
    for row in page.units:
        scope, place = _place(row.unit)
        cells = []
        for group in groups:
            firms = sum(one.by_unit.get(row.unit.pk, 0) for one in group)
            since, until = group[0].since, group[-1].until
            url = links.lapsing(_question(page), page.asked.kind, scope, since, until, place) if firms else ""
            cells.append(Cell(firms, url=url))
        if any(cell.value for cell in cells):
            rows.append([*_unit(row.unit), *cells])
    head = ["单位", *(f"{group[0].month:%Y-%m}至{group[-1].month:%Y-%m}" for group in groups)]
    return Table("lapse_units", "到期企业，分单位", head, rows)


def _soon(page: Outlook) -> Table:
    rows = [
        [
            Cell(one.span.enterprise.name, url=links.page(_question(page), "firm", one.span.enterprise.uscc)),
            Cell(one.span.park.short_name if one.span.park else f"{one.span.town.short_name}（园区外）"),
            Cell("不公开" if one.contact is None else one.contact or "未登记"),
            Cell(one.span.qualification.number or None),
            Cell(one.last_day),
            Cell(f"在后备库：{one.stage}" if one.stage else "未见新证"),
        ]
        for one in page.soon
    ]
    head = ["企业", "单位", "联系人", "证书编号", "有效期至", "续证情况"]
    return Table("soon", "90天内到期的企业", head, rows)


# --- rates ----------------------------------------------------------------------------------------------------------
def _rates_by_year(page: Outlook) -> Table:
    rates = page.rates
    if page.now.has_term:
        years = sorted({year for _, year in rates.renewals})
        rows = [[Cell(f"{year}年"), *_renewed(outlook.sum_of(rates, year=year))] for year in years]
        rows += [[Cell("合计"), *_renewed(outlook.sum_of(rates))]] if rows else []
        head = ["到期年度", "到期（家）", "无间断续证", "间断后续证", "未续", "续证率"]
        note = f"证书到期后{RENEWAL_DAYS}天内取得新证为续证，之后为“失效后再认定”；到期未满{RENEWAL_DAYS}天的不列入。"
        return Table("rates_years", "历年续证", head, rows, note)
    years = sorted({year for _, year in rates.exits})
    tallies = {year: sum((t for (_, y), t in rates.exits.items() if y == year), Tally(0, 0)) for year in years}
    entered = {year: sum(n for (_, y), n in rates.wins.items() if y == year) for year in years}
    rows = [
        [Cell(f"{year}年"), Cell(entered[year]), Cell(one.of), Cell(one.hits), _percent(one.share, 2)]
        for year, one in tallies.items()
    ]
    return Table("rates_years", "历年进出", ["年度", "新入库", "年初在库", "当年退出", "退出率"], rows)


def _renewed(one: Renewals) -> list[Cell]:
    tally = one.tally
    return [Cell(tally.of), Cell(one.seamless), Cell(one.gap), Cell(one.lost), _percent(tally.share)]


def _rates_by_unit(page: Outlook) -> Table:
    years = page.years
    rows = [
        [*_unit(row.unit), *(_of(row.years.get(year)) for year in years), _of(row.tally),
         _percent(row.tally.share), _percent(row.rate)]
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
    return Table("rates_units", f"分单位{what}", head, rows, note)


def _of(tally: Tally | None) -> Cell:
    return Cell(None) if tally is None or not tally.of else Cell(f"{tally.hits}/{tally.of}")


def _pool(page: Outlook) -> Table:
    rows = [
        [Cell(stage.label), Cell(stage.now), Cell(stage.tally.of), Cell(stage.tally.hits),
         _percent(stage.rate) if stage.rate is not None else Cell("样本不足")]
        for stage in page.stages
    ]  # fmt: skip
    note = (
        f"往年年底在库、尚未认定的企业，次年内首次认定的比例；不足{FEW}家次的不给比率。它是新增家数的一部分，不另加。"
    )
    return Table("pool", "后备库转化", ["层级", "现有（家）", "往年年底在库（家次）", "次年认定", "转化率"], rows, note)


def _record(page: Outlook) -> Table:
    rows = [
        [Cell(one.as_of), Cell(one.day), _decimal(one.expected), Cell(one.low), Cell(one.high), Cell(one.actual),
         Cell(round(one.miss, 1), f"{one.miss:+.1f}"), Cell("是" if one.hit else "否")]
        for one in page.record.trials
    ]  # fmt: skip
    head = ["预测日", "预测到", "预测", "80%下限", "80%上限", "实际", "偏差", "落在区间内"]
    note = "每次只用预测日及以前发生的事实，重新学习各项比率；偏差为实际减预测。"
    return Table("record", "历年检验", head, rows, note)
