"""The forecast compared with what came: from each past year's end to the next.

Each forecast knows only what was dated by its own day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from targets.figures import counting, spans
from targets.models import Scope
from targets.outlook.model import scenario
from targets.outlook.model.firm_history import Chronicle
from targets.outlook.model.rates import FEW


@dataclass(frozen=True)
class Trial:
    """Forecast on `as_of` for `day`: expected value and 80 % range, and the number counted then."""

    as_of: dt.date
    day: dt.date
    expected: float
    low: int
    high: int
    actual: int

    @property
    def miss(self) -> float:
        """Counted less expected: above zero, the forecast was too low."""
        return self.actual - self.expected

    @property
    def hit(self) -> bool:
        return self.low <= self.actual <= self.high


@dataclass(frozen=True)
class Record:
    trials: Sequence[Trial]

    @property
    def hits(self) -> int:
        return sum(trial.hit for trial in self.trials)

    @property
    def typical_miss(self) -> float | None:
        """The mean distance between forecast and count; None without a trial."""
        if not self.trials:
            return None
        # Absolute: misses in both directions must not cancel.
        return sum(abs(trial.miss) for trial in self.trials) / len(self.trials)


_KEPT: dict[Hashable, Record] = {}
"""Records of this process, by all they depend on.

A record is a few rows and takes as long as the rest of the page.
"""
MOST_KEPT = 64


def run_backtest(chronicle: Chronicle, until: dt.date) -> Record:
    """The record up to a day; computed once as long as no fact changes."""
    # The version of the spans stands for all facts; the term is an edited row, hence named.
    key = (chronicle.kind.code, chronicle.definition, chronicle.term_years, until, spans.version())
    if key not in _KEPT:
        # All at once: most of them belong to facts that have changed and are never asked for again.
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = run_trials(chronicle, until)
    return _KEPT[key]


def run_trials(chronicle: Chronicle, until: dt.date) -> Record:
    """One from every year's end with enough history to the next year's end, up to a day."""
    pairs = []
    for year in range(chronicle.first_year or until.year, until.year):
        pairs.append((dt.date(year, 12, 31), dt.date(year + 1, 12, 31)))
    if pairs and pairs[-1][1] > until:
        # A year that is not over has nothing to compare a forecast with.
        pairs.pop()
    # What came is counted from all facts of today, what was foretold only from those dated by then.
    counts = counting.count_stored([day for _, day in pairs], chronicle.definition)
    trials = []
    for as_of, day in pairs:
        seen_then = scenario.build_scenario(chronicle, as_of)
        if _has_enough_history(seen_then):
            expected = seen_then.on(day)
            # By the counting of every other page, not by the model's own: a judge from outside.
            actual = counts.stock(day, chronicle.kind.code, Scope.DISTRICT)
            trials.append(Trial(as_of, day, expected.mean, *expected.range80, actual))
    return Record(trials)


def _has_enough_history(seen: scenario.Scenario) -> bool:
    # A forecast from little history would say nothing about the method.
    learned = seen.rates
    renewals = learned.renewal.district.of >= FEW or not seen.has_term
    return renewals and not seen.narrow and learned.exit.district.of >= FEW
