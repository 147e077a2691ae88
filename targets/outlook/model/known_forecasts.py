"""Scenarios of kinds, read from the database, and their records of the past."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from enterprises.models import QualificationKind, SourceFile
from parks.beat import Beat, silent
from targets.figures import spans
from targets.figures.known import KnownDays
from targets.models import ApplicationBatch
from targets.outlook.model import backtest, record, rules
from targets.outlook.model.backtest import TrackRecord
from targets.outlook.model.past_days import Closings
from targets.outlook.model.scenario import Scenario

_KEPT: dict[Hashable, TrackRecord] = {}
"""Records of this process, by all they depend on.

A record is a few rows and takes longer than the rest of the page.
"""
MOST_KEPT = 64


def read_scenario(kind: QualificationKind, as_of: dt.date) -> Scenario:
    """A kind seen from a day."""
    return read_scenarios([kind], as_of)[kind.code]


def read_scenarios(
    kinds: Sequence[QualificationKind], as_of: dt.date, known_days: KnownDays | None = None
) -> dict[str, Scenario]:
    """Code of each kind → the kind seen from a day; nine queries for all of them.

    `known_days`: until which day the facts of each unit are told; left out, all reach the day. The
    spans must have followed the ledger.
    """
    records, numbers = record.read_records(kinds), rules.read_rules(as_of)
    closings, awaited = read_closings(), _rosters_are_sent()
    return {
        kind.code: Scenario(
            record=records[kind.pk],
            as_of=as_of,
            rules=numbers,
            closings=closings.get(kind.code, Closings({})),
            seen_until=known_days.until_by_unit(kind.code) if known_days and awaited else {},
        )
        for kind in kinds
    }


def _rosters_are_sent() -> bool:
    """Only where units report what became of their firms can a report be outstanding."""
    return SourceFile.objects.filter(kind=SourceFile.Kind.ROSTER, as_of__isnull=False).exists()


def read_closings() -> dict[str, Closings]:
    """Code of a kind → the last days of its batches."""
    batches: dict[str, dict[int, list[dt.date | None]]] = defaultdict(lambda: defaultdict(list))
    rows = ApplicationBatch.objects.order_by("kind", "year", "number")
    for kind, year, closes_on in rows.values_list("kind__code", "year", "closes_on"):
        batches[kind][year].append(closes_on)
    return {kind: closings_of(years) for kind, years in batches.items()}


def closings_of(years: Mapping[int, Sequence[dt.date | None]]) -> Closings:
    known: dict[int, Sequence[dt.date]] = {}
    unknown = []
    for year, days in years.items():
        # With a batch whose last day nobody knows yet, nothing can be said of the year's last one.
        if all(days):
            known[year] = sorted(day for day in days if day)
        else:
            unknown.append(year)
    return Closings(known, unknown)


def read_backtest(seen: Scenario, beat: Beat = silent) -> TrackRecord:
    """The record up to the scenario's day; computed once as long as no fact changes."""
    # The version of the spans stands for all facts; the rest are edited rows, hence named.
    edited = (repr(seen.rules), repr(seen.closings), seen.record.term_years)
    key = (seen.record.kind, seen.as_of, edited, spans.version())
    if key not in _KEPT:
        # All at once: most of them belong to facts that have changed and are never asked for again.
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = backtest.run_trials(seen, beat)
    return _KEPT[key]
