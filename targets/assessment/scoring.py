"""Points of a score sheet: arithmetic alone, exact; it knows no facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class ScoringRule:
    """From `floor` points begin, at `full` they are `weight`; beyond it up to `cap`.

    `full_without_case`: where nothing happened that could be judged the item is worth `weight`,
    otherwise it is left out of the sheet.
    """

    weight: Decimal
    cap: Decimal
    floor: Decimal
    full: Decimal
    full_without_case: bool = False

    def points(self, value: Fraction | None) -> Decimal | None:
        """Of a measured value; None where the item is left out."""
        if value is None:
            return rounded(Fraction(self.weight)) if self.full_without_case else None
        floor, full = Fraction(self.floor), Fraction(self.full)
        reached = Fraction(self.weight) * (value - floor) / (full - floor)
        return rounded(min(max(reached, Fraction(0)), Fraction(self.cap)))

    def lost(self, points: Decimal | None) -> Decimal:
        """Points to the item's weight; nothing where it is left out or more than fulfilled."""
        return ZERO if points is None else max(self.weight - points, ZERO)

    def still_needed(self, part: int, whole: int | None) -> int:
        """How many more of the numerator give full marks; 0 where they are reached."""
        wanted = Fraction(self.full)
        if whole is not None:
            wanted = wanted * whole / 100
        return max(math.ceil(wanted) - part, 0)


def value_of(part: int | None, whole: int | None, *, is_share: bool) -> Fraction | None:
    """The number itself, or the percentage; None over nothing."""
    if part is None:
        return None
    if not is_share:
        return Fraction(part)
    return Fraction(part * 100, whole) if whole else None


def rounded(exact: Fraction) -> Decimal:
    """To a hundredth, halves up."""
    hundredths = Decimal(exact.numerator * 100) / Decimal(exact.denominator)
    return (hundredths.quantize(Decimal(1), ROUND_HALF_UP) * CENT).quantize(CENT)


@dataclass(frozen=True)
class Total:
    """`points`: None where every item was left out. `judged`: weight of what was judged."""

    points: Decimal | None
    judged: Decimal
    of: Decimal

    @property
    def is_scaled(self) -> bool:
        """Something was left out, and the rest stands for the whole."""
        return self.points is not None and self.judged != self.of


def total_of(lines: Sequence[tuple[Decimal, Decimal | None]], of: Decimal) -> Total:
    """(weight, points) of each item. What was left out is shared out in proportion to the weights."""
    judged = sum((weight for weight, points in lines if points is not None), Decimal(0))
    if not judged:
        return Total(None, judged, of)
    points = sum((points for _, points in lines if points is not None), Decimal(0))
    return Total(rounded(Fraction(points) * Fraction(of) / Fraction(judged)), judged, of)


def ranks(totals: Mapping[int, Decimal | None]) -> dict[int, int]:
    """The most points first; ties share a place, and the next place follows after all of them.

    Without those that have no points.
    """
    known = {key: points for key, points in totals.items() if points is not None}
    return {
        key: 1 + sum(other > points for other in known.values()) for key, points in known.items()
    }
