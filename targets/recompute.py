"""The monthly series of every indicator and scope, from 2019 to the plan's horizon, kept in a table that pages read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Max
from django.utils import timezone

from enterprises.jobs import JobContext
from parks.district import PLAN
from targets.figures import counting, spans, trend
from targets.figures.counting import Counts
from targets.models import Definition, Expectation, MonthlySeries, Target
from targets.outlook import expectations

FIRST_MONTH = dt.date(2019, 1, 31)


def month_ends() -> list[dt.date]:
    """Month ends from January 2019 to the month of the last target."""
    horizon = Target.objects.aggregate(last=Max("due"))["last"] or dt.date(PLAN.last_year, 12, 31)
    return trend.month_ends(FIRST_MONTH, horizon)


def run(job: JobContext) -> Callable[[], dict[str, Any]]:
    """Job handler. A nightly run, or params {"rebuild": true}, rebuilds all spans; others catch up with the ledger."""
    job.beat("更新计数区间")
    firms = spans.rebuild(job.beat) if job.slot or job.params.get("rebuild") else spans.refresh()
    version = spans.version()
    series = []
    for number, definition in enumerate(Definition.values):
        job.beat("统计月度序列", done=number, total=len(Definition.values))
        series += series_of(counting.count_stored(month_ends(), definition))
    job.beat("推算目标能否完成")
    expected = expectations.build_expectations()
    return lambda: _keep(firms, series, expected, version)


def _keep(
    firms: int, series: list[MonthlySeries], expected: list[Expectation], version: object
) -> dict[str, Any]:
    current = spans.version(lock=True) == version
    stored = store(series if current else _counted_anew())
    if not current:
        expected = expectations.build_expectations()
    expectations.store_expectations(expected)
    return {"firms": firms, "series": stored}


def _counted_anew() -> list[MonthlySeries]:
    """The facts or the rules moved on while we counted: without this, a slow run could overwrite a newer one's rows."""
    spans.refresh()
    return [
        row
        for definition in Definition
        for row in series_of(counting.count_stored(month_ends(), definition))
    ]


def series_of(counts: Counts) -> list[MonthlySeries]:
    """One row per indicator and scope, with a value for each of the counted days."""
    now = timezone.now()
    return [
        MonthlySeries(
            definition=counts.definition,
            scope=str(scope),
            indicator=code,
            first_month=counts.days[0],
            values=[_storable(counts.value(day, scope, code)) for day in counts.days],
            computed_at=now,
        )
        for code, rule in counts.rules.items()
        for scope in rule.scopes(counts.units)
    ]


def store(series: list[MonthlySeries]) -> int:
    """Put the rows in place of those of the same definition, scope and indicator; the number of rows."""
    MonthlySeries.objects.bulk_create(
        series,
        update_conflicts=True,
        unique_fields=["definition", "scope", "indicator"],
        update_fields=["first_month", "values", "computed_at"],
    )
    return len(series)


def _storable(value: counting.Value) -> int | float | None:
    return value if value is None or isinstance(value, int) else float(value)
