"""From typed rows to acts, and from acts to a plan.

A plan says what loading a file would change, and what stands against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from enterprises import registry
from enterprises.loading import tally
from enterprises.loading.tally import KindTally
from enterprises.models import Qualification
from enterprises.registry import Batch, WriteReport
from enterprises.registry.acts import (
    Act,
    Close,
    EnterPool,
    Grant,
    Listing,
    Place,
    RecordFigures,
    Register,
    Revoke,
)
from enterprises.registry.notebook import RegistryError
from enterprises.rosters.definition.catalogue import ERROR, WARNING, Rule
from enterprises.rosters.definition.column import Fact
from enterprises.rosters.definition.columns import CERTIFIED_KIND, REGISTERED_KIND, ROSTER
from enterprises.rosters.definition.days import month_written
from enterprises.rosters.definition.problems import Problem
from enterprises.rosters.definition.registers import LAYOUTS
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
PLAN_RULES = (NO_DAY, LATE_DAY, CONTRADICTION, OTHER_PLACE, OTHER_NAME, DIFFERENCE, OUT_OF_COUNT)
RULE_OF_FIELD = {"park": OTHER_PLACE, "name": OTHER_NAME}
"""The field that the registry objects to → the rule; all others are CONTRADICTION."""

# Within one day, registers go before rosters: a certificate's own list knows it best.
LAYOUT_ORDER = [layout.name for layout in (*LAYOUTS[1:], ROSTER)]


@dataclass(slots=True)
class FilePlan:
    """One file: what it says, what it would change, and every problem.

    `reading` is None for a file that could not be read.
    """

    name: str
    reading: Reading | None
    problems: list[Problem]
    acts: list[Act] = field(default_factory=list)
    report: WriteReport = field(default_factory=WriteReport)
    tallies: list[KindTally] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)

    @property
    def order(self) -> tuple[dt.date, int, str]:
        """Older lists first: the facts must not depend on the order in which files are given."""
        if self.reading is None:
            return (dt.date.min, -1, self.name)
        layout = LAYOUT_ORDER.index(self.reading.layout.name)
        return (self.reading.as_of or dt.date.min, layout, self.name)


def plan_file(reading: Reading, *, today: dt.date, moves_on: dt.date | None = None) -> FilePlan:
    """The acts of a file's sound rows. Rows with errors are left out: their problems are known."""
    problems = [*reading.problems, *_day_problems(reading, today)]
    plan = FilePlan(reading.filename, reading, problems)
    # Everything a roster says holds on its day: without the day nothing can be said.
    if reading.layout.name == ROSTER.name and reading.as_of is None:
        return plan
    listing = Listing(reading.filename, reading.as_of)
    for row in sound_rows(reading, problems):
        for act in acts_of(row, reading.as_of, today, moves_on):
            plan.acts.append(replace(act, listing=listing))
    return plan


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
    for plan, report in zip(plans, reports, strict=True):
        plan.report = report
        plan.problems += refusal_problems(plan, report.errors)
        plan.problems += difference_problems(plan, report.notices)
        plan.tallies = tally.tally(plan.acts, report.facts, today)
        plan.problems += _uncounted_problems(plan)


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


