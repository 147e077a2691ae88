"""The innovation score of 100 points as a range: what data prove, and what experts may still give."""

from __future__ import annotations

from dataclasses import dataclass

from enterprises.eligibility.model.condition_answer import NO_POINTS, Exact, Points
from enterprises.eligibility.model.firm_data import FirmData, IntellectualProperty, Years
from enterprises.eligibility.model.growth import Growth, growth_of
from enterprises.eligibility.model.rules import ScoreRules, points_of


@dataclass(frozen=True)
class Score:
    """`lacks_data`: an input of an item that nobody has assessed is missing."""

    ip: Points
    conversion: Points
    management: Points
    net_growth: Growth
    sales_growth: Growth
    lacks_data: bool

    @property
    def growth(self) -> Points:
        return self.net_growth.points + self.sales_growth.points

    @property
    def total(self) -> Points:
        return self.ip + self.conversion + self.management + self.growth


def score_of(data: FirmData, rules: ScoreRules) -> Score:
    return Score(
        ip=_ip_points(data, rules),
        conversion=_conversion_points(data, rules),
        management=_management_points(data, rules),
        net_growth=growth_of(data.net_assets, rules),
        sales_growth=growth_of(data.sales, rules),
        lacks_data=_lacks_data(data, rules),
    )


def _assessed(points: int | None, otherwise: Points) -> Points:
    """An expert's points take the place of the range."""
    return otherwise if points is None else Points(points, points)


# --- intellectual property ------------------------------------------------------------------------
def _ip_points(data: FirmData, rules: ScoreRules) -> Points:
    ip, given = data.ip, data.assessed
    usable = usable_items(ip)
    may_have = usable.most is None or usable.most > 0
    points = _assessed(given.advance, Points(0, rules.advance_most if may_have else 0))
    points += _assessed(given.core, Points(0, rules.core_most if may_have else 0))
    points += _assessed(given.count, _count_points(ip, rules))
    points += _assessed(given.acquired, _acquired_points(ip, rules))
    points += Points(0, 0 if ip.standard is False else rules.standard_most)
    return points.at_most(rules.ip_most)


@dataclass(frozen=True, slots=True)
class UsableItems:
    """How many items an application may use: at least, and at most (None: no bound is known)."""

    least: int
    most: int | None


def usable_items(ip: IntellectualProperty) -> UsableItems:
    """Class I may be used again and again, class II once (195号, part 3 (2))."""
    second = _usable_class2(ip)
    least = (ip.class1 or 0) + second.least
    if ip.class1 is None or second.most is None:
        return UsableItems(least, None)
    return UsableItems(least, ip.class1 + second.most)


def _usable_class2(ip: IntellectualProperty) -> UsableItems:
    if ip.class2 is None or ip.class2_used is None:
        return UsableItems(0, None)
    left = max(ip.class2 - ip.class2_used, 0)
    return UsableItems(left, left)


def _count_points(ip: IntellectualProperty, rules: ScoreRules) -> Points:
    if ip.class1:
        return rules.count_class1
    second = _usable_class2(ip)
    low = _class2_points(second.least, rules).low
    if ip.class1 is None:
        return Points(low, rules.count_class1.high)
    if second.most is None:
        return Points(low, max(band.points.high for band in rules.count_class2))
    return Points(low, _class2_points(second.most, rules).high)


def _class2_points(items: int, rules: ScoreRules) -> Points:
    return points_of(items, 1, rules.count_class2) or NO_POINTS


def _acquired_points(ip: IntellectualProperty, rules: ScoreRules) -> Points:
    usable = usable_items(ip)
    if usable.most == 0:
        return NO_POINTS
    # That none of the known items is of own research says nothing of the others.
    only_acquired = ip.own == 0 and usable.most is not None
    points = rules.acquired_only if only_acquired else rules.acquired_own
    return points if usable.least else Points(0, points.high)


# --- conversions, management ----------------------------------------------------------------------
def _conversion_points(data: FirmData, rules: ScoreRules) -> Points:
    return _assessed(data.assessed.conversion, _by_conversions(data.conversions, rules))


def _by_conversions(years: Years, rules: ScoreRules) -> Points:
    """By the mean of the firm's years. A year that nobody has told may hold any number."""
    known = [value for value in years if value is not None]
    if not years:
        return Points(0, rules.conversion_most)
    least = _mean_points(sum(known), len(years), rules)
    if len(known) < len(years):
        return Points(least.low, rules.conversion_most)
    return least


def _mean_points(results: Exact, years: int, rules: ScoreRules) -> Points:
    if results == 0:
        return NO_POINTS
    return points_of(results, years, rules.conversions) or rules.conversions_below


def _management_points(data: FirmData, rules: ScoreRules) -> Points:
    # A part without any document has no points; with one, experts judge it.
    most = sum(
        points
        for number, points in enumerate(rules.management_most, 1)
        if data.management.get(number) is not False
    )
    return _assessed(data.assessed.management, Points(0, most))


# --- what is missing ------------------------------------------------------------------------------
def _lacks_data(data: FirmData, rules: ScoreRules) -> bool:
    ip, given = data.ip, data.assessed
    lacks_items = None in (ip.class1, ip.class2, ip.class2_used)
    lacks = [
        None in (given.advance, given.core, given.count) and lacks_items,
        given.acquired is None and (lacks_items or ip.own is None),
        ip.standard is None,
        given.conversion is None and _is_short(data.conversions),
        given.management is None and _lacks_management(data, rules),
        _is_short(data.net_assets),
        _is_short(data.sales),
    ]
    return any(lacks)


def _is_short(years: Years) -> bool:
    return not years or None in years


def _lacks_management(data: FirmData, rules: ScoreRules) -> bool:
    parts = range(1, len(rules.management_most) + 1)
    return any(data.management.get(number) is None for number in parts)
