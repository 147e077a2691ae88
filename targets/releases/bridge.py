"""From one published quarter to the next: what was said then, corrections, inflow and outflow, what is said now.

The later release knows more of the earlier day than the earlier one did: certificates entered late, dates put right.
Firms that only one of them counts on that day are the correction; the flows are the later release's own. So closing =
told + added − dropped + gains − losses, exactly, for every unit and every total.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from parks.models import Unit, User
from targets.figures import counting, flows, indicators
from targets.figures.flows import GAINS, LOSSES, Bridge, FlowPlace, FlowTerm
from targets.models import Definition, FrozenSpan, Release, Scope


class Correction(TextChoices):
    """What the later release says otherwise of the earlier day."""

    ADDED = "added", "更正增加"
    DROPPED = "dropped", "更正减少"


Pair = tuple[FrozenSpan | None, FrozenSpan | None]
SIGNS: Mapping[str, int] = {
    Correction.ADDED: 1,
    Correction.DROPPED: -1,
    **dict.fromkeys(GAINS.values(), 1),
    **dict.fromkeys(LOSSES.values(), -1),
}
"""Every term between the two stocks, in the order of the table."""


@dataclass(frozen=True)
class Corrected:
    """One kind over one scope. `told`: the stock of the earlier day as the earlier release gave it."""

    told: int
    added: int
    dropped: int
    bridge: Bridge

    @property
    def correction(self) -> int:
        return self.added - self.dropped

    @property
    def net(self) -> int:
        """From what was published to what is published."""
        return self.bridge.closing - self.told

    @property
    def terms(self) -> dict[str, int]:
        """Every term, in the order of SIGNS."""
        flown = {
            term.value: self.bridge.flows[FlowTerm(term)]
            for term in (*GAINS.values(), *LOSSES.values())
        }
        return {Correction.ADDED.value: self.added, Correction.DROPPED.value: self.dropped, **flown}


class Chain:
    """Two releases of following quarters under one definition."""

    def __init__(self, earlier: Release, later: Release, definition: str) -> None:
        self.earlier, self.later, self.definition = earlier, later, str(definition)
        self.indicators = indicators.released(later)
        self.flows = flows.between_frozen(later, earlier.as_of, later.as_of, definition)
        self._told: Counter[tuple[str, str]] = Counter()
        self._corrected: Counter[tuple[str, str, int]] = Counter()
        then, now = (self._standing(release) for release in (earlier, later))
        for key in then.keys() | now.keys():
            old, new = set(then.get(key, ())), set(now.get(key, ()))
            kind = key[0]
            self._told.update((kind, scope) for scope in old)
            self._corrected.update((kind, scope, 1) for scope in new - old)
            self._corrected.update((kind, scope, -1) for scope in old - new)

    @property
    def kinds(self) -> list[str]:
        """The kinds of qualification that have a bridge."""
        return [indicator.code for indicator in self.indicators.stocks]

    def _standing(self, release: Release) -> dict[tuple[str, str], tuple[str, ...]]:
        """(kind, firm) → the scopes in which the release counts it on the earlier day."""
        found = (
            release.spans.filter(definition=self.definition).covering(self.earlier.as_of).order_by()
        )
        rows = found.values_list("kind", "uscc", "park", "town")
        return {
            (kind, uscc): counting.scopes_of(park or None, town) for kind, uscc, park, town in rows
        }

    def of(self, kind: str, scope: str) -> Corrected:
        scope = str(scope)
        added, dropped = (self._corrected[kind, scope, sign] for sign in (1, -1))
        return Corrected(self._told[kind, scope], added, dropped, self.flows.bridge(kind, scope))


def earlier_of(release: Release) -> Release | None:
    """The last edition of the quarter before that was out when this one was published: so its bridge never changes."""
    eve = release.quarter.period.first_day - dt.timedelta(days=1)
    before = Release.objects.select_related("quarter").filter(as_of=eve, pk__lt=release.pk)
    return before.order_by("-number").first()


def chain(release: Release, definition: str = Definition.CERTIFICATE) -> Chain | None:
    """None where the quarter before was not published. The number of queries depends on nothing."""
    earlier = earlier_of(release)
    if earlier is None:
        return None
    return Chain(earlier, release, definition)


# --- the firms behind a term ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Side:
    """Where a firm counts, and by which certificate (empty: not told)."""

    place: FlowPlace
    number: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    @property
    def certificate(self) -> str:
        """GR202351000001（2023-11-20至2026-11-19）; empty where there is nothing to tell."""
        days = (
            f"{self.valid_from or ''}至{self.valid_until or ''}"
            if self.valid_from or self.valid_until
            else ""
        )
        return f"{self.number}（{days}）" if self.number and days else self.number or days


@dataclass(frozen=True)
class ChangedFirm:
    """One firm behind a term, `before` and `after` a flow, or as the two releases tell the earlier day.

    None there: it does not count. `sign`: +1 or −1, what it does to the scope's number. `day`: of a flow.
    """

    uscc: str
    name: str
    sign: int
    day: dt.date | None
    before: Side | None
    after: Side | None


def firms(chained: Chain, *, kind: str, scope: str, term: str, user: User) -> list[ChangedFirm]:
    """As many as the term says; of a wider scope a reporter sees those of the own unit only."""
    if term in Correction.values:
        return [
            one
            for one in corrections(chained, kind, scope)
            if one.sign == SIGNS[term] and _visible(one, user)
        ]
    edges: Any = flows.edges_frozen(
        chained.later,
        kind=kind,
        scope=scope,
        term=FlowTerm(term),
        since=chained.earlier.as_of,
        until=chained.later.as_of,
        definition=chained.definition,
    )
    return [_event(span, FlowTerm(term)) for span in edges.visible_to(user).order_by("day", "uscc")]


def corrections(chained: Chain, kind: str, scope: str) -> list[ChangedFirm]:
    """The firms that one of the two releases counts in the scope on the earlier day, and the other does not."""
    signed = (
        (_within(new, scope) - _within(old, scope), old, new) for old, new in _both(chained, kind)
    )
    return [_correction(sign, old, new) for sign, old, new in signed if sign]


def told_otherwise(chained: Chain, kind: str) -> list[ChangedFirm]:
    """The firms behind the corrections of all scopes; `sign` 0: counted by both, but in another place."""
    return [
        _correction((new is not None) - (old is not None), old, new)
        for old, new in _both(chained, kind)
        if _place(old) != _place(new)
    ]


def between_editions(
    before: Release, after: Release, kind: str, definition: str
) -> list[ChangedFirm]:
    """The firms that two editions of a quarter tell otherwise on its last day: counted or not, place, certificate."""
    return [
        _correction((new is not None) - (old is not None), old, new)
        for old, new in _pairs(before, after, kind, definition, after.as_of)
        if _side(old) != _side(new)
    ]


def _both(chained: Chain, kind: str) -> list[Pair]:
    return _pairs(chained.earlier, chained.later, kind, chained.definition, chained.earlier.as_of)


def _pairs(before: Release, after: Release, kind: str, definition: str, day: dt.date) -> list[Pair]:
    """What two releases say of every firm on a day, by code."""
    then, now = (_standing(release, kind, definition, day) for release in (before, after))
    return [(then.get(uscc), now.get(uscc)) for uscc in sorted(then.keys() | now.keys())]


def _place(span: FrozenSpan | None) -> FlowPlace | None:
    return FlowPlace(span.park or None, span.town) if span else None


def _correction(sign: int, old: FrozenSpan | None, new: FrozenSpan | None) -> ChangedFirm:
    told = new or old
    assert told is not None  # one of the two counts it
    return ChangedFirm(told.uscc, told.name, sign, None, _side(old), _side(new))


def _standing(release: Release, kind: str, definition: str, day: dt.date) -> dict[str, FrozenSpan]:
    return {
        span.uscc: span
        for span in release.spans.filter(kind=kind, definition=definition).covering(day)
    }


def _within(span: FrozenSpan | None, scope: str) -> bool:
    return span is not None and scope in counting.scopes_of(span.park or None, span.town)


def _side(span: FrozenSpan | None) -> Side | None:
    if span is None:
        return None
    return Side(
        FlowPlace(span.park or None, span.town), span.number, span.valid_from, span.valid_until
    )


def _event(span: FrozenSpan, term: FlowTerm) -> ChangedFirm:
    here = _side(span)
    park, town, day = span.other_park, span.other_town, span.day  # type: ignore[attr-defined]
    there = Side(FlowPlace(park or None, town)) if town else None
    if term in GAINS.values():
        return ChangedFirm(span.uscc, span.name, 1, day, there, here)
    return ChangedFirm(span.uscc, span.name, -1, day, here, there)


def _visible(firm: ChangedFirm, user: User) -> bool:
    """As FrozenSpanQuerySet.visible_to: either release counts it in the reporter's unit."""
    if user.sees_whole_district:
        return True
    unit: Unit | None = user.unit
    return unit is not None and any(
        side and unit.code in side.place.scopes for side in (firm.before, firm.after)
    )


def scopes_visible_to(user: User, units: Sequence[str]) -> list[str]:
    """Which bridges: all, or for a reporter the district's and the own unit's."""
    if user.sees_whole_district:
        return [*Scope.values, *units]
    return [Scope.DISTRICT.value, *(code for code in units if user.unit and code == user.unit.code)]
