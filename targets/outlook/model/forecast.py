"""How many firms will count on a day to come: the exact distribution, from each firm's probability.

Pure functions: no database, no clock, no random number. A firm counts or not, independently of the
others, with a probability of its own: their number is Poisson-binomial. Entries of firms not known
yet are Poisson around a mean that differs from year to year as it did before, which is negative
binomial. The two are convolved. What is cut off at the far ends is added up and kept as `lost`.
"""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dateutil.relativedelta import relativedelta

NEGLIGIBLE = 1e-18
"""A single mass below this is cut off at either end."""
# Not after every firm: masses at the ends become negligible only by and by.
CUT_EVERY = 32
DAYS_PER_YEAR = 365.25
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

    def plus(self, addend: Distribution) -> Distribution:
        """The sum of two independent numbers."""
        masses = [0.0] * (len(self.masses) + len(addend.masses) - 1)
        for place, mass in enumerate(self.masses):
            for shift, more in enumerate(addend.masses, place):
                masses[shift] += mass * more
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


def _masses_around(mode: int, top: float, growth: Callable[[int], float]) -> Distribution:
    """Masses outwards from the mode, so that none underflows; growth(n) = P(n + 1) ÷ P(n).

    What lies beyond both ends, and the error of `top`, show in the sum: they are its distance from
    one.
    """
    below, number, mass = [], mode, top
    while number > 0 and mass >= NEGLIGIBLE:
        number -= 1
        mass /= growth(number)
        below.append(mass)
    above, following, mass = [top], mode, top
    while mass >= NEGLIGIBLE:
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


# --- one firm's probability ---------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Holder:
    """A firm as it stands on the day of the forecast.

    `end` is the first day on which its certificate no longer holds. A firm whose certificate has
    ended already may still renew; then `end` lies in the past. `seen_until`: the last day of which
    the facts of its unit tell, None for the day of the forecast.
    """

    unit: int
    end: dt.date
    seen_until: dt.date | None = None


@dataclass(frozen=True)
class Assumptions:
    """Everything a forecast takes for granted. Rates are shares from 0 to 1, by unit.

    `gaps`: days between an end and the next certificate, of past renewals, ascending.
    `term_years`: how long a renewed certificate lasts, None = no term.
    `wins`: first-time entries per year, by unit. `others`: other entries of the district per year.
    `spread`: the relative variance of a year's entries around the expected number, beyond chance.
    `entry_days`: how many past entries fell on each day of the year (1 … 366).
    """

    renewal: Mapping[int, float]
    staying: Mapping[int, float]
    gaps: Sequence[int] = ()
    term_years: int | None = None
    wins: Mapping[int, float] = field(default_factory=dict)
    others: float = 0.0
    spread: float = 0.0
    entry_days: Mapping[int, int] = field(default_factory=dict)

    def renewed_within(self, days: int) -> float:
        """Of those that renew, the share that has done so that many days after the end.

        0 days: without a gap.
        """
        if days < 0:
            return 0.0
        # Where no renewal was seen, a supposed one is taken to follow without a gap.
        if not self.gaps:
            return 1.0
        # From the right: a gap of exactly so many days is within them.
        return bisect.bisect_right(self.gaps, days) / len(self.gaps)

    @property
    def yearly_entries(self) -> float:
        return math.fsum(self.wins.values()) + self.others


@dataclass(frozen=True, slots=True)
class FirmChance:
    """Of one firm on one day: that it is still there, and that a certificate covers the day."""

    staying: float
    covered: float

    @property
    def counted(self) -> float:
        return self.staying * self.covered


def chance(firm: Holder, as_of: dt.date, day: dt.date, given: Assumptions) -> FirmChance:
    """On a day from `as_of` on.

    The firm is covered for sure before the end. Each end up to the day needs one more renewal.
    """
    years = (day - as_of).days / DAYS_PER_YEAR
    # Exits are rates per year and independent of certificates: a closure waits for no last day.
    staying = given.staying[firm.unit] ** years
    covered, end = 1.0, firm.end
    # A renewed certificate ends a term later and then needs the next renewal.
    while end <= day:
        rate = given.renewal[firm.unit]
        # A renewal that the unit has not reported yet must not pass for one that was missed.
        covered *= _renewal_probability(rate, end, firm.seen_until or as_of, day, given)
        # Without a term there is one end at most, and nothing that would have to be renewed again.
        if given.term_years is None:
            break
        # From the old end, as if without a gap: a late renewal would end a little later.
        end += relativedelta(years=given.term_years)
    return FirmChance(staying, covered)


def _renewal_probability(
    rate: float, end: dt.date, seen_until: dt.date, day: dt.date, given: Assumptions
) -> float:
    """The probability that it is renewed by the day.

    Where the certificate ended before `seen_until`, given that it was not renewed by then.
    """
    # Before its end nothing was missed yet: `renewed_within` is then 0 and the fraction harmless.
    missed = rate * given.renewed_within((seen_until - end).days)
    reached = rate * given.renewed_within((day - end).days)
    # Everybody renews in time, so who has not until now will not.
    if missed >= 1:
        return 0.0
    return (reached - missed) / (1 - missed)


def expected_entries(as_of: dt.date, day: dt.date, given: Assumptions, per_year: float) -> float:
    """Entries after `as_of` that still count on the day, where `per_year` enter each year.

    They are spread over the year as past entries were, and some leave again.
    """
    if not given.entry_days or per_year == 0:
        return 0.0
    stay = 1.0
    if given.staying:
        # Nobody knows in which unit the next firm will be recognised: it leaves at the mean rate.
        stay = math.fsum(given.staying.values()) / len(given.staying)
    weights = []
    for year in range(as_of.year, day.year + 1):
        for day_of_year, entries in given.entry_days.items():
            entered = dt.date(year, 1, 1) + dt.timedelta(days=day_of_year - 1)
            # What was dated by today is in the stock already.
            if as_of < entered <= day:
                weights.append(entries * stay ** ((day - entered).days / DAYS_PER_YEAR))
    return per_year * math.fsum(weights) / sum(given.entry_days.values())


# --- all of them --------------------------------------------------------------------------------
def of_holders(
    firms: Iterable[Holder], as_of: dt.date, day: dt.date, given: Assumptions
) -> Distribution:
    """How many of the firms known today count on the day."""
    return poisson_binomial(chance(firm, as_of, day, given).counted for firm in firms)


def of_district(
    firms: Iterable[Holder], as_of: dt.date, day: dt.date, given: Assumptions
) -> Distribution:
    """Known firms and those that will enter."""
    known = of_holders(firms, as_of, day, given)
    return known.plus(entrants(as_of, day, given, given.yearly_entries))


def entrants(as_of: dt.date, day: dt.date, given: Assumptions, per_year: float) -> Distribution:
    """Of the firms that enter after `as_of`, how many count on the day."""
    # Years differ by more than chance: a plain Poisson would make the range too narrow.
    return negative_binomial(expected_entries(as_of, day, given, per_year), given.spread)
