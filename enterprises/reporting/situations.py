"""What the registry holds, on the quarter's last day, of the firms a roster lists and of those it should list."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from enterprises import registry
from enterprises.acts import Act
from enterprises.book_firm import Firm
from enterprises.models import Closure, Enterprise, FormerName, Placement, Qualification
from parks.models import Unit

CHUNK = 5_000


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
    return Enterprise.objects.filter(Exists(standing)).exclude(Exists(closed_on(day)))


def closed_on(day: dt.date) -> QuerySet[Closure]:
    """Closures of the outer query's firm that hold on the day."""
    open_still = Q(reopened_on=None) | Q(reopened_on__gt=day)
    return Closure.objects.filter(open_still, enterprise=OuterRef("pk"), closed_on__lte=day)


def known(usccs: Collection[str], unit: Unit, day: dt.date, undone: Sequence[Act] = ()) -> Known:
    """Six queries for the expected firms, and six per 5,000 listed ones. `undone`: acts that come first, by which a
    correction takes its roster back; the firms are seen as these leave them."""
    found = Known(expected=_situations(reported_by(unit, day).order_by("name"), day))
    ordered = sorted(usccs)
    for start in range(0, len(ordered), CHUNK):
        firms = Enterprise.objects.filter(uscc__in=ordered[start : start + CHUNK])
        found.by_code |= {one.enterprise.uscc: one for one in _situations(firms, day)}
    if undone:
        _see_as_undone(found, undone, unit, day)
    return found


def _see_as_undone(found: Known, undone: Sequence[Act], unit: Unit, day: dt.date) -> None:
    units = Unit.objects.in_bulk()
    firms = registry.foreseen(undone)
    seen = {uscc: _foreseen(firm, units, day) for uscc, firm in firms.items() if firm.enterprise}
    found.by_code |= {uscc: one for uscc, one in seen.items() if uscc in found.by_code}
    others = [one for one in found.expected if one.enterprise.uscc not in seen]
    own = [one for one in seen.values() if one.unit == unit and one.place and one.place.since <= day and not one.closed]
    found.expected = sorted(others + own, key=lambda one: one.enterprise.name)


def _foreseen(firm: Firm, units: Mapping[int, Unit], day: dt.date) -> Situation:
    for place in firm.placements:
        place.park, place.town = units.get(place.park_id or 0), units[place.town_id]
    return Situation(
        enterprise=firm.known,
        place=_place_on(firm.placements, day),
        left=_has_left(firm.placements, day),
        closed=next((one for one in firm.closures if _is_closed(one, day)), None),
        former_keys=frozenset(one.name_key for one in firm.former_names),
        holds_certificate=any(held.holds_on(day) for held in firm.held(firm.book.kind("hnte").pk)),
    )


def _situations(firms: QuerySet[Enterprise], day: dt.date) -> list[Situation]:
    rows = list(firms.order_by(*firms.query.order_by or ("pk",)))
    ids = [firm.pk for firm in rows]
    placements = _by_firm(of_firms(Placement.objects.order_by("since"), ids))
    closures = _by_firm(of_firms(Closure.objects.all(), ids))
    former = _by_firm(of_firms(FormerName.objects.all(), ids))
    certificates = Qualification.objects.holding_on(day).filter(kind__code="hnte")
    holders = set(of_firms(certificates.values_list("enterprise_id", flat=True), ids))
    units = Unit.objects.in_bulk()
    for place in (place for places in placements.values() for place in places):
        place.park, place.town = units.get(place.park_id), units[place.town_id]
    return [
        Situation(
            enterprise=firm,
            place=_place_on(placements[firm.pk], day),
            left=_has_left(placements[firm.pk], day),
            closed=next((one for one in closures[firm.pk] if _is_closed(one, day)), None),
            former_keys=frozenset(one.name_key for one in former[firm.pk]),
            holds_certificate=firm.pk in holders,
        )
        for firm in rows
    ]


def of_firms(facts: QuerySet[Any], ids: Sequence[int]) -> Iterator[Any]:
    """The facts of these firms, by lists of ids: a subquery would be planned anew for every fact when a large load is
    so fresh that PostgreSQL has no statistics of it."""
    for start in range(0, len(ids), CHUNK):
        yield from facts.filter(enterprise__in=ids[start : start + CHUNK])


def _by_firm(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.enterprise_id].append(row)
    return grouped


def _has_left(placements: Sequence[Placement], day: dt.date) -> bool:
    return bool(placements) and placements[-1].until is not None and placements[-1].until <= day


def _place_on(placements: Sequence[Placement], day: dt.date) -> Placement | None:
    """Where the firm stands on the day; one that is only known from later on stood there already."""
    covering = [one for one in placements if one.since <= day and (one.until is None or one.until > day)]
    later = placements[:1] if placements and placements[0].since > day else []
    return next(iter(covering or later), None)


def _is_closed(closure: Closure, day: dt.date) -> bool:
    return closure.closed_on <= day and not (closure.reopened_on and closure.reopened_on <= day)
