"""How much one year differs from another: strict years and lax ones, busy years and quiet ones.

A shock moves all undecided firms of a year at once. How large such shocks are is learned from the
years on record; a few of them leave it open, so the range is wide by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from targets.outlook.model import distribution
from targets.outlook.model.distribution import Distribution
from targets.outlook.model.rules import Rules

REACH, STEPS = 2.0, 21
GRID = [REACH * (2 * step / (STEPS - 1) - 1) for step in range(STEPS)]
"""Shocks, on the scale of log odds."""
SPREADS = 14
RELATIVE = (0.0, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6)
"""Relative variances of a year's entries beyond chance."""
GROWTHS = (-0.3, -0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2, 0.3)
"""Growth of entries from year to year, as logarithms."""
LEAST = 0.003
"""Weight against the most likely pair below which a pair is left out."""

Shocks = Sequence[tuple[float, float]]
"""(Shock, how likely a year has it)."""


def moved(share: float, shock: float) -> float:
    """A share under a shock."""
    if share in (0.0, 1.0):
        return share
    return 1 / (1 + (1 - share) / share * math.exp(-shock))


def weigh_shocks(
    years: Sequence[Sequence[tuple[float, int, int]]], widest: float, usual: float
) -> Shocks:
    """Shock → how likely a year has it; shocks that nearly never come are left out.

    `years`: of every past year, of each undecided cell, its rate, its firms, and how many counted.
    """
    tellings = [[_telling(year, shock) for shock in GRID] for year in years]
    weights = [0.0] * STEPS
    for number in range(SPREADS):
        spread = widest * number / (SPREADS - 1)
        normal = _normal_weights(spread)
        likely = math.exp(-(spread**2) / usual)
        for telling in tellings:
            top = max(telling)
            likely *= math.fsum(
                weight * math.exp(told - top) for weight, told in zip(normal, telling, strict=True)
            )
        weights = [total + likely * weight for total, weight in zip(weights, normal, strict=True)]
    whole = math.fsum(weights)
    kept = [(shock, weight / whole) for shock, weight in zip(GRID, weights, strict=True)]
    kept = [(shock, weight) for shock, weight in kept if weight > 1e-7]
    whole = math.fsum(weight for _, weight in kept)
    return [(shock, weight / whole) for shock, weight in kept]


def _telling(year: Iterable[tuple[float, int, int]], shock: float) -> float:
    """The logarithm of how likely the year's counts are under a shock, but for a constant."""
    told = 0.0
    for rate, firms, hits in year:
        share = moved(rate, shock)
        if 0 < share < 1:
            told += hits * math.log(share) + (firms - hits) * math.log1p(-share)
    return told


def _normal_weights(spread: float) -> list[float]:
    if spread == 0:
        return [1.0 if abs(shock) < 1e-9 else 0.0 for shock in GRID]
    weights = [math.exp(-(shock**2) / (2 * spread**2)) for shock in GRID]
    whole = math.fsum(weights)
    return [weight / whole for weight in weights]


# --- from outside -------------------------------------------------------------------------------
Years = Sequence[tuple[int, int]]
"""(How many years ago, firms that came), the last year first."""


@dataclass(frozen=True)
class Entries:
    """Firms that come from outside: pairs of (weight, mean, relative variance).

    `share`: how much of a year's shock moves them.
    """

    parts: Sequence[tuple[float, float, float]]
    share: float

    @property
    def mean(self) -> float:
        return math.fsum(weight * mean for weight, mean, _ in self.parts)

    def under(self, shock: float, shocks: Shocks) -> Distribution:
        """Their number in a year with a shock; over all shocks the mean stays what it is."""
        usual = math.fsum(weight * math.exp(self.share * size) for size, weight in shocks)
        factor = math.exp(self.share * shock) / usual
        return distribution.mixed(
            (weight, distribution.negative_binomial(mean * factor, spread))
            for weight, mean, spread in self.parts
        )


NOBODY = Entries([(1.0, 0.0, 0.0)], 0.0)


def learn_entries(past: Years, rules: Rules) -> Entries:
    """What to expect after so many in past years.

    A year's mean is gamma-distributed around a level that fades into the past and may grow. By how
    much it grows, and years differ beyond chance, is weighed by how well each pair of both would
    have foretold the past years.
    """
    if not past:
        return NOBODY
    told = {}
    for growth in GROWTHS:
        for spread in RELATIVE:
            likely = -spread / rules.entry_usual - (growth / rules.entry_growing) ** 2 / 2
            for place in range(len(past) - 1):
                age, firms = past[place]
                mean, known = _level(past[place + 1 :], age, growth, rules.entry_fading)
                likely += _log_mass(firms, mean, known + spread)
            told[growth, spread] = likely
    top = max(told.values())
    weights = {pair: math.exp(likely - top) for pair, likely in told.items()}
    kept = {pair: weight for pair, weight in weights.items() if weight > LEAST}
    whole = math.fsum(kept.values())
    parts = []
    for (growth, spread), weight in kept.items():
        mean, known = _level(past, 0, growth, rules.entry_fading)
        parts.append((weight / whole, mean, known + spread))
    return Entries(parts, rules.entry_share)


def _level(past: Years, age: int, growth: float, fading: float) -> tuple[float, float]:
    """The mean of a year so many years ago, and the relative variance with which it is known."""
    weights, shape, level = 0.0, 0.5, 0.5
    newest = past[0][0]
    for years, firms in past:
        weight = fading ** (years - newest)
        weights += weight
        shape += weight * firms
        level += weight * firms * math.exp(growth * (years - age))
    return level / weights, 1 / shape


def _log_mass(number: int, mean: float, spread: float) -> float:
    """The logarithm of P(number) of a negative binomial."""
    size = 1 / spread
    share = mean / (mean + size)
    weight = math.lgamma(number + size) - math.lgamma(size) - math.lgamma(number + 1)
    return weight + size * math.log1p(-share) + number * math.log(share)
