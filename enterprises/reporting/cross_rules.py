"""Rules across units and quarters (R3…), and on whose file it is (F03…).

They need the registry and other rosters: the file alone does not show a breach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from enterprises.loading import compared_figures as figures
from enterprises.loading.compared_figures import ComparedFigures
from enterprises.loading.planning import PLAN_RULES
from enterprises.models import Contradiction, RosterFirm, RosterVersion
from enterprises.reporting.situations import Known
from enterprises.rosters.definition.catalogue import ERROR, WARNING, Rule
from enterprises.rosters.definition.problems import Problem
from enterprises.rosters.definition.quarter_words import quarters_named
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading.sheet import Reading
from enterprises.rosters.writing.rulebook import markdown
from enterprises.rosters.writing.stamps import OLDEST_TAKEN, Stamp, unsealed
from parks.models import Unit

WRONG_UNIT = Rule("F031", ERROR, "这是另一单位的名册", "请选本单位的文件，或下载本单位的模板填写")
WRONG_QUARTER = Rule(
    "F032", ERROR, "这是另一季度的名册", "请选本季度的文件，或下载本季度的模板填写"
)
OLD_TEMPLATE = Rule("F033", ERROR, "模板版本过旧，列已有变化", "请下载新模板，把数据粘贴过去")
NOT_A_ROSTER = Rule(
    "F034", ERROR, "这不是季度名册", "请上传季度名册；高企证书名单等由科技局在“名册入库”中办理"
)
OTHER_TITLE = Rule(
    "F035",
    WARNING,
    "标题或文件名写的是另一季度",
    "请核对是否选错了文件；确是本季度数据的，写明理由",
)
BELONGING = (WRONG_UNIT, WRONG_QUARTER, OLD_TEMPLATE, NOT_A_ROSTER, OTHER_TITLE)

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
SAME_NAME = Rule(
    "R308",
    WARNING,
    "同名企业已登记在另一信用代码下",
    "请核对信用代码，并在“需要说明的企业”中说明是否同一企业",
)
OTHER_NUMBER = Rule(
    "R309",
    WARNING,
    "同一天发证的高企证书登记了另一编号",
    "请对照证书核对编号，并在“需要说明的企业”中说明以哪个为准",
)
ENDING_TOLD = Rule(
    "R310",
    WARNING,
    "备注写到注销、停产或迁出，企业仍列在名册中",
    "请在“需要说明的企业”中说明是否仍在本单位；已不在的，也可删除该行后说明未列的原因",
)
POOL_EMPTIED = Rule(
    "R311",
    WARNING,
    "登记在后备库，本表没有填层级",
    "请填层级或“退库”，或在“需要说明的企业”中说明是否退库",
)
PAST_CHANGED = Rule(
    "R312",
    WARNING,
    "往年数据与登记的不同",
    "请核对年度、数值和单位；确需更正登记的，请说明依据，如审计报告或纳税申报表",
)
TOLD_TWICE = Rule(
    "R313", ERROR, "同一年度的数据有两列，填得不一样", "请核对，两列填一致，或只留一列"
)
CROSS_RULES = (
    CLAIMED_TWICE, OTHER_NAME, MUCH_SHORTER, JUMP, HOLDER_MISSING, CLOSED_LISTED, OTHER_UNIT,
    SAME_NAME, OTHER_NUMBER, ENDING_TOLD, POOL_EMPTIED, PAST_CHANGED, TOLD_TWICE,
)  # fmt: skip
ENTRIES = (*BELONGING, *CROSS_RULES)
CONTRADICTED = {
    Contradiction.CODE.value: (SAME_NAME, "uscc"),
    Contradiction.NUMBER.value: (OTHER_NUMBER, "certificate_number"),
    Contradiction.ENDING.value: (ENDING_TOLD, "remark"),
    Contradiction.POOL.value: (POOL_EMPTIED, "pool_stage"),
}
"""What a row contradicts → the rule that says so, and the field it stands at."""
ANSWERED_ELSEWHERE = frozenset(
    (OTHER_NAME.code, HOLDER_MISSING.code, *(rule.code for rule, _ in CONTRADICTED.values()))
)
"""Warnings that an answer on the firm settles; they need no reason of their own."""

FEWEST_MISSED, LEAST_SHARE = 5, 0.7
"""A roster is much shorter when at least so many firms are missing, and less than this share is
listed."""
COMPARED = {"revenue": "上年营业收入", "rd_expense": "上年研发费用", "staff": "职工总数"}


def rulebook() -> str:
    """Every rule there is, as the handbook prints them."""
    return markdown(BELONGING, PLAN_RULES, CROSS_RULES)


# --- whose file it is -----------------------------------------------------------------------------
def wrong_file_problem(
    version: RosterVersion, reading: Reading, words: Vocabulary
) -> Problem | None:
    """Why the file is not this unit's roster of this quarter: by its stamp, else by its titles."""
    unit, quarter = version.roster.unit, version.roster.quarter
    stamp = unsealed(reading.sealed)
    # The wrong unit first: then the other differences do not matter.
    codes = _units_of_file(stamp, reading, words)
    if codes and unit.code not in codes:
        unit_code = codes[0]
        named = Unit.objects.filter(code=unit_code).values_list("name", flat=True).first()
        name = named or unit_code
        reason = f"文件属于“{name}”，现在报送的是“{unit.name}”"
        return WRONG_UNIT.problem(reading.filename, "填报单位", name, reason)
    if stamp and stamp.quarter and stamp.quarter != quarter.code:
        reason = f"模板是{stamp.quarter}的，现在报送的是{quarter}"
        return WRONG_QUARTER.problem(reading.filename, "季度", stamp.quarter, reason)
    as_of = reading.as_of
    if as_of and not quarter.period.first_day <= as_of <= quarter.last_day:
        reason = f"数据截至{as_of}，不在{quarter}内（截至日应为{quarter.last_day}）"
        return WRONG_QUARTER.problem(reading.filename, "数据截至", str(as_of), reason)
    # An old template of the right unit and quarter: columns that must be filled have changed since.
    if stamp and stamp.edition < OLDEST_TAKEN:
        return OLD_TEMPLATE.problem(reading.filename, "模板", f"第{stamp.edition}版")
    return None


