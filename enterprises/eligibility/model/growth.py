"""Points for growth, of sales and of net assets (国科发火〔2016〕195号, part 3 (7)).

Where the document is silent the range says so: see docs/eligibility.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, cast

from enterprises.eligibility.model.condition_answer import NO_POINTS, Exact, Points
from enterprises.eligibility.model.firm_data import Years
from enterprises.eligibility.model.rules import ScoreRules, points_of


class Growth(NamedTuple):
    """`gain` divided by `base` is the rate; no base where none can be formed."""

    points: Points
    gain: Exact = 0
    base: Exact = 0

    @property
    def rate(self) -> Fraction | None:
        """In percent."""
        return Fraction(self.gain * 100) / self.base if self.base else None


def growth_of(years: Years, rules: ScoreRules) -> Growth:
    """Of the firm's years, oldest first: three, or as many as it has existed."""
    if None in years:
        return Growth(Points(0, rules.growth_most))
    # With one year no growth can be formed.
    if len(years) < 2:
        return Growth(NO_POINTS)
    *earlier, before, last = cast(Sequence[Exact], years)
    if before == 0:
        return Growth(NO_POINTS)
    if before < 0:
        return Growth(Points(0, rules.growth_most))
    first = earlier[0] if earlier else 0
    if first == 0:
        return _rated(last - before, before, rules)
    if first < 0:
        # Not regulated: anything up to what the later two years would give.
        return Growth(Points(0, _rated(last - before, before, rules).points.high))
    return _rated(*_mean(first, before, last), rules)


def mean_growth(years: Years) -> tuple[Exact, Exact] | None:
    """Of three years, gain and base; None where the earlier two are not above nothing."""
    first, before, last = cast(Sequence[Exact], years)
    return _mean(first, before, last) if first > 0 and before > 0 else None


def _mean(first: Exact, before: Exact, last: Exact) -> tuple[Exact, Exact]:
    """Half of (before ÷ first − 1) + (last ÷ before − 1), over one denominator."""
    return (before - first) * before + (last - before) * first, 2 * first * before


def _rated(gain: Exact, base: Exact, rules: ScoreRules) -> Growth:
    if gain <= 0:
        return Growth(NO_POINTS, gain, base)
    points = points_of(gain * 100, base, rules.growth) or rules.growth_above_zero
    return Growth(points, gain, base)
