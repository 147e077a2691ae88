"""Decisions of the joint meeting as a bulletin keeps them: open ones, and those closed since the quarter began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises.models import Quarter
from targets.meetings import standing
from targets.models import Decision, DecisionState

OVERDUE = "overdue"


@dataclass(frozen=True)
class FrozenDecision:
    """As it stood when the quarter was published, on the day `issued_on`."""

    code: str
    words: str
    lead: str
    due: dt.date
    state: str
    closed_on: dt.date | None
    issued_on: dt.date

    @property
    def is_open(self) -> bool:
        return self.state != DecisionState.CLOSED

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due < self.issued_on

    @property
    def state_in_words(self) -> str:
        label = str(DecisionState(self.state).label)
        if self.closed_on:
            return f"{self.closed_on:%Y-%m-%d}办结"
        return f"{label}，逾期" if self.is_overdue else label


def freeze_decisions(quarter: Quarter) -> list[dict[str, Any]]:
    """Nothing of it depends on the day: whether one is overdue, the day of publishing tells."""
    found = standing.with_steps(Decision.objects.order_by("meeting__number", "number"))
    rows = []
    for decision in found:
        last = decision.last
        closed_on = None if decision.is_open else timezone.localdate(last.at)
        if closed_on and closed_on < quarter.period.first_day:
            continue
        rows.append(
            {
                "code": decision.code,
                "words": decision.words,
                "lead": last.lead.told_apart,
                "due": last.due.isoformat(),
                "state": last.state,
                "closed_on": closed_on.isoformat() if closed_on else None,
            }
        )
    # What still is to be done comes first.
    return sorted(rows, key=lambda row: row["closed_on"] is not None)


def read_decisions(rows: Sequence[Mapping[str, Any]], issued_on: dt.date) -> list[FrozenDecision]:
    return [
        FrozenDecision(
            code=row["code"],
            words=row["words"],
            lead=row["lead"],
            due=dt.date.fromisoformat(row["due"]),
            state=row["state"],
            closed_on=dt.date.fromisoformat(row["closed_on"]) if row["closed_on"] else None,
            issued_on=issued_on,
        )
        for row in rows
    ]


def in_words(decisions: Sequence[FrozenDecision], number: int | None) -> str:
    """联席会议决定未办结2项，其中逾期1项；本季度以来办结1项，详见附件5。 Empty without any."""
    if not decisions:
        return ""
    still_open = [one for one in decisions if one.is_open]
    overdue = sum(one.is_overdue for one in still_open)
    told = f"联席会议决定未办结{len(still_open)}项" + f"，其中逾期{overdue}项" * bool(overdue)
    return f"{told}；本季度以来办结{len(decisions) - len(still_open)}项，详见附件{number}。"
