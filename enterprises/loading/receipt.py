"""What a job tells of files it read: counts in full, lists capped, everything in words a clerk reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from enterprises.loading.planning import OTHER_PLACE, PLAN_RULES, FilePlan
from enterprises.models import LedgerEntry, PoolEntry, QualificationKind, SourceFile, TechField
from enterprises.registry.notebook import Change
from enterprises.registry.wording import value_in_words
from enterprises.rosters.definition.catalogue import Rule
from enterprises.rosters.definition.causes import by_cause, row_ranges
from enterprises.rosters.definition.problems import Note, Problem
from enterprises.rosters.definition.rules import CATALOGUE
from parks.models import Unit

MOST_PROBLEMS, MOST_NOTES, MOST_CHANGES = 500, 200, 200
"""Entries kept per file; the counts beside them are complete."""
ENTRIES: dict[str, Rule] = CATALOGUE | {rule.code: rule for rule in PLAN_RULES}
_CODES = re.compile(r"'(\w+)'")


def build_receipt(
    files: Sequence[FilePlan], sources: Sequence[SourceFile | None], *, applied: bool
) -> dict[str, Any]:
    """{"applied", "blocked", "new", "changed", "entries", "errors", "warnings": numbers, "files": [a dict per file]}"""
    errors, warnings = severities(files)
    names = code_names()
    shown = [_file(file, source, names) for file, source in zip(files, sources, strict=True)]
    return {
        "applied": applied,
        "blocked": any(file.blocked for file in files),
        "new": sum(file.report.new for file in files),
        "changed": sum(file.report.changed for file in files),
        "entries": sum(len(file.report.changes) for file in files),
        "errors": errors,
        "warnings": warnings,
        "place_conflicts": any(
            problem.code == OTHER_PLACE.code for file in files for problem in file.problems
        ),
        "files": sorted(shown, key=lambda one: (not one["blocked"], not one["problem_count"])),
    }


def _file(file: FilePlan, source: SourceFile | None, names: dict[str, str]) -> dict[str, Any]:
    reading, report = file.reading, file.report
    normalised, ignored = (reading.normalised, reading.ignored) if reading else ([], [])
    return {
        "name": file.name,
        "source": source.pk if source else None,
        "layout": reading.layout.title if reading else "无法读取",
        "as_of": reading.as_of if reading else None,
        "unit": reading.reporting_unit if reading else None,
        "rows": len(reading.rows) if reading else 0,
        "blocked": file.blocked,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "acts": [
            [str(LedgerEntry.Act(act).label), count] for act, count in sorted(report.acts.items())
        ],
        "problem_count": len(file.problems),
        "problems": [problem_in_words(problem) for problem in file.problems[:MOST_PROBLEMS]],
        "groups": groups(file.problems),
        "normalised_count": len(normalised),
        "normalised": [note_in_words(note, names) for note in normalised[:MOST_NOTES]],
        "ignored_count": len(ignored),
        "ignored": [note_in_words(note, {}) for note in ignored[:MOST_NOTES]],
        "notes": list(reading.notes) if reading else [],
        "change_count": len(report.changes),
        "changes": [change_in_words(change, names) for change in report.changes[:MOST_CHANGES]],
    }


def severities(files: Sequence[FilePlan]) -> tuple[int, int]:
    """How many errors and how many warnings these files have."""
    blocking = [problem.blocks for file in files for problem in file.problems]
    return sum(blocking), len(blocking) - sum(blocking)


def problem_in_words(problem: Problem) -> dict[str, str]:
    names = ("code", "address", "title", "seen", "reason", "fix")
    return {name: getattr(problem, name) for name in names} | {"severity": problem.severity.value}


def groups(problems: Iterable[Problem], further: Iterable[Rule] = ()) -> list[dict[str, Any]]:
    """Problems of one cause in one column together, with the rows they stand in, errors first.

    `further`: rules of the caller's own, beyond those of reading and planning.
    """
    entries = ENTRIES | {rule.code: rule for rule in further}
    return [
        {
            "code": same[0].code,
            "severity": same[0].severity.value,
            "title": same[0].title,
            "reason": entries[same[0].code].reason if len(same) > 1 else same[0].reason,
            "fix": same[0].fix,
            "count": len(same),
            "rows": row_ranges(same),
        }
        for same in by_cause(problems)
    ]


def note_in_words(note: Note, names: dict[str, str]) -> dict[str, str]:
    """The note's parts; codes of units, kinds and stages by their names."""
    codes = _CODES.findall(note.value) if note.value.startswith("(") else [note.value]
    value = "、".join(names.get(code, code) for code in codes)
    return {"address": note.address, "title": note.title, "seen": note.seen, "value": value}


def change_in_words(change: Change, names: dict[str, str]) -> dict[str, Any]:
    fields = {column.name: column for column in change.fact._meta.fields}
    return {
        "uscc": change.enterprise.uscc,
        "firm": change.enterprise.name,
        "act": str(LedgerEntry.Act(change.act).label),
        "on": change.effective_on,
        "cell": next(iter(change.cells.values()), ""),
        "details": [
            {
                "label": str(fields[name].verbose_name),
                "before": value_in_words(fields[name], change.before.get(name), names),
                "after": value_in_words(fields[name], after, names),
            }
            for name, after in change.after.items()
            if name in fields
        ],
    }


def code_names() -> dict[str, str]:
    """Names of units, kinds, technology fields and pool stages by their codes (three queries)."""
    models = (Unit, QualificationKind, TechField)
    stages = {stage.value: str(stage.label) for stage in PoolEntry.Stage}
    named = (model._default_manager.values_list("code", "name") for model in models)
    return stages | {code: name for pairs in named for code, name in pairs}
