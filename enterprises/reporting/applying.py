"""Writing an approved version to the registry, in one transaction, or undoing it.

Both are recorded acts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises import jobs, registry
from enterprises.loading import receipt, storage, tally
from enterprises.models import (
    Case,
    LedgerEntry,
    QuarterEvent,
    RosterFirm,
    RosterVersion,
    VersionState,
)
from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from enterprises.registry import Batch, undoing
from enterprises.registry.acts import Act
from enterprises.reporting import cases, checking, comparison, intake, submission
from enterprises.rosters.definition.official_names import vocabulary
from enterprises.rosters.definition.problems import FileRefused, Problem
from enterprises.rosters.reading.sheet import Reading
from parks.models import User

State = VersionState
MOST_REFUSALS = 50
"""Refusals of the registry that are kept with the version."""


@dataclass
class Writing:
    """What a version writes.

    `left_out`: firms whose row a decided case does not take, with the reason.
    """

    acts: list[Act] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)


def run(context: jobs.JobContext) -> jobs.Commit | jobs.Result:
    """Job handler. params: {"version": RosterVersion id}.

    Reads the file again, so that what is written is what the file says and not what the check has
    kept of it.
    """
    version = checking.find_version(context.params["version"])
    # The job may be run again after it has done its work, or after the version was returned.
    if version.state != State.APPROVED:
        return {"version": version.pk, "state": version.state}
    reading, problems = _read_again(version, context)
    errors = [f"{problem.address}：{problem.reason}" for problem in problems if problem.blocks]
    if errors:
        return lambda: _give_back(version, errors)
    writing = _plan_writing(version, reading)
    prepared = _prepare_writing(version, writing, context)
    return lambda: _commit_writing(version, writing, prepared, context)


def _read_again(version: RosterVersion, context: jobs.JobContext) -> tuple[Reading, list[Problem]]:
    if version.is_nil:
        return checking.nil_reading(version), []
    try:
        reading = checking.read_file(version, vocabulary(), context)
    except FileRefused as refusal:
        return checking.nil_reading(version), [refusal.problem]
    return reading, list(reading.problems)


def _plan_writing(version: RosterVersion, reading: Reading) -> Writing:
    day = version.roster.quarter.last_day
    rows = {row.values["uscc"]: row for row in reading.rows}
    decided = cases.decided_about(version)
    writing = Writing()
    for firm in version.firms.select_related("park", "town", "from_unit"):
        if reason := _why_left_out(firm, decided.get(firm.uscc)):
            writing.left_out.append({"uscc": firm.uscc, "name": firm.name, "reason": reason})
        # A firm without a row: only the word on it can write something.
        elif firm.kind == RosterFirm.Kind.MISSING:
            writing.acts += comparison.acts_for_missing(firm, reading.filename, day)
        elif row := rows.get(firm.uscc):
            writing.acts += comparison.acts_of(firm, row, day, reading.filename)
    return writing


def _why_left_out(firm: RosterFirm, case: Case | None) -> str:
    """What a decided case says against the firm's row; empty where the row may be written."""
    # A firm without a row claims no place that a decision could speak against.
    if case is None or firm.kind == RosterFirm.Kind.MISSING:
        return ""
    if case.decision == Case.Decision.STAYS:
        stays_here = case.from_unit_id in (None, firm.version.roster.unit_id)
        return "" if stays_here else f"科技局决定维持原登记（{case.from_unit}）"
    if case.takes(firm.park_id, firm.town_id):
        return ""
    return f"科技局决定归入{case.park or case.town}"


def _prepare_writing(
    version: RosterVersion, writing: Writing, context: jobs.JobContext
) -> registry.Prepared:
    def find_batches() -> list[Batch]:
        correction = comparison.plan_correction(version, list(version.firms.all()), writing.acts)
        # What the version before wrote is taken back first; only what comes after it has this file
        # as its source.
        return [Batch(correction.acts), Batch(writing.acts, version.source)]

    return registry.Prepared(
        find_batches,
        # By whoever approved: only the approval makes facts of what the file says.
        by=version.decided_by,
        reason=version.reason[:200],
        # Another version of the roster may come into force without an entry in the ledger.
        watched=lambda: list(version.roster.versions.order_by("pk").values_list("pk", "state")),
        beat=lambda: context.beat("准备写入", done=0, total=len(writing.acts)),
    )


def _commit_writing(
    version: RosterVersion,
    writing: Writing,
    prepared: registry.Prepared,
    context: jobs.JobContext,
) -> jobs.Result:
    # The roster's row is locked before the ledger, here and in undo_roster: in one order, so that
    # none waits in a ring.
    intake.lock_roster(version.roster)
    # The file was read outside the transaction; meanwhile the version may have been returned.
    approval = version.decided_by, version.reason
    version.refresh_from_db()
    if version.state != State.APPROVED:
        return {"version": version.pk, "state": version.state}
    if (version.decided_by, version.reason) != approval:
        # Returned and approved anew: the entries name who did it, and why.
        prepared = _prepare_writing(version, writing, context)
    try:
        # A savepoint: after a refusal the state of the version is still to be written.
        with transaction.atomic():
            reports = prepared.write()
    except registry.ActsRefused as refused:
        return _give_back(version, [error.message for error in refused.errors])
    # The first report is that of the taking back.
    report = reports[1]
    tallies = tally.tally(writing.acts, report.facts, timezone.localdate())
    standing = tally.in_words(tallies, receipt.code_names())
    entries = [entry for report in reports for entry in report.entries]
    _record_outcome(version, entries, writing, standing)
    return {
        "version": version.pk,
        "standing": standing,
        "new": report.new,
        "changed": report.changed,
        "entries": len(report.changes),
    }


