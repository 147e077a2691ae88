"""Who may open a roster and who may do something to it."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from enterprises.models import Quarter, RosterVersion
from parks.models import Unit, User

RELATED = ("roster__quarter", "roster__unit", "source", "job", "created_by", "submitted_by", "decided_by")


def person(request: HttpRequest) -> User:
    return cast(User, request.user)


def is_own(user: User, unit: Unit) -> bool:
    """Answering and handing in is for the unit's own people."""
    return user.unit_id == unit.pk and not user.sees_whole_district


def may_upload(user: User, unit: Unit) -> bool:
    """The bureau may upload for a unit; what it uploaded, the unit hands in."""
    return user.in_bureau or is_own(user, unit)


def find_roster(request: HttpRequest, quarter: str, unit: str) -> tuple[Quarter, Unit]:
    found = get_object_or_404(Quarter.objects.coded(quarter))
    units = Unit.objects.reporting().visible_to(person(request))
    return found, get_object_or_404(units, code=unit)


def find_version(request: HttpRequest, pk: int) -> RosterVersion:
    return get_object_or_404(RosterVersion.objects.visible_to(person(request)).select_related(*RELATED), pk=pk)


def own_version(request: HttpRequest, pk: int) -> RosterVersion:
    version = find_version(request, pk)
    if not is_own(person(request), version.roster.unit):
        raise PermissionDenied("只有本单位人员可以填写说明和报送。")
    return version


def refuse_unless_uploading(user: User, unit: Unit) -> None:
    if not may_upload(user, unit):
        raise PermissionDenied("只有本单位人员可以上传名册。")
