"""The score of 创新型中小企业 (工信部企业〔2022〕63号, annex 1) as three ranges of points.

Who has too few points may be entered directly (an award, a research body, equity), and of these ways few are told: so
too few points rule nobody out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from enterprises.eligibility.model.condition_answer import (
    NO_POINTS,
    ConditionAnswer,
    Exact,
    Points,
    State,
)
from enterprises.eligibility.model.firm_data import CheckedFirm, IntellectualProperty, Known
from enterprises.eligibility.model.rules import Band, bands, exact, points_of, points_told

OTHER_WAYS = "得分不够，但另有直接条件，现有数据不能检验"


@dataclass(frozen=True)
class DebtBand:
    """Debt of so many percent of the assets, included, gives so many points."""

    up_to: Exact
    points: int


@dataclass(frozen=True)
class LadderRules:
    """`class1`: of an item of class I, from any to one of high value; `class1_own`: of own research.

    `field` and `main_share`: what nobody tells.
    """

    class1: Points
    class1_own: int
    class2: int
    rd_of_sales: Sequence[Band]
    growth: Sequence[Band]
    debt: Sequence[DebtBand]
    field: Points
    main_share: Points
    least_innovation: int
    least_growing: int
    least_special: int
    least_total: int

    @property
    def growth_most(self) -> int:
        return max(band.points.high for band in self.growth)

    @property
    def rd_most(self) -> int:
        return max(band.points.high for band in self.rd_of_sales)

    @property
    def debt_most(self) -> int:
        return max(band.points for band in self.debt)


class LadderPart(NamedTuple):
    """`lacks`: a number is missing, which would make the range smaller."""

    points: Points
    lacks: bool = False

    def __add__(self, other: LadderPart) -> LadderPart:  # type: ignore[override]
        return LadderPart(self.points + other.points, self.lacks or other.lacks)


def innovation_part(data: CheckedFirm, rules: LadderRules) -> LadderPart:
    return _ip(data.ip, rules) + _rd(data, rules)


def growing_part(data: CheckedFirm, rules: LadderRules) -> LadderPart:
    return _growth(data, rules) + _debt(data, rules)


def special_part(data: CheckedFirm, rules: LadderRules) -> LadderPart:
    return LadderPart(rules.field + rules.main_share)


def total_part(data: CheckedFirm, rules: LadderRules) -> LadderPart:
    parts = innovation_part(data, rules) + growing_part(data, rules)
    return parts + special_part(data, rules)


def judged(part: LadderPart, least: int) -> ConditionAnswer:
    """Told are the points that data prove, and in words the range."""
    low, high = part.points
    told = f"{low}至{high}分，标准{least}分"
    if low >= least:
        return ConditionAnswer(State.MET, low, least, told)
    if high < least:
        return ConditionAnswer(State.OPEN, low, least, f"{told}；{OTHER_WAYS}")
    state = State.UNKNOWN if part.lacks else State.OPEN
    return ConditionAnswer(state, low, least, told)


# --- the items ------------------------------------------------------------------------------------
def _ip(ip: IntellectualProperty, rules: LadderRules) -> LadderPart:
    if ip.class1:
        # More items of own research than there are of class II: one of class I is among them.
        is_own = ip.own is not None and ip.class2 is not None and ip.own > ip.class2
        low = max(rules.class1.low, rules.class1_own) if is_own else rules.class1.low
        return LadderPart(Points(low, rules.class1.high))
    least = rules.class2 if ip.class2 else 0
    if ip.class1 is None:
        return LadderPart(Points(least, rules.class1.high), lacks=True)
    if ip.class2 is None:
        return LadderPart(Points(0, rules.class2), lacks=True)
    return LadderPart(Points(least, least))


def _rd(data: CheckedFirm, rules: LadderRules) -> LadderPart:
    rd, sales = data.last_rd, data.last_sales
    return _banded(None if rd is None else rd * 100, sales, rules.rd_of_sales, rules.rd_most)


def _growth(data: CheckedFirm, rules: LadderRules) -> LadderPart:
    """Of all revenue, as that of the main business is not told."""
    if len(data.sales) == 1:
        # There is no year to have grown from, and the document is silent.
        return LadderPart(Points(0, rules.growth_most))
    before, last = ([*data.sales] or [None, None])[-2:]
    gain = None if before is None or last is None else (last - before) * 100
    return _banded(gain, before, rules.growth, rules.growth_most)


def _banded(part: Known, whole: Known, by: Sequence[Band], most: int) -> LadderPart:
    """Any points where there is nothing to divide by; the same, and data lacks, where a number is missing."""
    if part is None or whole is None:
        return LadderPart(Points(0, most), lacks=True)
    if whole <= 0:
        return LadderPart(Points(0, most))
    return LadderPart(points_of(part, whole, by) or NO_POINTS)


def _debt(data: CheckedFirm, rules: LadderRules) -> LadderPart:
    owed = data.liabilities[-1] if data.liabilities else None
    assets = data.last_assets
    if owed is None or assets is None:
        return LadderPart(Points(0, rules.debt_most), lacks=True)
    if assets <= 0:
        return LadderPart(Points(0, rules.debt_most))
    reached = [band.points for band in rules.debt if owed * 100 <= band.up_to * assets]
    points = max(reached, default=0)
    return LadderPart(Points(points, points))


def ladder_rules(told: Mapping[str, Any]) -> LadderRules:
    """From data."""
    values = dict(told)
    values |= {name: bands(told[name]) for name in ("rd_of_sales", "growth")}
    values |= {name: points_told(told[name]) for name in ("class1", "field", "main_share")}
    values["debt"] = [DebtBand(exact(each["up_to"]), each["points"]) for each in told["debt"]]
    return LadderRules(**values)
