"""What was known of every firm on a day: its counted spans, and what followed each certificate.

A forecast from a past day must not know what came later. `known_on` removes from the facts whatever
is dated after the day. The spans then follow by the one rule of `targets.figures.spans`.
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
from targets.figures.held_days import HeldDays, days_held
from targets.figures.spans import Facts
from targets.models import Span

Fact = TypeVar("Fact", Qualification, Placement, Closure)


@dataclass(frozen=True, slots=True)
class CertificateLapse:
    """The last covering certificate of a counted firm ran out.

    `day` is the first day it no longer held. `gap` is the number of days until the next certificate
    began: 0 without a gap, None when none is known.
    """

    day: dt.date
    unit: int
    gap: int | None


@dataclass(frozen=True, slots=True)
class FirmHistory:
    """One firm, one kind, one definition, as known on a day.

    `spans` are disjoint and in order.
    """

    firm: int
    spans: Sequence[Span]
    lapses: Sequence[CertificateLapse]

    def counted_on(self, day: dt.date) -> Span | None:
        return _span_covering(self.spans, day)


@dataclass(frozen=True)
class Chronicle:
    """The facts of every firm that ever held a kind, read once and asked for any day."""

    kind: QualificationKind
    definition: str
    facts: Mapping[int, Facts]

    def known_on(self, day: dt.date) -> list[FirmHistory]:
        """The history of every firm that by then had held a certificate."""
        histories = []
        for firm, facts in self.facts.items():
            known = known_on(facts, day)
            # A firm without a certificate by then is unknown: it is part of the entries to come.
            if known.qualifications:
                histories.append(self._history(firm, known, day))
        return histories

    def _history(self, firm: int, facts: Facts, day: dt.date) -> FirmHistory:
        # The same rule as everywhere else: a past day must not be counted in a way of its own.
        counted = spans.spans_of(facts, {self.kind.pk: self.kind}, [self.definition])
        counted.sort(key=lambda span: span.start)
        held_days = days_held(facts.qualifications, self.kind, self.definition)
        return FirmHistory(firm, counted, list(_find_lapses(held_days, counted, day)))

    @property
    def first_year(self) -> int | None:
        """The year of the oldest certificate."""
        years = []
        for facts in self.facts.values():
            for qualification in facts.qualifications:
                if qualification.valid_from:
                    years.append(qualification.valid_from.year)
                elif qualification.class_year:
                    years.append(qualification.class_year)
        return min(years, default=None)


def read_chronicle(kind: str, definition: str) -> Chronicle:
    """The facts behind a kind (four queries). QualificationKind.DoesNotExist for an unknown one."""
    kind_row = QualificationKind.objects.prefetch_related("terms").get(code=kind)
    # All of the kind and all places of their firms: sorting out by day is `known_on`'s, in memory.
    qualifications = Qualification.objects.filter(kind=kind_row)
    firms = qualifications.values("enterprise")
    facts: dict[int, Facts] = defaultdict(lambda: Facts([], [], []))
    for row in qualifications.order_by("pk"):
        facts[row.enterprise_id].qualifications.append(row)  # type: ignore[attr-defined]
    for placement in Placement.objects.filter(enterprise__in=firms).order_by("pk"):
        facts[placement.enterprise_id].placements.append(placement)  # type: ignore[attr-defined]
    for closure in Closure.objects.filter(enterprise__in=firms).order_by("pk"):
        facts[closure.enterprise_id].closures.append(closure)  # type: ignore[attr-defined]
    return Chronicle(kind_row, definition, dict(facts))


# --- what is dated up to a day ------------------------------------------------------------------
def known_on(facts: Facts, day: dt.date) -> Facts:
    """The facts without anything that is dated after the day."""
    qualifications: list[Qualification] = []
    placements: list[Placement] = []
    closures: list[Closure] = []
    for qualification in facts.qualifications:
        if _issued_by(qualification, day):
            qualifications.append(_without_later_end(qualification, "revoked_on", day))
    for placement in facts.placements:
        if placement.since <= day:
            placements.append(_without_later_end(placement, "until", day))
    for closure in facts.closures:
        if closure.closed_on <= day:
            closures.append(_without_later_end(closure, "reopened_on", day))
    return Facts(qualifications, placements, closures)


def _issued_by(qualification: Qualification, day: dt.date) -> bool:
    # By its own date, not by the day of entry: when a list was loaded says nothing of the field.
    if qualification.valid_from is not None:
        return qualification.valid_from <= day
    # Without dates it counts from the first of January of its class.
    return qualification.class_year is not None and qualification.class_year <= day.year


def _without_later_end(fact: Fact, field: str, day: dt.date) -> Fact:
    """The fact itself, or a copy without its end where that was not known yet."""
    end = getattr(fact, field)
    # What ended on the day itself was known on it, hence no strict comparison.
    if end is None or end <= day:
        return fact
    # A copy, because a chronicle is asked for many days and its facts are shared by all of them.
    unended = copy.copy(fact)
    setattr(unended, field, None)
    return unended


# --- certificates that ran out ------------------------------------------------------------------
def _find_lapses(
    held_days: Iterable[HeldDays], counted: Sequence[Span], day: dt.date
) -> Iterator[CertificateLapse]:
    """One for each end by the day of a certificate that no other outlasted.

    Only where the firm counted on the certificate's last day.
    """
    chain = last_covering(held_days)
    for number, held in enumerate(chain):
        end, last_day = held.validity.first_day_not_valid, held.validity.last_day
        # Withdrawn ones are other exits, not lapses: to count both would take the firm away twice.
        if held.ending != Span.Closing.EXPIRED or last_day is None or end > day:
            continue
        span = _span_covering(counted, last_day)
        # A firm that did not count lost nothing, and its renewal tells nothing of those that do.
        if span is None:
            continue
        # The next certificate may have begun before this one ended: no gap, not a negative one.
        gap = None
        if number + 1 < len(chain):
            gap = max((chain[number + 1].validity.first_day - end).days, 0)
        yield CertificateLapse(end, responsible_unit(span), gap)


def _span_covering(counted: Iterable[Span], day: dt.date) -> Span | None:
    return next((span for span in counted if span.covers(day)), None)


def last_covering(held_days: Iterable[HeldDays]) -> list[HeldDays]:
    """Without those that another outlasts; both beginnings and ends then ascend."""
    chain: list[HeldDays] = []
    for held in sorted(held_days, key=_by_days):
        if chain and not held.validity.outlasts(chain[-1].validity):
            continue
        # It outlasts the one before. If both begin together, that one covers no day alone.
        if chain and held.validity.first_day == chain[-1].validity.first_day:
            chain.pop()
        chain.append(held)
    return chain


def _by_days(held: HeldDays) -> tuple[dt.date, dt.date]:
    return held.validity.first_day, held.validity.first_day_not_valid


def responsible_unit(span: Span) -> int:
    """The unit that answers for the firm: its park, or the town where it stands in no park.

    So the units add up to the district.
    """
    # Not both: a firm in a park is the park's to answer for, or units would exceed the district.
    return span.park_id or span.town_id
