"""Firms of which the duties of a year are told: holders in two places, and what they did."""

import datetime as dt

from enterprises import registry
from enterprises.models import Enterprise, YearlyDuty
from enterprises.registry import acts
from tests.firms import certificate, firm

DAY = dt.timedelta(1)
DUTY = "hnte_report"
YEAR = 2025
DUE = dt.date(2026, 5, 31)
"""The last day for the year."""


def duty() -> YearlyDuty:
    return YearlyDuty.objects.get(code=DUTY)


def holder(name: str, *, until: dt.date = DUE + 500 * DAY, **place) -> Enterprise:
    """A firm that holds the certificate until the day."""
    one = firm(name=f"江津{name}有限公司", **place)
    registry.apply([certificate(one.uscc, until=until)], by=None)
    return one


def did(one: Enterprise, year: int = YEAR, on: dt.date | None = None, source: str = "名单") -> None:
    told = acts.RecordDuty(
        uscc=one.uscc, duty=DUTY, year=year, on=on or dt.date(year + 1, 4, 30), source=source
    )
    registry.apply([told], by=None)


def names(lines) -> list[str]:
    """Without what every name of them has."""
    return [line.row.span.enterprise.name[2:-4] for line in lines]
