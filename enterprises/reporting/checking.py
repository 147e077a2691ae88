"""The check of a version: read the file, apply every rule, compare with the registry.

The job works without writing, and stores its findings at the end, in one go.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.utils import timezone

from enterprises import jobs
from enterprises.loading import planning, receipt, storage, tally
from enterprises.models import RosterFirm, RosterProblem, RosterVersion, VersionState
from enterprises.reporting import comparison, contradictions, cross_rules, situations
from enterprises.reporting.comparison import Comparison
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.official_names import vocabulary
from enterprises.rosters.definition.problems import FileRefused, Problem
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading.sandbox import read_safely
from enterprises.rosters.reading.sheet import Reading
from enterprises.rosters.writing.marking import annotated_copy
from parks import ready_rows
from parks.ready_rows import Statement

MOST_PER_RULE, MOST_NOTES = 1_000, 500
"""Problems stored of one rule, and notes stored of one kind: the summary counts all of them."""


@dataclass
class Findings:
    """What the check has found. `reading` is None for a file that could not be read.

    `is_refused`: as a whole, so that its rows were not compared.
    """

    reading: Reading | None
    problems: list[Problem] = field(default_factory=list)
    compared: Comparison = field(default_factory=Comparison)
    unknown_titles: list[dict[str, Any]] = field(default_factory=list)
    is_refused: bool = False

    @property
    def is_faulty(self) -> bool:
        return any(problem.blocks for problem in self.problems)


class Watcher(Protocol):
    """Who is shown how far a check has come: a job, or nobody."""

    def beat(self, phase: str = "", *, done: int = 0, total: int | None = None) -> None: ...


def run(context: jobs.JobContext) -> jobs.Commit | jobs.Result:
    """Job handler. params: {"version": RosterVersion id}."""
    version = find_version(context.params["version"])
    # Run again after it was stored, or overtaken by another check.
    if version.state != VersionState.CHECKING:
        return {"version": version.pk, "state": version.state}
    findings = examine_version(version, context)
    # Before the transaction that stores: a copy may take two minutes, and no lock lasts so long.
    copy = _make_annotated_copy(version, findings, context)
    ready = ReadyFindings(version, findings, copy)
    return lambda: _store_findings(version, findings, ready)


def find_version(pk: int) -> RosterVersion:
    """The version with what a job needs of it. Raises jobs.UserError when it is gone."""
    related = ("roster__quarter", "roster__unit", "source", "decided_by")
    version = RosterVersion.objects.select_related(*related).filter(pk=pk).first()
    if version is None:
        raise jobs.UserError("名册版本已不存在。")
    return version


def examine_version(version: RosterVersion, context: Watcher) -> Findings:
    """Read and judge; writes nothing."""
    if version.is_nil:
        return compare_reading(version, nil_reading(version), context)
    return examine_file(version, context)


def examine_file(version: RosterVersion, context: Watcher, path: Path | None = None) -> Findings:
    """Read and judge the version's file. `path`: where it lies, if not in the store."""
    words = vocabulary()
    try:
        reading = read_file(version, words, context, path)
    except FileRefused as refusal:
        titles = list(map(receipt.title_in_words, refusal.unknown_titles))
        return Findings(None, [refusal.problem], unknown_titles=titles, is_refused=True)
    # A file of another unit or quarter is not compared: nearly every row would be a problem.
    if wrong_file := cross_rules.wrong_file_problem(version, reading, words):
        return Findings(reading, [wrong_file], is_refused=True)
    if reading.layout.name != ROSTER.name:
        no_roster = cross_rules.NOT_A_ROSTER
        problem = no_roster.problem(reading.filename, "文件", reading.layout.title)
        return Findings(reading, [problem], is_refused=True)
    return compare_reading(version, reading, context)


def read_file(
    version: RosterVersion, words: Vocabulary, context: Watcher, path: Path | None = None
) -> Reading:
    """The version's file as typed rows. `path`: where it lies, if not in the store.

    Raises FileRefused, or jobs.UserError when the file is gone.
    """
    if path is None:
        assert version.source is not None
        path = storage.path_of(version.source)
    if not path.is_file():
        raise jobs.UserError(f"文件已不在存储中，请重新上传：{version.filename}。")
    # In a child process: the file comes from outside.
    today = timezone.localdate()
    return read_safely(
        path, version.filename, words, today, mapping=version.mapping, beat=context.beat
    )


def nil_reading(version: RosterVersion) -> Reading:
    """A nil return as a file without rows: the same rules apply to it."""
    return Reading("零报告", ROSTER, version.roster.unit.name, version.roster.quarter.last_day)


def compare_reading(version: RosterVersion, reading: Reading, context: Watcher) -> Findings:
    """Compare the rows with the registry, and with the rosters of other units and quarters."""
    problems = [*reading.problems, *cross_rules.foreign_rows(reading, version.roster.unit)]
    if other_title := cross_rules.other_title_problem(version, reading):
        problems.insert(0, other_title)
    rows = planning.sound_rows(reading, problems)
    context.beat("与登记比对", done=0, total=len(reading.rows))
    # Of all rows, not only of the sound ones: a row with an error still lists its firm.
    names = {row.values["uscc"]: row.values["name"] for row in reading.rows}
    names.pop("", None)
    day, undone = version.roster.quarter.last_day, comparison.taken_back(version)
    known = situations.find_known(names, version.roster.unit, day, undone)
    compared = comparison.compare_rows(version, reading, rows, known)
    context.beat("核对各季度、各单位", done=len(rows), total=len(reading.rows))
    # With the missing ones: a rule asks for holders of certificates among them.
    firms = {firm.uscc: firm for firm in compared.firms}
    sheet = cross_rules.CheckedSheet(version, reading, rows, firms, known)
    problems += compared.problems + cross_rules.check_sheet(sheet)
    titles = list(map(receipt.title_in_words, reading.unknown_titles))
    return Findings(reading, problems, compared, titles)


