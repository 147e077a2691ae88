"""What the bodies of a demo district reported last, the figures others published and the year's goals: invented."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from enterprises.models import Period, Quarter, SourceFile
from parks.models import Unit, User
from targets.demo import goals
from targets.key_tasks import duties
from targets.key_tasks import entries as task_entries
from targets.key_tasks import files as task_files
from targets.key_tasks.duties import Duty
from targets.key_tasks.entries import TaskReport
from targets.models import Indicator, ReportedFigure, TaskProgress, TaskState
from targets.output.spreadsheet import Columns, workbook_of

DATA = Path(__file__).parent / "demo.toml"
SEED = 20230421
MARK, SOURCE = "（演示）", "演示数据（程序生成），不是公布的数"
TABLE: Columns = (("项目", 24), ("数量", 10), ("单位", 8))
QUARTERS = 2
REPORTS = {
    Unit.Kind.DEPARTMENT: (0.95, 0.75),
    Unit.Kind.PARK: (1, 0.7),
    Unit.Kind.TOWN: (0.92, 0.6),
}
"""The share of bodies that have reported: for the quarter before the last, for the last."""
FORGETS = 0.08
"""The share of its tasks that a reporting body leaves out."""
ALWAYS, SILENT_NOW = Unit.BUREAU_CODE, "zstz"
"""The bureau reports everything; a department that leads a task is still awaited."""


def create() -> int | None:
    """How many reports were written; None, and nothing done, unless the district is a demo of which nothing was
    reported and somebody of the bureau has an account to write by."""
    with transaction.atomic():
        writers = Writers()
        reported = TaskProgress.objects.exists() or ReportedFigure.objects.exists()
        if not SourceFile.objects.tell_of_a_demo() or reported or not writers.bureau:
            return None
        data = tomllib.loads(DATA.read_text(encoding="utf-8"))
        _publish(data["figure"], writers.bureau)
        goals.allot(writers.bureau)
        periods = task_entries.periods()[:QUARTERS][::-1]
        return sum(_report(number, period, data, writers) for number, period in enumerate(periods))


class Writers:
    """A body's own people report; where it has none, the bureau in its stead."""

    def __init__(self) -> None:
        active = User.objects.filter(is_active=True).order_by("-id")
        self.of_unit = {person.unit_id: person for person in active.filter(unit__isnull=False)}
        self.bureau = active.filter(
            role__in=[User.Role.BUREAU_ADMIN, User.Role.BUREAU_STAFF]
        ).first()

    def of(self, unit: Unit) -> User:
        person = self.of_unit.get(unit.pk, self.bureau)
        assert person is not None  # asked before anything is written
        return person


def _publish(rows: list[dict[str, Any]], by: User) -> None:
    indicators = {one.code: one for one in Indicator.objects.filter(kind=Indicator.Kind.REPORTED)}
    today = timezone.localdate()
    ReportedFigure.objects.bulk_create(
        ReportedFigure(
            indicator=indicators[row["indicator"]],
            year=year,
            value=value,
            published_on=day,
            source=SOURCE,
            by=by,
        )
        for row in rows
        for year, value, day in row["values"]
        if day <= today
    )


def _report(number: int, period: Period, data: dict[str, Any], writers: Writers) -> int:
    """The reports of one quarter, the first or the second of the data's two."""
    tasks = {row["code"]: row for row in data["task"]}
    spoken: set[str] = set()
    for duty in (fulfilled := _fulfilled(number)):
        code = duty.task.code
        if duty.leads and code not in spoken:
            report = _of_lead(tasks[code], number)
            spoken.add(code)
        else:
            report = TaskReport(
                TaskState.IN_PROGRESS, _marked(data["other"][duty.unit.kind][number], duty.unit)
            )
        task_entries.add(
            duty.task, duty.unit, period, report, by=writers.of(duty.unit), at=_when(duty, period)
        )
    return len(fulfilled)


def _fulfilled(number: int) -> list[Duty]:
    """The duties that are reported on; the same ones every time."""
    chance, owed = random.Random(f"{SEED} {number}"), duties.duties_of_tasks()
    units = sorted({duty.unit for duty in owed}, key=lambda unit: unit.code)
    silent = {
        unit.code for unit in units if chance.random() > REPORTS[Unit.Kind(unit.kind)][number]
    }
    if number == QUARTERS - 1:
        silent.add(SILENT_NOW)
    remembered = [duty for duty in owed if chance.random() > FORGETS or duty.unit.code == ALWAYS]
    return [duty for duty in remembered if duty.unit.code == ALWAYS or duty.unit.code not in silent]


def _when(duty: Duty, period: Period) -> dt.datetime:
    """A working hour about the due day, each body its own day, one in ten late; not to come."""
    chance = random.Random(f"{SEED} {period.code} {duty.unit.code}")
    day = Quarter.due_day(period) + dt.timedelta(days=chance.randint(-9, 1))
    minute = dt.time(chance.randint(9, 16), chance.randrange(60))
    return min(timezone.make_aware(dt.datetime.combine(day, minute)), timezone.now())


def _of_lead(task: dict[str, Any], number: int) -> TaskReport:
    figure = task["figures"][number]
    return TaskReport(
        state=task["states"][number],
        text=MARK + task["said"][number],
        figures=[dict(zip(("label", "value", "unit"), figure, strict=True))] if figure else [],
        files=[task_files.keep(_table(task["file"], figure))] if "file" in task else [],
    )


def _marked(text: str, unit: Unit) -> str:
    return MARK + text.format(unit=unit)


def _table(title: str, figure: list[Any]) -> SimpleUploadedFile:
    """A workbook such as bodies attach."""
    label, value, unit = figure
    file = workbook_of(title=title, head=[SOURCE], rows=[[label, value, unit]], columns=TABLE)
    return SimpleUploadedFile(f"{title}{MARK}.xlsx", file.read())