def other_title_problem(version: RosterVersion, reading: Reading) -> Problem | None:
    """The title names another quarter, or where it names none the name of the file does.

    Only asked about: neither is as sure as a stamp or a day, which are judged as errors.
    """
    if unsealed(reading.sealed) or reading.as_of:
        return None
    named = reading.quarters or tuple(quarters_named(reading.filename))
    period = version.roster.quarter.period
    if not named or any(quarter.may_be(period.year, period.number) for quarter in named):
        return None
    seen = named[0].in_words
    where = "标题" if reading.quarters else "文件名"
    reason = f"{where}写的是{seen}，现在报送的是{version.roster.quarter}"
    return OTHER_TITLE.problem(reading.filename, where, seen, reason)


def _units_of_file(stamp: Stamp | None, reading: Reading, words: Vocabulary) -> list[str]:
    """The codes of the units that the file may name: a park and a town may share a short name.

    Empty where it names none that is known.
    """
    if stamp:
        return [stamp.unit] if stamp.unit else []
    named = reading.reporting_unit or ""
    found = [words.find(kind, named) for kind in ("parks", "towns")]
    return [term.code for term in found if term]


# --- firms and rows -------------------------------------------------------------------------------
@dataclass(frozen=True)
class CheckedSheet:
    """What the cross rules look at: the sound rows, their compared firms, and the registry."""

    version: RosterVersion
    reading: Reading
    rows: Sequence[RosterRow]
    firms: Mapping[str, RosterFirm]
    known: Known

    @cached_property
    def figures(self) -> ComparedFigures:
        """The rows' figures beside the registered ones; one query for a chunk of firms."""
        last = self.version.roster.quarter.last_day.year - 1
        return figures.compared(self.rows, self.reading.layout, list(self.known.by_code), last)

    def problem(self, rule: Rule, row: RosterRow, name: str, reason: str) -> Problem:
        title = self.reading.layout.column(name).title
        return rule.problem(row.address(name), title, row.seen.get(name), reason)


def check_sheet(sheet: CheckedSheet) -> list[Problem]:
    """All findings of all cross rules (a constant number of queries)."""
    return [problem for rule in _CHECKS for problem in rule(sheet)]


