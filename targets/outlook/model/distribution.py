"""Exact distributions of whole numbers: sums, mixtures, and those that the forecast is made of.

Pure functions: no database, no clock, no random number. What is cut off at the far ends is added up
and kept as `lost`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Masses = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.float64]
NEGLIGIBLE = 1e-18
"""A single mass below this is cut off at either end."""
# Not after every firm: masses at the ends become negligible only by and by.
CUT_EVERY = 32
FIRST_BLOCK = 128
"""Masses made at once; the next block is twice as long."""
EIGHTY_PERCENT = (0.1, 0.9)


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """P(number = first + i) = masses[i].

    Every probability read from it is off by at most `error`.
    """

    first: int
    masses: Masses
    lost: float = 0.0
    steps: int = 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Distribution):
            return NotImplemented
        alike = (self.first, self.lost, self.steps) == (other.first, other.lost, other.steps)
        return alike and np.array_equal(self.masses, other.masses)

    @property
    def error(self) -> float:
        """What was cut off, and rounding.

        There are three roundings of at most 2⁻⁵³ for each firm, and no subtraction.
        """
        return self.lost + 3 * (self.steps + 1) * 2.0**-53

    @property
    def mean(self) -> float:
        # `fsum`: the stated error leaves no room for that of a long sum.
        return _sum(self._numbers * self.masses)

    @property
    def _numbers(self) -> Numbers:
        return np.arange(self.first, self.first + len(self.masses), dtype=float)

    def at_least(self, number: int) -> float:
        # Added up, not taken from one: a subtraction would cost small probabilities their digits.
        return min(_sum(self.masses[max(number - self.first, 0) :]), 1.0)

    def quantile(self, share: float) -> int:
        """The smallest number that is not exceeded with at least this probability."""
        reached = np.flatnonzero(np.cumsum(self.masses) >= share)
        place = reached[0] if reached.size else len(self.masses) - 1
        return self.first + int(place)

    @property
    def range80(self) -> tuple[int, int]:
        """It lies between these, both included, with at least 80 %.

        At most 10 % lie below and at most 10 % above.
        """
        low, high = EIGHTY_PERCENT
        return self.quantile(low), self.quantile(high)

    def miss(self, actual: int) -> float:
        """The mean error of the whole distribution against what came (CRPS), in firms.

        The sum over all numbers of (P(at most so many) − whether it was at most so many)². For a
        distribution that is sure of one number it is the distance to it.
        """
        apart = np.cumsum(self.masses) - (self._numbers >= actual)
        last = self.first + len(self.masses) - 1
        beyond = max(self.first - actual, 0) + max(actual - 1 - last, 0)
        return _sum(apart**2) + beyond

    def most(self, limit: int) -> Distribution:
        """The smaller one of the number and a limit."""
        kept = max(limit - self.first, 0)
        if kept >= len(self.masses):
            return self
        masses = np.append(self.masses[:kept], _sum(self.masses[kept:]))
        return replace(self, first=min(self.first, limit), masses=masses)

    def plus(self, addend: Distribution) -> Distribution:
        """The sum of two independent numbers."""
        masses = np.convolve(self.masses, addend.masses)
        steps = max(self.steps, addend.steps) + min(len(self.masses), len(addend.masses))
        first, lost = self.first + addend.first, self.lost + addend.lost
        return _cut_ends(Distribution(first, masses, lost, steps))


def certain(number: int) -> Distribution:
    """No other number is possible."""
    return Distribution(number, np.ones(1))


def of_masses(
    first: int, masses: Sequence[float], lost: float = 0.0, steps: int = 0
) -> Distribution:
    """P(number = first + i) = masses[i]."""
    return Distribution(first, np.array(masses, dtype=float), lost, steps)


def poisson_binomial(probabilities: Iterable[float]) -> Distribution:
    """The number of successes in independent trials, added one firm after the other."""
    # Certain firms shift the distribution and impossible ones do nothing: neither costs a step.
    sure, rest = 0, []
    for chance in probabilities:
        if not 0 <= chance <= 1:
            raise ValueError(f"a probability of {chance}")
        if chance == 1:
            sure += 1
        elif chance > 0:
            rest.append(chance)
    total = certain(sure)
    # In ascending order, so that rounding does not depend on the order in which firms are read.
    for step, chance in enumerate(sorted(rest), 1):
        miss = 1 - chance
        masses = np.append(total.masses, 0.0) * miss + np.append(0.0, total.masses) * chance
        total = Distribution(total.first, masses, total.lost, step)
        if step % CUT_EVERY == 0:
            total = _cut_ends(total)
    return _cut_ends(total)


def poisson(mean: float) -> Distribution:
    """The number of independent rare events."""
    if mean < 0:
        raise ValueError(f"a mean of {mean}")
    if mean == 0:
        return certain(0)
    mode = int(mean)
    top = math.exp(mode * math.log(mean) - mean - math.lgamma(mode + 1))
    return _masses_around(mode, top, lambda numbers: mean / (numbers + 1))


def negative_binomial(mean: float, spread: float) -> Distribution:
    """Poisson numbers whose mean varies with the relative variance `spread`.

    Their variance is m + spread × m².
    """
    if spread < 0:
        raise ValueError(f"a relative variance of {spread}")
    if mean == 0 or spread == 0:
        return poisson(mean)
    # From here on with logarithms: the factorials of such numbers exceed any float.
    # The usual parameters of a negative binomial, chosen so that its mean is `mean`.
    size = 1 / spread
    share = mean / (mean + size)
    mode = max(int((size - 1) * share / (1 - share)), 0)
    weight = math.lgamma(mode + size) - math.lgamma(size) - math.lgamma(mode + 1)
    top = math.exp(weight + size * math.log1p(-share) + mode * math.log(share))
    return _masses_around(mode, top, lambda numbers: (numbers + size) / (numbers + 1) * share)


def beta_binomial(trials: int, hits: float, misses: float) -> Distribution:
    """Successes of trials with one common probability that is itself known by so many cases.

    That probability has a beta distribution with the weights `hits` and `misses`.
    """
    if hits < 0 or misses < 0 or hits + misses == 0:
        raise ValueError(f"weights of {hits} and {misses}")
    # Nobody was ever seen to succeed, or to fail: then nobody is expected to.
    if hits == 0 or trials == 0:
        return certain(0)
    if misses == 0:
        return certain(trials)
    mode = _mode(trials, hits, misses)
    weight = (
        math.lgamma(trials + 1) - math.lgamma(mode + 1) - math.lgamma(trials - mode + 1)
        + _log_beta(mode + hits, trials - mode + misses) - _log_beta(hits, misses)
    )  # fmt: skip

    def growths(numbers: Numbers) -> Masses:
        more = (trials - numbers) / (numbers + 1)
        return more * (numbers + hits) / (trials - numbers - 1 + misses)

    return _masses_around(mode, math.exp(weight), growths, most=trials)


def _mode(trials: int, hits: float, misses: float) -> int:
    """A number near the most likely one: from the mean on, outwards, no mass underflows."""
    return min(max(round(trials * hits / (hits + misses)), 0), trials)


def _log_beta(hits: float, misses: float) -> float:
    return math.lgamma(hits) + math.lgamma(misses) - math.lgamma(hits + misses)


def binomial(trials: int, share: float) -> Distribution:
    """Successes of trials with one known probability."""
    if not 0 <= share <= 1:
        raise ValueError(f"a probability of {share}")
    if share in (0.0, 1.0) or trials == 0:
        return certain(trials if share == 1.0 else 0)
    mode = min(int((trials + 1) * share), trials)
    weight = math.lgamma(trials + 1) - math.lgamma(mode + 1) - math.lgamma(trials - mode + 1)
    weight += mode * math.log(share) + (trials - mode) * math.log1p(-share)
    odds = share / (1 - share)

    def growths(numbers: Numbers) -> Masses:
        return (trials - numbers) / (numbers + 1) * odds

    return _masses_around(mode, math.exp(weight), growths, most=trials)


def added(numbers: Iterable[Distribution]) -> Distribution:
    """The sum of independent numbers."""
    total = certain(0)
    # The narrow ones first: every sum is as wide as both its parts together.
    for number in sorted(numbers, key=lambda one: len(one.masses)):
        total = total.plus(number)
    return total


def mixed(parts: Iterable[tuple[float, Distribution]]) -> Distribution:
    """One of some numbers, each with a weight; the weights add up to one."""
    parts = list(parts)
    first = min(number.first for _, number in parts)
    end = max(number.first + len(number.masses) for _, number in parts)
    masses, lost, steps = np.zeros(end - first), 0.0, 0
    for weight, number in parts:
        begin = number.first - first
        masses[begin : begin + len(number.masses)] += weight * number.masses
        lost += weight * number.lost
        steps = max(steps, number.steps)
    return _cut_ends(Distribution(first, masses, lost, steps + len(parts)))


def _sum(masses: Masses) -> float:
    """Rounded once. As a list: `fsum` takes the numbers of an array out one by one."""
    return math.fsum(masses.tolist())


def _masses_around(
    mode: int, top: float, growths: Callable[[Numbers], Masses], most: int | None = None
) -> Distribution:
    """Masses outwards from the mode, so that none underflows.

    `growths`: P(n + 1) ÷ P(n) of each of some numbers; `most`: the largest number that is possible.

    What lies beyond both ends, and the error of `top`, show in the sum: they are its distance from
    one.
    """
    steps_down = (growths(mode - 1 - places) for places in _blocks(mode))
    steps_up = (growths(mode + places) for places in _blocks(None if most is None else most - mode))
    below = _outwards(top, steps_down, np.divide)
    above = _outwards(top, steps_up, np.multiply)
    masses = np.concatenate([below[:0:-1], above])
    first = mode + 1 - len(below)
    # Added up pairwise: the steps below stand for more roundings than that takes.
    return Distribution(first, masses, abs(1 - float(masses.sum())), len(masses))


def _blocks(end: int | None) -> Iterator[Numbers]:
    """0, 1, 2, … in longer and longer blocks; before `end`, where there is one."""
    begin, length = 0, FIRST_BLOCK
    while end is None or begin < end:
        stop = begin + length if end is None else min(begin + length, end)
        yield np.arange(begin, stop, dtype=float)
        begin, length = stop, 2 * length


def _outwards(top: float, growths: Iterable[Masses], step: np.ufunc) -> Masses:
    """The top and the masses that follow it, up to the first negligible one."""
    masses = [np.array([top])]
    for block in growths if top >= NEGLIGIBLE else ():
        block[0] = step(masses[-1][-1], block[0])
        following = step.accumulate(block)
        if following[-1] < NEGLIGIBLE:
            masses.append(following[: (following < NEGLIGIBLE).argmax() + 1])
            break
        masses.append(following)
    return np.concatenate(masses)


def _cut_ends(whole: Distribution) -> Distribution:
    """Without the negligible masses at both ends, which are added to `lost`."""
    masses = whole.masses
    telling = np.flatnonzero(masses >= NEGLIGIBLE)
    low, high = (telling[0], telling[-1] + 1) if telling.size else (len(masses) - 1, len(masses))
    lost = whole.lost + _sum(masses[:low]) + _sum(masses[high:])
    return Distribution(whole.first + int(low), masses[low:high], lost, whole.steps)
