"""Rules over the rows of a file. Each is a small function of (rows, context) that yields findings.

R1…: a row by itself. R2…: rows against each other. `CATALOGUE` lists every rule there is, files and
cells included. A new rule needs its function here, with a code not used before, a test in
tests/enterprises/rosters/test_reader_rules.py, and the handbook's table (`manage.py rulebook`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from enterprises.rosters.definition.catalogue import CELL_RULES, ERROR, FILE_RULES, WARNING, Rule
from enterprises.rosters.definition.column import field_of_year
from enterprises.rosters.definition.columns import GIVEN_UP, LEAVES_POOL
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.problems import Severity
from enterprises.rosters.definition.registers import parts_above_their_whole, year_is_over
from enterprises.rosters.definition.row import RosterRow
from enterprises.uscc import normalise


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know besides the rows. `as_of`: the day of the data, if stated."""

    layout: Layout
    today: dt.date
    as_of: dt.date | None = None


class Finding(NamedTuple):
    """The cell something is wrong with. `reason`: a closer one than the rule's, or nothing."""

    row: RosterRow
    field: str
    reason: str = ""


Check = Callable[[Sequence[RosterRow], Context], Iterable[Finding]]

ROW_RULES: list[Rule] = []


def rule(code: str, severity: Severity, reason: str, fix: str) -> Callable[[Check], Check]:
    """Put the decorated function into the list of rules."""

    def register(check: Check) -> Check:
        ROW_RULES.append(Rule(code, severity, reason, fix, check))
        return check

    return register


def _past_days(
    rows: Sequence[RosterRow], layout: Layout
) -> Iterator[tuple[RosterRow, str, dt.date]]:
    """(row, field, day) of every filled cell whose day must have come already."""
    fields = [column.field for column in layout.columns if column.past]
    for row in rows:
        for name in fields:
            if day := row.values.get(name):
                yield row, name, day


# --- R1: a row by itself ---


