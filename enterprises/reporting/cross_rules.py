"""Rules over units and quarters (R3…) and over the file's belonging (F03…): what one file alone cannot tell."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from enterprises.loading.planning import PLAN_RULES
from enterprises.models import RosterFirm, RosterVersion, YearlyFigures
from enterprises.models.chunks import chunks
from enterprises.reporting.situations import Known
from enterprises.rosters.definition import marks
from enterprises.rosters.definition.catalogue import ERROR, WARNING, Rule
from enterprises.rosters.definition.problems import Problem
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.definition.rulebook import markdown
from enterprises.rosters.definition.vocabulary import Vocabulary, spelling_key
from enterprises.rosters.reading.sheet import Reading
from parks.models import Unit

WRONG_UNIT = Rule("F031", ERROR, "这是另一单位的名册", "请选本单位的文件，或下载本单位的模板填写")
WRONG_QUARTER = Rule(
    "F032", ERROR, "这是另一季度的名册", "请选本季度的文件，或下载本季度的模板填写"
)
OLD_TEMPLATE = Rule("F033", ERROR, "模板版本过旧，列已有变化", "请下载新模板，把数据粘贴过去")
NOT_A_ROSTER = Rule(
    "F034", ERROR, "这不是季度名册", "请上传季度名册；高企证书名单等由科技局在“名册入库”中办理"
)
BELONGING = (WRONG_UNIT, WRONG_QUARTER, OLD_TEMPLATE, NOT_A_ROSTER)

CLAIMED_TWICE = Rule(
    "R301", WARNING, "另一单位本季度也申报了这家企业", "请与该单位核实；报送后由科技局确定归属"
)
OTHER_NAME = Rule(
    "R302", WARNING, "名称与登记不一致", "确已更名的请填更名日期；否则请核对信用代码和名称"
)
MUCH_SHORTER = Rule("R303", WARNING, "名册比登记的少很多", "请检查是否漏列；确实减少的请说明原因")
JUMP = Rule("R304", WARNING, "与上次数据相差悬殊", "请核对数值和单位；确实如此的请说明原因")
HOLDER_MISSING = Rule(
    "R305", WARNING, "高企证书仍有效，名册却没有列这家企业", "请补列，或在未列企业中说明原因"
)
CLOSED_LISTED = Rule(
    "R306", ERROR, "企业已注销，不应再列", "请删除该行；已恢复经营的请联系科技局登记恢复"
)
OTHER_UNIT = Rule(
    "R307",
    ERROR,
    "本行的企业不属于本单位报送范围",
    "请核对所属园区平台和镇街；不属于本单位的请删除该行",
)
CROSS_RULES = (
    CLAIMED_TWICE, OTHER_NAME, MUCH_SHORTER, JUMP, HOLDER_MISSING, CLOSED_LISTED, OTHER_UNIT,
)  # fmt: skip
ENTRIES = (*BELONGING, *CROSS_RULES)
ANSWERED_ELSEWHERE = frozenset((OTHER_NAME.code, HOLDER_MISSING.code))
"""Warnings that are settled by what is said of the firm, not by a reason of their own."""

FEWEST_MISSED, LEAST_SHARE = 5, 0.7
LEAST_FACTOR, MADS = 3.0, 6.0
COMPARED = {"revenue": "上年营业收入", "rd_expense": "上年研发费用", "staff": "职工总数"}


def rulebook() -> str:
    """Every rule there is, as the handbook prints them."""
    return markdown(BELONGING, PLAN_RULES, CROSS_RULES)


# --- the file's belonging ---------------------------------------------------------------------------------------
def belonging(version: RosterVersion, reading: Reading, words: Vocabulary) -> Problem | None:
    """Why the file is not this unit's roster of this quarter; by its stamp, else by its title lines."""
    unit, quarter = version.roster.unit, version.roster.quarter
    stamp = reading.stamp
    told = _unit_told(stamp, reading, words)
    if told and told != unit.code:
        name = Unit.objects.filter(code=told).values_list("name", flat=True).first() or told
        return WRONG_UNIT.problem(
            reading.filename, "填报单位", name, f"文件属于“{name}”，现在报送的是“{unit.name}”"
        )
    told_quarter = stamp.quarter if stamp else ""
    if told_quarter and told_quarter != quarter.code:
        return WRONG_QUARTER.problem(
            reading.filename, "季度", told_quarter, f"模板是{told_quarter}的，现在报送的是{quarter}"
        )
    if reading.as_of and not _within(reading.as_of, quarter.period.first_day, quarter.last_day):
        seen = f"{reading.as_of:%Y-%m-%d}"
        said = f"数据截至{seen}，不在{quarter}内（截至日应为{quarter.last_day:%Y-%m-%d}）"
        return WRONG_QUARTER.problem(reading.filename, "数据截至", seen, said)
    if stamp and stamp.edition < marks.EDITION:
        return OLD_TEMPLATE.problem(reading.filename, "模板", f"第{stamp.edition}版")
    return None


def _within(day: dt.date, first: dt.date, last: dt.date) -> bool:
    return first <= day <= last


def _unit_told(stamp: marks.Stamp | None, reading: Reading, words: Vocabulary) -> str:
    if stamp:
        return stamp.unit
    key = spelling_key(reading.reporting_unit or "")
    term = words.parks.get(key) or words.towns.get(key)
    return term.code if term else ""


# --- firms and rows -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CheckedSheet:
    """What the cross rules look at: the file's sound rows, each with its firm's plan, and the registry."""

    version: RosterVersion
    reading: Reading
    rows: Sequence[RosterRow]
    firms: Mapping[str, RosterFirm]
    known: Known

    def problem(self, rule: Rule, row: RosterRow, name: str, reason: str) -> Problem:
        title = self.reading.layout.column(name).title
        return rule.problem(row.address(name), title, row.seen.get(name), reason)


