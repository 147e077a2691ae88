"""What a job reports of files it read: counts in full, lists cut, all in words a clerk reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from enterprises.loading import tally
from enterprises.loading.planning import OTHER_PLACE, PLAN_RULES, FilePlan
from enterprises.models import (
    Application,
    IpKind,
    LedgerEntry,
    PoolEntry,
    QualificationKind,
    SourceFile,
    TechField,
)
from enterprises.models.application.course import CERTIFIED, CERTIFIED_WORD
from enterprises.registry import WriteReport
from enterprises.registry.notebook import Change
from enterprises.registry.wording import value_in_words
from enterprises.rosters.definition.catalogue import Rule
from enterprises.rosters.definition.columns import LEAVES_POOL, LEAVES_POOL_WORD
from enterprises.rosters.definition.problems import (
    Note,
    Problem,
    UnknownTitle,
    by_cause,
    row_ranges,
)
from enterprises.rosters.definition.rules import CATALOGUE
from enterprises.rosters.reading.sheet import Reading
from parks.models import Unit

MOST_PROBLEMS, MOST_NOTES, MOST_CHANGES = 500, 200, 200
"""Entries kept per file; the counts beside them are complete."""
RULES_BY_CODE: dict[str, Rule] = CATALOGUE | {rule.code: rule for rule in PLAN_RULES}
_CODES = re.compile(r"'(\w+)'")


def build_receipt(
    files: Sequence[FilePlan], sources: Sequence[SourceFile | None], *, applied: bool
) -> dict[str, Any]:
    """A job's result, ready for JSON.

    "applied", "blocked", "place_conflicts": booleans. "new", "changed", "entries", "errors",
    "warnings": numbers. "files": a dict per file, those with problems first.
    """
    errors, warnings = count_by_severity(files)
    names = code_names()
    blocked = place_conflicts = False
    new = changed = entries = 0
    entries_of_files = []
    for file, source in zip(files, sources, strict=True):
        blocked = blocked or file.blocked
        new += file.report.new
        changed += file.report.changed
        entries += len(file.report.changes)
        codes = {problem.code for problem in file.problems}
        place_conflicts = place_conflicts or OTHER_PLACE.code in codes
        entries_of_files.append(_file_entry(file, source, names))
    return {
        "applied": applied,
        "blocked": blocked,
        "new": new,
        "changed": changed,
        "entries": entries,
        "errors": errors,
        "warnings": warnings,
        "place_conflicts": place_conflicts,
        "files": sorted(
            entries_of_files, key=lambda entry: (not entry["blocked"], not entry["problem_count"])
        ),
    }


def _file_entry(file: FilePlan, source: SourceFile | None, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": file.name,
        "source": source.pk if source else None,
        "blocked": file.blocked,
        **_reading_entry(file.reading, names),
        **_report_entry(file.report, names),
        "standing": tally.in_words(file.tallies, names),
        "questions": [title_in_words(question) for question in file.questions],
        "wants_year": file.wants_year,
        "problem_count": len(file.problems),
        "problems": [problem_in_words(problem) for problem in file.problems[:MOST_PROBLEMS]],
        "groups": problem_groups(file.problems),
    }


def _reading_entry(reading: Reading | None, names: dict[str, str]) -> dict[str, Any]:
    """What the file says; the same keys, empty, for one that could not be read."""
    if reading is None:
        lists: dict[str, Any] = {"normalised": [], "ignored": [], "notes": []}
        counts = {"rows": 0, "normalised_count": 0, "ignored_count": 0}
        return {"layout": "无法读取", "as_of": None, "unit": None, **counts, **lists}
    return {
        "layout": reading.layout.title,
        "as_of": reading.as_of,
        "unit": reading.reporting_unit,
        "rows": len(reading.rows),
        "normalised_count": len(reading.normalised),
        "normalised": [note_in_words(note, names) for note in reading.normalised[:MOST_NOTES]],
        "ignored_count": len(reading.ignored),
        # What was ignored carries a reason, in words already, and no codes.
        "ignored": [note_in_words(note, {}) for note in reading.ignored[:MOST_NOTES]],
        "notes": list(reading.notes),
    }


def _report_entry(report: WriteReport, names: dict[str, str]) -> dict[str, Any]:
    acts = [[str(LedgerEntry.Act(act).label), count] for act, count in sorted(report.acts.items())]
    return {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "acts": acts,
        "change_count": len(report.changes),
        "changes": [change_in_words(change, names) for change in report.changes[:MOST_CHANGES]],
    }


def count_by_severity(files: Sequence[FilePlan]) -> tuple[int, int]:
    """How many errors and how many warnings these files have."""
    errors = total = 0
    for file in files:
        total += len(file.problems)
        errors += sum(problem.blocks for problem in file.problems)
    return errors, total - errors


def problem_in_words(problem: Problem) -> dict[str, str]:
    return {
        "code": problem.code,
        "address": problem.address,
        "title": problem.title,
        "seen": problem.seen,
        "reason": problem.reason,
        "fix": problem.fix,
        "severity": problem.severity.value,
    }


def problem_groups(
    problems: Iterable[Problem], further_rules: Iterable[Rule] = ()
) -> list[dict[str, Any]]:
    """Problems of one cause in one column together, with the rows they stand in, errors first.

    `further_rules`: rules of the caller's own, beyond those of reading and planning.
    """
    rules = RULES_BY_CODE | {rule.code: rule for rule in further_rules}
    groups = []
    for same in by_cause(problems):
        first = same[0]
        # Reasons of single problems name their cells; for several only the rule's own reason is
        # true.
        reason = first.reason if len(same) == 1 else rules[first.code].reason
        groups.append(
            {
                "code": first.code,
                "severity": first.severity.value,
                "title": first.title,
                "reason": reason,
                "fix": first.fix,
                "count": len(same),
                "rows": row_ranges(same),
            }
        )
    return groups


def note_in_words(note: Note, names: dict[str, str]) -> dict[str, str]:
    """The note's parts; codes of units, kinds and stages by their names."""
    # Several codes stand as a tuple prints: ('srdi', 'champion').
    codes = _CODES.findall(note.value) if note.value.startswith("(") else [note.value]
    value = "、".join(names.get(code, code) for code in codes)
    return {"address": note.address, "title": note.title, "seen": note.seen, "value": value}


