"""What the registry knows, on the quarter's last day, of firms that a roster should list."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from enterprises import registry
from enterprises.loading.namesakes import registered_by_name
from enterprises.models import (
    Closure,
    Enterprise,
    FormerName,
    Placement,
    PoolEntry,
    Qualification,
)
from enterprises.models.chunks import chunks
from enterprises.registry.acts import Act
from enterprises.registry.firm_facts import FirmFacts
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from enterprises.uscc import normalise
from parks.models import Unit


@dataclass
class Situation:
    """A registered firm on a day.

    `place`: where it stands, None where it has none that day. `left`: it has left.
    `certificates`: all it was ever issued. `pool`: its stage in the reserve pool.
    """

    enterprise: Enterprise
    place: Placement | None
    left: bool
    closed: Closure | None
    former_keys: frozenset[str] = frozenset()
    certificates: Sequence[Qualification] = ()
    holds_certificate: bool = False
    pool: PoolEntry | None = None

    @property
    def unit(self) -> Unit | None:
        """Who reports the firm: its park, or where it stands outside the parks its town."""
        return self.place.answering if self.place else None

    @property
    def name_keys(self) -> set[str]:
        """Of its name, and of those that it bore before."""
        return {self.enterprise.name_key, *self.former_keys}

    @property
    def is_bare(self) -> bool:
        """Registered by name only: it never had a place. For a roster it is as good as new."""
        return self.place is None and not self.left


@dataclass
class Known:
    """`by_code`: the listed firms that are registered; `expected`: those the unit has to report.

    `by_name`: key of a name → registered firms that the file lists under another code, if at all.
    """

    by_code: dict[str, Situation] = field(default_factory=dict)
    expected: list[Situation] = field(default_factory=list)
    by_name: dict[str, list[Situation]] = field(default_factory=dict)

    def namesake_of(self, uscc: str, name: str) -> Situation | None:
        """The registered firm that a row with an unregistered code may mean by its name."""
        situation = self.by_code.get(uscc)
        if situation is not None and not situation.is_bare:
            return None
        others = self.by_name.get(normalise(name), ())
        return next((other for other in others if other.enterprise.uscc != uscc), None)


def reported_by(unit: Unit, day: dt.date) -> QuerySet[Enterprise]:
    """Firms that the unit has to report on a day: they stand there and are not closed.

    A town reports those outside the parks.
    """
    place = Q(park=unit) if unit.kind == Unit.Kind.PARK else Q(town=unit, park=None)
    standing = Placement.objects.covering(day).filter(place, enterprise=OuterRef("pk"))
    closed = Closure.objects.holding_on(day).filter(enterprise=OuterRef("pk"))
    return Enterprise.objects.filter(Exists(standing)).exclude(Exists(closed))


def find_known(
    listed: Mapping[str, str], unit: Unit, day: dt.date, undone: Sequence[Act] = ()
) -> Known:
    """The listed firms that are registered, and those that the unit has to report.

    `listed`: code → name. `undone`: the acts by which a correction first takes its roster back;
    firms are seen as these leave them. Seven queries for the expected firms, and seven per portion
    of listed ones; two more and seven where firms are listed that are not registered.
    """
    known = Known(expected=_situations_of(reported_by(unit, day).order_by("name"), day))
    for portion in chunks(listed):
        for situation in _situations_of(Enterprise.objects.filter(uscc__in=portion), day):
            known.by_code[situation.enterprise.uscc] = situation
    touched: dict[int, Situation] = {}
    if undone:
        touched = _see_as_undone(known, listed, undone, unit, day)
    _find_namesakes(known, listed, day, touched)
    return known


def _find_namesakes(
    known: Known, listed: Mapping[str, str], day: dt.date, touched: Mapping[int, Situation]
) -> None:
    new = (code for code in listed if code not in known.by_code or known.by_code[code].is_bare)
    keys = {normalise(listed[code]) for code in new} - {""}
    if not keys:
        return
    by_name = registered_by_name(keys)
    ids = {firm.pk for firms in by_name.values() for firm in firms}
    situations = {}
    for portion in chunks(sorted(ids)):
        for situation in _situations_of(Enterprise.objects.filter(pk__in=portion), day):
            situations[situation.enterprise.pk] = situation
    situations |= {pk: touched[pk] for pk in touched if pk in situations}
    for key, firms in by_name.items():
        # A row of its own speaks for a firm that is listed; that two rows share a name is said
        # by a rule of the file (R204).
        found = [situations[firm.pk] for firm in firms]
        known.by_name[key] = [
            row for row in found if row.enterprise.uscc not in listed and not row.is_bare
        ]


def _see_as_undone(
    known: Known, listed: Collection[str], undone: Sequence[Act], unit: Unit, day: dt.date
) -> dict[int, Situation]:
    """Put the firms touched by the undoing into `known` as it leaves them: firm's id → it."""
    units = Unit.objects.in_bulk()
    touched: dict[str, Situation] = {}
    foreseen = registry.foreseen(undone)
    for uscc, firm in foreseen.items():
        if firm.enterprise:
            touched[uscc] = _situation_foreseen(firm, firm.enterprise, units, day)
        else:
            # Nobody bears the code any more: it was given by a correction that is taken back.
            known.by_code.pop(uscc, None)
    # A listed code may be registered only then: a correction of it is taken back.
    known.by_code |= {uscc: row for uscc, row in touched.items() if uscc in listed}
    expected = [row for row in known.expected if row.enterprise.uscc not in foreseen]
    for situation in touched.values():
        place = situation.place
        # A place that is known only from a later day does not oblige the unit yet, as in
        # reported_by.
        if situation.unit == unit and place and place.since <= day and not situation.closed:
            expected.append(situation)
    known.expected = sorted(expected, key=lambda situation: situation.enterprise.name)
    return {situation.enterprise.pk: situation for situation in touched.values()}


