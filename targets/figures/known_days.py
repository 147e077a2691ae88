"""The table that keeps, by kind and place, the last day of which a fact tells.

It is derived from the facts and made anew whenever the spans follow the ledger: pages then read some
hundred rows instead of every fact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Max
from django.utils import timezone

from enterprises.models import Closure, Placement, Qualification
from targets.models import KnownDay

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
    # What is dated later, such as a move that is ordered ahead, has not happened yet.
    for day in ("valid_from", "revoked_on"):
        dated = Qualification.objects.filter(
            **{f"{day}__lte": today}, enterprise__placements__until=None
        )
        placed = dated.filter(enterprise__placements__town__isnull=False)
        yield from (
            placed.order_by()
            .values_list(
                "kind_id", "enterprise__placements__park_id", "enterprise__placements__town_id"
            )
            .annotate(Max(day))
        )


def _of_firms(today: dt.date) -> Iterator[Row]:
    """Days on which a firm came, went or was struck off."""
    for day in ("since", "until"):
        placements = Placement.objects.filter(**{f"{day}__lte": today}).order_by()
        for park, town, latest in placements.values_list("park_id", "town_id").annotate(Max(day)):
            yield None, park, town, latest
    for day in ("closed_on", "reopened_on"):
        closures = Closure.objects.filter(**{f"{day}__lte": today}).order_by()
        placed = closures.filter(enterprise__placements__until=None)
        columns = {
            "park": F("enterprise__placements__park_id"),
            "town": F("enterprise__placements__town_id"),
        }
        for park, town, latest in placed.values_list(*columns.values()).annotate(Max(day)):
            if town is not None:
                yield None, park, town, latest
