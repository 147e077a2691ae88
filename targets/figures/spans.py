"""From one firm's facts to its counted spans, and the table that keeps them.

`spans_of` is a pure function. The table is derived from the facts: it is refreshed for the firms
that the ledger names, or rebuilt in full.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from enterprises.models import (
    Closure,
    Enterprise,
    LedgerEntry,
    LedgerHead,
    Placement,
    Qualification,
    QualificationKind,
)
from enterprises.models.validity import FAR
from parks import ready_rows, table_statistics
from parks.beat import Beat, silent
from parks.ready_rows import Statement
from targets.figures import known_days
from targets.figures.held_days import HeldDays, days_held, merge_runs
from targets.models import Definition, Span, SpanMark

BATCH = 5_000
"""Firms that get new spans at a time: bounds memory, keeps the number of statements small."""
ReadySpans = tuple[Sequence[int], Sequence[Statement]]
"""Firms, and the statements that insert their spans."""

Opening, Closing = Span.Opening, Span.Closing


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
    """Disjoint spans of one firm, for every kind it ever held and each definition.

    The spans are unsaved, and their enterprise is not set.
    """
    stays = list(_stays(facts.placements, facts.closures))
    # Kind by kind: a firm may hold several at once, and the plan counts each for itself.
    by_kind: dict[int, list[Qualification]] = defaultdict(list)
    for qualification in facts.qualifications:
        by_kind[qualification.kind_id].append(qualification)
    spans = []
    for kind_id, qualifications in by_kind.items():
        for definition in definitions:
            runs = merge_runs(days_held(qualifications, kinds[kind_id], definition))
            for span in _cut(runs, stays):
                span.kind_id, span.definition = kind_id, definition
                spans.append(span)
    return spans


# --- where the firm was, on days it existed -----------------------------------------------------
ARRIVALS: dict[str, str | None] = {
    Placement.Arrival.KNOWN: None,
    Placement.Arrival.FROM_OUTSIDE: Opening.ARRIVED,
    Placement.Arrival.MOVED: Opening.ARRIVED,
}


@dataclass(frozen=True, slots=True)
class Presence:
    """Days in one place while not struck off, [start, end), and why they begin and end.

    A first known placement has no opening of its own. Lists give no history of place, so its
    beginning is no arrival.
    """

    start: dt.date
    end: dt.date
    opening: str | None
    closing: str
    placement: Placement


def _stays(placements: Iterable[Placement], closures: Iterable[Closure]) -> Iterator[Presence]:
    ordered = sorted(placements, key=lambda placement: placement.since)
    # An open end becomes FAR, so that everything below compares two days.
    struck_off = sorted((closure.closed_on, closure.reopened_on or FAR) for closure in closures)
    for index, placement in enumerate(ordered):
        opening, closing = ARRIVALS[placement.arrival], Closing.OPEN
        # A move is a placement that begins on the day the one before it ends.
        if index and ordered[index - 1].until == placement.since:
            opening = Opening.TRANSFERRED
        if index + 1 < len(ordered) and ordered[index + 1].since == placement.until:
            closing = Closing.TRANSFERRED
        # Nothing follows on that day: the firm has left the district.
        elif placement.until:
            closing = Closing.LEFT
        stay = Presence(placement.since, placement.until or FAR, opening, closing, placement)
        yield from _without_closures(stay, struck_off)


def _without_closures(
    stay: Presence, struck_off: Sequence[tuple[dt.date, dt.date]]
) -> Iterator[Presence]:
    """The stay without the days on which the firm was struck off, [closed, reopened).

    Struck off or restored on the very day of a move, it was struck off or restored: a move needs
    both its sides.
    """
    start, opening = stay.start, stay.opening
    for closed, reopened in struck_off:
        if reopened < start or closed > stay.end or closed == reopened:
            continue
        if closed > start:
            yield Presence(start, closed, opening, Closing.CLOSED, stay.placement)
        start, opening = reopened, Opening.REOPENED
    # Nothing is left where the firm stayed struck off until the stay ended.
    if start < stay.end:
        yield Presence(start, stay.end, opening, stay.closing, stay.placement)


# --- both together ------------------------------------------------------------------------------
def _cut(runs: Sequence[HeldDays], stays: Sequence[Presence]) -> Iterator[Span]:
    """A span is where a run and a stay overlap.

    Where both begin on the same day, the certificate is the reason for the beginning. Where both
    end on the same day, the firm's own end (struck off, left) is the reason for the end. A move is
    not: for then nothing arrives elsewhere.
    """
    for number, run in enumerate(runs):
        first_day, first_day_not_valid = run.validity.first_day, run.validity.first_day_not_valid
        granted = _opening_of(run, is_first=not number)
        for stay in stays:
            start, end = max(first_day, stay.start), min(first_day_not_valid, stay.end)
            if start >= end:
                continue
            opened_by: str = granted
            if stay.opening is not None and stay.start > first_day:
                opened_by = stay.opening
            moved_on = stay.closing == Closing.TRANSFERRED
            ends_together = stay.end == first_day_not_valid
            by_departure = stay.end < first_day_not_valid or (ends_together and not moved_on)
            yield Span(
                park_id=stay.placement.park_id,
                town_id=stay.placement.town_id,
                start=start,
                end=end,
                opened_by=opened_by,
                closed_by=stay.closing if by_departure else run.ending,
                qualification=run.qualification,
            )


def _opening_of(run: HeldDays, *, is_first: bool) -> str:
    # A firm that held the kind before is known to have lost it: it has it again, whoever says so.
    if not is_first:
        return Opening.REGAINED
    return Opening.SEEN if run.first_seen else Opening.FIRST


# --- the table ----------------------------------------------------------------------------------
def refresh() -> int:
    """Bring the spans up to the ledger's end, for the firms it names since the last time.

    Returns the number of these firms.
    """
    newest, seen = ledger_end(), version()
    if newest <= seen[0]:
        return 0
    firms = _firms_between(seen[0], newest)
    # Before the lock, as this is most of the work.
    ready = list(ready_spans(firms))
    with transaction.atomic():
        mark_row = _lock_mark()
        if (mark_row.ledger_entry, mark_row.refreshed_at) != seen:
            # Somebody else has followed the ledger meanwhile, or the rules.
            firms = _firms_between(mark_row.ledger_entry, newest)
            ready = list(ready_spans(firms))
        _write_spans(ready)
        # What was written since may have been read by halves.
        moved = set(firms) & set(_firms_between(newest, ledger_end()))
        _write_spans(ready_spans(sorted(moved)))
        _count_table_anew(firms)
        _advance_mark(mark_row, newest)
    return len(firms)


def _firms_between(entry: int, last: int) -> list[int]:
    """The firms that entries after the one and up to the other tell of."""
    entries = LedgerEntry.objects.since(entry).filter(pk__lte=last).order_by()
    return sorted(set(entries.values_list("enterprise_id", flat=True)))


def rebuild(beat: Beat = silent) -> int:
    """Make all spans anew from the facts; returns the number of firms.

    The beat comes before each batch. Every batch has a transaction of its
    own: a firm's spans change from old to new at once, readers always find every firm, and a long
    rebuild neither blocks writers nor falls silent.
    """
    # Read before the facts: what is written during the rebuild is refreshed by the next `refresh`.
    newest = ledger_end()
    firms = list(Enterprise.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(firms), BATCH):
        beat("更新计数区间", done=start, total=len(firms))
        with transaction.atomic():
            _lock_mark()
            _write_spans(ready_spans(firms[start : start + BATCH]))
    with transaction.atomic():
        _count_table_anew(firms)
        _advance_mark(_lock_mark(), newest)
    return len(firms)


def ledger_end() -> int:
    return LedgerHead.newest_entry()


def mark() -> int:
    """The ledger entry up to which the spans hold."""
    return SpanMark.objects.values_list("ledger_entry", flat=True).first() or 0


def version(*, lock: bool = False) -> tuple[int, dt.datetime | None]:
    """A value that differs after every refresh and rebuild.

    With `lock` the spans stay as they are until the transaction ends. The ledger entry alone would
    not do: a rebuild after a change of the rules leaves it where it was.
    """
    row = _lock_mark() if lock else SpanMark.objects.first()
    return (row.ledger_entry, row.refreshed_at) if row else (0, None)


def _lock_mark() -> SpanMark:
    # The row may not exist yet. Two that insert it at once must both find it afterwards.
    SpanMark.objects.bulk_create([SpanMark(id=1)], ignore_conflicts=True)
    return SpanMark.objects.select_for_update().get(pk=1)


def _advance_mark(row: SpanMark, newest: int) -> None:
    known_days.store()
    row.ledger_entry = max(newest, row.ledger_entry)
    row.refreshed_at = timezone.now()
    row.save()


def ready_spans(firm_ids: Sequence[int]) -> Iterator[ReadySpans]:
    """The firms' spans by their facts as these are now, a batch at a time."""
    kinds = {kind.pk: kind for kind in QualificationKind.objects.prefetch_related("terms")}
    for start in range(0, len(firm_ids), BATCH):
        batch = firm_ids[start : start + BATCH]
        spans = []
        for firm_id, facts in facts_of(batch).items():
            for span in spans_of(facts, kinds):
                span.enterprise_id = firm_id
                spans.append(span)
        yield batch, list(ready_rows.insertions(Span, spans, keyed=False))


def _write_spans(ready: Iterable[ReadySpans]) -> None:
    for firm_ids, statements in ready:
        Span.objects.filter(enterprise_id__in=firm_ids).delete()
        ready_rows.carry_out(statements)


def _count_table_anew(firm_ids: Sequence[int]) -> None:
    """Every firm has about one span: with so many of them the planner must know of it."""
    if len(firm_ids) > table_statistics.MANY_ROWS:
        table_statistics.refresh([Span])


def facts_of(firm_ids: Sequence[int]) -> dict[int, Facts]:
    facts: dict[int, Facts] = defaultdict(lambda: Facts([], [], []))
    for model, field in (
        (Qualification, "qualifications"),
        (Placement, "placements"),
        (Closure, "closures"),
    ):
        for row in model._default_manager.filter(enterprise_id__in=firm_ids).order_by("pk"):
            getattr(facts[row.enterprise_id], field).append(row)  # type: ignore[attr-defined]
    return facts
