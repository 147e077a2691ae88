"""What was known of every firm on a day: its counted spans, and every certificate that ran out and what followed.

A forecast from a past day must not know what came later. `known_on` takes from the facts whatever is dated after the
day; the spans then follow by the one rule of `targets.figures.spans`.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from enterprises.models import Closure, Placement, Qualification, QualificationKind
from targets.figures import spans
from targets.figures.spans import Facts, Validity
from targets.models import Span

Fact = TypeVar("Fact", Qualification, Placement, Closure)


@dataclass(frozen=True, slots=True)
class CertificateLapse:
    """The last covering certificate of a counted firm ran out: `day` is the first day it no longer held.

    `gap` is the number of days until the next certificate began: 0 without a gap, None when none is known.
    """

    day: dt.date
    unit: int
    gap: int | None


@dataclass(frozen=True, slots=True)
class Life:
    """One firm, one kind, one definition, as known on a day: disjoint counted spans in order, and the lapses.

    `present`: the firm stands in the district and is not struck off on that day. `again`: the days on which a
    certificate began that is marked 重新认定, so that the firm had held one before, on record or not.
    """

    firm: int
    spans: Sequence[Span]
    lapses: Sequence[CertificateLapse]
    present: bool
    again: frozenset[dt.date]

    def counted_on(self, day: dt.date) -> Span | None:
        return next((span for span in self.spans if span.start <= day < span.end), None)


@dataclass(frozen=True)
class Chronicle:
    """The facts of every firm that ever held a kind, read once and asked for any day."""

    kind: QualificationKind
    definition: str
    facts: Mapping[int, Facts]

    def known_on(self, day: dt.date) -> list[Life]:
        return [
            life
            for firm, facts in self.facts.items()
            if (life := self._life(firm, known_on(facts, day), day))
        ]

    def _life(self, firm: int, facts: Facts, day: dt.date) -> Life | None:
        if not facts.qualifications:
            return None
        found = spans.spans_of(facts, {self.kind.pk: self.kind}, [self.definition])
        found.sort(key=lambda span: span.start)
        held = spans.days_held(facts.qualifications, self.kind, self.definition)
        again = {
            one.start
            for one in held
            if one.qualification.recognition == Qualification.Recognition.AGAIN
        }
        return Life(firm, found, list(_lapses(held, found, day)), _present(facts), frozenset(again))

    @property
    def first_year(self) -> int | None:
        """The year of the oldest certificate."""
        years = [
            one.valid_from.year if one.valid_from else one.class_year
            for facts in self.facts.values()
            for one in facts.qualifications
        ]
        return min((year for year in years if year), default=None)

    @property
    def term_years(self) -> int | None:
        """How many years a certificate issued now lasts; None without a term."""
        terms = sorted(self.kind.terms.all(), key=lambda term: term.since)
        return terms[-1].years if terms else None


def read(kind: str, definition: str) -> Chronicle:
    """The facts behind a kind (four queries). QualificationKind.DoesNotExist for an unknown one."""
    row = QualificationKind.objects.prefetch_related("terms").get(code=kind)
    holders = Qualification.objects.filter(kind=row)
    ids = holders.values("enterprise")
    facts: dict[int, Facts] = defaultdict(lambda: Facts([], [], []))
    for held in holders.order_by("pk"):
        facts[held.enterprise_id].qualifications.append(held)  # type: ignore[attr-defined]
    for place in Placement.objects.filter(enterprise__in=ids).order_by("pk"):
        facts[place.enterprise_id].placements.append(place)  # type: ignore[attr-defined]
    for closure in Closure.objects.filter(enterprise__in=ids).order_by("pk"):
        facts[closure.enterprise_id].closures.append(closure)  # type: ignore[attr-defined]
    return Chronicle(row, definition, dict(facts))


# --- what is dated up to a day ------------------------------------------------------------------------------------
def known_on(facts: Facts, day: dt.date) -> Facts:
    """The facts without anything that is dated after the day."""
    return Facts(
        [_without(one, "revoked_on", day) for one in facts.qualifications if _issued_by(one, day)],
        [_without(one, "until", day) for one in facts.placements if one.since <= day],
        [_without(one, "reopened_on", day) for one in facts.closures if one.closed_on <= day],
    )


def _issued_by(one: Qualification, day: dt.date) -> bool:
    if one.valid_from is not None:
        return one.valid_from <= day
    return one.class_year is not None and one.class_year <= day.year


def _without(fact: Fact, field: str, day: dt.date) -> Fact:
    """The fact, or a copy of it whose end is not known yet."""
    ended = getattr(fact, field)
    if ended is None or ended <= day:
        return fact
    unended = copy.copy(fact)
    setattr(unended, field, None)
    return unended


def _present(facts: Facts) -> bool:
    placed = any(one.until is None for one in facts.placements)
    return placed and not any(one.reopened_on is None for one in facts.closures)


# --- certificates that ran out --------------------------------------------------------------------------------------
def _lapses(
    held: Iterable[Validity], counted: Sequence[Span], day: dt.date
) -> Iterator[CertificateLapse]:
    """One for each end up to the day of a certificate that no other outlasted, where the firm counted to the last."""
    chain = last_covering(held)
    for number, one in enumerate(chain):
        if one.ending != Span.Closing.EXPIRED or one.end > day:
            continue
        eve = one.end - dt.timedelta(days=1)
        span = next((span for span in counted if span.start <= eve < span.end), None)
        if span is not None:
            following = chain[number + 1] if number + 1 < len(chain) else None
            gap = max((following.start - one.end).days, 0) if following else None
            yield CertificateLapse(one.end, responsible(span), gap)


def last_covering(held: Iterable[Validity]) -> list[Validity]:
    """Without those that another outlasts; beginnings and ends then both ascend."""
    chain: list[Validity] = []
    for one in sorted(held, key=lambda h: (h.start, h.end)):
        if chain and one.end <= chain[-1].end:
            continue
        if chain and one.start == chain[-1].start:
            chain.pop()
        chain.append(one)
    return chain


def responsible(span: Span) -> int:
    """The unit that answers for the firm: its park, or the town where it stands in none. All add up to the district."""
    return span.park_id or span.town_id
