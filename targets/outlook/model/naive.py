"""Two forecasts that know nothing but the counts of past year's ends, to hold the real one against.

Their ranges are normal, as wide as their own misses of past years were.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping

from targets.outlook.model import distribution
from targets.outlook.model.distribution import Distribution

LINE_YEARS = 5
NARROWEST = 0.3
WIDE = 6
"""Standard deviations beyond which a range ends."""
Counts = Mapping[int, int]
"""Year → firms counted at its end."""


def straight_line(counts: Counts, year: int, ahead: int) -> float | None:
    """The line through the last five year's ends; None where there are fewer."""
    years = range(year - LINE_YEARS + 1, year + 1)
    if not all(one in counts for one in years):
        return None
    middle = math.fsum(years) / LINE_YEARS
    mean = math.fsum(counts[one] for one in years) / LINE_YEARS
    squares = math.fsum((one - middle) ** 2 for one in years)
    slope = math.fsum((one - middle) * (counts[one] - mean) for one in years) / squares
    return mean + slope * (year + ahead - middle)


def last_net(counts: Counts, year: int, ahead: int) -> float | None:
    """As many more every year as in the last one."""
    if year not in counts or year - 1 not in counts:
        return None
    return float(counts[year] + ahead * (counts[year] - counts[year - 1]))


METHODS: Mapping[str, Callable[[Counts, int, int], float | None]] = {
    "line": straight_line,
    "net": last_net,
}


def foretell(method: str, counts: Counts, year: int, ahead: int) -> Distribution | None:
    """From the end of a year for one so many years later; `counts` may hold later years too."""
    reckon = METHODS[method]
    mean = reckon(counts, year, ahead)
    if mean is None:
        return None
    misses = []
    for past in sorted(counts):
        if past + ahead <= year and past + ahead in counts:
            foretold = reckon(counts, past, ahead)
            if foretold is not None:
                misses.append((counts[past + ahead] - foretold) ** 2)
    spread = math.sqrt(math.fsum(misses) / len(misses)) if misses else 0.0
    return _normal(mean, max(spread, NARROWEST))


def _normal(mean: float, spread: float) -> Distribution:
    first = math.floor(mean - WIDE * spread)
    last = math.ceil(mean + WIDE * spread)
    edges = [_below(number - 0.5, mean, spread) for number in range(first, last + 2)]
    masses = [high - low for low, high in itertools.pairwise(edges)]
    whole = math.fsum(masses)
    return distribution.of_masses(first, [mass / whole for mass in masses])


def _below(value: float, mean: float, spread: float) -> float:
    return (1 + math.erf((value - mean) / spread / math.sqrt(2))) / 2
