"""Loading files into the registry: examine them, show what would change, and, when asked, apply all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from enterprises import jobs, registry
from enterprises.loading import planning, receipt, storage
from enterprises.loading.planning import FilePlan
from enterprises.models import Job, SourceFile
from enterprises.registry import Batch, WriteReport
from enterprises.rosters.definition.official_names import vocabulary
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading.sandbox import read_safely
from enterprises.rosters.reading.sheet import Beat, silent
from parks.models import User

CHECK, LOAD = "check", "load"
"""Kinds of job: a dry run, and the same followed by writing."""


@dataclass(frozen=True)
class Document:
    """A file to be read: where it lies, what it is called and, once stored, its row."""

    path: Path
    name: str
    source: SourceFile | None = None


@dataclass
class LoadPlan:
    """What loading some files together would do."""

    files: list[FilePlan] = field(default_factory=list)
    sources: list[SourceFile | None] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        return any(file.blocked for file in self.files)

    @property
    def batches(self) -> list[Batch]:
        return [
            Batch(file.acts, source) for file, source in zip(self.files, self.sources, strict=True)
        ]


def examine(
    documents: Iterable[Document], *, moves_on: dt.date | None = None, beat: Beat = silent
) -> LoadPlan:
    """Read the files and hold them, older lists first, against the registry. Writes nothing."""
    todo, words, today = list(documents), vocabulary(), timezone.localdate()
    read: list[tuple[FilePlan, SourceFile | None]] = []
    for number, document in enumerate(todo):
        beat(f"读取 {document.name}", done=number, total=len(todo))
        read.append((_examine_one(document, words, today, moves_on, beat), document.source))
    read.sort(key=lambda pair: pair[0].order)
    plan = LoadPlan([file for file, _ in read], [source for _, source in read])
    rows = sum(len(file.reading.rows) for file in plan.files if file.reading)
    beat("与登记比对", done=0, total=rows)
    planning.compare(plan.files)
    return plan


def _examine_one(
    document: Document, words: Vocabulary, today: dt.date, moves_on: dt.date | None, beat: Beat
) -> FilePlan:
    try:
        reading = read_safely(document.path, document.name, words, today, beat=beat)
    except FileRefused as refusal:
        return FilePlan(document.name, None, [refusal.problem])
    return planning.plan_file(reading, today=today, moves_on=moves_on)


def submit(
    sources: Sequence[SourceFile], *, apply: bool, moves_on: dt.date | None, by: User | None
) -> Job:
    """Queue a dry run of stored files, or their loading."""
    params = {
        "sources": [source.pk for source in sources],
        "moves_on": moves_on.isoformat() if moves_on else None,
    }
    return jobs.submit(kind=LOAD if apply else CHECK, params=params, by=by)


def run(context: jobs.JobContext) -> jobs.Commit | jobs.Result:
    """Job handler. params: {"sources": [SourceFile id], "moves_on": ISO day or None}; the kind says whether to write.

    With problems nothing is written, and the result says so. At applying, everything is planned anew.
    """
    moves_on = context.params.get("moves_on")
    plan = examine(
        _documents(context.params["sources"]),
        moves_on=dt.date.fromisoformat(moves_on) if moves_on else None,
        beat=context.beat,
    )
    if plan.blocked or context.kind == CHECK:
        return receipt.build_receipt(plan.files, plan.sources, applied=False)
    return lambda: _commit(plan, context.created_by)


def _commit(plan: LoadPlan, by: User | None) -> jobs.Result:
    try:
        reports = registry.apply_all(plan.batches, by=by)
    except registry.ActsRefused as refusal:  # the facts moved on since they were compared
        for number, file in enumerate(plan.files):
            file.report = WriteReport()
            file.problems += planning.refusals(
                file, [error for error in refusal.errors if error.batch == number]
            )
        return receipt.build_receipt(plan.files, plan.sources, applied=False)
    for file, source, report in zip(plan.files, plan.sources, reports, strict=True):
        file.report = report
        if source and file.reading:
            storage.describe(source, file.reading.layout, file.reading.as_of)
    return receipt.build_receipt(plan.files, plan.sources, applied=True)


def _documents(ids: Sequence[int]) -> list[Document]:
    sources = SourceFile.objects.in_bulk(ids)
    found = [
        Document(storage.path_of(sources[pk]), sources[pk].name, sources[pk])
        for pk in ids
        if pk in sources
    ]
    missing = [str(document.name) for document in found if not document.path.is_file()]
    if missing or len(found) < len(ids):
        raise jobs.UserError(
            f"文件已不在存储中，请重新上传：{'、'.join(missing) or '来源文件记录已删除'}。"
        )
    return found
