"""Invented for a demo district: the calendar of applications, with the next year's batches as they are planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from parks.models import User
from targets.calendar import registering
from targets.calendar.csv_file import COLUMNS, WITH_TIME, CalendarFile, CalendarRow

SOURCE = "演示数据（程序生成）；下一年为暂排，以市科技局通知为准"


def add(rows: Iterable[Mapping[str, Any]], by: User) -> None:
    """As a file of the calendar would tell them; a batch that is registered keeps its other days."""
    told = [_row(line, row) for line, row in enumerate(rows, 1)]
    registering.load_file(CalendarFile(rows=told), source=SOURCE, by=by)


def _row(line: int, row: Mapping[str, Any]) -> CalendarRow:
    days = {
        name: row[name]
        for name in COLUMNS.values()
        if name in row and name not in ("year", "number")
    }
    moment = COLUMNS[WITH_TIME]
    if moment in days:
        days[moment] = timezone.make_aware(days[moment])
    return CalendarRow(line, row["year"], row["number"], days)
