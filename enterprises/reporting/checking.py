"""The check of a version: read, apply every rule, hold against the registry. The job writes its findings once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from enterprises import jobs
from enterprises.loading import planning, receipt, storage
from enterprises.models import RosterFirm, RosterProblem, RosterVersion, VersionState
from enterprises.reporting import comparison, cross_rules, situations
from enterprises.reporting.comparison import Comparison
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.official_names import vocabulary
from enterprises.rosters.definition.problems import FileRefused, Problem, UnknownTitle
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading.sandbox import read_safely
from enterprises.rosters.reading.sheet import Reading
from enterprises.rosters.writing.marking import annotated_copy

MOST_PER_RULE, MOST_NOTES = 1_000, 500
ROWS_PER_INSERT = 2_000


@dataclass
class Findings:
    """Everything the check has to say. `reading` is None for a file that could not be read."""

    reading: Reading | None
    problems: list[Problem] = field(default_factory=list)
    compared: Comparison = field(default_factory=Comparison)
    unknown_titles: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        return any(problem.blocks for problem in self.problems)


def run(context: jobs.JobContext) -> jobs.Commit | jobs.Result:
    """Job handler. params: {"version": RosterVersion id}."""
    version = find(context.params["version"])
    if version.state != VersionState.CHECKING:
        return {"version": version.pk, "state": version.state}
    findings = examine(version, context)
    copy = _annotated(version, findings, context)
    return lambda: _store(version, findings, copy)


def find(pk: int) -> RosterVersion:
    related = ("roster__quarter", "roster__unit", "source", "decided_by")
    version = RosterVersion.objects.select_related(*related).filter(pk=pk).first()
    if version is None:
        raise jobs.UserError("名册版本已不存在。")
    return version


def examine(version: RosterVersion, context: jobs.JobContext) -> Findings:
    """Read and judge; writes nothing."""
    if version.is_nil:
        return compared(version, nil_reading(version), context)
    words = vocabulary()
    try:
        reading = read(version, words, context)
    except FileRefused as refusal:
        return Findings(None, [refusal.problem], unknown_titles=_titles(refusal.unknown_titles))
    if foreign := cross_rules.belonging(version, reading, words):
        return Findings(reading, [foreign])
    if reading.layout.name != ROSTER.name:
        return Findings(
            reading,
            [cross_rules.NOT_A_ROSTER.problem(reading.filename, "文件", reading.layout.title)],
        )
    return compared(version, reading, context)


def read(version: RosterVersion, words: Vocabulary, context: jobs.JobContext) -> Reading:
    """The version's file as typed rows; raises Refused, or jobs.UserError when the file is gone."""
    assert version.source is not None
    path = storage.path_of(version.source)
    if not path.is_file():
        raise jobs.UserError(f"文件已不在存储中，请重新上传：{version.filename}。")
    today = timezone.localdate()
    return read_safely(
        path, version.filename, words, today, mapping=version.mapping, beat=context.beat
    )


def nil_reading(version: RosterVersion) -> Reading:
    return Reading("零报告", ROSTER, version.roster.unit.name, version.roster.quarter.last_day)


def compared(version: RosterVersion, reading: Reading, context: jobs.JobContext) -> Findings:
    problems = [*reading.problems, *cross_rules.foreign_rows(reading, version.roster.unit)]
    rows = planning.sound_rows(reading, problems)
    context.beat("与登记比对", done=0, total=len(reading.rows))
    codes = {code for row in reading.rows if (code := row.values["uscc"])}
    day, undone = version.roster.quarter.last_day, comparison.taken_back(version)
    known = situations.known(codes, version.roster.unit, day, undone)
    compared = comparison.compare(version, reading, rows, known)
    context.beat("核对各季度、各单位", done=len(rows), total=len(reading.rows))
    firms = {firm.uscc: firm for firm in compared.firms}
    problems += compared.problems + cross_rules.check(
        cross_rules.CheckedSheet(version, reading, rows, firms, known)
    )
    return Findings(reading, problems, compared, _titles(reading.unknown_titles))


def _titles(unknown: Iterable[UnknownTitle]) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title,
            "address": one.address,
            "suggestion": one.suggestion,
            "confidence": round(one.confidence, 2),
            "samples": list(one.samples),
        }
        for one in unknown
    ]


