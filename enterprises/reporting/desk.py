"""What lies on the bureau's desk: a quarter's board with what there is to do, and the versions to review."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from enterprises.models import Quarter, RosterFirm, RosterVersion, VersionState
from enterprises.models.job import JobState
from enterprises.reporting import board, cases
from enterprises.reporting.board import BoardLine
from parks.models import User

State = VersionState
COUNTED = [kind for kind in RosterFirm.Kind if kind != RosterFirm.Kind.UNCHANGED]
"""Kinds of change shown one by one."""
WAITS_FOR_UNIT = {
    State.CHECKING: "等检查完成",
    State.READY: "等单位报送",
    State.RETURNED: "等单位修改",
    State.UNDONE: "等单位重报",
}


@dataclass(frozen=True)
class DeskRow:
    """A unit on the board. `cases`: decisions its roster waits for; `reminded`: how often it was reminded."""

    line: BoardLine
    cases: int
    reminded: int
    in_bureau: bool

    @property
    def label(self) -> str:
        """The state in words; who does not see drafts is not told that there is none."""
        return self.line.label if self.in_bureau or self.line.version else "未报送"

    @property
    def firms(self) -> int | None:
        version = self.line.version
        return version.summary.get("rows") if version else None

    @property
    def counts(self) -> list[int | None]:
        """New, changed, arriving, not listed; None where nothing was checked yet."""
        version = self.line.version
        found = version.summary.get("counts") if version else None
        return [None if found is None else found.get(kind, 0) for kind in COUNTED]

    @property
    def todo(self) -> list[str]:
        said = [self._next_step] if self._next_step else []
        if self.line.is_being_corrected:
            said.append("单位正在准备更正")
        if self.line.extended_to:
            said.append(f"延期至{self.line.extended_to:%m-%d}")
        if self.reminded and not self.line.is_in:
            said.append(f"已催报{self.reminded}次")
        return said

    @property
    def _next_step(self) -> str:
        version = self.line.version
        if version is None:
            return ""
        if version.state == State.SUBMITTED:
            return awaits(version, self.cases)
        if version.state == State.APPROVED:
            return "正在入库"
        if version.state == State.FAULTY:
            return f"{version.summary.get('errors', 0)}个错误，等单位改正"
        return WAITS_FOR_UNIT.get(State(version.state), "")


@dataclass(frozen=True)
class Waiting:
    """A version that the bureau has to do with. `cases`: decisions to be made first."""

    version: RosterVersion
    cases: int

    @property
    def firms(self) -> int:
        return self.version.summary.get("rows", 0)

    @property
    def counts(self) -> list[int]:
        found = self.version.summary.get("counts", {})
        return [found.get(kind, 0) for kind in COUNTED]

    @property
    def awaits(self) -> str:
        return awaits(self.version, self.cases)

    @property
    def has_failed(self) -> bool:
        """Approved, and the job that should write it gave up."""
        return self.version.job is not None and self.version.job.state == JobState.FAILED


def awaits(version: RosterVersion, open_cases: int) -> str:
    """What a submitted version waits for, in words."""
    if open_cases:
        return f"归属事项{open_cases}件"
    return "未能入库，需再审" if version.outcome.get("refused") else "待审核"


def rows(
    quarter: Quarter, today: dt.date, *, seen_by: User
) -> tuple[board.QuarterBoard, list[DeskRow]]:
    """The quarter's board and its lines, in a constant number of queries."""
    shown = board.build_board(quarter, today, seen_by=seen_by)
    open_cases = cases.undecided_per_version([quarter])
    reminded = Counter(quarter.reminders.values_list("unit", flat=True))
    return shown, [
        DeskRow(
            line,
            open_cases.get(line.version.pk, 0) if line.version else 0,
            reminded[line.unit.pk],
            seen_by.in_bureau,
        )
        for line in shown.lines
    ]


def to_review() -> list[Waiting]:
    """Versions under review in all quarters, the longest waiting first."""
    return _waiting(State.SUBMITTED)


def being_applied() -> list[Waiting]:
    """Approved versions that are not in the register yet."""
    return _waiting(State.APPROVED)


def _waiting(state: State) -> list[Waiting]:
    found = RosterVersion.objects.filter(state=state).order_by("submitted_at", "pk")
    versions = list(found.select_related("roster__quarter", "roster__unit", "submitted_by", "job"))
    open_cases = cases.undecided_per_version(_quarters(versions))
    return [Waiting(version, open_cases.get(version.pk, 0)) for version in versions]


def _quarters(versions: Iterable[RosterVersion]) -> set[Quarter]:
    return {version.roster.quarter for version in versions}
