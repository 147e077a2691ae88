"""What a firm owed of the last years, and whether it did it, as its page shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from enterprises.models import DutyDone, DutyState, Enterprise, YearlyDuty
from enterprises.models.standing import why_not_counted

YEARS_SHOWN = 3


@dataclass(frozen=True)
class FirmDutyYear:
    """`done` is None where nobody has recorded that it was done."""

    year: int
    due_on: dt.date
    state: DutyState
    done: DutyDone | None


@dataclass(frozen=True)
class FirmDuty:
    duty: YearlyDuty
    years: Sequence[FirmDutyYear]


def duties_of(firm: Enterprise, day: dt.date) -> list[FirmDuty]:
    """Of the last years, newest first, those it owed or did; one query beside the firm's facts."""
    done = {
        (row.duty_id, row.year): row
        for row in firm.duties_done.all()
        if row.withdrawn_on is None and row.done_on <= day
    }
    found = []
    for duty in YearlyDuty.objects.all():
        years = [
            _year_of(duty, year, done.get((duty.pk, year)), day)
            for year in duty.years_by(day)[:YEARS_SHOWN]
            if (duty.pk, year) in done or _owes(firm, duty, year)
        ]
        if years:
            found.append(FirmDuty(duty, years))
    return found


def _year_of(duty: YearlyDuty, year: int, done: DutyDone | None, day: dt.date) -> FirmDutyYear:
    state = duty.state_of(year, done=done is not None, on=day)
    return FirmDutyYear(year, duty.due_on(year), state, done)


def _owes(firm: Enterprise, duty: YearlyDuty, year: int) -> bool:
    held = [row for row in firm.qualifications.all() if row.kind_id == duty.kind_id]
    if not held:
        return False
    placements, closures = firm.placements.all(), firm.closures.all()
    return why_not_counted(duty.due_on(year), held, list(placements), closures) is None
