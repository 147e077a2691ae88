"""Stays in the pool, one after another: since when firms are at their stage, and whose ended of late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from enterprises.models import Placement, PoolEntry
from enterprises.models.enterprise import answered_by
from parks.models import Unit, User


class PastStay(NamedTuple):
    """A stay as far as what came before and after it is told by it. `entry`: its key."""

    entry: int
    enterprise_id: int
    name_key: str
    stage: str
    since: dt.date
    ended_on: dt.date | None
    ended_by: str

    def is_followed_by(self, later: PastStay) -> bool:
        """The firm stays in the pool without a break: only the stage or the year is another."""
        return self.enterprise_id == later.enterprise_id and self.ended_on == later.since


def stays_in_order(entries: QuerySet[PoolEntry]) -> Iterator[PastStay]:
    """The earliest first; one query."""
    told = ("pk", "enterprise_id", "enterprise__name_key", *PastStay._fields[3:])
    return map(PastStay._make, entries.order_by("since", "pk").values_list(*told))


def first_days_at_stage(stays: QuerySet[PoolEntry]) -> dict[int, dt.date]:
    """Stay → since when its firm has been at the stage without a break, where that is before it.

    One query, for few rows: who never was in the pool before is not read.
    """
    earlier = PoolEntry.objects.filter(enterprise=OuterRef("enterprise"), ended_on__isnull=False)
    entries = PoolEntry.objects.filter(
        Exists(earlier), enterprise__in=stays.order_by().values("enterprise")
    )
    found: dict[int, dt.date] = {}
    last: dict[int, PastStay] = {}
    for stay in stays_in_order(entries):
        before = last.get(stay.enterprise_id)
        if before and before.is_followed_by(stay) and before.stage == stay.stage:
            found[stay.entry] = found.get(before.entry, before.since)
        last[stay.enterprise_id] = stay
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


def stood_before(day: OuterRef) -> Exists:
    """Of rows with a firm: it was in the pool on the eve of a day of the row."""
    stays = PoolEntry.objects.filter(enterprise=OuterRef("enterprise"), since__lt=day)
    return Exists(stays.filter(Q(ended_on=None) | Q(ended_on__gte=day)))
