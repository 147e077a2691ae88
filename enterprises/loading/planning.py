"""From typed rows to acts, and from acts to a plan.

A plan says what loading a file would change, and what stands against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from enterprises import registry
from enterprises.loading import ip_acts, tally
from enterprises.loading.namesakes import namesakes_of_new
from enterprises.loading.row_acts import acts_of, return_acts
from enterprises.loading.tally import KindTally
from enterprises.models import Enterprise, LedgerEntry
from enterprises.registry import Batch, WriteReport
from enterprises.registry.acts import (
    Act,
    Listing,
)
from enterprises.registry.notebook import RegistryError
from enterprises.registry.origins import maker_of
from enterprises.rosters.definition.catalogue import ERROR, WARNING, Rule
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.ip.register import IP_REGISTER
from enterprises.rosters.definition.problems import Problem, UnknownTitle
from enterprises.rosters.definition.registers import LAYOUTS, RETURNS
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.reading.sheet import Reading

NO_DAY = Rule(
    "P001", ERROR, "名册没有写明数据截至日期", "请在标题下写明，如“截至日期：2026年6月30日”"
)
LATE_DAY = Rule("P002", ERROR, "数据截至日期晚于今天", "请更正标题下的截至日期")
CONTRADICTION = Rule(
    "P101", ERROR, "与已登记的事实不一致", "请对照原件核对；登记有误的，请先更正登记"
)
OTHER_PLACE = Rule(
    "P102", ERROR, "所在地与登记不一致", "请核对所在地；确已迁移的，请填写迁移日期后重新检查"
)
OTHER_NAME = Rule(
    "P103",
    ERROR,
    "名称与登记不一致",
    "请核对信用代码和名称；确已更名的，请先在企业页“登记变更”中办理更名",
)
DIFFERENCE = Rule("P104", WARNING, "与登记或同日的另一名单不同", "请核对；登记有误的，请更正登记")
OUT_OF_COUNT = Rule(
    "P105",
    WARNING,
    "写入后不计入统计",
    "请核对；企业已恢复、迁回或换发新证的，请登记，否则统计数不会因此增加",
)
NAMESAKE = Rule(
    "P106",
    WARNING,
    "同名企业登记在另一信用代码下",
    "请核对信用代码；是同一企业、登记的代码有误的，请先在企业页“登记变更”中更正信用代码",
)
UNKNOWN_FIRM = Rule(
    "P107",
    ERROR,
    "企业尚未登记",
    "请核对信用代码；确是本区企业的，先按名册或名单入库登记，再载入本表；否则删除该行",
)
OWNER_UNKNOWN = Rule(
    "P108",
    ERROR,
    "按名称找不到唯一的企业",
    "请在该行补填统一社会信用代码；尚未登记的，先按名册或名单入库登记",
)
PLAN_RULES = (
    NO_DAY,
    LATE_DAY,
    CONTRADICTION,
    OTHER_PLACE,
    OTHER_NAME,
    DIFFERENCE,
    OUT_OF_COUNT,
    NAMESAKE,
    UNKNOWN_FIRM,
    OWNER_UNKNOWN,
)
RULE_OF_FIELD = {"park": OTHER_PLACE, "name": OTHER_NAME, "uscc": UNKNOWN_FIRM}
"""The field that the registry objects to → the rule; all others are CONTRADICTION."""

# Within one day, registers go before rosters: a certificate's own list knows it best.
OF_KNOWN_FIRMS = (RETURNS.name, IP_REGISTER.name)
"""Layouts that tell of firms which other lists register."""
LAYOUT_ORDER = [layout.name for layout in (*LAYOUTS[1:], ROSTER)]
Order = tuple[bool, dt.date, int, str]


@dataclass(slots=True)
class FilePlan:
    """One file: what it says, what it would change, and every problem.

    `reading` is None for a file that could not be read. `questions`: columns that a person may
    explain. `wants_year`: no column says of which year its figures are.
    """

    name: str
    reading: Reading | None
    problems: list[Problem]
    acts: list[Act] = field(default_factory=list)
    report: WriteReport = field(default_factory=WriteReport)
    tallies: list[KindTally] = field(default_factory=list)
    questions: Sequence[UnknownTitle] = ()
    wants_year: bool = False

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)

    @property
    def order(self) -> Order:
        """Older lists first: the facts must not depend on the order in which files are given.

        What tells of firms that other lists register comes last.
        """
        if self.reading is None:
            return (False, dt.date.min, -1, self.name)
        kind = self.reading.layout.name
        day = self.reading.as_of or dt.date.min
        return (kind in OF_KNOWN_FIRMS, day, LAYOUT_ORDER.index(kind), self.name)


def plan_file(
    reading: Reading, *, today: dt.date, moves_on: dt.date | None = None, office: str = ""
) -> FilePlan:
    """The acts of a file's sound rows. Rows with errors are left out: their problems are known.

    `office`: code of the office whose list it is.
    """
    problems = [*reading.problems, *_day_problems(reading, today)]
    plan = FilePlan(reading.filename, reading, problems, questions=reading.unknown_titles)
    # Everything a roster says holds on its day: without the day nothing can be said.
    if reading.layout.name == ROSTER.name and reading.as_of is None:
        return plan
    maker = maker_of(reading.layout.name, office)
    listing = Listing(reading.filename, reading.as_of, maker)
    if reading.layout.name == IP_REGISTER.name:
        plan.acts += [replace(act, listing=listing) for act in _rights(reading, problems)]
        return plan
    for row in sound_rows(reading, problems):
        if reading.layout.name == RETURNS.name:
            told = return_acts(row)
        else:
            told = acts_of(row, reading.as_of, today, moves_on)
        plan.acts += [replace(act, listing=listing) for act in told]
    return plan


def _rights(reading: Reading, problems: list[Problem]) -> Iterator[Act]:
    """The acts of a list of rights; adds a problem where a name does not tell the firm."""
    rows = sound_rows(reading, problems)
    by_name = ip_acts.codes_by_name(rows)
    for row in rows:
        codes = ip_acts.owners_of(row, by_name)
        if len(codes) == 1:
            yield from ip_acts.ip_acts(row, codes[0])
            continue
        name = row.values["name"]
        reason = f"有{len(codes)}家企业名为“{name}”" if codes else f"没有登记名为“{name}”的企业"
        title = reading.layout.column("name").title
        problems.append(OWNER_UNKNOWN.problem(row.address("name"), title, name, reason))


def sound_rows(reading: Reading, problems: Iterable[Problem]) -> list[RosterRow]:
    """Rows that no error stands in."""
    broken = {problem.row for problem in problems if problem.blocks}
    return [row for row in reading.rows if row.number not in broken]


def _day_problems(reading: Reading, today: dt.date) -> Iterator[Problem]:
    if reading.as_of is None and reading.layout.name == ROSTER.name:
        yield NO_DAY.problem(reading.filename, "文件", reading.filename)
    if reading.as_of and reading.as_of > today:
        yield LATE_DAY.problem(reading.filename, "文件", f"{reading.as_of:%Y-%m-%d}")


# --- against the registry ---
def compare_with_registry(plans: Sequence[FilePlan], today: dt.date) -> None:
    """Try the plans' acts in their order, without writing; fill in the reports, add problems."""
    reports = registry.preview_all([Batch(plan.acts) for plan in plans])
    namesakes = namesakes_of_new(reports)
    for plan, report in zip(plans, reports, strict=True):
        plan.report = report
        plan.problems += refusal_problems(plan, report.errors)
        plan.problems += difference_problems(plan, report.notices)
        plan.tallies = tally.tally(plan.acts, report.facts, today)
        plan.problems += _uncounted_problems(plan)
        plan.problems += _namesake_problems(plan, namesakes)


