"""What the registry holds, on the quarter's last day, of the firms a roster lists and of those it should list."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from enterprises import registry
from enterprises.models import Closure, Enterprise, FormerName, Placement, Qualification
from enterprises.models.chunks import chunks
from enterprises.registry.acts import Act
from enterprises.registry.firm_facts import FirmFacts
from parks.models import Unit


@dataclass
class Situation:
    """A known firm on a day. `place`: where it stands (None: nowhere that day); `left`: it stood here and has left."""

    enterprise: Enterprise
    place: Placement | None
    left: bool
    closed: Closure | None
    former_keys: frozenset[str] = frozenset()
    holds_certificate: bool = False

    @property
    def unit(self) -> Unit | None:
        """Who reports the firm: its park, or where it stands outside the parks its town."""
        return (self.place.park or self.place.town) if self.place else None

    @property
    def is_bare(self) -> bool:
        return self.place is None and not self.left


@dataclass
class Known:
    """`by_code`: the listed firms that are registered; `expected`: those the unit has to report."""

    by_code: dict[str, Situation] = field(default_factory=dict)
    expected: list[Situation] = field(default_factory=list)


def reported_by(unit: Unit, day: dt.date) -> QuerySet[Enterprise]:
    """Firms that the unit has to report on a day: standing there (a town: outside the parks), not closed."""
    place = Q(park=unit) if unit.kind == Unit.Kind.PARK else Q(town=unit, park=None)
    standing = Placement.objects.covering(day).filter(place, enterprise=OuterRef("pk"))
    closed = Closure.objects.holding_on(day).filter(enterprise=OuterRef("pk"))
    return Enterprise.objects.filter(Exists(standing)).exclude(Exists(closed))


def known(usccs: Collection[str], unit: Unit, day: dt.date, undone: Sequence[Act] = ()) -> Known:
    """Six queries for the expected firms, and six per 20,000 listed ones. `undone`: acts that come first, by which a
    correction takes its roster back; the firms are seen as these leave them."""
    found = Known(expected=_situations(reported_by(unit, day).order_by("name"), day))
    for some in chunks(usccs):
        firms = _situations(Enterprise.objects.filter(uscc__in=some), day)
        found.by_code |= {one.enterprise.uscc: one for one in firms}
    if undone:
        _see_as_undone(found, undone, unit, day)
    return found


def _see_as_undone(found: Known, undone: Sequence[Act], unit: Unit, day: dt.date) -> None:
    units = Unit.objects.in_bulk()
    firms = registry.foreseen(undone)
    seen = {uscc: _foreseen(firm, units, day) for uscc, firm in firms.items() if firm.enterprise}
    found.by_code |= {uscc: one for uscc, one in seen.items() if uscc in found.by_code}
    others = [one for one in found.expected if one.enterprise.uscc not in seen]
    own = [
        one
        for one in seen.values()
        if one.unit == unit and one.place and one.place.since <= day and not one.closed
    ]
    found.expected = sorted(others + own, key=lambda one: one.enterprise.name)


def _foreseen(firm: FirmFacts, units: Mapping[int, Unit], day: dt.date) -> Situation:
    holds = any(held.holds_on(day) for held in firm.held(firm.notebook.kind("hnte").pk))
    return _situation(
        firm.known, firm.placements, firm.closures, firm.former_names, holds, units, day
    )


def _situations(firms: QuerySet[Enterprise], day: dt.date) -> list[Situation]:
    rows = list(firms.order_by(*firms.query.order_by or ("pk",)))
    ids = [firm.pk for firm in rows]
    placements = by_firm(of_firms(Placement.objects.order_by("since"), ids))
    closures = by_firm(of_firms(Closure.objects.all(), ids))
    former = by_firm(of_firms(FormerName.objects.all(), ids))
    certificates = Qualification.objects.holding_on(day).filter(kind__code="hnte")
    holders = set(of_firms(certificates.values_list("enterprise_id", flat=True), ids))
    units = Unit.objects.in_bulk()
    return [
        _situation(
            one, placements[one.pk], closures[one.pk], former[one.pk], one.pk in holders, units, day
        )
        for one in rows
    ]


def _situation(
    firm: Enterprise,
    placements: Sequence[Placement],
    closures: Iterable[Closure],
    former: Iterable[FormerName],
    holds_certificate: bool,
    units: Mapping[int, Unit],
    day: dt.date,
) -> Situation:
    if place := _place_on(placements, day):
        place.park, place.town = units.get(place.park_id or 0), units[place.town_id]
    return Situation(
        enterprise=firm,
        place=place,
        left=_has_left(placements, day),
        closed=next((one for one in closures if one.holds_on(day)), None),
        former_keys=frozenset(one.name_key for one in former),
        holds_certificate=holds_certificate,
    )


def of_firms(facts: QuerySet[Any], ids: Sequence[int]) -> Iterator[Any]:
    """The facts of these firms, by lists of ids: a subquery would be planned anew for every fact when a large load is
    so fresh that PostgreSQL has no statistics of it."""
    for some in chunks(ids):
        yield from facts.filter(enterprise__in=some)


def by_firm(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.enterprise_id].append(row)
    return grouped


def _has_left(placements: Sequence[Placement], day: dt.date) -> bool:
    return bool(placements) and placements[-1].until is not None and placements[-1].until <= day


def _place_on(placements: Sequence[Placement], day: dt.date) -> Placement | None:
    """Where the firm stands on the day; one that is only known from later on stood there already."""
    covering = [one for one in placements if one.holds_on(day)]
    later = placements[:1] if placements and placements[0].since > day else []
    return next(iter(covering or later), None)
