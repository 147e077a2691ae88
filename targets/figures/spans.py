"""From one firm's facts to its counted spans, and the table that keeps them.

`spans_of` is a pure function; the table is derived: refreshed for the firms the ledger names, or rebuilt in full.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from enterprises.models import (
    Closure,
    Enterprise,
    KindTerm,
    LedgerEntry,
    LedgerHead,
    Placement,
    Qualification,
    QualificationKind,
)
from targets.models import Definition, Span, SpanMark

BATCH = 5_000
"""Firms respanned at a time: bounds memory, keeps the number of statements small."""
ROWS_PER_INSERT = 2_000

Opening, Closing = Span.Opening, Span.Closing


@dataclass(frozen=True, slots=True)
class Validity:
    """Days on which a qualification holds, [start, end), and why it ends. Several merge into one run."""

    start: dt.date
    end: dt.date
    ending: str
    qualification: Qualification


@dataclass(frozen=True, slots=True)
class Facts:
    """One firm's facts, each list in any order."""

    qualifications: Sequence[Qualification]
    placements: Sequence[Placement]
    closures: Sequence[Closure]


def spans_of(
    facts: Facts,
    kinds: Mapping[int, QualificationKind],
    definitions: Iterable[str] = tuple(Definition),
) -> list[Span]:
    """Disjoint spans of one firm, for every kind it ever held and each definition (enterprise left unset)."""
    places = list(_present(facts.placements, facts.closures))
    spans = []
    for kind_id in {held.kind_id for held in facts.qualifications}:
        held = [one for one in facts.qualifications if one.kind_id == kind_id]
        for definition in definitions:
            runs = _merge(days_held(held, kinds[kind_id], definition))
            spans += [_named(span, kind_id, definition) for span in _cut(runs, places)]
    return spans


def _named(span: Span, kind_id: int, definition: str) -> Span:
    span.kind_id, span.definition = kind_id, definition
    return span


# --- when a qualification holds ---------------------------------------------------------------------------------
def days_held(
    held: Iterable[Qualification], kind: QualificationKind, definition: str
) -> list[Validity]:
    """When each of a firm's qualifications of one kind holds; those of which nothing is known are left out.

    Where one runs out on the day another is withdrawn, withdrawal is the reason: but for it the firm would still hold.
    """
    found = list(_each_held(held, kind, definition))
    withdrawn_on = {one.end for one in found if one.ending == Closing.REVOKED}
    return [
        replace(one, ending=Closing.REVOKED) if one.end in withdrawn_on else one for one in found
    ]


def _each_held(
    held: Iterable[Qualification], kind: QualificationKind, definition: str
) -> Iterator[Validity]:
    for one in held:
        by_class_year = definition == Definition.CLASS_YEAR and kind.class_year_convention
        limits = _class_years(one, kind) if by_class_year else _printed_days(one)
        if limits is None:
            continue
        start, end = limits
        if one.revoked_on is not None and one.revoked_on < end:
            if start < one.revoked_on:
                yield Validity(start, one.revoked_on, Closing.REVOKED, one)
        else:
            yield Validity(start, end, Closing.EXPIRED if end < Span.FAR else Closing.OPEN, one)


def _printed_days(one: Qualification) -> tuple[dt.date, dt.date] | None:
    """Certificate dates: the printed last day is still valid. Without dates nothing is known."""
    if one.valid_from is None:
        return None
    return one.valid_from, _day_after(one.valid_until) if one.valid_until else Span.FAR


def _class_years(one: Qualification, kind: QualificationKind) -> tuple[dt.date, dt.date] | None:
    """The class-year convention: class Y counts on every day of the years Y … Y + term − 1."""
    year = one.class_year or (one.valid_from.year if one.valid_from else None)
    if year is None:
        return None
    terms = [term for term in kind.terms.all() if term.since <= dt.date(year, 12, 31)]
    term = max(terms, key=lambda term: term.since) if terms else None
    years = 1 if term and term.rule == KindTerm.Rule.CALENDAR else term.years if term else None
    return dt.date(year, 1, 1), dt.date(
        year + years, 1, 1
    ) if years and year + years < Span.FAR.year else Span.FAR


def _day_after(day: dt.date) -> dt.date:
    return day if day >= Span.FAR else day + dt.timedelta(days=1)


def _merge(held: Iterable[Validity]) -> list[Validity]:
    """Runs without a gap. A run ends when and why its longest-lasting member ends."""
    runs: list[Validity] = []
    for one in sorted(held, key=lambda h: (h.start, h.end, h.qualification.pk or 0)):
        if runs and one.start <= runs[-1].end:
            last = runs[-1]
            longer = one if one.end > last.end else last
            runs[-1] = Validity(last.start, longer.end, longer.ending, longer.qualification)
        else:
            runs.append(one)
    return runs


# --- where the firm was, on days it existed ---------------------------------------------------------------------
ARRIVALS: dict[str, str | None] = {
    Placement.Arrival.KNOWN: None,
    Placement.Arrival.FROM_OUTSIDE: Opening.ARRIVED,
    Placement.Arrival.MOVED: Opening.ARRIVED,
}


@dataclass(frozen=True, slots=True)
class Presence:
    """Days in one place, [start, end), while not struck off; why it begins and ends.

    A first known placement has no opening of its own: lists give no history of place, so its beginning is no arrival.
    """

    start: dt.date
    end: dt.date
    opening: str | None
    closing: str
    placement: Placement


