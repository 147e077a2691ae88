"""The forecast compared with what came, beside two that know only past year's ends.

Each knows only what was dated by its own day.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from parks.beat import Beat, silent
from targets.figures import counting
from targets.models import Definition, Scope
from targets.outlook.model import naive
from targets.outlook.model.scenario import Scenario

STARTS = ((6, 30), (9, 30), (12, 31))
"""Month and day from which a forecast is tried, for the year's end or from it for the next one."""
MOST_YEARS = 6


@dataclass(frozen=True)
class Trial:
    """Forecast on `as_of` for `day`: expected value and 80 % range, and the number counted then.

    `error`: the mean error of the whole distribution, in firms; `naive_errors`: of the others by
    name.
    """

    as_of: dt.date
    day: dt.date
    expected: float
    low: int
    high: int
    actual: int
    error: float
    naive_errors: Mapping[str, float]

    @property
    def miss(self) -> float:
        """Counted less expected: above zero, the forecast was too low."""
        return self.actual - self.expected

    @property
    def hit(self) -> bool:
        return self.low <= self.actual <= self.high


@dataclass(frozen=True)
class TrackRecord:
    """`enough`: so many trials must stand behind a percentage."""

    trials: Sequence[Trial]
    enough: int

    @property
    def hits(self) -> int:
        return sum(trial.hit for trial in self.trials)

    @property
    def error(self) -> float | None:
        return _mean([trial.error for trial in self._compared()])

    def naive_error(self, method: str) -> float | None:
        return _mean([trial.naive_errors[method] for trial in self._compared()])

    @property
    def compared(self) -> int:
        return len(self._compared())

    def _compared(self) -> list[Trial]:
        """The trials in which the others could foretell something, too."""
        return [trial for trial in self.trials if len(trial.naive_errors) == len(naive.METHODS)]

    @property
    def is_better(self) -> bool:
        """It has beaten both others, in enough trials to say so."""
        if self.error is None or self.compared < self.enough:
            return False
        others = [self.naive_error(method) for method in naive.METHODS]
        return all(other is not None and self.error < other for other in others)


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def run_trials(seen: Scenario, beat: Beat = silent) -> TrackRecord:
    """From every day of STARTS in past years to the year's end that followed, up to the day.

    The beat comes before each trial.
    """
    first_year = seen.record.first_year(seen.as_of)
    if first_year is None:
        return TrackRecord([], seen.rules.trials)
    years = range(first_year, seen.as_of.year + 1)
    # By the counting of every other page, not by the model's own: a judge from outside.
    ends = [dt.date(year, 12, 31) for year in years if dt.date(year, 12, 31) <= seen.as_of]
    stored = counting.count_stored(ends, Definition.CERTIFICATE)
    counts = {day.year: stored.stock(day, seen.record.kind, Scope.DISTRICT) for day in ends}
    trials = []
    for year in years[-MOST_YEARS - 1 :]:
        for month, day in STARTS:
            beat("检验以往推算")
            trial = _try(seen, dt.date(year, month, day), counts)
            if trial is not None:
                trials.append(trial)
    return TrackRecord(trials, seen.rules.trials)


def _try(seen: Scenario, as_of: dt.date, counts: Mapping[int, int]) -> Trial | None:
    """None where what came is not known yet, or history was too short."""
    at_year_end = (as_of.month, as_of.day) == STARTS[-1]
    year = as_of.year + at_year_end
    if year not in counts:
        return None
    # Nothing supposed, nothing unreported: of the past all has been reported by now.
    then = replace(seen, as_of=as_of, seen_until={})
    if then.lacking:
        return None
    expected, actual = then.on(dt.date(year, 12, 31)), counts[year]
    low, high = expected.range80
    errors = {}
    for method in naive.METHODS:
        other = naive.foretell(method, counts, year - 1, 1)
        if other is not None:
            errors[method] = other.miss(actual)
    return Trial(
        as_of=as_of,
        day=expected.day,
        expected=expected.mean,
        low=low,
        high=high,
        actual=actual,
        error=expected.number.miss(actual),
        naive_errors=errors,
    )
