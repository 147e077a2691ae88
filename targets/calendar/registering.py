"""Writing batches of the calendar: one by hand, or all that a file tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from enterprises.models import QualificationKind
from enterprises.refusal import Refusal
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from parks.models import User
from targets.calendar.csv_file import COLUMNS, CalendarFile, Fault, Row
from targets.models import ApplicationBatch

Key = tuple[int, int]
"""Year and number of a batch."""
LAST_MINUTE = dt.time(23, 59)
"""Of the day of a deadline that is told without its time."""


@dataclass
class CalendarReport:
    """What a file does. With `faults` nothing is written."""

    added: list[ApplicationBatch] = field(default_factory=list)
    changed: list[ApplicationBatch] = field(default_factory=list)
    unchanged: list[ApplicationBatch] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def told(self) -> dict[str, Any]:
        """As other programs get it."""
        return {
            "added": [str(batch) for batch in self.added],
            "changed": [str(batch) for batch in self.changed],
            "unchanged": [str(batch) for batch in self.unchanged],
            "faults": [fault._asdict() for fault in self.faults],
        }


def load_file(found: CalendarFile, *, source: str, by: User | None) -> CalendarReport:
    """Write what the file says otherwise than registered: all of it or, with a fault, nothing.

    A cell that is empty says nothing: what is registered there stays.
    """
    with transaction.atomic():
        kind = QualificationKind.objects.get(code=CERTIFIED_KIND)
        # Locked: of two files at once the second meets what the first has written.
        held = ApplicationBatch.objects.select_for_update().filter(kind=kind)
        report = _judged(found, {(batch.year, batch.number): batch for batch in held}, kind)
        if not report.faults:
            _write([*report.added, *report.changed], source=source, by=by)
    return report


def save_batch(batch: ApplicationBatch, *, by: User) -> None:
    """Write a batch that a form has changed. Refusal where another of its number came first."""
    try:
        with transaction.atomic():
            _write([batch], source=batch.source, by=by)
    except IntegrityError:
        raise Refusal("该年度已有这一批次。", "state") from None


def _write(batches: Iterable[ApplicationBatch], *, source: str, by: User | None) -> None:
    for batch in batches:
        batch.source, batch.changed_by, batch.changed_at = source, by, timezone.now()
        batch.save()


def _judged(
    found: CalendarFile, held: Mapping[Key, ApplicationBatch], kind: QualificationKind
) -> CalendarReport:
    report = CalendarReport(faults=list(found.faults))
    for row in found.rows:
        batch = held.get((row.year, row.batch))
        is_new = batch is None
        if batch is None:
            batch = ApplicationBatch(kind=kind, year=row.year, number=row.batch)
        is_changed = _take(row, batch)
        report.faults += _objections(row, batch)
        if is_new:
            report.added.append(batch)
        elif is_changed:
            report.changed.append(batch)
        else:
            report.unchanged.append(batch)
    report.faults.sort()
    return report


def _take(row: Row, batch: ApplicationBatch) -> bool:
    """Whether the row says a day that is not registered; the batch has it from now on."""
    differing = False
    for name, told in row.days.items():
        # A deadline that is told by its day says nothing against the hour that is registered.
        same_day = not isinstance(told, dt.datetime) and batch.day_of(name) == told
        if same_day or getattr(batch, name) == (moment := _stored(name, told)):
            continue
        setattr(batch, name, moment)
        differing = True
    return differing


def _stored(name: str, told: dt.date | dt.datetime) -> dt.date | dt.datetime:
    if name != "district_due_at" or isinstance(told, dt.datetime):
        return told
    return timezone.make_aware(dt.datetime.combine(told, LAST_MINUTE))


def _objections(row: Row, batch: ApplicationBatch) -> list[Fault]:
    column_of = {name: column for column, name in COLUMNS.items()}
    try:
        batch.clean()
    except ValidationError as error:
        return [
            Fault(row.line, column_of[name], sentence)
            for name, sentences in error.message_dict.items()
            for sentence in sentences
        ]
    return []
