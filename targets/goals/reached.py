"""What every kind and unit had reached on some days of a year, counted from spans.

A moved firm is credited once, to the unit it stands in on the day of the count. It is part of that
unit's stock, and its first recognition of the year goes with it. A move is no first recognition and
no growth of the district.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Subquery, TextChoices

from parks.models import Unit
from targets.figures import counting
from targets.in_flight import Flying, count_in_flight
from targets.models import Definition, Span
from targets.models.derived import SpanQuerySet


class Measure(TextChoices):
    STOCK = "stock", "年末存量"
    NET = "net", "净增"
    FIRST = "first", "首次认定"

    @property
    def is_signed(self) -> bool:
        """It may fall, so that its number is told with its sign."""
        return self is Measure.NET

    @property
    def flying(self) -> Flying:
        """Whose certificates would add to it."""
        # Whoever was recognised once before is no first recognition when it comes back.
        return Flying.NEVER_COUNTED if self is Measure.FIRST else Flying.ALL


class ReachedCounts:
    """What every kind and unit had reached on some days of a year; the last is the day counted."""

    def __init__(
        self,
        days: Sequence[dt.date],
        opening: dt.date,
        kinds: Sequence[str] | None = None,
        applied_for: Collection[str] = (),
    ) -> None:
        """`kinds`: those whose first recognitions are counted, by default the headlines'.
        `applied_for`: those that firms may have in flight.

        Three scans: for all stocks, all first recognitions, all that is in flight.
        """
        self.year_opening = opening
        # Of a year that has not begun the day itself stands in for the opening.
        self.opening = min(opening, days[-1])
        self.counts = counting.count([self.opening, *days], Definition.CERTIFICATE)
        counted = self.counts.indicators.headline_codes if kinds is None else kinds
        self._first = _first_recognitions(opening, days[-1], counted)
        # Last: counting has brought the spans up to date, by which it is judged who holds nothing.
        self.flying = count_in_flight(opening.year + 1, days, applied_for)

    def stock(self, kind: str, scope: str, day: dt.date) -> int:
        return self.counts.stock(day, kind, scope)

    def start(self, measure: Measure, kind: str, scope: str) -> int:
        return self.stock(kind, scope, self.opening) if measure == Measure.STOCK else 0

    def in_flight(self, measure: Measure, kind: str, scope: str, day: dt.date) -> int | None:
        """Firms whose certificate would add to the measure.

        None for a kind without applications, and of a year that has not begun.
        """
        if day <= self.year_opening:
            return None
        if measure.flying == Flying.NEVER_COUNTED:
            return self.flying.never_counted(kind, scope, day)
        return self.flying.firms(kind, scope, day)

    def reached(self, measure: Measure, kind: str, scope: str, day: dt.date) -> int | None:
        """In firms; None for growth and first recognitions of a year that has not begun."""
        if measure == Measure.STOCK:
            return self.stock(kind, scope, day)
        if day <= self.year_opening:
            return None
        if measure == Measure.NET:
            return self.stock(kind, scope, day) - self.stock(kind, scope, self.opening)
        by_day = self._first[kind, scope]
        # A first recognition is not taken back when the firm drops out again: it has happened.
        return sum(firms for first_day, firms in by_day.items() if first_day <= day)


FirstRecognitions = Mapping[tuple[str, str], Counter[dt.date]]
"""(kind, scope) → first day → firms."""


def _first_recognitions(since: dt.date, until: dt.date, kinds: Sequence[str]) -> FirstRecognitions:
    """Firms first recognised in (since, until], where they stand now or counted last."""
    tallies: defaultdict[tuple[str, str], Counter[dt.date]] = defaultdict(Counter)
    if until <= since:
        return tallies
    codes: dict[int | None, str] = dict(Unit.objects.reporting().values_list("pk", "code"))
    rows: Any = first_spans(since, until).filter(kind__code__in=kinds).order_by()
    grouped = rows.values_list("kind__code", "start", "now_park", "now_town").annotate(Count("id"))
    for kind, day, park, town, firms in grouped:
        for scope in counting.scopes_of(codes.get(park), codes[town]):
            tallies[kind, scope][day] += firms
    return tallies


def first_spans(since: dt.date, until: dt.date) -> SpanQuerySet:
    """The spans that first recognitions began in (since, until].

    `now_park` and `now_town` are the ids of the place in which the firm counts on `until`, or
    counted last.
    """
    firsts = Span.objects.filter(
        definition=Definition.CERTIFICATE,
        opened_by=Span.Opening.FIRST,
        start__gt=since,
        start__lte=until,
    )
    # A moved firm has further spans: the latest one says where it stands.
    same = {name: OuterRef(name) for name in ("enterprise", "kind", "definition")}
    latest = Span.objects.filter(**same, start__lte=until).order_by("-start")
    return firsts.annotate(
        now_park=Subquery(latest.values("park_id")[:1]),
        now_town=Subquery(latest.values("town_id")[:1]),
    )