def _namesake_problems(plan: FilePlan, namesakes: Mapping[str, Enterprise]) -> list[Problem]:
    """A firm that would be new bears the name of another one."""
    objections = []
    for change in plan.report.changes:
        firm, other = change.enterprise, namesakes.get(change.enterprise.uscc)
        if change.act == LedgerEntry.Act.REGISTERED and other is not None:
            message = f"“{firm.name}”另有信用代码{other.uscc}（{other.name}）"
            cell = change.cells.get("uscc", "")
            error = RegistryError(message, uscc=firm.uscc, field="uscc", cell=cell)
            objections.append((NAMESAKE, error))
    return _problems_at_cells(plan, objections)


def _uncounted_problems(plan: FilePlan) -> list[Problem]:
    """A remark on each line whose firm will not count, but where the list itself says so."""
    contents = _cell_contents(plan.reading) if plan.reading else {}
    problems = []
    for found in plan.tallies:
        for one in found.uncounted:
            if one.said:
                continue
            title, seen = contents.get(one.cell, ("", one.uscc))
            reason = f"{one.name}（{one.uscc}）{one.reason.label}，写入后不计入统计"
            problems.append(OUT_OF_COUNT.problem(one.cell or plan.name, title, seen, reason))
    return problems


def refusal_problems(plan: FilePlan, errors: Sequence[RegistryError]) -> list[Problem]:
    """What the registry refuses, at the cells it came from."""
    identity = ("uscc", "name")
    # A firm that is refused as such fails in every act: its first error is enough.
    refused_firms = {error.uscc for error in errors if error.field in identity}
    objections = []
    for error in errors:
        if error.uscc not in refused_firms or error.field in identity:
            objections.append((RULE_OF_FIELD.get(error.field, CONTRADICTION), error))
    return _problems_at_cells(plan, objections)


def difference_problems(plan: FilePlan, notices: Sequence[RegistryError]) -> list[Problem]:
    """Where the list differs from the registry, and the registry stays as it is."""
    return _problems_at_cells(plan, [(DIFFERENCE, notice) for notice in notices])


def _problems_at_cells(
    plan: FilePlan, objections: Sequence[tuple[Rule, RegistryError]]
) -> list[Problem]:
    """One problem per cell and reason: several acts may be refused for the same cell."""
    if not objections:
        return []
    contents = _cell_contents(plan.reading) if plan.reading else {}
    problems: dict[tuple[str, str], Problem] = {}
    for rule, error in objections:
        title, seen = contents.get(error.cell, ("", error.uscc))
        problem = rule.problem(error.cell or plan.name, title, seen, error.message.rstrip("。"))
        problems.setdefault((problem.address, problem.reason), problem)
    return list(problems.values())


def _cell_contents(reading: Reading) -> dict[str, tuple[str, object]]:
    """address → (title of the column, value as it stands in the cell)"""
    titles = {column.field: column.title for column in reading.layout.columns}
    contents = {}
    for row in reading.rows:
        for name in row.at:
            contents[row.address(name)] = (titles[name], row.seen.get(name))
    return contents
