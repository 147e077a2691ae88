"""Invented for a demo district: what bodies reported, what others published, goals, the calendar."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from enterprises.demo import autumn_list, register_kinds
from enterprises.demo.registers import RegisterStory
from enterprises.models import Notice, Period, Quarter, SourceFile
from enterprises.notices import sending as notices
from enterprises.rosters.writing.list_file import Columns, workbook_of
from parks import demo_accounts
from parks.models import Unit, User
from targets.demo import assessment, batches, followup, goals, meetings, quarters
from targets.key_tasks import duties
from targets.key_tasks import entries as task_entries
from targets.key_tasks import files as task_files
from targets.key_tasks.duties import Duty
from targets.key_tasks.entries import TaskReport
from targets.models import Indicator, ReportedFigure, TaskProgress, TaskState

DATA = Path(__file__).parent / "demo.toml"
# Fixed, so that every demo district tells the same story.
SEED = 20230421
# Whatever is invented says so itself, wherever it may be copied to.
MARK, SOURCE = "（演示）", "演示数据（程序生成），不是公布的数"
TABLE: Columns = (("项目", 24), ("数量", 10), ("单位", 8))
QUARTERS = 3
REPORTS = {
    Unit.Kind.DEPARTMENT: (0.97, 0.95, 0.75),
    Unit.Kind.PARK: (1, 1, 0.7),
    Unit.Kind.TOWN: (0.95, 0.92, 0.6),
}
"""The share of bodies that have reported, for each of the last quarters; the last one last."""
UNREAD_FOR = dt.timedelta(days=4)
FORGETS = 0.08
"""The share of its tasks that a reporting body leaves out."""
ALWAYS, SILENT_NOW = Unit.BUREAU_CODE, ("zstz", *demo_accounts.UNITS[:2])
"""The bureau reports everything. Awaited are a department that leads a task, and who tries the portal."""


def create() -> int | None:
    """Write everything; returns how many reports were written.

    None, and nothing done, unless the district is a demo of which nothing was reported yet, and
    somebody of the bureau has an account to write by.
    """
    with transaction.atomic():
        writers = Writers()
        reported = TaskProgress.objects.exists() or ReportedFigure.objects.exists()
        if not SourceFile.objects.tell_of_a_demo() or reported or not writers.bureau:
            return None
        demo_accounts.create_clerks(MARK)
        # Now with those who report for their units.
        writers = Writers()
        assert writers.bureau is not None  # as before
        today, data = timezone.localdate(), tomllib.loads(DATA.read_text(encoding="utf-8"))
        _publish_figures(data["figure"], writers.bureau)
        batches.add(data["batch"], writers.bureau)
        goals.allot_goals(writers.bureau)
        followup.add(writers.bureau, MARK)
        source = SourceFile.objects.filter(kind=SourceFile.Kind.DEMO).first()
        register_kinds.add(RegisterStory(today), source, writers.bureau)
        oldest_first = reversed(task_entries.periods()[:QUARTERS])
        written = sum(
            _report_quarter(number, period, data, writers)
            for number, period in enumerate(oldest_first)
        )
        assessment.decree(data["assessment"], today, writers.of_bureau)
        quarters.tell(today, writers.writer_for, writers.of_bureau)
        meetings.tell(today, writers.writer_for, writers.of_bureau, MARK)
        autumn_list.receive(today, writers.bureau)
        _read_old_notices(today)
        return written


def _read_old_notices(today: dt.date) -> None:
    """What people of the demo were told long ago they have read; the last days' is still new to them."""
    first = timezone.make_aware(dt.datetime.combine(today - UNREAD_FOR, dt.time()))
    old: dict[User, list[int]] = {}
    for notice in Notice.objects.filter(at__lt=first, read_at=None).select_related("person"):
        old.setdefault(notice.person, []).append(notice.pk)
    for person, pks in old.items():
        notices.mark_read(person, *pks)


