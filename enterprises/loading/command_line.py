"""Loading from the command line: the same job as from the page, its outcome in lines of text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from enterprises import jobs, registry
from enterprises.loading import receipt, register_job, storage, tally
from enterprises.loading.planning import FilePlan
from enterprises.loading.tally import KindTally
from enterprises.models import Job, LedgerEntry, SourceFile
from enterprises.registry import WriteReport
from enterprises.registry.acts import Act
from enterprises.rosters.definition.problems import Problem
from enterprises.rosters.reading.sheet import Reading
from parks.models import User


def load_files(paths: Sequence[Path], *, moves_on: dt.date | None, by: User | None) -> Job:
    """Store the files, load them and carry out the jobs that follow. Raises StorageError."""
    sources = [storage.keep(storage.blocks_of(path), path.name, by=by) for path in paths]
    job = jobs.run_inline(register_job.submit(sources, apply=True, moves_on=moves_on, by=by))
    run_follow_ups()
    return job


def write_acts(
    acts: Sequence[Act], path: Path, kind: SourceFile.Kind, *, by: User | None
) -> WriteReport:
    """Write the acts with the file as their source, and carry out the jobs that follow a load.

    All or nothing. Raises StorageError and ActsRefused.
    """
    with transaction.atomic():
        source = storage.keep_as(kind, storage.blocks_of(path), path.name, by=by)
        written = registry.apply(acts, by=by, source=source)
        jobs.follow_up(register_job.LOAD, by=by)
    run_follow_ups()
    return written


def run_follow_ups() -> None:
    """A command may run where no worker does, so it does itself what follows a load."""
    kinds = settings.JOB_FOLLOW_UPS[register_job.LOAD]
    for follow_up in Job.objects.unfinished().filter(kind__in=kinds):
        jobs.run_inline(follow_up)


def report_lines(files: Sequence[FilePlan]) -> Iterator[str]:
    """Every file with its counts, normalised values, ignored lines and problems."""
    names = receipt.code_names()
    new = changed = 0
    for file in files:
        new += file.report.new
        changed += file.report.changed
        yield from _file_lines(file, names)
    errors, warnings = receipt.count_by_severity(files)
    yield (
        f"共{len(files)}个文件：新增{new}家，变更{changed}家次，错误{errors}个、提醒{warnings}个"
    )


def load_summary(job: Job) -> str:
    """About a job that has loaded its files: what was written, and what of it counts."""
    result = job.result or {}
    counts = f"新增{result['new']}家，变更{result['changed']}家次，记账{result['entries']}条"
    lines = [f"已入库：{counts}（任务 #{job.pk}）"]
    for file in result["files"]:
        lines += _standing_lines(file["standing"])
    return "\n".join(lines)


def _file_lines(file: FilePlan, names: dict[str, str]) -> Iterator[str]:
    if file.reading is None:
        yield f"== {file.name}：无法读取"
    else:
        yield from _reading_lines(file.name, file.reading, file.report, file.tallies, names)
    for problem in file.problems:
        yield _problem_line(problem)


def _reading_lines(
    filename: str,
    reading: Reading,
    report: WriteReport,
    tallies: Sequence[KindTally],
    names: dict[str, str],
) -> Iterator[str]:
    until = f"，截至{reading.as_of}" if reading.as_of else ""
    yield f"== {filename}：{reading.layout.title}{until}，{len(reading.rows)}行"
    yield f"   新增{report.new}家，变更{report.changed}家，不变{report.unchanged}家"
    yield from _standing_lines(tally.in_words(tallies, names))
    if report.acts:
        counts = [
            f"{LedgerEntry.Act(act).label}{count}" for act, count in sorted(report.acts.items())
        ]
        yield "   " + "，".join(counts)
    for note in reading.normalised:
        words = receipt.note_in_words(note, names)
        yield "   规范 {address}（{title}）：“{seen}”→“{value}”".format(**words)
    for note in reading.ignored:
        yield f"   略过 {note.address}：“{note.seen}”（{note.value}）"
    for remark in reading.notes:
        yield f"   说明 {remark}"


def _standing_lines(standing: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for entry in standing:
        yield f"   {tally.sentence(entry)}"
        for one in entry["uncounted"]:
            yield f"      不计 {one['firm']}（{one['uscc']}）：{one['label']}"


def _problem_line(problem: Problem) -> str:
    severity = "错误" if problem.blocks else "提醒"
    return (
        f"   {severity} {problem.code} {problem.address}（{problem.title}）：“{problem.seen}” "
        f"{problem.reason}。{problem.fix}。"
    )
