"""Which of the demo's firms have done what their qualifications ask of them for the last year."""

from __future__ import annotations

import datetime as dt
import random

from enterprises.demo.firms import Draft
from enterprises.demo.history import SEED, DemoHistory
from enterprises.registry.acts import RecordDuty

REPORTED, UPDATED = 0.94, 0.9
"""Shares of the certified firms, and of the register's, that were on time."""
OPENS, DUE = (3, 1), (5, 31)


def add_duties(history: DemoHistory, year: int) -> None:
    """`year`: the one told of, in the spring after it."""
    # A generator of its own: the other stories stay as they were.
    chance = random.Random(SEED + 2)
    first, due = dt.date(year + 1, *OPENS), dt.date(year + 1, *DUE)
    for firm in history.firms:
        if not firm.entered < first <= due < firm.gone:
            continue
        day = first + dt.timedelta(chance.randrange((due - first).days + 1))
        if firm.valid_until > due and chance.random() < REPORTED:
            _record(history, firm, "hnte_report", year, day, "高企认定管理系统导出名单")
        if chance.random() < UPDATED:
            _record(history, firm, "tech_update", year, day, "科技型企业系统导出名单")


def _record(
    history: DemoHistory, firm: Draft, duty: str, year: int, day: dt.date, source: str
) -> None:
    history.record(day, RecordDuty(uscc=firm.uscc, duty=duty, year=year, on=day, source=source))
