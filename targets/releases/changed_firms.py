"""The named firms behind the terms between two releases: corrected, gained and lost ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from parks.models import User
from targets.figures import counting, flows
from targets.figures.flows import GAINS, FlowPlace, FlowTerm
from targets.models import FrozenSpan, Release
from targets.releases.bridge import SIGNS, Chain, Correction

SpanPair = tuple[FrozenSpan | None, FrozenSpan | None]
"""What the earlier and the later release say of a firm; None: it does not count."""


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
        if not self.valid_from and not self.valid_until:
            return self.number
        days = f"{self.valid_from or ''}至{self.valid_until or ''}"
        return f"{self.number}（{days}）" if self.number else days


@dataclass(frozen=True)
class ChangedFirm:
    """One firm behind a term, `before` and `after` a flow, or as both releases tell the earlier
    day.

    None there: it does not count. `sign`: +1 or −1, what it does to the scope's number; 0 where
    both count it, but otherwise. `day`: of a flow.
    """

    uscc: str
    name: str
    sign: int
    day: dt.date | None
    before: Side | None
    after: Side | None


def find_firms(
    chained: Chain, *, kind: str, scope: str, term: str, user: User
) -> list[ChangedFirm]:
    """As many as the term says; of a wider scope a reporter sees those of the own unit only."""
    if term in Correction.values:
        firms = []
        for firm in corrected_firms(chained, kind, scope):
            if firm.sign == SIGNS[term] and _is_visible(firm, user):
                firms.append(firm)
        return firms
    edges: Any = flows.edges_frozen(
        chained.later,
        kind=kind,
        scope=scope,
        term=FlowTerm(term),
        since=chained.earlier.as_of,
        until=chained.later.as_of,
        definition=chained.definition,
    )
    spans = edges.visible_to(user).order_by("day", "uscc")
    return [_flown_firm(span, FlowTerm(term)) for span in spans]


def corrected_firms(chained: Chain, kind: str, scope: str) -> list[ChangedFirm]:
    """Firms that only one of the two releases counts in the scope on the earlier day."""
    firms = []
    for old, new in _pairs_of_chain(chained, kind):
        # A firm that both count in the scope is no correction of it, whatever else differs.
        sign = _stands_in(new, scope) - _stands_in(old, scope)
        if sign:
            firms.append(_changed_firm(sign, old, new))
    return firms


def all_corrected_firms(chained: Chain, kind: str) -> list[ChangedFirm]:
    """The firms behind the corrections of all scopes."""
    return corrected_among(_pairs_of_chain(chained, kind))


def corrected_among(pairs: Iterable[SpanPair]) -> list[ChangedFirm]:
    """The firms of which one side counts them otherwise: not at all, or in another place."""
    firms = []
    for old, new in pairs:
        # A firm that both count, but in another place, is corrected in two scopes.
        if _place(old) != _place(new):
            firms.append(_changed_firm(_sign(old, new), old, new))
    return firms


def firms_between_editions(
    before: Release, after: Release, kind: str, definition: str
) -> list[ChangedFirm]:
    """The firms that two editions of a quarter tell otherwise on its last day.

    Counted or not, the place, or the certificate may differ.
    """
    return differing_among(_pair_spans(before, after, kind, definition, after.as_of))


def differing_among(pairs: Iterable[SpanPair]) -> list[ChangedFirm]:
    """The firms of which the two sides say anything otherwise."""
    firms = []
    for old, new in pairs:
        # The certificate too: a corrected date changes no number and still explains an edition.
        if _side(old) != _side(new):
            firms.append(_changed_firm(_sign(old, new), old, new))
    return firms


def _pairs_of_chain(chained: Chain, kind: str) -> list[SpanPair]:
    earlier, later = chained.earlier, chained.later
    return _pair_spans(earlier, later, kind, chained.definition, earlier.as_of)


def _pair_spans(
    before: Release, after: Release, kind: str, definition: str, day: dt.date
) -> list[SpanPair]:
    """What two releases say of every firm on a day, in the order of their codes."""
    then = spans_by_firm(before, kind, definition, day)
    return pair_firms(then, spans_by_firm(after, kind, definition, day))


def pair_firms(then: Mapping[str, FrozenSpan], now: Mapping[str, FrozenSpan]) -> list[SpanPair]:
    """Both: firm's code → its span on one day. In the order of the codes."""
    return [(then.get(uscc), now.get(uscc)) for uscc in sorted(then.keys() | now.keys())]


def spans_by_firm(
    release: Release, kind: str, definition: str, day: dt.date
) -> dict[str, FrozenSpan]:
    spans = release.spans.filter(kind=kind, definition=definition).covering(day)
    # Disjoint spans: on one day a firm has one under a kind and a definition.
    return {span.uscc: span for span in spans}


def _sign(old: FrozenSpan | None, new: FrozenSpan | None) -> int:
    return (new is not None) - (old is not None)


def _place(span: FrozenSpan | None) -> FlowPlace | None:
    return FlowPlace(span.park or None, span.town) if span else None


def _stands_in(span: FrozenSpan | None, scope: str) -> bool:
    return span is not None and scope in counting.scopes_of(span.park or None, span.town)


def _side(span: FrozenSpan | None) -> Side | None:
    if span is None:
        return None
    place = FlowPlace(span.park or None, span.town)
    return Side(place, span.number, span.valid_from, span.valid_until)


def _changed_firm(sign: int, old: FrozenSpan | None, new: FrozenSpan | None) -> ChangedFirm:
    span = new or old
    assert span is not None  # one of the two counts it
    return ChangedFirm(span.uscc, span.name, sign, None, _side(old), _side(new))


def _flown_firm(span: FrozenSpan, term: FlowTerm) -> ChangedFirm:
    # Of the other place only park and town are known: the certificate is that of the span.
    here = _side(span)
    park, town, day = span.other_park, span.other_town, span.day  # type: ignore[attr-defined]
    there = Side(FlowPlace(park or None, town)) if town else None
    if term in GAINS.values():
        return ChangedFirm(span.uscc, span.name, 1, day, before=there, after=here)
    return ChangedFirm(span.uscc, span.name, -1, day, before=here, after=there)


def _is_visible(firm: ChangedFirm, user: User) -> bool:
    """As FrozenSpanQuerySet.visible_to: either release counts it in the reporter's unit."""
    if user.sees_whole_district:
        return True
    if user.unit is None:
        return False
    # A firm that moved between two units is visible to both.
    sides = [side for side in (firm.before, firm.after) if side]
    return any(user.unit.code in side.place.scopes for side in sides)
