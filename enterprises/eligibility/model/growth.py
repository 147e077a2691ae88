"""Points for growth, of sales and of net assets (国科发火〔2016〕195号, part 3 (7)).

Where the document is silent the range says so: see docs/eligibility.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from enterprises.eligibility.model.condition_answer import NO_POINTS, Points
from enterprises.eligibility.model.firm_data import Known, Years
from enterprises.eligibility.model.rules import ScoreRules, points_of


@dataclass(frozen=True, slots=True)
class Growth:
    """`rate` in percent; None where none can be formed."""

    rate: Known
    points: Points


def growth_of(years: Years, rules: ScoreRules) -> Growth:
    """Of the firm's years, oldest first: three, or as many as it has existed."""
    known = [value for value in years if value is not None]
    anything = Growth(None, Points(0, rules.growth_most))
    if len(known) < len(years):
        return anything
    # With one year no growth can be formed.
    if len(known) < 2:
        return Growth(None, NO_POINTS)
    *earlier, before, last = known
    if before == 0:
        return Growth(None, NO_POINTS)
    if before < 0:
        return anything
    step = last / before - 1
    first = earlier[0] if earlier else None
    if first is None or first == 0:
        return _rated(step, rules)
    if first < 0:
        # Not regulated: anything up to what the later two years would give.
        return Growth(None, Points(0, _rated(step, rules).points.high))
    return _rated((before / first - 1 + step) / 2, rules)


def _rated(rate: Fraction, rules: ScoreRules) -> Growth:
    percent = rate * 100
    if percent <= 0:
        return Growth(percent, NO_POINTS)
    return Growth(percent, points_of(percent, rules.growth) or rules.growth_above_zero)
