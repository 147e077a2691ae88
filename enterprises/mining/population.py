"""Which firms are held against the conditions: in business and in the district on the day; and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from enterprises.models import Closure, Enterprise, Placement, Qualification
from enterprises.models.chunks import chunks
from enterprises.models.enterprise import EnterpriseQuerySet
from parks.models import Unit, User


def here_on(day: dt.date, user: User, unit: Unit | None = None) -> EnterpriseQuerySet:
    """Firms in business that stand in the district on the day; a reporter's in the own unit alone."""
    placed = Placement.objects.covering(day).visible_to(user)
    if unit is not None:
        placed = placed.in_unit(unit.pk)
    return in_business(Enterprise.objects.all(), day).filter(of_firm(placed))


def in_business(firms: EnterpriseQuerySet, day: dt.date) -> EnterpriseQuerySet:
    return firms.registered().exclude(of_firm(Closure.objects.holding_on(day)))


def answering_on(day: dt.date, firms: Iterable[int]) -> dict[int, Unit]:
    """Firm → the unit that answers for it on the day; without those not in the district."""
    found: dict[int, Unit] = {}
    for some in chunks(firms):
        rows = Placement.objects.covering(day).filter(enterprise__in=some)
        places = rows.select_related("park", "town")
        found |= {row.enterprise_id: row.answering for row in places}
    return found


def holds(kind: str, day: dt.date) -> Exists:
    """Of firms: a qualification of the kind is valid on the day."""
    return of_firm(Qualification.objects.filter(kind__code=kind).holding_on(day))


def of_firm(rows: QuerySet[Any]) -> Exists:
    """Of firms: there is such a row of theirs. Looked up firm by firm: few are often asked about."""
    return Exists(rows.filter(enterprise=OuterRef("pk")))