def _make_annotated_copy(
    version: RosterVersion, findings: Findings, context: jobs.JobContext
) -> str:
    """The name under which the annotated copy is kept.

    Empty where there is nothing to mark, or where no copy can be made.
    """
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


# --- storing --------------------------------------------------------------------------------------
class ReadyFindings:
    """What of the findings is made ready before the transaction that stores them."""

    def __init__(self, version: RosterVersion, findings: Findings, copy: str) -> None:
        self.state = state_after(findings)
        self.values = {
            "state": self.state, "summary": summary_of(findings), "annotated_as": copy
        }  # fmt: skip
        rows = problem_rows(version, findings)
        self.problems = list(ready_rows.insertions(RosterProblem, rows, keyed=False))
        self.carried = _carry_over_answers(version, findings)
        self.firms = _firm_rows(findings)


def _firm_rows(findings: Findings) -> list[Statement]:
    return list(ready_rows.insertions(RosterFirm, findings.compared.firms, keyed=False))


def _store_findings(
    version: RosterVersion, findings: Findings, ready: ReadyFindings
) -> jobs.Result:
    # Only while it is still being checked: of two checks of one version, the first to end is kept.
    checking = RosterVersion.objects.filter(pk=version.pk, state=VersionState.CHECKING)
    if not checking.update(**ready.values):
        return {"version": version.pk, "state": "overtaken"}
    previous = _previous(version)
    # Reasons that were given to this version already are kept on a re-check.
    if previous and not version.reasons:
        RosterVersion.objects.filter(pk=version.pk).update(reasons=previous.reasons)
    # Before the rows are deleted, which hold the answers given to this version.
    carried = _carry_over_answers(version, findings)
    # Somebody may have answered since the rows were made ready.
    firms = ready.firms if carried == ready.carried else _firm_rows(findings)
    # Of the check before: everything is written anew.
    version.firms.all().delete()
    version.problems.all().delete()
    ready_rows.carry_out([*firms, *ready.problems])
    return {"version": version.pk, "state": ready.state.value}


def state_after(findings: Findings) -> VersionState:
    return VersionState.FAULTY if findings.is_faulty else VersionState.READY


def summary_of(findings: Findings) -> dict[str, Any]:
    """What pages and the API show without reading the rows again: counts in full, lists cut off."""
    reading, names = findings.reading, receipt.code_names()
    errors = sum(problem.blocks for problem in findings.problems)
    summary = {
        "rows": len(reading.rows) if reading else 0,
        "errors": errors,
        "warnings": len(findings.problems) - errors,
        "groups": receipt.problem_groups(findings.problems, cross_rules.ENTRIES),
        "counts": Counter(firm.kind for firm in findings.compared.firms),
        "standing": tally.in_words(findings.compared.tallies, names),
        "unknown_titles": findings.unknown_titles,
        "checked_at": timezone.now(),
    }
    if reading:
        summary |= {
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
    return summary


def problem_rows(version: RosterVersion, findings: Findings) -> list[RosterProblem]:
    """The problems as unsaved rows, at most MOST_PER_RULE of each rule."""
    codes: dict[int, str] = {}
    if findings.reading:
        codes = {row.number: row.values["uscc"] for row in findings.reading.rows}
    number_of: Counter[str] = Counter()
    rows = []
    for problem in findings.problems:
        number_of[problem.code] += 1
        if number_of[problem.code] <= MOST_PER_RULE:
            rows.append(_problem_row(version, problem, codes))
    return rows


def _problem_row(version: RosterVersion, problem: Problem, codes: dict[int, str]) -> RosterProblem:
    return RosterProblem(
        version=version,
        code=problem.code,
        severity=problem.severity.value,
        # Cut to their columns: what is quoted from a file may be of any length.
        address=problem.address[:240],
        row=problem.row,
        title=problem.title[:120],
        seen=problem.seen[:120],
        reason=problem.reason[:500],
        fix=problem.fix[:300],
        uscc=codes.get(problem.row or 0, ""),
    )


# --- answers that still hold ----------------------------------------------------------------------
def _carry_over_answers(version: RosterVersion, findings: Findings) -> list[tuple[object, ...]]:
    """Gives the firms their earlier answers; returns the answers in the order of the firms."""
    earlier = _earlier_answers(version)
    firms = findings.compared.firms
    for firm in firms:
        comparison.carry_over(firm, earlier.get(firm.uscc))
    contradictions.say_who_waits(firms)
    carried = (*comparison.ANSWER, "settlements", "is_waiting")
    return [tuple(getattr(firm, name) for name in carried) for firm in firms]


def _previous(version: RosterVersion) -> RosterVersion | None:
    return version.roster.versions.filter(number__lt=version.number).order_by("-number").first()


def _earlier_answers(version: RosterVersion) -> dict[str, RosterFirm]:
    """What was said of the same firms, firm's code → row.

    In this version before a re-check, else in the one before, else in the one that is in force.
    """
    answers: dict[str, RosterFirm] = {}
    # The later in the list, the stronger.
    for source in (comparison.applied_before(version), _previous(version), version):
        if source:
            answers |= {firm.uscc: firm for firm in source.firms.all()}
    return answers