def title_in_words(title: UnknownTitle) -> dict[str, Any]:
    """A column that a person may explain."""
    return {
        "title": title.title,
        "address": title.address,
        "suggestion": title.suggestion,
        "confidence": round(title.confidence, 2),
        "samples": list(title.samples),
    }


def change_in_words(change: Change, names: dict[str, str]) -> dict[str, Any]:
    """A change as lists show it. "details": a label with the value before and after, per field."""
    fields = {field.name: field for field in change.fact._meta.fields}
    details = []
    for name, after in change.after.items():
        if name not in fields:
            continue
        field = fields[name]
        details.append(
            {
                "label": str(field.verbose_name),
                "before": value_in_words(field, change.before.get(name), names),
                "after": value_in_words(field, after, names),
            }
        )
    return {
        "uscc": change.enterprise.uscc,
        "firm": change.enterprise.name,
        "act": str(LedgerEntry.Act(change.act).label),
        "on": change.effective_on,
        "cell": next(iter(change.cells.values()), ""),
        "details": details,
    }


def code_names() -> dict[str, str]:
    """Names of units, kinds, technology fields and stages by their codes (four queries)."""
    names = {stage.value: str(stage.label) for stage in PoolEntry.Stage}
    names |= {stage.value: str(stage.label) for stage in Application.Stage}
    names |= {LEAVES_POOL: LEAVES_POOL_WORD, CERTIFIED: CERTIFIED_WORD}
    for model in (Unit, QualificationKind, TechField, IpKind):
        names.update(model._default_manager.values_list("code", "name"))
    return names
