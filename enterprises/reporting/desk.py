"""The bureau's work: what there is to do for each unit, and which versions to review."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from enterprises.models import Quarter, RosterFirm, RosterVersion, VersionState
from enterprises.models.job import JobState
from enterprises.refusal import Refusal
from enterprises.reporting import board, cases, reminders, submission
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
    """A unit on the board.

    `cases`: decisions its roster waits for. `reminded`: how often it was reminded.

    `in_bureau`: whether the viewer works in the bureau and so sees drafts.
    """

    line: BoardLine
    cases: int
    reminded: int
    in_bureau: bool

    @property
    def label(self) -> str:
        """The state in words. Whoever does not see drafts is not told whether there is one."""
        return self.line.label if self.in_bureau or self.line.version else "未报送"

    @property
    def firms(self) -> int | None:
        version = self.line.version
        return version.summary.get("rows") if version else None

    @property
    def counts(self) -> list[int | None]:
        """New, changed, arriving, not listed; None where nothing was checked yet."""
        version = self.line.version
        # No counts: nothing was checked yet.
        counts = version.summary.get("counts") if version else None
        if counts is None:
            return [None] * len(COUNTED)
        return [counts.get(kind, 0) for kind in COUNTED]

    @property
    def todo(self) -> list[str]:
        steps = [self._next_step] if self._next_step else []
        if self.line.version and self.line.version.same_person_note:
            steps.append(self.line.version.same_person_note)
        if self.line.is_being_corrected:
            steps.append("单位正在准备更正")
        if self.line.extended_to:
            steps.append(f"延期至{self.line.extended_to:%m-%d}")
        # Once the roster has come, the reminders are of no interest.
        if self.reminded and not self.line.is_in:
            steps.append(f"已催报{self.reminded}次")
        return steps

    @property
    def _next_step(self) -> str:
        version = self.line.version
        if version is None:
            return ""
        if version.state == State.SUBMITTED:
            return waits_for(version, self.cases)
        if version.state == State.APPROVED:
            return "正在入库"
        if version.state == State.FAULTY:
            return f"{version.summary.get('errors', 0)}个错误，等单位改正"
        return WAITS_FOR_UNIT.get(State(version.state), "")


@dataclass(frozen=True)
class Waiting:
    """A version that waits for the bureau. `cases`: decisions to be made first."""

    version: RosterVersion
    cases: int
    by_viewer: bool = False
    """Whoever looks has sent it in, so another person should review it."""

    @property
    def firms(self) -> int:
        return self.version.summary.get("rows", 0)

    @property
    def counts(self) -> list[int]:
        counts = self.version.summary.get("counts", {})
        return [counts.get(kind, 0) for kind in COUNTED]

    @property
    def awaits(self) -> str:
        return waits_for(self.version, self.cases)

    @property
    def changes_nothing(self) -> bool:
        """What is registered stays as it is: there is nothing to look at one by one."""
        return not any(self.counts) and not self.why_not_now

    @property
    def why_not_now(self) -> str:
        """Why the viewer cannot approve it together with others; empty where nothing is against it."""
        if self.cases:
            return f"先决定归属事项{self.cases}件"
        if self.by_viewer:
            return "由您上传或报送，应由另一人审核"
        if self.version.outcome.get("refused"):
            return "上次未能入库，请打开单独审核"
        return ""

    @property
    def has_failed(self) -> bool:
        """Approved, but the job that should write it has failed."""
        return self.version.job is not None and self.version.job.state == JobState.FAILED


def waits_for(version: RosterVersion, open_cases: int) -> str:
    """What a submitted version waits for, in words."""
    # The cases come first: without them the version cannot be approved.
    if open_cases:
        return f"归属事项{open_cases}件"
    return "未能入库，需再审" if version.outcome.get("refused") else "待审核"


def board_rows(
    quarter: Quarter, today: dt.date, *, seen_by: User
) -> tuple[board.QuarterBoard, list[DeskRow]]:
    """The quarter's board and its lines, in a constant number of queries."""
    quarter_board = board.build_board(quarter, today, seen_by=seen_by)
    open_cases = cases.undecided_per_version([quarter])
    asked_again = quarter.reminders.exclude(milestone=reminders.OPENED)
    reminded = Counter(asked_again.values_list("unit", flat=True))
    rows = []
    for line in quarter_board.lines:
        cases_of_line = open_cases.get(line.version.pk, 0) if line.version else 0
        rows.append(DeskRow(line, cases_of_line, reminded[line.unit.pk], seen_by.in_bureau))
    return quarter_board, rows


def to_review(seen_by: User) -> list[Waiting]:
    """Versions under review in all quarters, the longest waiting first."""
    return _waiting_in(State.SUBMITTED, seen_by)


def being_applied(seen_by: User) -> list[Waiting]:
    """Approved versions that are not in the register yet."""
    return _waiting_in(State.APPROVED, seen_by)


def _waiting_in(state: State, seen_by: User) -> list[Waiting]:
    rows = RosterVersion.objects.filter(state=state).order_by("submitted_at", "pk")
    versions = list(rows.select_related("roster__quarter", "roster__unit", "submitted_by", "job"))
    open_cases = cases.undecided_per_version({version.roster.quarter for version in versions})
    return [
        Waiting(version, open_cases.get(version.pk, 0), version.was_sent_by(seen_by))
        for version in versions
    ]


# --- several at once -----------------------------------------------------------------------------
@dataclass(frozen=True)
class SharedApproval:
    """`ready` can be approved together; `left_out`: each with the reason."""

    ready: list[Waiting] = field(default_factory=list)
    left_out: list[tuple[RosterVersion, str]] = field(default_factory=list)


def look_through(chosen: Collection[int] | None, *, by: User) -> SharedApproval:
    """The chosen versions (ids) that are under review; None: all that change nothing."""
    batch = SharedApproval()
    for waiting in to_review(by):
        if not (waiting.changes_nothing if chosen is None else waiting.version.pk in chosen):
            continue
        if reason := waiting.why_not_now:
            batch.left_out.append((waiting.version, reason))
        else:
            batch.ready.append(waiting)
    return batch


def approve_all(
    chosen: Collection[int], *, by: User
) -> tuple[int, list[tuple[RosterVersion, str]]]:
    """Approve each by itself; how many were, and what was refused meanwhile with the reason."""
    batch, approved = look_through(chosen, by=by), 0
    refused = list(batch.left_out)
    for waiting in batch.ready:
        try:
            submission.approve_version(waiting.version, by=by)
        # Somebody else has decided, or the unit has taken it back, since it was looked through.
        except Refusal as refusal:
            refused.append((waiting.version, refusal.message))
        else:
            approved += 1
    return approved, refused
