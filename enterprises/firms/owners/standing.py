"""Who sees to firms on a day, at their unit and at the bureau, and who could."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from enterprises.models import Enterprise, FirmOwner, Placement
from enterprises.models.chunks import chunks
from parks.models import User

Level = FirmOwner.Level


@dataclass(frozen=True)
class OwnerStanding:
    """An owner with the name of the account; `trouble`: why the firm had better get another."""

    account: str
    name: str
    since: dt.date
    trouble: str = ""

    def __str__(self) -> str:
        return f"{self.name}（{self.trouble}）" if self.trouble else self.name


@dataclass(frozen=True)
class FirmOwners:
    """None where nobody is named."""

    unit: OwnerStanding | None = None
    bureau: OwnerStanding | None = None

    @property
    def accounts(self) -> set[str]:
        return {owner.account for owner in (self.unit, self.bureau) if owner}

    @property
    def in_trouble(self) -> bool:
        return any(owner.trouble for owner in (self.unit, self.bureau) if owner)


NOBODY = FirmOwners()


def owners_of(firm_ids: Collection[int], day: dt.date) -> dict[int, FirmOwners]:
    """Firm → its owners on the day, for firms that have any; three queries.

    Whether an account is in use, and where the firm stands, is judged as of today.
    """
    held: list[FirmOwner] = []
    for portion in chunks(firm_ids):
        held += FirmOwner.objects.filter(enterprise__in=portion).holding_on(day).order_by()
    if not held:
        return {}
    people = {person.username: person for person in _with_accounts(row.account for row in held)}
    units = _units_today({row.enterprise_id for row in held if row.level == Level.UNIT})
    found: dict[int, dict[str, OwnerStanding]] = {}
    for row in held:
        person = people.get(row.account)
        own_units = units.get(row.enterprise_id, ()) if row.level == Level.UNIT else None
        found.setdefault(row.enterprise_id, {})[row.level] = OwnerStanding(
            account=row.account,
            name=str(person or row.account),
            since=row.since,
            trouble=_trouble(person, own_units),
        )
    return {firm: FirmOwners(**levels) for firm, levels in found.items()}


def _trouble(person: User | None, own_units: Collection[int | None] | None) -> str:
    """`own_units`: of the firm today; None where the bureau's owner is asked about."""
    if person is None:
        return "账号已不存在"
    if not person.is_active:
        return "责任人已停用"
    if own_units is None:
        return "" if person.in_bureau else "责任人已不在科技局"
    return "" if person.unit_id in own_units else "责任人已不在企业所在单位"


def _with_accounts(usernames: Iterable[str]) -> list[User]:
    people: list[User] = []
    for portion in chunks(set(usernames)):
        people += User.objects.filter(username__in=portion)
    return people


def _units_today(firm_ids: Collection[int]) -> dict[int, tuple[int | None, ...]]:
    here: dict[int, tuple[int | None, ...]] = {}
    for portion in chunks(firm_ids):
        rows = Placement.objects.covering(timezone.localdate()).filter(enterprise__in=portion)
        for firm, park, town in rows.values_list("enterprise", "park", "town"):
            here[firm] = (park, town)
    return here


IN_BUREAU = Q(role__in=[User.Role.BUREAU_ADMIN, User.Role.BUREAU_STAFF])


def people_for(firm: Enterprise) -> list[User]:
    """Who could see to it: the bureau's people, and those of the park and town it stands in today."""
    here = Placement.objects.covering(timezone.localdate()).filter(
        Q(park=OuterRef("unit")) | Q(town=OuterRef("unit")), enterprise=firm
    )
    people = User.objects.filter(is_active=True).select_related("unit")
    return list(people.filter(IN_BUREAU | Exists(here)).order_by("unit__order", "username"))


def in_words(person: User) -> str:
    return f"{person}（{person.unit.short_name}）" if person.unit else str(person)
