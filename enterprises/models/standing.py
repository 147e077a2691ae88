"""Why a firm of which a qualification is known does not count on a day.

A firm counts for a kind when it holds one on the day, stands in the district and is not struck off
(docs/counting.md). Here this is told of firms that do not count: `why_not_counted` for rows at
hand, `out_of_count` and `reason_column` for firms in a query that hold the kind on the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    TextChoices,
    Value,
    When,
)

from enterprises.models.enterprise import Closure, Placement, PlacementQuerySet
from enterprises.models.qualification import Qualification


class NotCounted(TextChoices):
    CLOSED = "closed", "已注销"
    LEFT = "left", "已迁出"
    ABSENT = "absent", "尚未迁入"
    REVOKED = "revoked", "资质已取消"
    LAPSED = "lapsed", "资质已到期"
    AHEAD = "ahead", "资质尚未生效"


OF_HOLDERS = (NotCounted.CLOSED, NotCounted.LEFT, NotCounted.ABSENT)
"""Why a firm does not count although it holds the kind."""


def why_not_counted(
    day: dt.date,
    held: Collection[Qualification],
    placements: Collection[Placement],
    closures: Iterable[Closure],
) -> NotCounted | None:
    """Of one firm and one kind, by rows at hand; None where it counts.

    `held`: what it ever held of the kind, at least one.
    """
    # Closed comes first, as in every list: it is neither here nor gone, wherever it stood.
    if any(closure.holds_on(day) for closure in closures):
        return NotCounted.CLOSED
    if not any(placement.holds_on(day) for placement in placements):
        begun = any(placement.since <= day for placement in placements)
        return NotCounted.LEFT if begun else NotCounted.ABSENT
    if any(qualification.holds_on(day) for qualification in held):
        return None
    return _why_not_held(day, held)


def _why_not_held(day: dt.date, held: Iterable[Qualification]) -> NotCounted:
    """By the one that begins last: it is the one that a list has just told of."""
    latest = max(held, key=lambda row: (row.valid_from or dt.date.min, row.pk or 0))
    if latest.revoked_on and latest.revoked_on <= day:
        return NotCounted.REVOKED
    begun = latest.valid_from is None or latest.valid_from <= day
    return NotCounted.LAPSED if begun else NotCounted.AHEAD


def out_of_count(day: dt.date) -> Q:
    """Firms that would not count on the day whatever they hold: struck off, or not here."""
    closed = Closure.objects.holding_on(day).values("enterprise")
    placed = Placement.objects.covering(day).values("enterprise")
    return Q(pk__in=closed) | ~Q(pk__in=placed)


def reason_column(day: dt.date) -> Case:
    """Of firms `out_of_count`: the reason, as a column."""
    of_firm = {"enterprise": OuterRef("pk")}
    return Case(
        When(
            Exists(Closure.objects.holding_on(day).filter(**of_firm)),
            then=Value(NotCounted.CLOSED.value),
        ),
        When(
            Exists(Placement.objects.filter(since__lte=day, **of_firm)),
            then=Value(NotCounted.LEFT.value),
        ),
        default=Value(NotCounted.ABSENT.value),
        output_field=CharField(),
    )


def last_places(day: dt.date) -> PlacementQuerySet:
    """One place of every firm: where it stood on the day or last before it.

    Of a firm that came later, the first one.
    """
    of_firm = Placement.objects.filter(enterprise=OuterRef("enterprise"))
    superseded = Exists(of_firm.filter(since__lte=day, since__gt=OuterRef("since")))
    preceded = Exists(of_firm.filter(since__lt=OuterRef("since")))
    return Placement.objects.filter(Q(since__lte=day) & ~superseded | Q(since__gt=day) & ~preceded)
