"""When a qualification holds, and why its days end; runs of several without a gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from enterprises.models import KindTerm, Qualification, QualificationKind
from enterprises.models.validity import FAR, Validity
from targets.models import Definition, Span

Closing = Span.Closing


@dataclass(frozen=True, slots=True)
class HeldDays:
    """The days on which a qualification holds, and why they end.

    Also a run of several qualifications without a gap; then `ending` and `qualification` are those
    of the one that lasts longest. `first_seen`: its first day is only that on which a list named it.
    """

    validity: Validity
    ending: str
    qualification: Qualification
    first_seen: bool


def days_held(
    qualifications: Iterable[Qualification], kind: QualificationKind, definition: str
) -> list[HeldDays]:
    """When each of a firm's qualifications of one kind holds.

    Left out are those of which no day is known, and those withdrawn on their first day.
    """
    held_days: list[HeldDays] = []
    for qualification in qualifications:
        # Only some kinds have the convention: the others count by dates in both definitions.
        if definition == Definition.CLASS_YEAR and kind.class_year_convention:
            unrevoked = _class_years(qualification, kind)
        else:
            unrevoked = _printed_days(qualification)
        if unrevoked is None:
            continue
        # A withdrawal ends a class year too: it applies to both definitions.
        validity = unrevoked.cut_short(qualification.revoked_on)
        if not validity.is_empty:
            ending = _reason_of_end(validity, unrevoked)
            seen = qualification.is_first_seen
            held_days.append(HeldDays(validity, ending, qualification, seen))
    return _with_withdrawals(held_days)


def _printed_days(qualification: Qualification) -> Validity | None:
    if qualification.valid_from is None:
        return None
    return Validity.from_printed_days(qualification.valid_from, qualification.valid_until)


def _class_years(qualification: Qualification, kind: QualificationKind) -> Validity | None:
    """The class-year convention: class Y counts on every day of the years Y … Y + term − 1."""
    # A certificate with a class but without dates counts under this definition as well.
    year = qualification.class_year
    if not year and qualification.valid_from:
        year = qualification.valid_from.year
    if not year:
        return None
    first_day = dt.date(year, 1, 1)
    years = _years_counted(kind, year)
    # A term that leaves the calendar has no end that could be written as a date.
    if not years or year + years >= FAR.year:
        return Validity(first_day)
    return Validity(first_day, dt.date(year + years, 1, 1))


def _years_counted(kind: QualificationKind, class_year: int) -> int | None:
    """How many years a class counts, by the term that was in force at its year's end."""
    # A term that changes later neither shortens nor lengthens the classes before it.
    terms = [term for term in kind.terms.all() if term.since <= dt.date(class_year, 12, 31)]
    if not terms:
        return None
    latest = max(terms, key=lambda term: term.since)
    return 1 if latest.rule == KindTerm.Rule.CALENDAR else latest.years


def _reason_of_end(validity: Validity, unrevoked: Validity) -> str:
    # What is withdrawn after its last day has run out before: then the end is no withdrawal.
    if unrevoked.outlasts(validity):
        return Closing.REVOKED
    return Closing.OPEN if validity.is_open else Closing.EXPIRED


def _with_withdrawals(held_days: list[HeldDays]) -> list[HeldDays]:
    # Where one certificate runs out on the day another is withdrawn, withdrawal is the reason
    # for both: without it the firm would still hold the kind.
    withdrawn_on = {
        held.validity.first_day_not_valid for held in held_days if held.ending == Closing.REVOKED
    }
    if not withdrawn_on:
        return held_days
    return [
        replace(held, ending=Closing.REVOKED)
        if held.validity.first_day_not_valid in withdrawn_on
        else held
        for held in held_days
    ]


def merge_runs(held_days: Iterable[HeldDays]) -> list[HeldDays]:
    """Runs without a gap. A run ends when and why its longest-lasting member ends."""
    runs: list[HeldDays] = []
    for held in sorted(held_days, key=_by_days):
        validity = held.validity
        # Days are half-open: a certificate that begins on the day after the last one leaves no gap.
        if not runs or validity.first_day > runs[-1].validity.first_day_not_valid:
            runs.append(held)
            continue
        run = runs[-1]
        # Where a document tells of the first day as well, it is known.
        known = validity.first_day == run.validity.first_day and not held.first_seen
        seen = run.first_seen and not known
        if validity.outlasts(run.validity):
            longer = Validity(run.validity.first_day, validity.first_day_not_valid)
            runs[-1] = HeldDays(longer, held.ending, held.qualification, seen)
        else:
            runs[-1] = replace(run, first_seen=seen)
    return runs


def _by_days(held: HeldDays) -> tuple[dt.date, dt.date, int]:
    # The key comes last, so that the spans do not depend on the order of the rows read.
    validity = held.validity
    return validity.first_day, validity.first_day_not_valid, held.qualification.pk or 0
