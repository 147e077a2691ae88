"""The table that keeps, by kind and place, the last day of which a fact tells.

It is derived from the facts and made anew whenever the spans follow the ledger: pages then read some
hundred rows instead of every fact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.utils import timezone

from enterprises.models import Closure, Placement, Qualification
from targets.models import KnownDay

PLACE = ("enterprise__placements__park_id", "enterprise__placements__town_id")
Row = tuple[int | None, int | None, int, dt.date]
"""Id of the kind, None for facts about the firm itself; ids of park and town; the last day."""


def store() -> None:
    """Put what the facts tell up to today in place of all rows."""
    today = timezone.localdate()
    latest: dict[tuple[int | None, int | None, int], dt.date] = {}
    for kind, park, town, day in (*_of_qualifications(today), *_of_firms(today)):
        key = kind, park, town
        latest[key] = max(day, latest.get(key, day))
    rows = [
        KnownDay(kind_id=kind, park_id=park, town_id=town, until=day)
        for (kind, park, town), day in latest.items()
    ]
    KnownDay.objects.all().delete()
    KnownDay.objects.bulk_create(rows)


def _of_qualifications(today: dt.date) -> Iterator[Row]:
    """Days on which a qualification was granted or withdrawn, where the firm stands now."""
    for day in ("valid_from", "revoked_on"):
        dated = _standing_firms_of(Qualification, day, today)
        yield from dated.values_list("kind_id", *PLACE).annotate(Max(day))


def _of_firms(today: dt.date) -> Iterator[Row]:
    """Days on which a firm came, went or was struck off."""
    for day in ("since", "until"):
        placements = Placement.objects.filter(**{f"{day}__lte": today}).order_by()
        for park, town, latest in placements.values_list("park_id", "town_id").annotate(Max(day)):
            yield None, park, town, latest
    for day in ("closed_on", "reopened_on"):
        dated = _standing_firms_of(Closure, day, today)
        for park, town, latest in dated.values_list(*PLACE).annotate(Max(day)):
            yield None, park, town, latest


def _standing_firms_of(model: type[Model], day: str, today: dt.date) -> QuerySet[Any]:
    """Facts dated by today, of firms that have a place now."""
    # What is dated later, such as a move that is ordered ahead, has not happened yet.
    dated = model._default_manager.filter(**{f"{day}__lte": today}).order_by()
    # A firm without any place joins to empty columns, which are no place either.
    return dated.filter(
        enterprise__placements__until=None, enterprise__placements__town__isnull=False
    )
