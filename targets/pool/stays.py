"""Since when firms are at their stage, and whose stay ended by itself of late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, Q

from enterprises.models import Placement, PoolEntry
from enterprises.models.chunks import chunks
from enterprises.models.enterprise import answered_by
from parks.models import Unit, User


def first_days_at_stage(ids: Collection[int]) -> dict[int, dt.date]:
    """Of each stay of the firms: since when the firm has been at the stage without a break."""
    found: dict[int, dt.date] = {}
    for some in chunks(ids):
        before: PoolEntry | None = None
        rows = PoolEntry.objects.filter(enterprise__in=some).order_by("enterprise", "since")
        for entry in rows:
            found[entry.pk] = entry.since
            if before and before.is_followed_by(entry) and before.stage == entry.stage:
                found[entry.pk] = found[before.pk]
            before = entry
    return found


def ended_by_itself(on: dt.date, user: User, unit: Unit | None, *, days: int) -> list[PoolEntry]:
    """Stays that ended by themselves in the last days, the last first."""
    by_itself = (PoolEntry.Ending.CERTIFIED, PoolEntry.Ending.CLOSED, PoolEntry.Ending.LEFT)
    since = on - dt.timedelta(days=days)
    rows = PoolEntry.objects.filter(
        # Not those that never counted: the firm was certified, closed or away from the first day.
        ended_on__gt=F("since"),
        ended_by__in=by_itself,
    ).filter(ended_on__gt=since, ended_on__lte=on)
    own = user.narrowed_to(unit)
    if own:
        # Who has left stands nowhere on the day itself: on the day before the unit answered for it.
        last_place = Placement.objects.filter(
            Q(until=None) | Q(until__gte=OuterRef("ended_on")),
            answered_by(own),
            enterprise=OuterRef("enterprise"),
            since__lt=OuterRef("ended_on"),
        )
        rows = rows.filter(Exists(last_place))
    return list(rows.visible_to(user).select_related("enterprise").order_by("-ended_on", "pk"))
