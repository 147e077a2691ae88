"""The monthly series of every indicator and scope, kept in a table that pages read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Max
from django.utils import timezone

from enterprises.jobs import JobContext, Overtaken
from enterprises.mining.lists import refresh_kept
from parks.beat import Beat, silent
from parks.district import PLAN
from targets.figures import counting, spans, trend
from targets.figures.counting import Counts
from targets.models import Definition, Expectation, MonthlySeries, Target
from targets.outlook import expectations

FIRST_MONTH = dt.date(PLAN.baseline_day.year - 3, 1, 31)
"""Three years before the baseline; earlier months stand on no page."""
MOST_TRIES = 3
"""So often is counted without a lock before others have to wait for it."""


def month_ends() -> list[dt.date]:
    """From the first month to that of the last target."""
    # Months to come hold what is known of them today: certificates that will still be valid.
    horizon = Target.objects.aggregate(last=Max("due"))["last"] or dt.date(PLAN.last_year, 12, 31)
    return trend.month_ends(FIRST_MONTH, horizon)


def run(job: JobContext) -> Callable[[], dict[str, Any]]:
    """Job handler: counts everything, then gives the function that stores it.

    A nightly run, or params {"rebuild": true}, rebuilds all spans and judgements. Others catch up
    with the ledger.
    """
    job.beat("更新计数区间")
    # Each night anew: whatever the following of the ledger may have missed is gone by morning.
    from_scratch = job.slot or job.params.get("rebuild")
    firms = spans.rebuild(job.beat) if from_scratch else spans.refresh()
    refresh_kept(timezone.localdate(), job.beat, anew=bool(from_scratch))
    recount = Recount(firms, job.beat)
    recount.count()
    # Only the short second part runs in the transaction that ends the job.
    return recount.store


class Recount:
    """What was counted outside any transaction, and the version of the spans that it holds for."""

    def __init__(self, firms: int, beat: Beat) -> None:
        self.firms = firms
        self.beat = beat
        self.tries = 0
        self.version: object = None
        self.series: list[MonthlySeries] = []
        self.expected: list[Expectation] = []

    def count(self) -> None:
        """Counting takes long and locks nothing: the version tells afterwards whether it holds."""
        self.tries += 1
        self.version = spans.version()
        self.series = []
        for number, definition in enumerate(Definition.values):
            self.beat("统计月度序列", done=number, total=len(Definition.values))
            self.series += series_of(counting.count_stored(month_ends(), definition))
        self.beat("推算目标能否完成")
        self.expected = expectations.build_expectations(self.beat)

    def store(self) -> dict[str, Any]:
        if spans.version(lock=True) != self.version:
            # The facts or the rules moved on while we counted. Stored as it is, a slow run could
            # overwrite the rows of a newer one.
            if self.tries < MOST_TRIES:
                raise Overtaken(self._count_again)
            # Under the lock in the end: whoever writes all the time must not keep us from storing.
            self.beat = silent
            self._count_again()
        stored = store(self.series)
        expectations.store_expectations(self.expected)
        return {"firms": self.firms, "series": stored}

    def _count_again(self) -> None:
        spans.refresh()
        self.count()


def series_of(counts: Counts) -> list[MonthlySeries]:
    """One row per indicator and scope, with a value for each of the counted days."""
    # One time for all rows: pages compare it with the last change of a fact.
    now = timezone.now()
    return [
        MonthlySeries(
            definition=counts.definition,
            scope=str(scope),
            indicator=code,
            first_month=counts.days[0],
            values=[_as_json(counts.value(day, scope, code)) for day in counts.days],
            computed_at=now,
        )
        for code, rule in counts.rules.items()
        for scope in rule.scopes(counts.units)
    ]


def store(series: list[MonthlySeries]) -> int:
    """Put the rows in place of those of the same definition, scope and indicator.

    Returns how many there are.
    """
    MonthlySeries.objects.bulk_create(
        series,
        # Rows are replaced and never deleted: a page that reads meanwhile always finds a series.
        update_conflicts=True,
        unique_fields=["definition", "scope", "indicator"],
        update_fields=["first_month", "values", "computed_at"],
    )
    return len(series)


def _as_json(value: counting.Value) -> int | float | None:
    """Shares are decimals, which JSON does not know."""
    if value is None or isinstance(value, int):
        return value
    return float(value)