def _record_outcome(
    version: RosterVersion,
    entries: Sequence[LedgerEntry],
    writing: Writing,
    standing: Sequence[Mapping[str, Any]],
) -> None:
    # Before the change of state: the database allows one version in force per roster.
    version.roster.versions.filter(state=State.APPLIED).update(state=State.REPLACED)
    outcome = {
        "entries": len(entries),
        "left_out": writing.left_out,
        "standing": standing,
        "firms": len({entry.enterprise_id for entry in entries}),
    }
    ledger: dict[str, int | None] = {"ledger_from": None, "ledger_to": None}
    if entries:
        ledger = {"ledger_from": entries[0].pk, "ledger_to": entries[-1].pk}
    submission.change_state(
        version,
        [State.APPROVED],
        State.APPLIED,
        applied_at=timezone.now(),
        outcome=outcome,
        **ledger,
    )
    if version.source:
        storage.describe(version.source, checking.ROSTER, version.roster.quarter.last_day)
    uncounted = [tally.sentence(entry) for entry in standing if entry["uncounted_count"]]
    notices.tell_unit(
        version.roster.unit,
        f"{version.roster.quarter}名册已审核通过并入库。{'；'.join(uncounted)}"[:300],
        notices.link_to(version),
    )


def _give_back(version: RosterVersion, reasons: Sequence[str]) -> jobs.Result:
    """The registry has changed since the check: back under review, with the reasons."""
    outcome = {
        # A sentence may be the same for many rows; the number counts all of them.
        "refused": list(dict.fromkeys(reasons))[:MOST_REFUSALS],
        "refused_count": len(reasons),
    }
    submission.change_state(
        version,
        [State.APPROVED],
        State.SUBMITTED,
        outcome=outcome,
        decided_by=None,
        decided_at=None,
        same_person_reason="",
    )
    reason = f"登记与名册不符：{reasons[0]}"
    QuarterEvent.objects.record(QuarterEvent.Kind.GIVEN_BACK, version, by=None, reason=reason)
    notices.tell_bureau(f"{version.roster}未能入库：{reasons[0]}"[:300], notices.link_to(version))
    return {"version": version.pk, "refused": len(reasons)}


# --- undoing --------------------------------------------------------------------------------------
def undo_roster(version: RosterVersion, *, by: User, reason: str) -> None:
    """Take back all that this roster wrote, corrections too.

    Raises Refusal where later facts build on it; the refusal names them.
    """
    reason = reason.strip()
    if not reason:
        raise Refusal("请写明撤销的理由。", "reason")
    taking_back = TakingBack(version, by, reason)
    jobs.until_it_holds(partial(_write_undoing, version, by, reason, taking_back))


class TakingBack:
    """Of all that a roster wrote, prepared before its row and the ledger are locked."""

    def __init__(self, version: RosterVersion, by: User, reason: str) -> None:
        self.plan = undoing.Undoing([], {})
        self.stretches = comparison.stretches_of(version)
        self.prepared = registry.Prepared(
            self._find_batches,
            by=by,
            reason=f"撤销{version}：{reason}"[:200],
            watched=lambda: self.stretches,
        )

    def _find_batches(self) -> list[Batch]:
        self.plan = undoing.plan_undoing(self.stretches)
        # Where something blocks, nothing is taken back.
        return [Batch([] if self.plan.blockers else self.plan.acts)]


def _write_undoing(version: RosterVersion, by: User, reason: str, taking_back: TakingBack) -> None:
    with transaction.atomic():
        intake.lock_roster(version.roster)
        # Before the state changes: only versions in force or replaced count as written.
        taking_back.stretches = comparison.stretches_of(version)
        undone = {"undone_by": by, "undone_at": timezone.now(), "undone_reason": reason[:200]}
        submission.change_state(version, [State.APPLIED], State.UNDONE, **undone)
        # The versions that it corrected go with it: what they wrote is taken back, too.
        replaced = version.roster.versions.filter(state=State.REPLACED)
        replaced.update(state=State.UNDONE, **undone)
        QuarterEvent.objects.record(QuarterEvent.Kind.UNDONE, version, by=by, reason=reason)
        try:
            taking_back.prepared.write()
        except registry.ActsRefused as refused:
            raise Refusal(str(refused), "blocked") from None
        if blockers := taking_back.plan.blockers:
            # Inside the transaction, so that all of the above goes back with it.
            raise Refusal(undoing.blockers_in_words(blockers), "blocked")
        # The figures are counted anew, as after the job that wrote the roster.
        jobs.follow_up(submission.APPLY, by=by)
        text = f"{version.roster.quarter}名册的入库已撤销：{reason}"
        notices.tell_unit(version.roster.unit, text, notices.link_to(version))
