"""Loading a file into a register: read in the sandbox, shown first, written only as it was shown."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from enterprises import jobs
from enterprises.loading import receipt, storage
from enterprises.models import Job, RecordEntry, RecordKind, SourceFile
from enterprises.records import door
from enterprises.records.book import Heeded
from enterprises.records.door import Hearing
from enterprises.records.kinds import kind_coded, spec_of
from enterprises.records.planning import RULES, RecordPlan, plan_rows
from enterprises.records.wording import Wording, wording_for
from enterprises.refusal import Refusal
from enterprises.registry.watermark import lock_ledger
from enterprises.rosters.definition.official_names import vocabulary
from enterprises.rosters.definition.problems import FileRefused, Problem, UnknownTitle
from enterprises.rosters.definition.records.told import Told
from enterprises.rosters.reading.sandbox import read_safely
from parks.beat import Beat
from parks.models import Unit, User

CHECK, LOAD = "record_check", "record_load"
"""Kinds of job: a dry run, and the same followed by writing."""


def submit(
    kind: RecordKind,
    source: SourceFile,
    *,
    apply: bool,
    mapping: dict[str, str] | None = None,
    shown: str = "",
    by: User,
) -> Job:
    """Queue a dry run of a stored file, or its loading. `mapping`: key of a title → field.

    `shown`: the mark of what a person has seen it would write; it writes nothing else.
    """
    params = {"kind": kind.code, "source": source.pk, "mapping": mapping or {}, "shown": shown}
    return jobs.submit(kind=LOAD if apply else CHECK, params=params, by=by)


def run(context: jobs.JobContext) -> jobs.Commit | jobs.Result:
    """Job handler: reads and plans; with problems nothing is written, and the result says so.

    A dry run's plan is not used again: the register may have changed since.
    """
    kind, source = _kind_of(context.params), _source_of(context.params)
    try:
        plan = _examine(kind, source, context.params["mapping"], context.beat)
    except FileRefused as refused:
        return _refused(kind, source, refused)
    if plan.blocked or context.kind == CHECK:
        return _result(plan, source, applied=False)
    return lambda: _apply(plan, source, context.created_by, context.params.get("shown", ""))


def _kind_of(params: jobs.Params) -> RecordKind:
    kind = kind_coded(params["kind"])
    if kind is None:
        raise jobs.UserError("这一台账已不存在。")
    return kind


def _source_of(params: jobs.Params) -> SourceFile:
    source = SourceFile.objects.filter(pk=params["source"]).first()
    if source is None or not storage.path_of(source).is_file():
        raise jobs.UserError("文件已不在存储中，请重新上传。")
    return source


def _examine(
    kind: RecordKind, source: SourceFile, mapping: dict[str, str], beat: Beat
) -> RecordPlan:
    today = timezone.localdate()
    reading = read_safely(
        storage.path_of(source),
        source.name,
        vocabulary(),
        today,
        mapping=mapping,
        told=Told(today=today, register=spec_of(kind)),
        beat=beat,
    )
    beat("与台账比对", done=0, total=len(reading.rows))
    return plan_rows(kind, reading, today)


def _apply(plan: RecordPlan, source: SourceFile, by: User | None, shown: str) -> jobs.Result:
    # Locked first: what is compared with what was shown is what is written.
    lock_ledger()
    plan.hearing = door.preview(plan.kind, plan.tellings)
    if shown and mark_of(plan.hearing) != shown:
        return _result(plan, source, applied=False) | {"moved": True}
    try:
        plan.hearing = door.tell(plan.kind, plan.tellings, by=by, source=source)
    except Refusal as refused:
        # Somebody changed the register after the plan was held against it.
        raise jobs.UserError(refused.message) from None
    entries = [entry.pk for entry in plan.hearing.entries]
    # The ledger was locked meanwhile: all between are ours.
    stretch = [min(entries), max(entries)] if entries else None
    return _result(plan, source, applied=True) | {"stretch": stretch}


def mark_of(hearing: Hearing) -> str:
    """Another for everything else that would be written."""
    told = [
        [each.record.pk, each.record.identity, word.act, word.on, word.before, word.after]
        for each in hearing.heeded
        for word in each.heard.words
    ]
    text = json.dumps(told, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


# --- what the page shows of it ---
def _refused(kind: RecordKind, source: SourceFile, refused: FileRefused) -> jobs.Result:
    return {
        **_head(kind, source, applied=False),
        "blocked": True,
        "errors": 1,
        "problems": [receipt.problem_in_words(refused.problem)],
        "groups": receipt.problem_groups([refused.problem], RULES),
        "unknown_titles": [_title_in_words(title) for title in refused.unknown_titles],
    }


def _head(kind: RecordKind, source: SourceFile, *, applied: bool) -> jobs.Result:
    """All keys of a result, as of a file that says nothing."""
    counts = dict.fromkeys(("rows", "new", "changed", "unchanged", "errors", "warnings"), 0)
    lists: dict[str, Any] = {
        name: []
        for name in (
            "problems",
            "groups",
            "notes",
            "normalised",
            "ignored",
            "unknown_titles",
            "changes",
        )
    }
    return {
        "kind": kind.code,
        "file": source.name,
        "source": source.pk,
        "applied": applied,
        "blocked": False,
        "moved": False,
        "mark": "",
        "stretch": None,
        "change_count": 0,
        **counts,
        **lists,
    }


def _result(plan: RecordPlan, source: SourceFile, *, applied: bool) -> jobs.Result:
    reading, hearing = plan.reading, plan.hearing
    names = {unit.code: unit.name for unit in Unit.objects.reporting()}
    errors = sum(problem.blocks for problem in plan.problems)
    told = [each for each in hearing.heeded if each.is_changed]
    wording = wording_for(plan.kind)
    return {
        **_head(plan.kind, source, applied=applied),
        "blocked": plan.blocked,
        "rows": len(reading.rows),
        "new": hearing.new,
        "changed": hearing.changed,
        "unchanged": hearing.unchanged,
        "errors": errors,
        "warnings": len(plan.problems) - errors,
        "problems": [
            receipt.problem_in_words(problem) for problem in _shown_problems(plan.problems)
        ],
        "groups": receipt.problem_groups(plan.problems, RULES),
        "notes": list(reading.notes),
        "normalised": [
            receipt.note_in_words(note, names)
            for note in [*reading.normalised, *plan.linked][: receipt.MOST_NOTES]
        ],
        "ignored": [
            receipt.note_in_words(note, {}) for note in reading.ignored[: receipt.MOST_NOTES]
        ],
        "unknown_titles": [_title_in_words(title) for title in reading.unknown_titles],
        "mark": mark_of(hearing),
        "change_count": len(told),
        "changes": [_change_in_words(each, wording) for each in told[: receipt.MOST_CHANGES]],
    }


def _shown_problems(problems: list[Problem]) -> list[Problem]:
    """Errors first, cut to what a page can hold."""
    return sorted(problems, key=lambda problem: not problem.blocks)[: receipt.MOST_PROBLEMS]


def _title_in_words(title: UnknownTitle) -> dict[str, Any]:
    return {
        "title": title.title,
        "address": title.address,
        "suggestion": title.suggestion,
        "samples": list(title.samples),
    }


def _change_in_words(heeded: Heeded, wording: Wording) -> dict[str, Any]:
    first = heeded.heard.words[0]
    return {
        "record": heeded.record.pk,
        "name": str(heeded.record),
        "act": str(RecordEntry.Act(first.act).label),
        "on": first.on,
        "row": heeded.telling.row,
        "details": [
            {"label": detail.label, "before": detail.before, "after": detail.after}
            for word in heeded.heard.words
            for detail in wording.details(word.before, word.after)
            if detail.after or detail.before
        ],
    }