@rule("R101", ERROR, "必填项没有填写", "请补填")
def required_is_filled(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    layout = context.layout
    # Where titles name the years, no column has to.
    told = layout.key_with if layout.columns_of_years else None
    columns = [each for each in layout.columns if each.filled and each.field != told]
    for row in rows:
        for column in columns:
            if row.is_empty(column.field):
                yield Finding(row, column.field, f"“{column.title}”没有填写")


@rule("R102", ERROR, "日期晚于今天", "请核对日期")
def past_is_past(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row, name, day in _past_days(rows, context.layout):
        if day > context.today:
            yield Finding(row, name, f"{day:%Y-%m-%d}晚于今天（{context.today:%Y-%m-%d}）")


# Only a warning, as the day in the heading may be the mistake.
@rule("R103", WARNING, "日期晚于本表的数据截至日", "请核对日期，或更正表头的数据截至日")
def not_after_as_of(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    if context.as_of is None:
        return
    for row, name, day in _past_days(rows, context.layout):
        # Days after today are an error already (R102).
        if context.as_of < day <= context.today:
            reason = f"{day:%Y-%m-%d}晚于数据截至日（{context.as_of:%Y-%m-%d}）"
            yield Finding(row, name, reason)


@rule("R104", ERROR, "有高企证书编号，却没有发证日期", "请对照证书补填发证日期")
def number_has_date(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        if not row.is_empty("certificate_number") and row.is_empty("certificate_issued_on"):
            yield Finding(row, "certificate_issued_on")


@rule("R105", ERROR, "有高企发证日期，却没有证书编号", "请对照证书补填编号，或删除日期")
def date_has_number(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        if not row.is_empty("certificate_issued_on") and row.is_empty("certificate_number"):
            yield Finding(row, "certificate_number")


@rule("R106", ERROR, "日期先后颠倒", "请对照证书核对两个日期")
def certificate_dates_in_order(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        issued = row.values.get("certificate_issued_on")
        until = row.values.get("certificate_valid_until")
        revoked = row.values.get("revoked_on")
        if issued and until and until <= issued:
            reason = f"有效期至不晚于发证日期（{issued:%Y-%m-%d}）"
            yield Finding(row, "certificate_valid_until", reason)
        if issued and revoked and revoked < issued:
            yield Finding(row, "revoked_on", f"取消资格日期早于发证日期（{issued:%Y-%m-%d}）")


@rule("R107", ERROR, "日期早于企业注册日期", "请核对注册日期和该日期")
def nothing_before_registration(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row, name, day in _past_days(rows, context.layout):
        registered = row.values.get("registered_on")
        if registered and day < registered:
            yield Finding(row, name, f"{day:%Y-%m-%d}早于注册日期（{registered:%Y-%m-%d}）")


# 国科发火〔2016〕32号 第九条: a certificate is valid for three years from its day of issue.
# Only a warning: what is printed on the certificate counts, whatever it is.
@rule("R108", WARNING, "有效期不是三年", "高企证书有效期为三年，请对照证书核对")
def certificate_lasts_three_years(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        issued = row.values.get("certificate_issued_on")
        until = row.values.get("certificate_valid_until")
        if not issued or not until or until <= issued:
            continue
        # A certificate's last day is printed as the same day of the year or as the day before it.
        if abs((issued + relativedelta(years=3) - until).days) > 1:
            reason = f"发证日期为{issued:%Y-%m-%d}，有效期不是三年"
            yield Finding(row, "certificate_valid_until", reason)


@rule("R109", WARNING, "证书编号中的年份与发证日期不符", "请对照证书核对编号和日期")
def number_bears_year(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        number = row.values.get("certificate_number")
        issued = row.values.get("certificate_issued_on")
        # Certificates of a class are now and then issued early in the next year.
        if number and issued and issued.year - int(number[2:6]) not in (0, 1):
            reason = f"编号年份为{number[2:6]}，发证日期为{issued:%Y-%m-%d}"
            yield Finding(row, "certificate_number", reason)


@rule("R110", ERROR, "科技人员数多于职工总数", "请核对两个人数")
def rd_staff_within_staff(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row, year, told in _told_by_year(rows):
        staff, rd_staff = told.get("staff"), told.get("rd_staff")
        if staff is not None and rd_staff is not None and rd_staff > staff:
            name = field_of_year("rd_staff", year)
            yield Finding(row, name, f"科技人员{rd_staff}人，多于职工总数{staff}人")


@rule("R111", WARNING, "研发费用高于营业收入", "请核对两个数及其单位")
def rd_within_revenue(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row, year, told in _told_by_year(rows):
        revenue, spent = told.get("revenue"), told.get("rd_expense")
        # Only a warning: young firms may spend more on research than they earn.
        if revenue is not None and spent is not None and spent > revenue:
            name = field_of_year("rd_expense", year)
            yield Finding(row, name, f"研发费用{spent}万元，高于营业收入{revenue}万元")


@rule("R112", WARNING, "占比不大于1%，可能填成了小数", "请填0至100的百分数，如67.8")
def share_is_percent(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        # A cell formatted as percent holds 0.678 and shows 67.8%.
        share = row.values.get("hightech_share")
        if share and share <= 1:
            yield Finding(row, "hightech_share")


# 国科发火〔2016〕32号 第二条: certificates are for resident enterprises, and a branch is none.
@rule("R113", WARNING, "分公司不是独立法人，不能认定为高新技术企业", "请核对企业名称")
def branch_holds_no_certificate(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        if row.values.get("name", "").endswith("分公司") and row.values.get("certificate_number"):
            yield Finding(row, "name")


@rule("R114", ERROR, "注销日期早于入库日期或发证日期", "请核对注销日期和该日期")
def closed_after_all_else(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        closed = row.values.get("closed_on")
        for name, title in (("tech_entered_on", "入库日期"), ("certificate_issued_on", "发证日期")):
            day = row.values.get(name)
            if closed and day and closed < day:
                reason = f"注销日期{closed:%Y-%m-%d}早于{title}（{day:%Y-%m-%d}）"
                yield Finding(row, "closed_on", reason)


@rule(
    "R115",
    WARNING,
    "拟申报年度已经过去",
    "请改填今后的年度；已认定或不再申报的，后备库层级填“退库”，并在备注中写明原因",
)
def planned_year_lies_ahead(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    # An old list is held against its own year, in which what it planned still lay ahead.
    this_year = (context.as_of or context.today).year
    for row in rows:
        planned = row.values.get("planned_year")
        if planned and planned < this_year:
            yield Finding(row, "planned_year", f"拟申报年度{planned}年早于{this_year}年")


@rule("R116", WARNING, "有拟申报年度，却没有后备库层级", "请补填后备库层级，或清空拟申报年度")
def planned_year_has_stage(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        if row.values.get("planned_year") and row.is_empty("pool_stage"):
            yield Finding(row, "pool_stage")


@rule("R117", WARNING, "有后备库层级，却没有拟申报年度", "请补填拟申报年度")
def stage_has_planned_year(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        stage = row.values.get("pool_stage")
        if stage and stage != LEAVES_POOL and row.is_empty("planned_year"):
            yield Finding(row, "planned_year")


@rule("R118", WARNING, "退库没有写明原因", "请在备注中写明退出后备库的原因")
def leaving_the_pool_has_a_reason(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        if row.values.get("pool_stage") == LEAVES_POOL and row.is_empty("remark"):
            yield Finding(row, "pool_stage")


@rule("R119", ERROR, "放弃申报没有写明原因", "请在备注中写明放弃申报的原因")
def giving_up_has_a_reason(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        if row.values.get("application_stage") == GIVEN_UP and row.is_empty("remark"):
            yield Finding(row, "application_stage")


@rule("R120", ERROR, "年度还没有结束", "请核对年度；全年的数据在年度结束后才有")
def figures_are_of_past_years(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    day = context.as_of or context.today
    for row in rows:
        year = row.values.get("year")
        if year and not year_is_over(year, day):
            yield Finding(row, "year", f"{year}年度在{day:%Y-%m-%d}还没有结束")


# Two offices may count otherwise, so it is nothing but a warning.
@rule("R121", WARNING, "其中的一项多于总数", "请核对两个数及其单位、口径")
def parts_lie_within_the_whole(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    titles = {column.field: column.title for column in context.layout.columns}
    for row, year, told in _told_by_year(rows):
        for part, whole in parts_above_their_whole(told):
            first, second = field_of_year(part, year), field_of_year(whole, year)
            yield Finding(row, first, f"“{titles[first]}”多于“{titles[second]}”")


def _told_by_year(
    rows: Sequence[RosterRow],
) -> Iterator[tuple[RosterRow, int | None, Mapping[str, Any]]]:
    """Each row's figures of each year that its columns name, and of those that name none."""
    for row in rows:
        for year, told in row.figures_by_year().items():
            yield row, year, told


@rule("R122", ERROR, "没有信用代码，也没有企业名称", "请补填信用代码或权利人名称")
def either_tells_the_firm(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    # Where the code must be filled, R101 tells it.
    if any(column.field == "uscc" and column.filled for column in context.layout.columns):
        return
    for row in rows:
        if row.is_empty("uscc") and row.is_empty("name"):
            yield Finding(row, "name")


@rule("R123", ERROR, "授权、取得、保护期的日期先后颠倒", "请对照证书核对日期")
def days_of_a_right_in_order(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for row in rows:
        granted, ends = row.values.get("granted_on"), row.values.get("ends_on")
        if granted and ends and ends < granted:
            yield Finding(row, "ends_on")


# --- R2: rows against each other ---
@rule("R201", ERROR, "与另一行重复", "请删除多余的一行，或更正信用代码")
def key_is_unique(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    name = context.layout.key
    for first, later in _repeats(rows, name, context.layout.key_with):
        firm_name = first.values.get("name") or "无名称"
        yield Finding(later, name, f"与第{first.number}行（{firm_name}）重复")


@rule("R202", WARNING, "同一信用代码在另一行用于不同名称的企业", "请核对哪一行的信用代码正确")
def code_means_one_name(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    for first, later in _repeats(rows, "uscc"):
        first_name, later_name = first.values.get("name") or "", later.values.get("name") or ""
        if normalise(first_name) != normalise(later_name):
            # At the first row: where the code is the key, R201 marks the later one already.
            yield Finding(first, "uscc", f"第{later.number}行用同一信用代码登记了“{later_name}”")


@rule("R203", ERROR, "证书编号已用于另一企业", "请对照证书核对编号")
def certificate_has_one_holder(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    # Where the number is the list's key, R201 reports it.
    if context.layout.key == "certificate_number":
        return
    for first, later in _repeats(rows, "certificate_number"):
        # The same firm twice is told by R201.
        if first.values["uscc"] != later.values["uscc"]:
            reason = f"与第{first.number}行（{first.values.get('name')}）的证书编号相同"
            yield Finding(later, "certificate_number", reason)


@rule("R204", WARNING, "与另一行同名，信用代码不同", "请核对是否为同一企业；确是两家的请说明")
def name_means_one_code(rows: Sequence[RosterRow], context: Context) -> Iterator[Finding]:
    firsts: dict[str, RosterRow] = {}
    for row in rows:
        name, code = normalise(row.values.get("name") or ""), row.values["uscc"]
        if not name or not code:
            continue
        first = firsts.setdefault(name, row)
        if first.values["uscc"] != code:
            yield Finding(row, "uscc", f"与第{first.number}行同名，信用代码不同")


def _repeats(
    rows: Sequence[RosterRow], name: str, beside: str = ""
) -> Iterator[tuple[RosterRow, RosterRow]]:
    """(first row, later row) for each later occurrence of a value of a field, beside another's."""
    rows_by_value: dict[object, list[RosterRow]] = defaultdict(list)
    for row in rows:
        value = row.values.get(name)
        if value:
            rows_by_value[value, row.values.get(beside)].append(row)
    for first, *later_rows in rows_by_value.values():
        for later in later_rows:
            yield first, later


def rules_for(layout: Layout) -> list[Rule]:
    """A register of records is held against its kind, and only here against its columns."""
    if layout.of_records:
        return [entry for entry in ROW_RULES if entry.check is required_is_filled]
    return ROW_RULES


# This stands at the end of the file because the decorated functions above fill ROW_RULES.
CATALOGUE: dict[str, Rule] = {entry.code: entry for entry in (*FILE_RULES, *CELL_RULES, *ROW_RULES)}
