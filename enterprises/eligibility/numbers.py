"""Exact numbers as they are shown; only here are they rounded."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from enterprises.eligibility.model.condition_answer import Exact
from parks.numbers import plain

CENTS = 2
"""Places of an amount in 万元."""


def rounded(number: Exact, places: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=rounding)


def shown(number: Exact | None, places: int) -> str:
    """Empty for what is not known."""
    return "" if number is None else plain(rounded(number, places))


def at_least_cents(amount: Fraction) -> str:
    """Up to the next cent of a 万元, with both places: what is asked for is enough."""
    return str(Decimal(math.ceil(amount * 10**CENTS)).scaleb(-CENTS))