def _annotated(version: RosterVersion, findings: Findings, context: jobs.JobContext) -> str:
    """Where the annotated copy lies; empty where there is nothing to mark, or it cannot be made."""
    if version.source is None or not findings.problems:
        return ""
    context.beat("制作批注副本")
    made = annotated_copy(
        storage.path_of(version.source),
        version.filename,
        findings.problems,
        version.mapping,
        lambda: context.beat("制作批注副本"),
    )
    return storage.keep_copy(made, f"{version.pk}.xlsx") if made else ""


# --- storing ----------------------------------------------------------------------------------------------------
def _store(version: RosterVersion, findings: Findings, copy: str) -> jobs.Result:
    state = state_after(findings)
    checking = RosterVersion.objects.filter(pk=version.pk, state=VersionState.CHECKING)
    if not checking.update(state=state, summary=summary_of(findings), annotated_as=copy):
        return {"version": version.pk, "state": "overtaken"}
    earlier = _earlier_answers(version)
    version.firms.all().delete()
    version.problems.all().delete()
    for firm in findings.compared.firms:
        comparison.carry_over(firm, earlier.get(firm.uscc))
    RosterFirm.objects.bulk_create(findings.compared.firms, batch_size=ROWS_PER_INSERT)
    RosterProblem.objects.bulk_create(kept(version, findings), batch_size=ROWS_PER_INSERT)
    return {"version": version.pk, "state": state.value}


def state_after(findings: Findings) -> VersionState:
    return VersionState.FAULTY if findings.is_faulty else VersionState.READY


def summary_of(findings: Findings) -> dict[str, Any]:
    """Counts in full, lists capped: what the pages and the API show without reading the rows again."""
    reading, names = findings.reading, receipt.code_names()
    blocking = [problem.blocks for problem in findings.problems]
    shown = {
        "rows": len(reading.rows) if reading else 0,
        "errors": sum(blocking),
        "warnings": len(blocking) - sum(blocking),
        "groups": receipt.problem_groups(findings.problems, cross_rules.ENTRIES),
        "counts": Counter(firm.kind for firm in findings.compared.firms),
        "unknown_titles": findings.unknown_titles,
        "checked_at": timezone.now(),
    }
    if reading:
        shown |= {
            "as_of": reading.as_of,
            "normalised_count": len(reading.normalised),
            "normalised": [
                receipt.note_in_words(note, names) for note in reading.normalised[:MOST_NOTES]
            ],
            "ignored_count": len(reading.ignored),
            "ignored": [receipt.note_in_words(note, {}) for note in reading.ignored[:MOST_NOTES]],
            "extra_titles": list(reading.extra_titles),
            "notes": list(reading.notes),
        }
    return shown


def kept(version: RosterVersion, findings: Findings) -> list[RosterProblem]:
    """The problems as unsaved rows, at most so many per rule."""
    codes = (
        {row.number: row.values["uscc"] for row in findings.reading.rows}
        if findings.reading
        else {}
    )
    seen: Counter[str] = Counter()
    kept = []
    for problem in findings.problems:
        seen[problem.code] += 1
        if seen[problem.code] <= MOST_PER_RULE:
            kept.append(_problem(version, problem, codes))
    return kept


def _problem(version: RosterVersion, problem: Problem, codes: dict[int, str]) -> RosterProblem:
    return RosterProblem(
        version=version,
        code=problem.code,
        severity=problem.severity.value,
        address=problem.address[:240],
        row=problem.row,
        title=problem.title[:120],
        seen=problem.seen[:120],
        reason=problem.reason[:500],
        fix=problem.fix[:300],
        uscc=codes.get(problem.row or 0, ""),
    )


# --- answers that still hold --------------------------------------------------------------------------------------
def _earlier_answers(version: RosterVersion) -> dict[str, RosterFirm]:
    """What was said of the same firms: in this version before a re-check, else in the one before,
    else in the one that is in force."""
    own = {firm.uscc: firm for firm in version.firms.all()}
    previous = version.roster.versions.filter(number__lt=version.number).order_by("-number").first()
    before = {firm.uscc: firm for firm in previous.firms.all()} if previous else {}
    if previous and not version.reasons:
        RosterVersion.objects.filter(pk=version.pk).update(reasons=previous.reasons)
    applied = comparison.applied_before(version)
    return ({firm.uscc: firm for firm in applied.firms.all()} if applied else {}) | before | own