def foreign_rows(reading: Reading, unit: Unit) -> Iterator[Problem]:
    """Rows of firms that another unit reports.

    A park reports the firms in it; a town those outside the parks.
    """
    for row in reading.rows:
        park, town = row.values.get("park"), row.values.get("town")
        # A cell that could not be read is an error already.
        if unit.kind == Unit.Kind.PARK and "park" not in row.unread and park != unit.code:
            what = "没有填所属园区平台" if park is None else "填的是其他园区平台"
            yield _foreign_row(reading, row, "park", f"{what}，不属于{unit.name}")
        elif unit.kind == Unit.Kind.TOWN and park:
            yield _foreign_row(reading, row, "park", "企业在园区平台内，由园区报送")
        elif unit.kind == Unit.Kind.TOWN and town and town != unit.code:
            yield _foreign_row(reading, row, "town", f"填的是其他镇街，不属于{unit.name}")


def _foreign_row(reading: Reading, row: RosterRow, name: str, reason: str) -> Problem:
    return OTHER_UNIT.problem(
        row.address(name), reading.layout.column(name).title, row.seen.get(name), reason
    )


def _claimed_twice(sheet: CheckedSheet) -> Iterator[Problem]:
    roster = sheet.version.roster
    # Only rosters that were handed in: a draft of another unit is not to be seen.
    listed_elsewhere = (
        RosterFirm.objects.handed_in()
        .listed()
        .filter(version__roster__quarter=roster.quarter)
        .exclude(version__roster=roster)
        .values_list("uscc", "version__roster__unit__name")
    )
    claimed_by = dict(listed_elsewhere)
    for row in sheet.rows:
        if unit_name := claimed_by.get(row.values["uscc"]):
            yield sheet.problem(CLAIMED_TWICE, row, "uscc", f"{unit_name}本季度也申报了这家企业")


def _other_name(sheet: CheckedSheet) -> Iterator[Problem]:
    for row in sheet.rows:
        if registered := sheet.firms[row.values["uscc"]].registered_name:
            yield sheet.problem(OTHER_NAME, row, "name", f"登记的名称是“{registered}”")


def _contradicted(sheet: CheckedSheet) -> Iterator[Problem]:
    for row in sheet.rows:
        for point in sheet.firms[row.values["uscc"]].contradicted:
            rule, name = CONTRADICTED[point.kind]
            yield sheet.problem(rule, row, name, point.text.rstrip("。"))


def _closed_listed(sheet: CheckedSheet) -> Iterator[Problem]:
    for row in sheet.rows:
        known = sheet.known.by_code.get(row.values["uscc"])
        if known and known.closed:
            reason = f"企业已于{known.closed.closed_on:%Y-%m-%d}注销"
            yield sheet.problem(CLOSED_LISTED, row, "uscc", reason)


def _much_shorter(sheet: CheckedSheet) -> Iterator[Problem]:
    expected, listed = len(sheet.known.expected), len(sheet.reading.rows)
    # Both bounds: a small unit may lose a third of its firms by one closing.
    if expected - listed >= FEWEST_MISSED and listed < LEAST_SHARE * expected:
        reason = f"名册列了{listed}家，登记在本单位的有{expected}家"
        yield MUCH_SHORTER.problem(sheet.reading.filename, "名册", f"{listed}家", reason)


def _holder_missing(sheet: CheckedSheet) -> Iterator[Problem]:
    for firm in sheet.firms.values():
        # Of a firm that a row of its name may mean, that row is asked about.
        missing = firm.kind == RosterFirm.Kind.MISSING and not firm.is_waiting
        if missing and firm.holds_certificate:
            reason = f"{firm.name}的高企证书仍有效，名册没有列"
            yield HOLDER_MISSING.problem(sheet.reading.filename, "企业", firm.uscc, reason)


def _jump(sheet: CheckedSheet) -> Iterator[Problem]:
    for name, title in COMPARED.items():
        for row, reason in figures.jumps(sheet.figures, name, title):
            yield sheet.problem(JUMP, row, name, reason)


def _past_changed(sheet: CheckedSheet) -> Iterator[Problem]:
    for row, name, reason in figures.changed_under_year(sheet.figures):
        yield sheet.problem(PAST_CHANGED, row, name, reason)


def _told_twice(sheet: CheckedSheet) -> Iterator[Problem]:
    for row, name, reason in figures.told_twice(sheet.figures):
        yield sheet.problem(TOLD_TWICE, row, name, reason)


_CHECKS: tuple[Callable[[CheckedSheet], Iterable[Problem]], ...] = (
    _claimed_twice,
    _other_name,
    _contradicted,
    _closed_listed,
    _much_shorter,
    _holder_missing,
    _jump,
    _past_changed,
    _told_twice,
)
