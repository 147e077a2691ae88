"""Which firms are held against the conditions: in business and in the district on the day."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from enterprises.models import Closure, Enterprise, Placement, Qualification
from enterprises.models.enterprise import EnterpriseQuerySet
from parks.models import Unit, User


def here_on(day: dt.date, user: User, unit: Unit | None = None) -> EnterpriseQuerySet:
    """Firms in business that stand in the district on the day; a reporter's in the own unit alone."""
    placed = Placement.objects.covering(day).visible_to(user)
    if unit is not None:
        placed = placed.in_unit(unit.pk)
    return (
        Enterprise.objects.registered()
        .filter(pk__in=placed.values("enterprise"))
        .exclude(pk__in=Closure.objects.holding_on(day).values("enterprise"))
    )


def holds(kind: str, day: dt.date) -> Q:
    """Of firms: a qualification of the kind is valid on the day."""
    held = Qualification.objects.filter(kind__code=kind).holding_on(day)
    return Q(pk__in=held.values("enterprise"))