def check(sheet: CheckedSheet) -> list[Problem]:
    """All findings of all cross rules (a constant number of queries)."""
    return [problem for rule in _CHECKS for problem in rule(sheet)]


def foreign_rows(reading: Reading, unit: Unit) -> Iterator[Problem]:
    """Rows that name another park, or (for a town) a park or another town: the other unit reports them."""
    for row in reading.rows:
        park, town = row.values.get("park"), row.values.get("town")
        if unit.kind == Unit.Kind.PARK and "park" not in row.unread and park != unit.code:
            said = "没有填所属园区平台" if park is None else "填的是其他园区平台"
            yield _foreign(reading, row, "park", f"{said}，不属于{unit.name}")
        elif unit.kind == Unit.Kind.TOWN and park:
            yield _foreign(reading, row, "park", "企业在园区平台内，由园区报送")
        elif unit.kind == Unit.Kind.TOWN and town and town != unit.code:
            yield _foreign(reading, row, "town", f"填的是其他镇街，不属于{unit.name}")


def _foreign(reading: Reading, row: RosterRow, name: str, reason: str) -> Problem:
    return OTHER_UNIT.problem(
        row.address(name), reading.layout.column(name).title, row.seen.get(name), reason
    )


def _claimed_twice(sheet: CheckedSheet) -> Iterator[Problem]:
    roster = sheet.version.roster
    others = (
        RosterFirm.objects.handed_in()
        .listed()
        .filter(version__roster__quarter=roster.quarter)
        .exclude(version__roster=roster)
        .values_list("uscc", "version__roster__unit__name")
    )
    claimed = dict(others)
    for row in sheet.rows:
        if other := claimed.get(row.values["uscc"]):
            yield sheet.problem(CLAIMED_TWICE, row, "uscc", f"{other}本季度也申报了这家企业")


def _other_name(sheet: CheckedSheet) -> Iterator[Problem]:
    for row in sheet.rows:
        if registered := sheet.firms[row.values["uscc"]].registered_name:
            yield sheet.problem(OTHER_NAME, row, "name", f"登记的名称是“{registered}”")


def _closed_listed(sheet: CheckedSheet) -> Iterator[Problem]:
    for row in sheet.rows:
        known = sheet.known.by_code.get(row.values["uscc"])
        if known and known.closed:
            yield sheet.problem(
                CLOSED_LISTED, row, "uscc", f"企业已于{known.closed.closed_on:%Y-%m-%d}注销"
            )


def _much_shorter(sheet: CheckedSheet) -> Iterator[Problem]:
    expected, listed = len(sheet.known.expected), len(sheet.reading.rows)
    if expected - listed >= FEWEST_MISSED and listed < LEAST_SHARE * expected:
        said = f"名册列了{listed}家，登记在本单位的有{expected}家"
        yield MUCH_SHORTER.problem(sheet.reading.filename, "名册", f"{listed}家", said)


def _holder_missing(sheet: CheckedSheet) -> Iterator[Problem]:
    for firm in sheet.firms.values():
        if firm.kind == RosterFirm.Kind.MISSING and firm.holds_certificate:
            said = f"{firm.name}的高企证书仍有效，名册没有列"
            yield HOLDER_MISSING.problem(sheet.reading.filename, "企业", firm.uscc, said)


def _jump(sheet: CheckedSheet) -> Iterator[Problem]:
    """Log ratios to the registered figures, against the file's own spread: counts are skewed, and one price rise that
    moves every firm is no error. Bound: 3 times, or 6 median deviations around the median, whichever is wider."""
    year = sheet.version.roster.quarter.last_day.year - 1
    before = _figures_before(list(sheet.known.by_code), year)
    for name, title in COMPARED.items():
        ratios = [
            (row, ratio) for row in sheet.rows if (ratio := _ratio(row, name, before)) is not None
        ]
        low, high = _bounds([ratio for _, ratio in ratios])
        for row, ratio in ratios:
            if not low <= ratio <= high:
                old = getattr(before[row.values["uscc"]], name)
                yield sheet.problem(JUMP, row, name, f"{title}登记为{old}，现为{row.values[name]}")


def _figures_before(usccs: Sequence[str], year: int) -> dict[str, YearlyFigures]:
    found: dict[str, YearlyFigures] = {}
    for some in chunks(usccs):
        rows = YearlyFigures.objects.filter(enterprise__uscc__in=some, year__in=(year - 1, year))
        found |= {
            one.enterprise.uscc: one for one in rows.select_related("enterprise").order_by("year")
        }
    return found


def _ratio(row: RosterRow, name: str, before: Mapping[str, YearlyFigures]) -> float | None:
    registered = before.get(row.values["uscc"])
    old, new = (getattr(registered, name) if registered else None), row.values.get(name)
    if not old or not new or Decimal(old) <= 0 or Decimal(new) <= 0:
        return None
    return math.log(float(new) / float(old))


def _bounds(ratios: Sequence[float]) -> tuple[float, float]:
    if not ratios:
        return 0.0, 0.0
    middle = median(ratios)
    spread = MADS * 1.4826 * median(abs(ratio - middle) for ratio in ratios)
    reach = max(math.log(LEAST_FACTOR), spread)
    return middle - reach, middle + reach


_CHECKS: tuple[Callable[[CheckedSheet], Iterable[Problem]], ...] = (
    _claimed_twice,
    _other_name,
    _closed_listed,
    _much_shorter,
    _holder_missing,
    _jump,
)