class Writers:
    """A body's own people report; where it has none, the bureau in its stead."""

    def __init__(self) -> None:
        # The youngest account first; of several people of a unit the oldest stays in the mapping.
        active = User.objects.filter(is_active=True).order_by("-id")
        self.of_unit = {person.unit_id: person for person in active.filter(unit__isnull=False)}
        self.of_bureau = list(
            active.filter(role__in=[User.Role.BUREAU_ADMIN, User.Role.BUREAU_STAFF])
        )
        self.bureau = self.of_bureau[0] if self.of_bureau else None

    def writer_for(self, unit: Unit) -> User:
        person = self.of_unit.get(unit.pk, self.bureau)
        assert person is not None  # create() has made sure of it
        return person


def _publish_figures(rows: list[dict[str, Any]], by: User) -> None:
    """What has been published by today; the data also holds what is still to come."""
    reported = Indicator.objects.filter(kind=Indicator.Kind.REPORTED)
    indicators = {indicator.code: indicator for indicator in reported}
    today = timezone.localdate()
    figures = []
    for row in rows:
        indicator = indicators[row["indicator"]]
        for year, value, day in row["values"]:
            if day <= today:
                figures.append(
                    ReportedFigure(
                        indicator=indicator,
                        year=year,
                        value=value,
                        published_on=day,
                        source=SOURCE,
                        by=by,
                    )
                )
    ReportedFigure.objects.bulk_create(figures)


def _report_quarter(number: int, period: Period, data: dict[str, Any], writers: Writers) -> int:
    """The reports of one quarter: `number` is its place among those of the data."""
    tasks = {row["code"]: row for row in data["task"]}
    told_by_a_lead: set[str] = set()
    fulfilled = _fulfilled_duties(number)
    for duty in fulfilled:
        code, unit = duty.task.code, duty.unit
        # Of several leads the first tells the task's own story, the others a general one.
        if duty.leads and code not in told_by_a_lead:
            report = _report_of_lead(tasks[code], number)
            told_by_a_lead.add(code)
        else:
            sentence = data["other"][unit.kind][number].format(unit=unit)
            report = TaskReport(TaskState.IN_PROGRESS, MARK + sentence)
        writer, written_at = writers.writer_for(unit), _written_at(duty, period)
        task_entries.add(duty.task, unit, period, report, by=writer, at=written_at)
    return len(fulfilled)


def _fulfilled_duties(number: int) -> list[Duty]:
    """The duties that are reported on; the same ones every time."""
    chance = random.Random(f"{SEED} {number}")
    owed = duties.duties_of_tasks()
    silent = set()
    # In a fixed order: a set's own would give every run other numbers.
    for unit in sorted({duty.unit for duty in owed}, key=lambda unit: unit.code):
        if chance.random() > REPORTS[Unit.Kind(unit.kind)][number]:
            silent.add(unit.code)
    if number == QUARTERS - 1:
        silent.update(SILENT_NOW)
    fulfilled = []
    for duty in owed:
        forgotten = chance.random() <= FORGETS
        body = duty.unit.code
        if body == ALWAYS or (not forgotten and body not in silent):
            fulfilled.append(duty)
    return fulfilled


def _written_at(duty: Duty, period: Period) -> dt.datetime:
    """A working hour about the due day, each body its own day, one in ten late; not to come."""
    # Seeded by the body: all its reports of a quarter are written at the same hour.
    chance = random.Random(f"{SEED} {period.code} {duty.unit.code}")
    day = Quarter.due_day(period) + dt.timedelta(days=chance.randint(-9, 1))
    minute = dt.time(chance.randint(9, 16), chance.randrange(60))
    # Not to come: a report that is dated tomorrow would be no report.
    return min(timezone.make_aware(dt.datetime.combine(day, minute)), timezone.now())


def _report_of_lead(task: dict[str, Any], number: int) -> TaskReport:
    figure = task["figures"][number]
    figures, files = [], []
    if figure:
        figures.append(dict(zip(("label", "value", "unit"), figure, strict=True)))
    if "file" in task:
        files.append(task_files.keep(_table_upload(task["file"], figure)))
    return TaskReport(
        state=task["states"][number],
        text=MARK + task["said"][number],
        figures=figures,
        files=files,
    )


def _table_upload(title: str, figure: list[Any]) -> SimpleUploadedFile:
    """A workbook such as bodies attach."""
    label, value, unit = figure
    file = workbook_of(title=title, head=[SOURCE], rows=[[label, value, unit]], columns=TABLE)
    return SimpleUploadedFile(f"{title}{MARK}.xlsx", file.read())
