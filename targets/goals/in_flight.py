"""在途: firms whose application of a year is filed or in 公示 and has brought no certificate yet."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef

from enterprises.models import Application, Closure
from enterprises.models.validity import in_force
from targets.figures import counting
from targets.models import Definition, Span
from targets.renewals.rules import APPLIED

Tally = Counter[tuple[str, str, dt.date]]
"""(kind, scope, day) → firms."""
PLACEMENT = "enterprise__placements"
PARK, TOWN = f"{PLACEMENT}__park__code", f"{PLACEMENT}__town__code"


class InFlight:
    """Firms in flight on some days, of kinds that are applied for.

    A firm that counts on the day is none of them: what it has applied for renews what it holds.
    """

    def __init__(self, kinds: Collection[str], firms: Tally, never_counted: Tally) -> None:
        self._kinds, self._firms, self._never_counted = kinds, firms, never_counted

    def firms(self, kind: str, scope: str, day: dt.date) -> int | None:
        """None for a kind without applications."""
        return self._firms[kind, scope, day] if kind in self._kinds else None

    def never_counted(self, kind: str, scope: str, day: dt.date) -> int | None:
        """Those of them that a certificate would recognise for the first time."""
        return self._never_counted[kind, scope, day] if kind in self._kinds else None


def count_in_flight(year: int, days: Sequence[dt.date], kinds: Collection[str]) -> InFlight:
    """Of the applications of a year; one scan for all days, kinds and units."""
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
    found = Application.objects.filter(year=year, kind__code__in=kinds, stage__in=APPLIED)
    counts: dict[str, Count] = {}
    for number, day in enumerate(days):
        # Where the firm stands on the day: whoever has left or was struck off gains nobody a firm.
        here = in_force(day, f"{PLACEMENT}__since", f"{PLACEMENT}__until")
        closed = Closure.objects.holding_on(day).filter(enterprise=OuterRef("enterprise"))
        filed = in_force(day, "since", "until") & here & ~Exists(closed)
        spans = Span.objects.filter(
            definition=Definition.CERTIFICATE,
            enterprise=OuterRef("enterprise"),
            kind=OuterRef("kind"),
        )
        counted, ever = Exists(spans.covering(day)), Exists(spans.filter(start__lte=day))
        counts[f"firms{number}"] = Count("pk", filter=filed & ~counted)
        counts[f"never{number}"] = Count("pk", filter=filed & ~ever)
    grouped: Any = found.order_by().values("kind__code", PARK, TOWN)
    return grouped.annotate(**counts)
