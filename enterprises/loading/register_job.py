"""Loading files into the registry: examine them, show what would change, and on demand apply them.

All files of a job are applied together, or none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

from enterprises import jobs, registry
from enterprises.loading import offices, planning, receipt, storage, tally
from enterprises.loading.offices import OF_NO_OFFICE, OfficeList
from enterprises.loading.planning import FilePlan
from enterprises.models import Job, SourceFile
from enterprises.registry import Batch, WriteReport
from enterprises.rosters.definition.official_names import vocabulary
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.registers import RETURNS
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading.sandbox import read_safely
from parks.beat import Beat, silent
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
    documents: Iterable[Document],
    *,
    moves_on: dt.date | None = None,
    whose: OfficeList = OF_NO_OFFICE,
    beat: Beat = silent,
) -> LoadPlan:
    """Read the files and hold them, older lists first, against the registry. Writes nothing."""
    queue, words, today = list(documents), vocabulary(), timezone.localdate()
    plans: list[tuple[FilePlan, SourceFile | None]] = []
    for number, document in enumerate(queue):
        beat(f"读取 {document.name}", done=number, total=len(queue))
        plan = _plan_document(document, words, today, moves_on, whose, beat)
        plans.append((plan, document.source))
    # The order in which they are applied, and therefore compared.
    plans.sort(key=lambda pair: pair[0].order)
    load_plan, rows = LoadPlan(), 0
    for file, source in plans:
        load_plan.files.append(file)
        load_plan.sources.append(source)
        rows += len(file.reading.rows) if file.reading else 0
    beat("与登记比对", done=0, total=rows)
    planning.compare_with_registry(load_plan.files, today)
    return load_plan


def _plan_document(
    document: Document,
    words: Vocabulary,
    today: dt.date,
    moves_on: dt.date | None,
    whose: OfficeList,
    beat: Beat,
) -> FilePlan:
    try:
        reading = read_safely(
            document.path,
            document.name,
            words,
            today,
            mapping=whose.mapping,
            told=whose.told,
            beat=beat,
        )
    except FileRefused as refusal:
        return FilePlan(
            document.name,
            None,
            [refusal.problem],
            questions=refusal.unknown_titles,
            wants_year=RETURNS.key_with in refusal.missing,
        )
    return planning.plan_file(reading, today=today, moves_on=moves_on, office=whose.code)


def submit(
    sources: Sequence[SourceFile],
    *,
    apply: bool,
    moves_on: dt.date | None,
    by: User | None,
    office: str = "",
    year: int | None = None,
) -> Job:
    """Queue a dry run of stored files, or their loading.

    `office`: code of the office whose lists they are. `year`: of their figures, where no column
    says it.
    """
    params: dict[str, object] = {
        "sources": [source.pk for source in sources],
        "moves_on": moves_on.isoformat() if moves_on else None,
    }
    if office:
        params |= {"office": office, "year": year}
    return jobs.submit(kind=LOAD if apply else CHECK, params=params, by=by)


def moves_day(params: Mapping[str, Any]) -> dt.date | None:
    """The day of the moves that the lists of a job show, where a person has said it."""
    day = params.get("moves_on")
    return dt.date.fromisoformat(day) if day else None


def run(context: jobs.JobContext) -> jobs.Commit | jobs.Result:
    """Job handler. params: {"sources": [SourceFile id], "moves_on": ISO day or None}.

    Of an office's lists also "office", its code, and "year" or None.

    The kind of the job says whether to write.

    With problems nothing is written, and the result says so. The dry run's plan is not reused: the
    registry may have changed since, so applying plans everything anew.
    """
    plan = examine(
        _stored_documents(context.params["sources"]),
        moves_on=moves_day(context.params),
        whose=offices.list_of(context.params.get("office", ""), context.params.get("year")),
        beat=context.beat,
    )
    if plan.blocked or context.kind == CHECK:
        return receipt.build_receipt(plan.files, plan.sources, applied=False)
    prepared = registry.Prepared(
        lambda: plan.batches, by=context.created_by, beat=lambda: context.beat("准备写入")
    )
    # The queue calls this in the transaction that also ends the job.
    return lambda: _apply_plan(plan, prepared, context.params.get("office", ""))


def _apply_plan(plan: LoadPlan, prepared: registry.Prepared, office: str) -> jobs.Result:
    try:
        reports = prepared.write()
    except registry.ActsRefused as refusal:
        # Somebody changed the registry after the plan was compared with it.
        for number, file in enumerate(plan.files):
            file.report = WriteReport()
            errors = [error for error in refusal.errors if error.batch == number]
            file.problems += planning.refusal_problems(file, errors)
        return receipt.build_receipt(plan.files, plan.sources, applied=False)
    for file, source, report in zip(plan.files, plan.sources, reports, strict=True):
        file.report = report
        file.tallies = tally.tally(file.acts, report.facts, timezone.localdate())
        if source and file.reading:
            storage.describe(source, file.reading.layout, file.reading.as_of, office)
    written = receipt.build_receipt(plan.files, plan.sources, applied=True)
    entries = [entry.pk for report in reports for entry in report.entries]
    # The ledger was locked meanwhile: all between are ours.
    return written | {"stretch": [entries[0], entries[-1]] if entries else None}


def _stored_documents(ids: Sequence[int]) -> list[Document]:
    """The files in the order of their ids. Raises UserError when any row or file is gone."""
    sources = SourceFile.objects.in_bulk(ids)
    documents = []
    missing = []
    for pk in ids:
        source = sources.get(pk)
        if source is None:
            continue
        documents.append(Document(storage.path_of(source), source.name, source))
        if not documents[-1].path.is_file():
            missing.append(source.name)
    if missing or len(documents) < len(ids):
        names = "、".join(missing) or "来源文件记录已删除"
        # Given up at once: no further attempt would bring the file back.
        raise jobs.UserError(f"文件已不在存储中，请重新上传：{names}。")
    return documents
