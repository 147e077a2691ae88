"""The calendar's page: the batches of a year or all, and where each stands today."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

from django.db.models import TextChoices

from enterprises.firms.due_days import days_in_words
from enterprises.marks import Mark, Tone
from targets.models import ApplicationBatch


class BatchState(TextChoices):
    UNKNOWN = "unknown", "日期未定"
    TO_COME = "to_come", "未开始"
    OPEN = "open", "申报中"
    CLOSED = "closed", "已截止"
    PUBLICITY = "publicity", "已公示"
    CERTIFIED = "certified", "已发证"

    @property
    def mark(self) -> Mark:
        return _MARKS[self]


_MARKS = {
    BatchState.UNKNOWN: Mark(Tone.NONE, "question-circle"),
    BatchState.TO_COME: Mark(Tone.NONE, "hourglass-split"),
    BatchState.OPEN: Mark(Tone.MOVE, "upload"),
    BatchState.CLOSED: Mark(Tone.MOVE, "hourglass-split"),
    BatchState.PUBLICITY: Mark(Tone.MOVE, "info-circle"),
    BatchState.CERTIFIED: Mark(Tone.GOOD, "check-circle"),
}


@dataclass(frozen=True)
class BatchLine:
    """`next_step`: the next day of the batch in words, such as 申报截止 还有13天."""

    batch: ApplicationBatch
    state: BatchState
    next_step: str


@dataclass(frozen=True)
class CalendarYear:
    year: int
    lines: list[BatchLine]


def calendar_years(today: dt.date) -> list[CalendarYear]:
    """Newest year first; one query."""
    batches = ApplicationBatch.objects.select_related("kind", "changed_by")
    ordered = batches.order_by("-year", "kind__order", "number")
    return [
        CalendarYear(year, [_line(batch, today) for batch in group])
        for year, group in itertools.groupby(ordered, key=lambda batch: batch.year)
    ]


def _line(batch: ApplicationBatch, today: dt.date) -> BatchLine:
    return BatchLine(batch, _state(batch, today), _next_step(batch, today))


def _state(batch: ApplicationBatch, today: dt.date) -> BatchState:
    # Backwards: the last day that has come tells, and days before it may be unknown.
    if batch.certificates_on and batch.certificates_on <= today:
        return BatchState.CERTIFIED
    if batch.publicity_on and batch.publicity_on <= today:
        return BatchState.PUBLICITY
    if batch.closes_on and batch.closes_on < today:
        return BatchState.CLOSED
    if batch.opens_on and batch.opens_on > today:
        return BatchState.TO_COME
    if batch.opens_on and batch.closes_on:
        return BatchState.OPEN
    return BatchState.UNKNOWN


def _next_step(batch: ApplicationBatch, today: dt.date) -> str:
    steps = (
        ("申报开始", batch.opens_on),
        ("申报截止", batch.closes_on),
        ("区县上报截止", batch.day_of("district_due_at")),
        ("公示", batch.publicity_on),
        ("发证", batch.certificates_on),
    )
    for title, day in steps:
        if day and day >= today:
            return f"{title} {days_in_words((day - today).days)}"
    return ""
