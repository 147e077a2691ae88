"""What a condition answers: one of four states, with the numbers it was judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

Exact = Fraction | int


class State(Enum):
    """What is missing is never failed, and what an expert judges is never computed."""

    MET = "符合"
    FAILED = "不符合"
    UNKNOWN = "缺数据"
    OPEN = "待评"


GRAVEST_FIRST = (State.FAILED, State.UNKNOWN, State.OPEN, State.MET)


@dataclass(frozen=True, slots=True)
class ConditionAnswer:
    """Of one condition. `value` and `threshold` in the condition's unit: percent, days, points, items.

    `reason`: why there is no value, where it is not for want of data; or on whose word the value is.
    """

    state: State
    value: Exact | None = None
    threshold: Exact | None = None
    reason: str = ""

    @property
    def margin(self) -> Exact | None:
        """By how much the value is above the threshold; below it, negative."""
        if self.value is None or self.threshold is None:
            return None
        return self.value - self.threshold


class Points(NamedTuple):
    """A range of whole points: what is proved, and what is possible."""

    low: int
    high: int

    def __add__(self, other: Points) -> Points:  # type: ignore[override]
        return Points(self.low + other.low, self.high + other.high)

    def at_most(self, most: int) -> Points:
        return Points(min(self.low, most), min(self.high, most))


NO_POINTS = Points(0, 0)


def overall(states: Iterable[State]) -> State:
    """Of several conditions that all must be met."""
    found = set(states)
    return next((state for state in GRAVEST_FIRST if state in found), State.MET)
