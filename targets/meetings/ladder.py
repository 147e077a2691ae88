"""The ladder by which decisions are chased: days before and after the due day, as dated rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from targets.models import ChasingRung


def rungs_on(today: dt.date) -> list[ChasingRung]:
    """Those in force."""
    return list(ChasingRung.objects.on(today))


def days_ahead(today: dt.date) -> int:
    """So many days before the due day the first rung speaks; 0 where none speaks before it."""
    return max([0, *(-rung.days for rung in rungs_on(today))])


def rung_reached(rungs: Iterable[ChasingRung], late: int) -> int | None:
    """The last rung that has been reached `late` days after the due day (before it: negative).

    The last one alone: a decision made late, or a day without a run, brings one notice, not three.
    """
    reached = [
        # A rung that repeats stands at every multiple of its days.
        late // rung.days * rung.days if rung.repeats else rung.days
        for rung in rungs
        if rung.days <= late
    ]
    return max(reached, default=None)