def _situation_foreseen(
    firm: FirmFacts, enterprise: Enterprise, units: Mapping[int, Unit], day: dt.date
) -> Situation:
    certificates = firm.held(firm.notebook.kind(CERTIFIED_KIND).pk)
    facts = firm.placements, firm.closures, firm.former_names, certificates, firm.pool
    return _situation(enterprise, *facts, units, day)


def _situations_of(firms: QuerySet[Enterprise], day: dt.date) -> list[Situation]:
    # The caller's order if there is one: the expected firms come by name.
    rows = list(firms.order_by(*firms.query.order_by or ("pk",)))
    ids = [firm.pk for firm in rows]
    placements = by_firm(of_firms(Placement.objects.order_by("since"), ids))
    closures = by_firm(of_firms(Closure.objects.all(), ids))
    former_names = by_firm(of_firms(FormerName.objects.all(), ids))
    of_kind = Qualification.objects.filter(kind__code=CERTIFIED_KIND).order_by("pk")
    certificates = by_firm(of_firms(of_kind, ids))
    pool = by_firm(of_firms(PoolEntry.objects.live_on(day), ids))
    units = Unit.objects.in_bulk()
    situations = []
    for firm in rows:
        facts = placements[firm.pk], closures[firm.pk], former_names[firm.pk]
        held = certificates[firm.pk], pool[firm.pk]
        situations.append(_situation(firm, *facts, *held, units, day))
    return situations


def _situation(
    firm: Enterprise,
    placements: Sequence[Placement],
    closures: Iterable[Closure],
    former_names: Iterable[FormerName],
    certificates: Sequence[Qualification],
    pool: Iterable[PoolEntry],
    units: Mapping[int, Unit],
    day: dt.date,
) -> Situation:
    if place := _place_on(placements, day):
        place.park, place.town = units.get(place.park_id or 0), units[place.town_id]
    return Situation(
        enterprise=firm,
        place=place,
        left=_has_left(placements, day),
        closed=next((closure for closure in closures if closure.holds_on(day)), None),
        former_keys=frozenset(name.name_key for name in former_names),
        certificates=certificates,
        holds_certificate=any(held.holds_on(day) for held in certificates),
        pool=next((entry for entry in pool if entry.holds_on(day)), None),
    )


def of_firms(facts: QuerySet[Any], ids: Sequence[int]) -> Iterator[Any]:
    """The facts of these firms, asked for by lists of ids.

    A subquery would be slow right after a large load: as long as PostgreSQL has no statistics of
    the new rows, it runs the subquery for every fact.
    """
    for portion in chunks(ids):
        yield from facts.filter(enterprise__in=portion)


def by_firm(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    """Firm's id → its rows, in their order."""
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.enterprise_id].append(row)
    return grouped


def _has_left(placements: Sequence[Placement], day: dt.date) -> bool:
    return bool(placements) and placements[-1].until is not None and placements[-1].until <= day


def _place_on(placements: Sequence[Placement], day: dt.date) -> Placement | None:
    """Where the firm stands on the day. A place known only from a later day counts as well."""
    for place in placements:
        if place.holds_on(day):
            return place
    # The registry learnt of the firm only later; on the day it stood there all the same.
    if placements and placements[0].since > day:
        return placements[0]
    return None