def _present(placements: Iterable[Placement], closures: Iterable[Closure]) -> Iterator[Presence]:
    ordered = sorted(placements, key=lambda placement: placement.since)
    gone = sorted((c.closed_on, c.reopened_on or Span.FAR) for c in closures)
    for index, placement in enumerate(ordered):
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        preceding = ordered[index - 1] if index else None
        moved_in = preceding is not None and preceding.until == placement.since
        moved_on = following is not None and following.since == placement.until
        end = placement.until or Span.FAR
        leaving = (
            Closing.TRANSFERRED if moved_on else Closing.LEFT if placement.until else Closing.OPEN
        )
        opening = Opening.TRANSFERRED if moved_in else ARRIVALS[placement.arrival]
        yield from _living(Presence(placement.since, end, opening, leaving, placement), gone)


def _living(stay: Presence, gone: Sequence[tuple[dt.date, dt.date]]) -> Iterator[Presence]:
    """The stay without the days on which the firm was struck off.

    Struck off or restored on the very day of a move, it was struck off or restored: a move needs both its sides.
    """
    start, opening = stay.start, stay.opening
    for closed, reopened in gone:
        if reopened < start or closed > stay.end or closed == reopened:
            continue
        if closed > start:
            yield Presence(start, closed, opening, Closing.CLOSED, stay.placement)
        start, opening = reopened, Opening.REOPENED
    if start < stay.end:
        yield Presence(start, stay.end, opening, stay.closing, stay.placement)


# --- both together ----------------------------------------------------------------------------------------------
def _cut(runs: Sequence[Validity], stays: Sequence[Presence]) -> Iterator[Span]:
    """A span is where a run and a stay overlap.

    Where both begin on the same day the certificate is the reason for the beginning; where both end on the same
    day the firm's own end (struck off, left) is the reason for the end, but not a move: nothing arrives elsewhere.
    """
    for number, run in enumerate(runs):
        for stay in stays:
            start, end = max(run.start, stay.start), min(run.end, stay.end)
            if start >= end:
                continue
            granted = Opening.REGAINED if number else Opening.FIRST
            moved_on = stay.closing == Closing.TRANSFERRED
            ends_with_stay = stay.end < run.end or (stay.end == run.end and not moved_on)
            yield Span(
                park_id=stay.placement.park_id,
                town_id=stay.placement.town_id,
                start=start,
                end=end,
                opened_by=granted
                if stay.opening is None or run.start >= stay.start
                else stay.opening,
                closed_by=stay.closing if ends_with_stay else run.ending,
                qualification=run.qualification,
            )


# --- the table --------------------------------------------------------------------------------------------------
def refresh() -> int:
    """Bring the spans up to the ledger's end for the firms it names since the last time; the number of firms."""
    newest = ledger_end()
    if newest <= mark():
        return 0
    with transaction.atomic():
        mark_row = _lock_mark()
        entries = LedgerEntry.objects.since(mark_row.ledger_entry).filter(pk__lte=newest)
        firms = sorted(set(entries.values_list("enterprise_id", flat=True)))
        _respan(firms)
        _advance(mark_row, newest)
    return len(firms)


def rebuild(beat: Callable[..., None] = lambda *_, **__: None) -> int:
    """Make all spans anew from the facts; the number of firms. `beat(phase, done=, total=)` is called as it goes.

    Batch by batch, each in a transaction of its own: a firm's spans change from old to new at once, readers always
    find every firm, and a long rebuild neither blocks writers nor falls silent.
    """
    newest = ledger_end()
    firms = list(Enterprise.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(firms), BATCH):
        beat("更新计数区间", done=start, total=len(firms))
        with transaction.atomic():
            _lock_mark()
            _respan(firms[start : start + BATCH])
    with transaction.atomic():
        _advance(_lock_mark(), newest)
    return len(firms)


def ledger_end() -> int:
    return LedgerHead.objects.values_list("last_entry", flat=True).first() or 0


def mark() -> int:
    """The ledger entry up to which the spans hold."""
    return SpanMark.objects.values_list("ledger_entry", flat=True).first() or 0


def version(*, lock: bool = False) -> tuple[int, dt.datetime | None]:
    """Another after every refresh and rebuild; locked, the spans stay as they are until the transaction ends.

    The ledger entry alone would not do: a rebuild after a change of the rules leaves it where it was.
    """
    row = _lock_mark() if lock else SpanMark.objects.first()
    return (row.ledger_entry, row.refreshed_at) if row else (0, None)


def _lock_mark() -> SpanMark:
    SpanMark.objects.bulk_create([SpanMark(id=1)], ignore_conflicts=True)
    return SpanMark.objects.select_for_update().get(pk=1)


def _advance(row: SpanMark, newest: int) -> None:
    row.ledger_entry = max(newest, row.ledger_entry)
    row.refreshed_at = timezone.now()
    row.save()


def _respan(firm_ids: Sequence[int]) -> None:
    kinds = {kind.pk: kind for kind in QualificationKind.objects.prefetch_related("terms")}
    for start in range(0, len(firm_ids), BATCH):
        batch = firm_ids[start : start + BATCH]
        Span.objects.filter(enterprise_id__in=batch).delete()
        spans = []
        for firm_id, facts in _facts_of(batch).items():
            for span in spans_of(facts, kinds):
                span.enterprise_id = firm_id
                spans.append(span)
        Span.objects.bulk_create(spans, batch_size=ROWS_PER_INSERT)


def _facts_of(firm_ids: Sequence[int]) -> dict[int, Facts]:
    facts: dict[int, Facts] = defaultdict(lambda: Facts([], [], []))
    for model, place in (
        (Qualification, "qualifications"),
        (Placement, "placements"),
        (Closure, "closures"),
    ):
        for row in model._default_manager.filter(enterprise_id__in=firm_ids).order_by("pk"):
            getattr(facts[row.enterprise_id], place).append(row)  # type: ignore[attr-defined]
    return facts
