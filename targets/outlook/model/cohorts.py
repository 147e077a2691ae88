"""Certificates by their year of issue, and when they run out."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.db.models import Count, OuterRef, QuerySet, Subquery

from enterprises.models import PoolEntry, Qualification
from enterprises.models.validity import DAY
from targets.figures import counting
from targets.models import Definition, Scope

MONTHS_AHEAD = 36
DAYS_SOON = 90


@dataclass(frozen=True)
class Cohort:
    """The firms that count on a day with the certificates of today, by the certificate's year.

    A firm with several certificates on the day counts by the latest. `by_unit`: (unit, year of
    issue) → firms.
    """

    day: dt.date
    by_unit: dict[tuple[int, int | None], int]

    @property
    def years(self) -> dict[int | None, int]:
        """Year of issue → firms of the district, oldest first."""
        totals: dict[int | None, int] = defaultdict(int)
        for (_, year), firms in self.by_unit.items():
            totals[year] += firms
        return dict(sorted(totals.items(), key=lambda total: total[0] or 0))

    @property
    def total(self) -> int:
        return sum(self.by_unit.values())


def read_cohort(indicator: str, day: dt.date) -> Cohort:
    """One query; the unit of a firm is its park, or its town where it stands in none."""
    # From the counted spans, so that the columns add up to the figure of that day.
    covering = counting.listed(
        indicator=indicator, scope=Scope.DISTRICT, day=day, definition=Definition.CERTIFICATE
    )
    # A span names only the last certificate of its run. The one of the day may be an earlier one.
    issued = covering.annotate(
        issued=Subquery(_counting_on(day).values("valid_from__year")[:1])
    ).order_by()
    rows = issued.values("issued", "park", "town").annotate(firms=Count("id"))
    firms: dict[tuple[int, int | None], int] = defaultdict(int)
    for row in rows:
        # Added, since the rows of a park are one for each of its towns.
        firms[row["park"] or row["town"], row["issued"]] += row["firms"]
    return Cohort(day, dict(firms))


def _counting_on(day: dt.date) -> QuerySet[Qualification]:
    held = Qualification.objects.filter(enterprise=OuterRef("enterprise"), kind=OuterRef("kind"))
    return held.counted_on(day)


@dataclass(frozen=True)
class Lapses:
    """Firms whose count ends in the month that begins on `month`, by unit.

    It ends in [since, until). The first month lacks the days gone by.
    """

    month: dt.date
    since: dt.date
    until: dt.date
    by_unit: dict[int, int]

    @property
    def firms(self) -> int:
        return sum(self.by_unit.values())


def lapses_by_month(indicator: str, after: dt.date, scope: str = Scope.DISTRICT) -> list[Lapses]:
    """The rest of the day's month and the MONTHS_AHEAD − 1 after it; one query.

    A firm that holds a later certificate does not lapse.
    """
    # What ends on the day itself no longer counts today: it is behind us.
    tomorrow = after + DAY
    first = after.replace(day=1)
    # One more than the months shown: the last one needs an end.
    begins = [first + relativedelta(months=number) for number in range(MONTHS_AHEAD + 1)]
    found = counting.lapsing(
        indicator=indicator,
        scope=scope,
        since=tomorrow,
        until=begins[-1],
        definition=Definition.CERTIFICATE,
    )
    firms: dict[dt.date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    counted = found.order_by().values_list("end", "park", "town").annotate(Count("id"))
    # A span's end is the first day that no longer counts, and the month is that of this day.
    for end, park, town, number in counted:
        firms[end.replace(day=1)][park or town] += number
    return [
        Lapses(month, max(month, tomorrow), following, dict(firms.get(month, {})))
        for month, following in itertools.pairwise(begins)
    ]


def pool_stages(firms: Iterable[int], day: dt.date) -> dict[int, str]:
    """Firm → the stage of the reserve pool in which it stands on the day; one query."""
    rows = PoolEntry.objects.live_on(day).filter(enterprise__in=list(firms))
    return {
        firm: PoolEntry.Stage(stage).label
        for firm, stage in rows.values_list("enterprise", "stage")
    }


def years_needed(day: dt.date, term_years: int) -> Sequence[int]:
    """The years of issue of which certificates may still count on a year's last day."""
    # One issued in the year before these has run out by that day.
    return range(day.year - term_years + 1, day.year + 1)
