"""Who may open a roster and who may do something to it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from enterprises.models import Quarter, RosterVersion
from enterprises.reporting.rights import reports_for
from parks.access import person
from parks.models import Unit, User

RELATED = (
    "roster__quarter",
    "roster__unit",
    "source",
    "job",
    "created_by",
    "submitted_by",
    "decided_by",
)


def find_roster(request: HttpRequest, quarter: str, unit: str) -> tuple[Quarter, Unit]:
    """The quarter and the unit of the address (their codes), or a 404."""
    opened = get_object_or_404(Quarter.objects.coded(quarter))
    units = Unit.objects.reporting().visible_to(person(request))
    return opened, get_object_or_404(units, code=unit)


def find_version(request: HttpRequest, pk: int) -> RosterVersion:
    """A version that the user may see, or a 404."""
    visible = RosterVersion.objects.visible_to(person(request))
    return get_object_or_404(visible.select_related(*RELATED), pk=pk)


def own_version(request: HttpRequest, pk: int) -> RosterVersion:
    """A version that the user may fill in; 404 where it is hidden, 403 where it is read-only."""
    version = find_version(request, pk)
    refuse_unless_reporting(person(request), version.roster.unit)
    return version


def refuse_unless_reporting(user: User, unit: Unit) -> None:
    if not reports_for(user, unit):
        raise PermissionDenied("只有本单位和科技局可以填报这份名册。")
