"""Writing an approved version to the registry, in one transaction, or undoing it; both are recorded acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from enterprises import jobs, registry
from enterprises.loading import storage
from enterprises.models import Case, LedgerEntry, RosterFirm, RosterVersion, VersionState
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
MOST_BLOCKERS = 5


@dataclass
class Writing:
    """What a version writes; `left_out`: firms whose row a decided case does not take, with the reason."""

    acts: list[Act] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)


def run(context: jobs.JobContext) -> jobs.Commit | jobs.Result:
    """Job handler. params: {"version": RosterVersion id}. Reads the file anew, so what is written is what it says."""
    version = checking.find(context.params["version"])
    if version.state != State.APPROVED:
        return {"version": version.pk, "state": version.state}
    reading, problems = _read(version, context)
    if any(problem.blocks for problem in problems):
        return lambda: _give_back(
            version, [f"{one.address}：{one.reason}" for one in problems if one.blocks]
        )
    writing = _writing(version, reading)
    context.beat("写入登记", done=0, total=len(writing.acts))
    return lambda: _commit(version, writing)


def _read(version: RosterVersion, context: jobs.JobContext) -> tuple[Reading, list[Problem]]:
    if version.is_nil:
        reading = checking.nil_reading(version)
        return reading, []
    try:
        reading = checking.read(version, vocabulary(), context)
    except FileRefused as refusal:
        return checking.nil_reading(version), [refusal.problem]
    return reading, list(reading.problems)


def _writing(version: RosterVersion, reading: Reading) -> Writing:
    day, rows = version.roster.quarter.last_day, {row.values["uscc"]: row for row in reading.rows}
    decided = cases.decided_about(version)
    writing = Writing()
    for firm in version.firms.select_related("park", "town", "from_unit"):
        if reason := _why_left_out(firm, decided.get(firm.uscc)):
            writing.left_out.append({"uscc": firm.uscc, "name": firm.name, "reason": reason})
        elif firm.kind == RosterFirm.Kind.MISSING:
            writing.acts += comparison.acts_for_missing(firm, reading.filename, day)
        elif row := rows.get(firm.uscc):
            writing.acts += comparison.acts_of(firm, row, day, reading.filename)
    return writing


def _why_left_out(firm: RosterFirm, case: Case | None) -> str:
    if case is None or firm.kind == RosterFirm.Kind.MISSING:
        return ""
    if case.decision == Case.Decision.STAYS:
        stays_here = case.from_unit_id in (None, firm.version.roster.unit_id)
        return "" if stays_here else f"科技局决定维持原登记（{case.from_unit}）"
    if case.takes(firm.park_id, firm.town_id):
        return ""
    return f"科技局决定归入{case.park or case.town}"


def _commit(version: RosterVersion, writing: Writing) -> jobs.Result:
    intake.lock(version.roster)
    version.refresh_from_db()
    if version.state != State.APPROVED:
        return {"version": version.pk, "state": version.state}
    registry.lock_ledger()
    correction = comparison.correction(version, list(version.firms.all()))
    batches = [Batch(correction.acts), Batch(writing.acts, version.source)]
    reason = version.reason[:200]
    try:
        with transaction.atomic():
            reports = registry.apply_all(batches, by=version.decided_by, reason=reason)
    except registry.ActsRefused as refused:
        return _give_back(version, [error.message for error in refused.errors])
    _finish(version, [entry for report in reports for entry in report.entries], writing)
    report = reports[1]
    return {
        "version": version.pk,
        "new": report.new,
        "changed": report.changed,
        "entries": len(report.changes),
    }


def _finish(version: RosterVersion, entries: Sequence[LedgerEntry], writing: Writing) -> None:
    version.roster.versions.filter(state=State.APPLIED).update(state=State.REPLACED)
    outcome = {
        "entries": len(entries),
        "left_out": writing.left_out,
        "firms": len({e.enterprise_id for e in entries}),
    }
    submission.advance(
        version,
        [State.APPROVED],
        State.APPLIED,
        applied_at=timezone.now(),
        ledger_from=entries[0].pk if entries else None,
        ledger_to=entries[-1].pk if entries else None,
        outcome=outcome,
    )
    if version.source:
        storage.describe(version.source, checking.ROSTER, version.roster.quarter.last_day)
    notices.tell_unit(
        version.roster.unit,
        f"{version.roster.quarter}名册已审核通过并入库。",
        notices.link_to(version),
    )


def _give_back(version: RosterVersion, reasons: Sequence[str]) -> jobs.Result:
    """The registry has moved on since the check: back under review, with what stands against it."""
    outcome = {"refused": list(dict.fromkeys(reasons))[:50], "refused_count": len(reasons)}
    submission.advance(
        version,
        [State.APPROVED],
        State.SUBMITTED,
        outcome=outcome,
        decided_by=None,
        decided_at=None,
    )
    notices.tell_bureau(f"{version.roster}未能入库：{reasons[0]}"[:300], notices.link_to(version))
    return {"version": version.pk, "refused": len(reasons)}


# --- undoing ------------------------------------------------------------------------------------------------------
def undo(version: RosterVersion, *, by: User, reason: str) -> None:
    """Take back all that this roster wrote, corrections too. Raises Refusal naming later facts that build on it."""
    if not reason.strip():
        raise Refusal("请写明撤销的理由。", "reason")
    with transaction.atomic():
        intake.lock(version.roster)
        stretches = comparison.stretches_of(version)
        told = {"undone_by": by, "undone_at": timezone.now(), "undone_reason": reason.strip()[:200]}
        submission.advance(version, [State.APPLIED], State.UNDONE, **told)
        version.roster.versions.filter(state=State.REPLACED).update(state=State.UNDONE, **told)
        registry.lock_ledger()
        undoing_now = undoing.plan_undoing(stretches)
        if undoing_now.blockers:
            raise Refusal(_said_of(undoing_now.blockers), "blocked")
        try:
            registry.apply(undoing_now.acts, by=by, reason=f"撤销{version}：{reason.strip()}"[:200])
        except registry.ActsRefused as refused:
            raise Refusal(str(refused), "blocked") from None
        jobs.follow_up(submission.APPLY, by=by)
        text = f"{version.roster.quarter}名册的入库已撤销：{reason.strip()}"
        notices.tell_unit(version.roster.unit, text, notices.link_to(version))


def _said_of(blockers: Mapping[str, Sequence[LedgerEntry]]) -> str:
    said = []
    for entries in list(blockers.values())[:MOST_BLOCKERS]:
        entry = entries[0]
        source = f"，来自{entry.source.name}" if entry.source else ""
        said.append(
            f"{entry.enterprise.name}（{entry.get_act_display()}，{timezone.localdate(entry.at)}{source}）"
        )
    more = f"等{len(blockers)}家" if len(blockers) > MOST_BLOCKERS else ""
    return f"不能撤销：入库之后又有变更以它为基础：{'；'.join(said)}{more}。请先更正这些变更。"
