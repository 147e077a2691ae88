"""What the registry holds, on the quarter's last day, of the firms a roster lists and of those it should list."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

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


def known(usccs: Collection[str], unit: Unit, day: dt.date) -> Known:
    """Six queries for the expected firms, and six per 5,000 listed ones."""
    found = Known(expected=_situations(reported_by(unit, day).order_by("name"), day))
    ordered = sorted(usccs)
    for start in range(0, len(ordered), CHUNK):
        firms = Enterprise.objects.filter(uscc__in=ordered[start : start + CHUNK])
        found.by_code |= {one.enterprise.uscc: one for one in _situations(firms, day)}
    return found


def _situations(firms: QuerySet[Enterprise], day: dt.date) -> list[Situation]:
    rows = firms.order_by(*firms.query.order_by or ("pk",))
    # The firms are named by a subquery: they may be more than an IN list takes.
    ids = firms.order_by().values("pk")
    placements = _by_firm(Placement.objects.filter(enterprise__in=ids).order_by("since"))
    closures = _by_firm(Closure.objects.filter(enterprise__in=ids))
    former = _by_firm(FormerName.objects.filter(enterprise__in=ids))
    certificates = Qualification.objects.holding_on(day).filter(kind__code="hnte", enterprise__in=ids)
    holders = set(certificates.values_list("enterprise_id", flat=True))
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
