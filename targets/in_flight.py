"""在途: firms whose application of a year is filed or in 公示 and has brought no certificate yet."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextChoices

from enterprises.models import Application, Closure
from enterprises.models.validity import in_force
from targets.figures import counting
from targets.models import ApplicationBatch, Definition, Span

Tally = Counter[tuple[str, str, dt.date]]
"""(kind, scope, day) → firms."""
PLACEMENT = "enterprise__placements"
PARK, TOWN = f"{PLACEMENT}__park__code", f"{PLACEMENT}__town__code"


class Flying(TextChoices):
    """What is asked of those in flight; the values are those of the firm list's parameter."""

    ALL = "in_flight", "在途"
    NEVER_COUNTED = "in_flight_first", "在途，从未计入"


class InFlight:
    """Firms in flight on some days, of kinds that are applied for."""

    def __init__(self, kinds: Collection[str], firms: Tally, never_counted: Tally) -> None:
        self._kinds, self._firms, self._never_counted = kinds, firms, never_counted

    def firms(self, kind: str, scope: str, day: dt.date) -> int | None:
        """None for a kind without applications."""
        return self._firms[kind, scope, day] if kind in self._kinds else None

    def never_counted(self, kind: str, scope: str, day: dt.date) -> int | None:
        """Those of them that a certificate would recognise for the first time."""
        return self._never_counted[kind, scope, day] if kind in self._kinds else None


NOBODY_KNOWN = InFlight((), Counter(), Counter())
"""Where it is not known who is in flight."""


def on_day(day: dt.date) -> InFlight:
    """Of the day's year; two queries. The spans must be up to date."""
    return count_in_flight(day.year, [day], kinds_applied_for(day.year))


def kinds_applied_for(year: int) -> set[str]:
    """Kinds for which firms apply in batches: only of these can anything be in flight."""
    announced = ApplicationBatch.objects.closing().filter(year__lte=year).order_by()
    return set(announced.values_list("kind__code", flat=True).distinct())


def count_in_flight(year: int, days: Sequence[dt.date], kinds: Collection[str]) -> InFlight:
    """Of the applications of a year; one scan for all days, kinds and units.

    The spans must be up to date: by them it is judged who counts.
    """
    firms: Tally = Counter()
    never_counted: Tally = Counter()
    if kinds:
        for row in _grouped(year, days, kinds):
            scopes = counting.scopes_of(row[PARK], row[TOWN])
            for number, day in enumerate(days):
                for scope in scopes:
                    key = row["kind__code"], scope, day
                    firms[key] += row[f"firms{number}"]
                    never_counted[key] += row[f"never{number}"]
    return InFlight(kinds, firms, never_counted)


def _grouped(year: int, days: Sequence[dt.date], kinds: Collection[str]) -> Any:
    """A row for each kind and place with both numbers of every day."""
    counts: dict[str, Count] = {}
    for number, day in enumerate(days):
        # Where the firm stands on the day: whoever has left or was struck off gains nobody a firm.
        here = in_force(day, f"{PLACEMENT}__since", f"{PLACEMENT}__until")
        counts[f"firms{number}"] = Count("pk", filter=is_flying(day, Flying.ALL) & here)
        counts[f"never{number}"] = Count("pk", filter=is_flying(day, Flying.NEVER_COUNTED) & here)
    grouped: Any = _of_year(year).filter(kind__code__in=kinds).values("kind__code", PARK, TOWN)
    return grouped.annotate(**counts)


def listed(kind: str, day: dt.date, which: Flying) -> QuerySet[Application]:
    """The applications in flight on a day, wherever the firm stands; one at most of a firm."""
    return _of_year(day.year).filter(is_flying(day, which), kind__code=kind)


def list_url(counted_url: str, which: Flying = Flying.ALL) -> str:
    """Address of those in flight beside the firms that count, by the address of these."""
    return f"{counted_url}&{urlencode({'counted': which.value})}"


def _of_year(year: int) -> QuerySet[Application]:
    return Application.objects.filter(year=year, stage__in=Application.APPLIED).order_by()


def is_flying(day: dt.date, which: Flying) -> Q:
    """The condition on applications: at its stage on the day, of a firm that does not count on it.

    A firm that counts is in flight no more: what it has applied for renews what it holds.
    """
    closed = Closure.objects.holding_on(day).filter(enterprise=OuterRef("enterprise"))
    spans = Span.objects.filter(
        definition=Definition.CERTIFICATE, enterprise=OuterRef("enterprise"), kind=OuterRef("kind")
    )
    held = spans.covering(day) if which == Flying.ALL else spans.filter(start__lte=day)
    return in_force(day, "since", "until") & ~Exists(closed) & ~Exists(held)
