"""A dry run: a file is checked as if it had been sent, but only the job keeps the findings."""

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
PROBLEM_FIELDS = ("code", "severity", "address", "row", "title", "seen", "reason", "fix", "uscc")


def submit_file(
    quarter: Quarter, unit: Unit, chunks: Iterable[bytes], filename: str, *, by: User
) -> Job:
    """Queue the check of a file.

    Raises Refusal when the quarter is shut, or storage.StorageError.
    """
    quarters.refuse_when_shut(quarter, unit)
    source = storage.keep(chunks, filename, by=by)
    return _queue_dry_run(
        quarter, unit, by, {"source": source.pk, "filename": storage.clean_name(filename)}
    )


def submit_nil(quarter: Quarter, unit: Unit, *, by: User) -> Job:
    """Queue the check of a nil return: which firms would have to be explained."""
    quarters.refuse_when_shut(quarter, unit)
    return _queue_dry_run(quarter, unit, by, {"source": None, "filename": ""})


def _queue_dry_run(quarter: Quarter, unit: Unit, by: User, file: dict[str, Any]) -> Job:
    # Equal jobs are queued once. With the person in it, the dry run of somebody else is another
    # job.
    params = {"quarter": quarter.pk, "unit": unit.pk, "by": by.pk} | file
    return jobs.submit(kind=DRY_RUN, params=params, by=by)


def run(context: jobs.JobContext) -> jobs.Result:
    """Job handler.

    params: {"quarter", "unit", "source" (None for a nil return), "by": ids, "filename"}.
    """
    version = _unsaved_version(context.params)
    findings = checking.examine_version(version, context)
    # These rows are never saved; they only give the problems their usual form.
    problems = checking.problem_rows(version, findings)
    return {
        "quarter": version.roster.quarter.code,
        "unit": version.roster.unit.code,
        "file": version.filename,
        "state": checking.state_after(findings).value,
        "summary": checking.summary_of(findings),
        "problem_count": len(findings.problems),
        "problems": [_as_dict(problem) for problem in problems[:MOST_PROBLEMS]],
    }


def _unsaved_version(params: jobs.Params) -> RosterVersion:
    quarter, unit = Quarter.objects.get(pk=params["quarter"]), Unit.objects.get(pk=params["unit"])
    source = SourceFile.objects.get(pk=params["source"]) if params["source"] else None
    # The check asks for the other versions of the roster, so the row has to exist.
    roster, _ = Roster.objects.get_or_create(quarter=quarter, unit=unit)
    return RosterVersion(
        roster=roster,
        source=source,
        filename=params["filename"],
        mapping=intake.mapping_of(unit),
        state=VersionState.CHECKING,
    )


def _as_dict(problem: RosterProblem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in PROBLEM_FIELDS}
