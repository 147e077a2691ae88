"""Reporting on a task: one more version, never another in its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises.models import Period
from enterprises.refusal import Refusal
from parks.district import PLAN
from parks.models import Unit, User
from targets.key_tasks import duties
from targets.models import KeyTask, TaskFile, TaskProgress

FIRST = Period.of(PLAN.issued_on)
"""The plan was issued in this quarter."""


@dataclass(frozen=True)
class TaskReport:
    """What a body says: state, text and figures as in TaskProgress, and stored files.

    The files may be new or those of the version before.
    """

    state: str
    text: str
    figures: Sequence[dict[str, Any]] = ()
    files: Sequence[TaskFile] = ()


def periods() -> list[Period]:
    """The quarters that can be reported on, the last first.

    Those are the quarters that have ended since the plan was issued.
    """
    ended = []
    # From the quarter that ended last: a running one has no end that could be reported on.
    period = Period.before(timezone.localdate())
    while (period.year, period.number) >= (FIRST.year, FIRST.number):
        ended.append(period)
        period = Period.before(period.first_day)
    return ended


def add(
    task: KeyTask,
    unit: Unit,
    period: Period,
    report: TaskReport,
    *,
    by: User,
    seen: int = 0,
    at: dt.datetime | None = None,
) -> TaskProgress:
    """Write the next version of a body's entry.

    `seen` is the version that the writer looked at, 0 for none. `at` is when it was written, now
    unless a history is told. Raises Refusal when the report is not due from the unit, says
    nothing new, or somebody else was faster.
    """
    if not duties.falls_to(task, unit):
        raise Refusal(f"{unit}不是这项任务的牵头或责任单位。", "invalid")
    # A quarter that runs still has no end to report on.
    if period not in periods():
        raise Refusal(f"{period.label}不能填报：只收已结束的季度。", "invalid")
    with transaction.atomic():
        # Two reports on a task wait for each other, so that both get a version of their own.
        KeyTask.objects.select_for_update().get(pk=task.pk)
        last = last_of(task, unit, period)
        number = last.version if last else 0
        # A first report needs no number: nobody can have overlooked anything.
        if last and number != seen:
            raise Refusal(f"{last.by}已在{_at(last)}填报了第{number}版，请核对后再提交。", "state")
        entry = TaskProgress.objects.create(
            task=task, unit=unit, year=period.year, quarter=period.number, version=number + 1,
            state=report.state, text=report.text, figures=list(report.figures), by=by,
            at=at or timezone.now(),
        )  # fmt: skip
        _attach(entry, report.files)
        # Only now, with its files, can the entry be compared. A refusal undoes the transaction.
        if last and last.content == entry.content:
            raise Refusal("内容与上一版完全相同，没有重复登记。", "identical")
    return entry


def figure(label: str, value: Decimal, unit: str) -> dict[str, Any]:
    """One of a report's figures as TaskProgress keeps it: a whole number stays whole."""
    # JSON knows no decimals, and a text would not be a number any more for who reads it.
    plain = int(value) if value == value.to_integral_value() else float(value)
    return {"label": label, "value": plain, "unit": unit}


def last_of(task: KeyTask, unit: Unit, period: Period) -> TaskProgress | None:
    """The entry that counts."""
    entries = TaskProgress.objects.filter(task=task, unit=unit).of_period(period)
    return entries.select_related("by").prefetch_related("files").order_by("version").last()


def _at(entry: TaskProgress) -> str:
    return f"{timezone.localtime(entry.at):%m月%d日 %H:%M}"


def _attach(entry: TaskProgress, files: Iterable[TaskFile]) -> None:
    """Each file once, also where it was kept and sent again."""
    # By name and content: the same bytes under two names are two files to their reader.
    rows = {(file.name, file.sha256): file.size for file in files}
    TaskFile.objects.bulk_create(
        TaskFile(entry=entry, name=name, sha256=sha256, size=size)
        for (name, sha256), size in rows.items()
    )
