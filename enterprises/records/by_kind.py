"""How many records of each kind there are: those in force, or those that happened this year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from enterprises.models import Record, RecordKind
from enterprises.models.records.record import RecordQuerySet
from parks.models import Unit


@dataclass(frozen=True)
class KindCount:
    """`url`: the list of those."""

    kind: RecordKind
    count: int
    url: str


def first_of_year(day: dt.date) -> dt.date:
    return day.replace(month=1, day=1)


def counted(rows: RecordQuerySet) -> dict[int, int]:
    """Key of a kind → how many of these rows; one query."""
    grouped = rows.order_by().values("kind").annotate(count=Count("pk"))
    return dict(grouped.values_list("kind", "count"))


def standing_or_happened(rows: RecordQuerySet, on: dt.date) -> dict[int, int]:
    """Key of a kind → in force on the day, or happened in its year up to the day; two queries."""
    standing = rows.filter(kind__happens=False).in_force_on(on)
    happened = rows.filter(kind__happens=True).happened_within(first_of_year(on), on)
    return counted(standing) | counted(happened)


def of_unit(unit: Unit, on: dt.date) -> list[KindCount]:
    """Registers that hold something of the unit or of its firms; at most three queries."""
    counts = standing_or_happened(Record.objects.in_unit(unit, on), on)
    if not counts:
        return []
    kinds = RecordKind.objects.filter(is_kept=True)
    return [
        KindCount(kind, counts[kind.pk], _list_of(kind, unit, on))
        for kind in kinds
        if counts.get(kind.pk)
    ]


def _list_of(kind: RecordKind, unit: Unit, on: dt.date) -> str:
    asked = {"on": on.isoformat()}
    if kind.happens:
        asked = {"since": first_of_year(on).isoformat(), "until": on.isoformat()}
    asked["unit"] = unit.code
    return f"{reverse('register', args=[kind.code])}?{urlencode(asked)}"
