"""The innovation score of 100 points as a range: what data prove, and what experts may still give."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from enterprises.eligibility.model.condition_answer import NO_POINTS, Exact, Points
from enterprises.eligibility.model.firm_data import (
    Assessed,
    CheckedFirm,
    IntellectualProperty,
    Years,
)
from enterprises.eligibility.model.growth import Growth, growth_of
from enterprises.eligibility.model.rules import ScoreRules, points_of

REMEMBERED = 4096
"""Few firms differ in their items, and in their conversions."""


class Score(NamedTuple):
    """By item, with the facts and the rules from which it was reckoned."""

    data: CheckedFirm
    rules: ScoreRules
    ip: Points
    conversion: Points
    management: Points
    net_growth: Growth
    sales_growth: Growth
    total: Points

    @property
    def growth(self) -> Points:
        return self.net_growth.points + self.sales_growth.points

    @property
    def lacks_data(self) -> bool:
        """An input of an item that nobody has assessed is missing."""
        return _lacks_data(self.data, self.rules)


def score_of(data: CheckedFirm, rules: ScoreRules) -> Score:
    ip = _ip_points(data.ip, data.assessed, rules)
    conversion = _conversion_points(data, rules)
    management = _management_points(data, rules)
    net, sales = growth_of(data.net_assets, rules), growth_of(data.sales, rules)
    total = _sum(ip, conversion, management, net.points, sales.points)
    return Score(data, rules, ip, conversion, management, net, sales, total)


def _sum(*parts: Points) -> Points:
    return Points(sum([part.low for part in parts]), sum([part.high for part in parts]))


def _assessed(points: int | None, otherwise: Points) -> Points:
    """An expert's points take the place of the range."""
    return otherwise if points is None else Points(points, points)


# --- intellectual property ------------------------------------------------------------------------
@lru_cache(REMEMBERED)
def _ip_points(ip: IntellectualProperty, given: Assessed, rules: ScoreRules) -> Points:
    usable = usable_items(ip)
    may_have = usable.most is None or usable.most > 0
    points = _sum(
        _assessed(given.advance, Points(0, rules.advance_most if may_have else 0)),
        _assessed(given.core, Points(0, rules.core_most if may_have else 0)),
        _assessed(given.number, _count_points(ip, rules)),
        _assessed(given.acquired, _acquired_points(ip, usable, rules)),
        Points(0, 0 if ip.standard is False else rules.standard_most),
    )
    return points.at_most(rules.ip_most)


class UsableItems(NamedTuple):
    """How many items an application may use: at least, and at most (None: no bound is known)."""

    least: int
    most: int | None


@lru_cache(REMEMBERED)
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


def _acquired_points(ip: IntellectualProperty, usable: UsableItems, rules: ScoreRules) -> Points:
    if usable.most == 0:
        return NO_POINTS
    # That none of the known items is of own research says nothing of the others.
    only_acquired = ip.own == 0 and usable.most is not None
    points = rules.acquired_only if only_acquired else rules.acquired_own
    return points if usable.least else Points(0, points.high)


# --- conversions, management ----------------------------------------------------------------------
def _conversion_points(data: CheckedFirm, rules: ScoreRules) -> Points:
    return _assessed(data.assessed.conversion, _by_conversions(tuple(data.conversions), rules))


@lru_cache(REMEMBERED)
def _by_conversions(years: Years, rules: ScoreRules) -> Points:
    """By the mean of the firm's years. A year that nobody has told may hold any number."""
    if not years:
        return Points(0, rules.conversion_most)
    least = _mean_points(sum([value or 0 for value in years]), len(years), rules)
    return Points(least.low, rules.conversion_most) if None in years else least


def _mean_points(results: Exact, years: int, rules: ScoreRules) -> Points:
    if results == 0:
        return NO_POINTS
    return points_of(results, years, rules.conversions) or rules.conversions_below


def _management_points(data: CheckedFirm, rules: ScoreRules) -> Points:
    # A part without any document has no points; with one, experts judge it.
    most = sum(rules.management_most)
    for number, has_document in data.management.items():
        if has_document is False:
            most -= rules.management_most[number - 1]
    return _assessed(data.assessed.management, Points(0, most))


# --- what is missing ------------------------------------------------------------------------------
def _lacks_data(data: CheckedFirm, rules: ScoreRules) -> bool:
    ip, given = data.ip, data.assessed
    lacks_items = None in (ip.class1, ip.class2, ip.class2_used)
    return (
        ip.standard is None
        or (None in (given.advance, given.core, given.number) and lacks_items)
        or (given.acquired is None and (lacks_items or ip.own is None))
        or (given.conversion is None and _is_short(data.conversions))
        or (given.management is None and _lacks_management(data, rules))
        or _is_short(data.net_assets)
        or _is_short(data.sales)
    )


def _is_short(years: Years) -> bool:
    return not years or None in years


def _lacks_management(data: CheckedFirm, rules: ScoreRules) -> bool:
    parts = range(1, len(rules.management_most) + 1)
    return any(data.management.get(number) is None for number in parts)
