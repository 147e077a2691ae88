"""The forecast held against what came: from each past year's end to the next, knowing only what was dated by then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from targets.figures import counting, spans
from targets.outlook.model import scenario
from targets.outlook.model.firm_history import Chronicle
from targets.outlook.model.rates import FEW


@dataclass(frozen=True)
class Trial:
    """Forecast on `as_of` for `day`: expected value and 80 % range, and the number that was counted."""

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
        """The mean distance between forecast and count."""
        return (
            sum(abs(trial.miss) for trial in self.trials) / len(self.trials)
            if self.trials
            else None
        )


_KEPT: dict[Hashable, Record] = {}
"""Records of this process, by all they depend on. Each is a few rows and takes as long as the rest of the page."""
MOST_KEPT = 64


def run_backtest(chronicle: Chronicle, until: dt.date) -> Record:
    """The record up to a day; reckoned once as long as no fact changes."""
    case = (chronicle.kind.code, chronicle.definition, chronicle.term_years, until, spans.version())
    if case not in _KEPT:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[case] = tried(chronicle, until)
    return _KEPT[case]


def tried(chronicle: Chronicle, until: dt.date) -> Record:
    """From every year's end with enough history, as long as the next year's end is not after a day."""
    first = chronicle.first_year or until.year
    pairs = [
        (dt.date(year, 12, 31), dt.date(year + 1, 12, 31)) for year in range(first, until.year + 1)
    ]
    pairs = [(as_of, day) for as_of, day in pairs if day <= until]
    counts = counting.count_stored([day for _, day in pairs], chronicle.definition)
    trials = []
    for as_of, day in pairs:
        then = scenario.build_scenario(chronicle, as_of)
        if _enough(then):
            found, actual = then.on(day), counts.stock(day, chronicle.kind.code, "district")
            trials.append(Trial(as_of, day, found.mean, *found.range80, actual))
    return Record(trials)


def _enough(then: scenario.Scenario) -> bool:
    renewals = then.rates.renewal.district.of >= FEW or not then.has_term
    return renewals and not then.narrow and then.rates.exit.district.of >= FEW
