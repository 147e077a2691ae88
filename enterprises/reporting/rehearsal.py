"""A dry run: a file is checked as if it had been sent, and only the job keeps what was found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from enterprises import jobs
from enterprises.loading import storage
from enterprises.models import (
    Job,
    Quarter,
    Roster,
    RosterProblem,
    RosterVersion,
    SourceFile,
    VersionState,
)
from enterprises.reporting import checking, intake, quarters
from parks.models import Unit, User

DRY_RUN = "roster_dry_run"
MOST_PROBLEMS = 1_000
SHOWN = ("code", "severity", "address", "row", "title", "seen", "reason", "fix", "uscc")


def submit(
    quarter: Quarter, unit: Unit, chunks: Iterable[bytes], filename: str, *, by: User
) -> Job:
    """Queue the check of a file. Raises Refusal when the quarter is shut, or storage.StorageError."""
    quarters.refuse_when_shut(quarter, unit)
    source = storage.keep(chunks, filename, by=by)
    return _queue(
        quarter, unit, by, {"source": source.pk, "filename": storage.clean_name(filename)}
    )


def submit_nil(quarter: Quarter, unit: Unit, *, by: User) -> Job:
    """Queue the check of a nil return: which firms would have to be explained."""
    quarters.refuse_when_shut(quarter, unit)
    return _queue(quarter, unit, by, {"source": None, "filename": ""})


def _queue(quarter: Quarter, unit: Unit, by: User, file: dict[str, Any]) -> Job:
    # Named in the job, the person keeps the equal dry run of somebody else from being taken for this one.
    params = {"quarter": quarter.pk, "unit": unit.pk, "by": by.pk} | file
    return jobs.submit(kind=DRY_RUN, params=params, by=by)


def run(context: jobs.JobContext) -> jobs.Result:
    """Job handler. params: {"quarter", "unit", "source" (None: nil return), "by": ids, "filename"}."""
    version = _unsaved(context.params)
    findings = checking.examine(version, context)
    problems = checking.kept(version, findings)
    return {
        "quarter": version.roster.quarter.code,
        "unit": version.roster.unit.code,
        "file": version.filename,
        "state": checking.state_after(findings).value,
        "summary": checking.summary_of(findings),
        "problem_count": len(findings.problems),
        "problems": [_shown(problem) for problem in problems[:MOST_PROBLEMS]],
    }


def _unsaved(params: jobs.Params) -> RosterVersion:
    quarter, unit = Quarter.objects.get(pk=params["quarter"]), Unit.objects.get(pk=params["unit"])
    source = SourceFile.objects.get(pk=params["source"]) if params["source"] else None
    roster, _ = Roster.objects.get_or_create(quarter=quarter, unit=unit)
    return RosterVersion(
        roster=roster,
        source=source,
        filename=params["filename"],
        mapping=intake.mapping_of(unit),
        state=VersionState.CHECKING,
    )


def _shown(problem: RosterProblem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in SHOWN}