# --- one row ---
def acts_of(
    row: RosterRow, as_of: dt.date | None, today: dt.date, moves_on: dt.date | None
) -> Iterator[Act]:
    """Everything one row says, in the order in which it must be carried out.

    Rows of a roster need `as_of`, the day their data stand on.
    """
    value = row.values
    uscc = value["uscc"]
    columns = ROSTER.columns_about(Fact.FIRM)
    details = {column.field: value[column.field] for column in columns if value.get(column.field)}
    # The registry must know a firm before anything is said of it, and its place before what it
    # holds.
    month_only = month_written(row.seen.get("registered_on")) is not None
    cells = _cells(row, "uscc", *details)
    yield Register(uscc=uscc, **details, month_only=month_only, cells=cells)
    yield _place_act(row, as_of, today, moves_on)
    if value.get("certificate_number"):
        yield from _certificate_acts(row)
    if day := value.get("tech_entered_on"):
        cells = _cells(row, valid_from="tech_entered_on")
        yield Grant(uscc=uscc, kind=REGISTERED_KIND, valid_from=day, cells=cells)
    for kind in value.get("other_qualifications") or ():
        # The list gives no date for these: all that is known is that they were held on its day.
        yield Grant(
            uscc=uscc,
            kind=kind,
            valid_from=as_of,
            dating=Qualification.Dating.FIRST_SEEN,
            cells=_cells(row, kind="other_qualifications"),
        )
    # A register may lack its day, and then nothing can be said of a year.
    if as_of:
        yield from _yearly_acts(row, as_of)
    if day := value.get("closed_on"):
        yield Close(uscc=uscc, on=day, cells=_cells(row, closed_on="closed_on", on="closed_on"))


def _place_act(
    row: RosterRow, as_of: dt.date | None, today: dt.date, moves_on: dt.date | None
) -> Place:
    """Lists give no date of arrival: the firm is taken to be there since its first dated event."""
    value = row.values
    dated = [name for name in ("certificate_issued_on", "tech_entered_on") if value.get(name)]
    if dated:
        earliest = min(dated, key=lambda name: value[name])
        since = value[earliest]
    else:
        earliest = "registered_on"
        since = as_of or value.get("registered_on") or today
    return Place(
        uscc=value["uscc"],
        park=value.get("park") or "",
        town=value["town"],
        since=since,
        seen_on=as_of,
        moves_on=moves_on,
        cells=_cells(row, "park", "town", since=earliest),
    )


def _certificate_acts(row: RosterRow) -> Iterator[Act]:
    value = row.values
    uscc, number = value["uscc"], value["certificate_number"]
    issued = value["certificate_issued_on"]
    yield Grant(
        uscc=uscc,
        kind=CERTIFIED_KIND,
        number=number,
        valid_from=issued,
        valid_until=value.get("certificate_valid_until"),
        class_year=_class_year(number, issued),
        recognition=value.get("recognition") or "",
        cells=_cells(
            row,
            "recognition",
            number="certificate_number",
            valid_from="certificate_issued_on",
            valid_until="certificate_valid_until",
            class_year="certificate_number",
        ),
    )
    if day := value.get("revoked_on"):
        cells = _cells(row, revoked_on="revoked_on", on="revoked_on")
        yield Revoke(uscc=uscc, kind=CERTIFIED_KIND, number=number, on=day, cells=cells)


def _class_year(number: str, issued: dt.date) -> int:
    """The year in the number; a class is now and then issued early in the next year (rule R109)."""
    year = int(number[2:6])
    return year if issued.year - year in (0, 1) else issued.year


def _yearly_acts(row: RosterRow, as_of: dt.date) -> Iterator[Act]:
    """Figures are of the year before the list's day ("上年"); the pool stage is that of its day."""
    value = row.values
    figures = {}
    for column in ROSTER.columns_about(Fact.FIGURES):
        if value.get(column.field) is not None:
            figures[column.field] = value[column.field]
    if figures:
        cells = _cells(row, *figures)
        yield RecordFigures(uscc=value["uscc"], year=as_of.year - 1, values=figures, cells=cells)
    if value.get("pool_stage"):
        yield EnterPool(
            uscc=value["uscc"],
            stage=value["pool_stage"],
            target_year=value.get("planned_year"),
            on=as_of,
            cells=_cells(row, stage="pool_stage", target_year="planned_year"),
        )


def _cells(row: RosterRow, *same: str, **renamed: str) -> dict[str, str]:
    """fact's field → address of the column it was read from"""
    columns = {name: name for name in same} | renamed
    return {name: row.address(column) for name, column in columns.items() if column in row.at}
