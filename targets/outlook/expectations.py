"""How the headline targets are expected to end: reckoned with the monthly series, read by the home page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from enterprises.marks import Mark
from enterprises.models import SourceFile
from targets.figures.question import Question
from targets.models import Definition, Expectation
from targets.outlook import assembly, words
from targets.outlook.model import backtest
from targets.output.chart_parts import chinese_day

EXPECTED_MARKS = {
    "good": Mark("expected-good", "check-circle"),
    "open": Mark("expected-open", "question-circle"),
    "short": Mark("expected-short", "exclamation-triangle"),
}


@dataclass(frozen=True)
class ExpectationText:
    """An expectation in words; `tone` is good, open or short, for its icon and colour."""

    tone: str
    likely: str
    judgement: str
    sentence: str
    record: str

    @property
    def mark(self) -> Mark:
        return EXPECTED_MARKS[self.tone]


def reckon() -> list[Expectation]:
    """One row per headline target ahead, from the last day that the registers speak of (unsaved)."""
    now, today = timezone.now(), timezone.localdate()
    as_of = min(today, SourceFile.objects.latest_day() or today)
    return [_row(verdict, record, as_of, now) for verdict, record in assembly.verdicts_on(as_of)]


def _row(
    verdict: assembly.Verdict, record: backtest.Record, as_of: dt.date, now: dt.datetime
) -> Expectation:
    said = words.of_record(record).rstrip("。")
    row = Expectation(target=verdict.target, as_of=as_of, record=said, computed_at=now)
    if chance := verdict.chance:
        row.expected, row.low, row.high, row.probability = (
            chance.expected,
            chance.low,
            chance.high,
            chance.probability,
        )
    return row


def store(rows: list[Expectation]) -> None:
    """Put these in place of all there are."""
    Expectation.objects.all().delete()
    Expectation.objects.bulk_create(rows)


def shown(question: Question) -> dict[int, ExpectationText]:
    """Target → its expectation in words (one query); none for a past day, a release or the other definition."""
    if (
        question.release
        or question.on != question.today
        or question.definition != Definition.CERTIFICATE
    ):
        return {}
    rows = Expectation.objects.exclude(probability=None).select_related("target")
    return {row.target_id: _said(row) for row in rows}


def _said(row: Expectation) -> ExpectationText:
    assert row.probability is not None
    assert row.expected is not None
    likely = words.probability(row.probability)
    return ExpectationText(
        tone="good" if row.probability >= 0.75 else "open" if row.probability >= 0.4 else "short",
        likely=likely,
        judgement=words.judgement(row.probability),
        sentence=f"预计{chinese_day(row.target.due)}约{row.expected:.0f}家（八成把握{row.low}至{row.high}家），可能性{likely}",
        record=row.record,
    )
