"""From one published quarter to the next: what was said then, corrections, flows, what is said now.

The later release knows more of the earlier day than the earlier one did: certificates entered late,
dates put right. Firms that only one of them counts on that day are the correction; the flows are
the later release's own. So closing = told + added − dropped + gains − losses, exactly, for every
unit and every total.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, TextChoices

from enterprises.models import Quarter
from parks.models import User
from targets.figures import counting, flows, indicators
from targets.figures.flows import GAINS, LOSSES, Bridge, FlowTerm
from targets.models import Definition, Release, Scope


class Correction(TextChoices):
    """What the later release says otherwise of the earlier day."""

    ADDED = "added", "更正增加"
    DROPPED = "dropped", "更正减少"


SIGNS: Mapping[str, int] = {
    Correction.ADDED: 1,
    Correction.DROPPED: -1,
    **dict.fromkeys(GAINS.values(), 1),
    **dict.fromkeys(LOSSES.values(), -1),
}
"""Every term between the two stocks, in the order of the table."""


@dataclass(frozen=True)
class Corrected:
    """One kind over one scope. `told`: the earlier day's stock as the earlier release gave it."""

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
        terms = {Correction.ADDED.value: self.added, Correction.DROPPED.value: self.dropped}
        for term in (*GAINS.values(), *LOSSES.values()):
            terms[term.value] = self.bridge.flows[FlowTerm(term)]
        return terms


class Chain:
    """Two releases of following quarters under one definition."""

    def __init__(self, earlier: Release, later: Release, definition: str) -> None:
        self.earlier, self.later, self.definition = earlier, later, str(definition)
        # The later release names the kinds: an indicator may be new, or have gone, since the other.
        self.indicators = indicators.released(later)
        # The flows are the later release's own: it knows more of the quarter.
        self.flows = flows.between_frozen(later, earlier.as_of, later.as_of, definition)
        # All three: (kind, scope) → firms.
        self._told: Counter[tuple[str, str]] = Counter()
        self._added: Counter[tuple[str, str]] = Counter()
        self._dropped: Counter[tuple[str, str]] = Counter()
        self._compare_earlier_day()

    def _compare_earlier_day(self) -> None:
        """Firm by firm, so that one added here and one dropped there do not cancel."""
        then, now = self._scopes_by_firm(self.earlier), self._scopes_by_firm(self.later)
        for kind, uscc in then.keys() | now.keys():
            old = set(then.get((kind, uscc), ()))
            new = set(now.get((kind, uscc), ()))
            # Told is what was published then: not what is known of the day by now.
            self._told.update((kind, scope) for scope in old)
            self._added.update((kind, scope) for scope in new - old)
            self._dropped.update((kind, scope) for scope in old - new)

    def _scopes_by_firm(self, release: Release) -> dict[tuple[str, str], tuple[str, ...]]:
        """(kind, firm) → the scopes in which the release counts it on the earlier day."""
        # Both for the same day: only there a difference is a correction and no change.
        spans = release.spans.filter(definition=self.definition).covering(self.earlier.as_of)
        rows = spans.order_by().values_list("kind", "uscc", "park", "town")
        scopes = {}
        for kind, uscc, park, town in rows:
            scopes[kind, uscc] = counting.scopes_of(park or None, town)
        return scopes

    @property
    def kinds(self) -> list[str]:
        """The kinds of qualification that have a bridge."""
        return [indicator.code for indicator in self.indicators.stocks]

    def corrected(self, kind: str, scope: str) -> Corrected:
        key = (kind, str(scope))
        return Corrected(
            told=self._told[key],
            added=self._added[key],
            dropped=self._dropped[key],
            bridge=self.flows.bridge(kind, str(scope)),
        )


def earlier_release(release: Release) -> Release | None:
    """The last edition of the quarter before that was out when this one was published.

    A further edition of that quarter comes too late for it: so a bridge never changes.
    """
    # By key: releases are written one by one, so it tells which of them was out first.
    before = _of_quarter_before(release.quarter).filter(pk__lt=release.pk)
    return before.order_by("-number").first()


def latest_of_quarter_before(quarter: Quarter) -> Release | None:
    """What a release of the quarter that is published now would lead over from."""
    return _of_quarter_before(quarter).order_by("-number").first()


def _of_quarter_before(quarter: Quarter) -> QuerySet[Release]:
    # By its last day, so that a year's first quarter needs no case of its own.
    eve = quarter.period.first_day - dt.timedelta(days=1)
    return Release.objects.select_related("quarter").filter(as_of=eve)


def build_chain(release: Release, definition: str = Definition.CERTIFICATE) -> Chain | None:
    """None where the quarter before was not published. The number of queries is always the same."""
    earlier = earlier_release(release)
    if earlier is None:
        return None
    return Chain(earlier, release, definition)


def scopes_visible_to(user: User, units: Sequence[str]) -> list[str]:
    """Which bridges: all, or for a reporter the district's and the own unit's."""
    if user.sees_whole_district:
        return [*Scope.values, *units]
    # A department has no firms, hence no bridge of its own: it is not among the units.
    own_code = user.unit.code if user.unit else None
    return [Scope.DISTRICT.value, *(code for code in units if code == own_code)]
