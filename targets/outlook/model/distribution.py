"""Exact distributions of whole numbers: sums, mixtures, and those that the forecast is made of.

Pure functions: no database, no clock, no random number. What is cut off at the far ends is added up
and kept as `lost`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

NEGLIGIBLE = 1e-18
"""A single mass below this is cut off at either end."""
# Not after every firm: masses at the ends become negligible only by and by.
CUT_EVERY = 32
EIGHTY_PERCENT = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Distribution:
    """P(number = first + i) = masses[i].

    Every probability read from it is off by at most `error`.
    """

    first: int
    masses: Sequence[float]
    lost: float = 0.0
    steps: int = 0

    @property
    def error(self) -> float:
        """What was cut off, and rounding.

        There are three roundings of at most 2⁻⁵³ for each firm, and no subtraction.
        """
        return self.lost + 3 * (self.steps + 1) * 2.0**-53

    @property
    def mean(self) -> float:
        # `fsum`: the stated error leaves no room for that of a long sum.
        return math.fsum((self.first + place) * mass for place, mass in enumerate(self.masses))

    def at_least(self, number: int) -> float:
        # Added up, not taken from one: a subtraction would cost small probabilities their digits.
        return min(math.fsum(self.masses[max(number - self.first, 0) :]), 1.0)

    def quantile(self, share: float) -> int:
        """The smallest number that is not exceeded with at least this probability."""
        total = 0.0
        for place, mass in enumerate(self.masses):
            total += mass
            if total >= share:
                return self.first + place
        return self.first + len(self.masses) - 1

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
        total, parts = 0.0, []
        last = self.first + len(self.masses) - 1
        for place, mass in enumerate(self.masses):
            total += mass
            reached = 1.0 if self.first + place >= actual else 0.0
            parts.append((total - reached) ** 2)
        beyond = max(self.first - actual, 0) + max(actual - 1 - last, 0)
        return math.fsum(parts) + beyond

    def most(self, limit: int) -> Distribution:
        """The smaller one of the number and a limit."""
        kept = max(limit - self.first, 0)
        if kept >= len(self.masses):
            return self
        masses = [*self.masses[:kept], math.fsum(self.masses[kept:])]
        return replace(self, first=min(self.first, limit), masses=masses)

    def plus(self, addend: Distribution) -> Distribution:
        """The sum of two independent numbers."""
        longer, shorter = self.masses, addend.masses
        if len(shorter) > len(longer):
            longer, shorter = shorter, longer
        # A row of products for each mass of the shorter one: few long rows are quicker than many.
        masses = [0.0] * (len(longer) + len(shorter) - 1)
        for place, mass in enumerate(shorter):
            window = masses[place : place + len(longer)]
            masses[place : place + len(longer)] = [
                total + mass * more for total, more in zip(window, longer, strict=True)
            ]
        steps = max(self.steps, addend.steps) + min(len(self.masses), len(addend.masses))
        first, lost = self.first + addend.first, self.lost + addend.lost
        return _cut_ends(Distribution(first, masses, lost, steps))


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
    total = Distribution(sure, [1.0])
    # In ascending order, so that rounding does not depend on the order in which firms are read.
    for step, chance in enumerate(sorted(rest), 1):
        miss = 1 - chance
        same, one_less = [*total.masses, 0.0], [0.0, *total.masses]
        masses = [a * miss + b * chance for a, b in zip(same, one_less, strict=True)]
        total = Distribution(total.first, masses, total.lost, step)
        if step % CUT_EVERY == 0:
            total = _cut_ends(total)
    return _cut_ends(total)


def poisson(mean: float) -> Distribution:
    """The number of independent rare events."""
    if mean < 0:
        raise ValueError(f"a mean of {mean}")
    if mean == 0:
        return Distribution(0, [1.0])
    mode = int(mean)
    top = math.exp(mode * math.log(mean) - mean - math.lgamma(mode + 1))
    return _masses_around(mode, top, lambda number: mean / (number + 1))


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
    return _masses_around(mode, top, lambda number: (number + size) / (number + 1) * share)


def beta_binomial(trials: int, hits: float, misses: float) -> Distribution:
    """Successes of trials with one common probability that is itself known by so many cases.

    That probability has a beta distribution with the weights `hits` and `misses`.
    """
    if hits < 0 or misses < 0 or hits + misses == 0:
        raise ValueError(f"weights of {hits} and {misses}")
    # Nobody was ever seen to succeed, or to fail: then nobody is expected to.
    if hits == 0 or trials == 0:
        return Distribution(0, [1.0])
    if misses == 0:
        return Distribution(trials, [1.0])
    mode = _mode(trials, hits, misses)
    weight = (
        math.lgamma(trials + 1) - math.lgamma(mode + 1) - math.lgamma(trials - mode + 1)
        + _log_beta(mode + hits, trials - mode + misses) - _log_beta(hits, misses)
    )  # fmt: skip

    def growth(number: int) -> float:
        more = (trials - number) / (number + 1)
        return more * (number + hits) / (trials - number - 1 + misses)

    return _masses_around(mode, math.exp(weight), growth, most=trials)


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
        return Distribution(trials if share == 1.0 else 0, [1.0])
    mode = min(int((trials + 1) * share), trials)
    weight = math.lgamma(trials + 1) - math.lgamma(mode + 1) - math.lgamma(trials - mode + 1)
    weight += mode * math.log(share) + (trials - mode) * math.log1p(-share)
    odds = share / (1 - share)
    return _masses_around(
        mode, math.exp(weight), lambda number: (trials - number) / (number + 1) * odds, most=trials
    )


def added(numbers: Iterable[Distribution]) -> Distribution:
    """The sum of independent numbers."""
    total = Distribution(0, [1.0])
    # The narrow ones first: every sum is as wide as both its parts together.
    for number in sorted(numbers, key=lambda one: len(one.masses)):
        total = total.plus(number)
    return total


def mixed(parts: Iterable[tuple[float, Distribution]]) -> Distribution:
    """One of some numbers, each with a weight; the weights add up to one."""
    parts = list(parts)
    first = min(number.first for _, number in parts)
    end = max(number.first + len(number.masses) for _, number in parts)
    masses, lost, steps = [0.0] * (end - first), 0.0, 0
    for weight, number in parts:
        for place, mass in enumerate(number.masses, number.first - first):
            masses[place] += weight * mass
        lost += weight * number.lost
        steps = max(steps, number.steps)
    return _cut_ends(Distribution(first, masses, lost, steps + len(parts)))


def _masses_around(
    mode: int, top: float, growth: Callable[[int], float], most: int | None = None
) -> Distribution:
    """Masses outwards from the mode, so that none underflows; growth(n) = P(n + 1) ÷ P(n).

    `most`: the largest number that is possible.

    What lies beyond both ends, and the error of `top`, show in the sum: they are its distance from
    one.
    """
    below, number, mass = [], mode, top
    while number > 0 and mass >= NEGLIGIBLE:
        number -= 1
        mass /= growth(number)
        below.append(mass)
    above, following, mass = [top], mode, top
    while mass >= NEGLIGIBLE and following != most:
        mass *= growth(following)
        following += 1
        above.append(mass)
    masses = [*reversed(below), *above]
    return Distribution(number, masses, abs(1 - math.fsum(masses)), len(masses))


def _cut_ends(whole: Distribution) -> Distribution:
    """Without the negligible masses at both ends, which are added to `lost`."""
    masses, low, high, lost = whole.masses, 0, len(whole.masses), whole.lost
    while high - low > 1 and masses[low] < NEGLIGIBLE:
        lost += masses[low]
        low += 1
    while high - low > 1 and masses[high - 1] < NEGLIGIBLE:
        lost += masses[high - 1]
        high -= 1
    return Distribution(whole.first + low, masses[low:high], lost, whole.steps)
