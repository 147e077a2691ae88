"""Rows about kept judgements that the database must refuse, by the constraint that refuses them."""

import datetime as dt
from types import SimpleNamespace

from enterprises.models import JudgementMark, KeptJudgement, PoolEntry, ReviewReminder

DAY = dt.date(2026, 5, 4)
NOTHING = {
    "met": 0, "unknown": 0, "failed": 0, "score_low": 0, "score_high": 0, "fails_last_year": False,
    "lead": 0, "risk": 0,
}  # fmt: skip


def mark() -> JudgementMark:
    return JudgementMark.objects.create(kind="hnte", on=DAY)


def judgement(w: SimpleNamespace, of: JudgementMark) -> KeptJudgement:
    return KeptJudgement.objects.create(mark=of, enterprise=w.firm, **NOTHING)


def twice_judged(w: SimpleNamespace) -> None:
    one = mark()
    judgement(w, one), judgement(w, one)


def twice_reminded(w: SimpleNamespace) -> None:
    entry = PoolEntry.objects.create(enterprise=w.firm, stage="seed", since=DAY)
    for _ in range(2):
        ReviewReminder.objects.create(entry=entry, day=DAY)


OF_JUDGEMENTS = {
    "judgement_mark_once": lambda w: (mark(), mark()),
    "judgement_once": twice_judged,
    "review_reminder_once": twice_reminded,
}
