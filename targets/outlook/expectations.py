"""How the headline targets are expected to end.

Stored together with the monthly series, and read by the home page.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from enterprises.marks import Mark, Tone
from parks.beat import Beat, silent
from targets.figures.question import Question
from targets.models import Definition, Expectation
from targets.outlook import assembly, words
from targets.outlook.model import backtest
from targets.output.chart_parts import chinese_day

MARKS = (
    (0.75, Mark(Tone.GOOD, "check-circle")),
    (0.4, Mark(Tone.NONE, "question-circle")),
    (0.0, Mark(Tone.WATCH, "exclamation-triangle")),
)
"""From which probability on an expectation looks how."""


@dataclass(frozen=True)
class ExpectationText:
    """An expectation in words, and how it looks."""

    mark: Mark
    likely: str
    judgement: str
    sentence: str
    record: str


def build_expectations(beat: Beat = silent) -> list[Expectation]:
    """One unsaved row per headline target ahead, as of today."""
    now, today = timezone.now(), timezone.localdate()
    return [
        _expectation_row(verdict, record, today, now)
        for verdict, record in assembly.verdicts_on(today, beat)
    ]


def _expectation_row(
    verdict: assembly.Verdict, record: backtest.TrackRecord, as_of: dt.date, now: dt.datetime
) -> Expectation:
    record_in_words = words.of_record(record).rstrip("。")
    row = Expectation(target=verdict.target, as_of=as_of, record=record_in_words, computed_at=now)
    if verdict.chance:
        row.expected = verdict.chance.expected
        row.low, row.high = verdict.chance.low, verdict.chance.high
        # A percentage only where past forecasts have earned it; else the range alone is told.
        if verdict.proven:
            row.probability = verdict.chance.probability
    return row


def store_expectations(rows: list[Expectation]) -> None:
    """Put these in place of all there are."""
    # All of them: a target that was met, removed or has passed must not keep its old outlook.
    Expectation.objects.all().delete()
    Expectation.objects.bulk_create(rows)


def expectations_in_words(question: Question, stale: bool) -> dict[int, ExpectationText]:
    """Target → its expectation in words; one query.

    `stale`: facts were written after the last recompute, so that the numbers beside it are newer.
    None for a past day, a release or the class-year definition: the forecast is of today.
    """
    # Stored is only the forecast of today: beside a past day it would know what came later.
    of_today = question.on == question.today and not question.release
    if not of_today or question.definition != Definition.CERTIFICATE:
        return {}
    rows = Expectation.objects.exclude(expected=None).select_related("target__indicator")
    return {row.target_id: _in_words(row, stale or row.as_of != question.on) for row in rows}


def _in_words(row: Expectation, stale: bool) -> ExpectationText:
    assert row.expected is not None
    # The other numbers of the page count the newest facts: a forecast that does not must say so.
    older = f"；按{chinese_day(row.as_of)}推算，此后的变更重算后计入" if stale else ""
    said = f"预计{chinese_day(row.target.due)}约{row.expected:.0f}家（八成把握{row.low}至{row.high}家）"
    if row.probability is None:
        gap = assembly.smallest_of(row.target) - round(row.expected)
        judged = f"预计还差{gap}家" if gap > 0 else "预计可达到目标"
        return ExpectationText(
            Mark(Tone.NONE, "question-circle"), "", judged, f"{said}{older}", row.record
        )
    likely = words.probability(row.probability)
    return ExpectationText(
        mark=_mark_of(row.probability),
        likely=likely,
        judgement=words.judgement(row.probability),
        sentence=f"{said}，可能性{likely}{older}",
        record=row.record,
    )


def _mark_of(probability: float) -> Mark:
    return next(mark for least, mark in MARKS if probability >= least)
