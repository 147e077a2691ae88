"""Loading from the command line: the same job as from the page, done here, and its outcome in lines of text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from enterprises import jobs
from enterprises.loading import receipt, register_job, storage
from enterprises.loading.planning import FilePlan
from enterprises.models import Job, LedgerEntry
from enterprises.rosters.definition.problems import Problem
from parks.models import User


def load(paths: Sequence[Path], *, moves_on: dt.date | None, by: User | None) -> Job:
    """Store the files, load them and bring the jobs that follow to their end. Raises StorageError."""
    sources = [storage.keep(storage.blocks_of(path), path.name, by=by) for path in paths]
    job = jobs.run_inline(register_job.submit(sources, apply=True, moves_on=moves_on, by=by))
    for follow_up in Job.objects.unfinished().filter(
        kind__in=settings.JOB_FOLLOW_UPS[register_job.LOAD]
    ):
        jobs.run_inline(follow_up)
    return job


def report(files: Sequence[FilePlan]) -> Iterator[str]:
    """Every file with its counts, normalised values, passed-over lines and problems."""
    names = receipt.code_names()
    for file in files:
        yield from _file(file, names)
    errors, warnings = receipt.severities(files)
    totals = [sum(getattr(file.report, name) for file in files) for name in ("new", "changed")]
    yield f"共{len(files)}个文件：新增{totals[0]}家，变更{totals[1]}家次，错误{errors}个、提醒{warnings}个"


def said_of_load(job: Job) -> str:
    result = job.result or {}
    return f"已入库：新增{result['new']}家，变更{result['changed']}家次，记账{result['entries']}条（任务 #{job.pk}）"


def _file(file: FilePlan, names: dict[str, str]) -> Iterator[str]:
    reading, changes = file.reading, file.report
    if reading is None:
        yield f"== {file.name}：无法读取"
    else:
        until = f"，截至{reading.as_of}" if reading.as_of else ""
        yield f"== {file.name}：{reading.layout.title}{until}，{len(reading.rows)}行"
        yield f"   新增{changes.new}家，变更{changes.changed}家，不变{changes.unchanged}家"
        if changes.acts:
            yield "   " + "，".join(
                f"{LedgerEntry.Act(act).label}{count}"
                for act, count in sorted(changes.acts.items())
            )
        words = (receipt.note_in_words(note, names) for note in reading.normalised)
        yield from (
            "   规范 {address}（{title}）：“{seen}”→“{value}”".format(**said) for said in words
        )
        yield from (f"   略过 {n.address}：“{n.seen}”（{n.value}）" for n in reading.ignored)
        yield from (f"   说明 {note}" for note in reading.notes)
    yield from map(_problem, file.problems)


def _problem(problem: Problem) -> str:
    severity = "错误" if problem.blocks else "提醒"
    return (
        f"   {severity} {problem.code} {problem.address}（{problem.title}）：“{problem.seen}” "
        f"{problem.reason}。{problem.fix}。"
    )
