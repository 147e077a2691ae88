"""Sets of rules as data: thresholds and points, from a day on, with their document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from enterprises.eligibility.model.condition_answer import Exact, Points


@dataclass(frozen=True)
class Band:
    """From a value on, included, so many points."""

    since: Exact
    points: Points


@dataclass(frozen=True)
class Tier:
    """Up to these sales, included, R&D must be so many percent of them; None: without a bound."""

    up_to: Exact | None
    share: Exact


@dataclass(frozen=True, eq=False)
class ScoreRules:
    """Compared by identity: what is reckoned by them is remembered."""

    ip_most: int
    advance_most: int
    core_most: int
    standard_most: int
    count_class1: Points
    count_class2: Sequence[Band]
    acquired_own: Points
    acquired_only: Points
    conversions: Sequence[Band]
    conversions_below: Points
    management_most: Sequence[int]
    growth: Sequence[Band]
    growth_above_zero: Points

    @property
    def growth_most(self) -> int:
        return max(band.points.high for band in self.growth)

    @property
    def conversion_most(self) -> int:
        return max(band.points.high for band in self.conversions)


@dataclass(frozen=True)
class CertificateRules:
    """Of the high-tech enterprise: eight conditions.

    `names` and `units`: of the conditions, by their numbers. `needed`: those without which nobody is
    called a candidate.
    """

    since: dt.date
    document: str
    needed: Sequence[str]
    names: Mapping[str, str]
    units: Mapping[str, str]
    legal_forms: frozenset[str]
    least_registered_days: Exact
    least_clean_days: Exact
    least_ip: Exact
    least_staff_share: Exact
    least_domestic_share: Exact
    least_hightech_share: Exact
    least_score: Exact
    rd_tiers: Sequence[Tier]
    score: ScoreRules
    note: str = ""

    def least_rd_share(self, sales: Exact | None) -> Exact | None:
        """By the sales of the last year alone; the ratio itself is of all three years."""
        if sales is None:
            return None
        for tier in self.rd_tiers:
            if tier.up_to is None or sales <= tier.up_to:
                return tier.share
        raise ValueError("the last tier has a bound")

    def with_money_in(self, parts: int) -> CertificateRules:
        """The same for money told in such parts of a 万元."""
        tiers = [
            Tier(None if tier.up_to is None else tier.up_to * parts, tier.share)
            for tier in self.rd_tiers
        ]
        return replace(self, rd_tiers=tiers)


@dataclass(frozen=True)
class SmallFirmRules:
    """Of the tech small and medium enterprise: size, and a score from data alone."""

    since: dt.date
    document: str
    most_staff: Exact
    most_sales: Exact
    most_assets: Exact
    least_score: int
    staff_shares: Sequence[Band]
    rd_of_sales: Sequence[Band]
    rd_of_costs: Sequence[Band]
    ip_class1: int
    ip_class2: Sequence[Band]
    note: str = ""

    def with_money_in(self, parts: int) -> SmallFirmRules:
        """The same for money told in such parts of a 万元."""
        sales, assets = self.most_sales * parts, self.most_assets * parts
        return replace(self, most_sales=sales, most_assets=assets)

    @property
    def staff_most(self) -> int:
        return self.staff_shares[0].points.high

    @property
    def rd_most(self) -> int:
        return self.rd_of_sales[0].points.high


def points_of(part: Exact, whole: Exact, bands: Sequence[Band]) -> Points | None:
    """Of the highest band that the part, divided by the whole, reaches; None below the lowest.

    The whole is above nothing; it stays undivided, so that whole numbers stay whole.
    """
    for band in bands:
        if part >= band.since * whole:
            return band.points
    return None


# --- from data ------------------------------------------------------------------------------------
def certificate_rules(told: Mapping[str, Any]) -> CertificateRules:
    numbers = {name: exact(told[name]) for name in told if name.startswith("least_")}
    return CertificateRules(
        since=told["since"],
        document=told["document"],
        needed=told["needed"],
        names=told["names"],
        units=told["units"],
        legal_forms=frozenset(told["legal_forms"]),
        rd_tiers=_tiers(told["rd_tiers"]),
        score=_score_rules(told["score"]),
        note=told.get("note", ""),
        **numbers,
    )


def small_firm_rules(told: Mapping[str, Any]) -> SmallFirmRules:
    return SmallFirmRules(
        since=told["since"],
        document=told["document"],
        most_staff=exact(told["most_staff"]),
        most_sales=exact(told["most_sales"]),
        most_assets=exact(told["most_assets"]),
        least_score=told["least_score"],
        staff_shares=bands(told["staff_shares"]),
        rd_of_sales=bands(told["rd_of_sales"]),
        rd_of_costs=bands(told["rd_of_costs"]),
        ip_class1=told["ip_class1"],
        ip_class2=bands(told["ip_class2"]),
        note=told.get("note", ""),
    )


def _score_rules(told: Mapping[str, Any]) -> ScoreRules:
    banded = ("count_class2", "conversions", "growth")
    ranges = (
        "count_class1",
        "acquired_own",
        "acquired_only",
        "conversions_below",
        "growth_above_zero",
    )
    values: dict[str, Any] = dict(told)
    values |= {name: bands(told[name]) for name in banded}
    values |= {name: points_told(told[name]) for name in ranges}
    return ScoreRules(**values)


def exact(told: int | float) -> Exact:
    """Whole numbers stay whole: they are compared faster. 0.1 is a tenth, not the nearest double."""
    return told if isinstance(told, int) else Fraction(str(told))


def _tiers(told: Sequence[Mapping[str, Any]]) -> list[Tier]:
    """The lowest first, in whatever order they were entered; that without a bound is the last."""
    bounded = [Tier(exact(each["up_to"]), exact(each["share"])) for each in told if "up_to" in each]
    open_ended = [Tier(None, exact(each["share"])) for each in told if "up_to" not in each]
    return sorted(bounded, key=lambda tier: tier.up_to or 0) + open_ended


def bands(told: Sequence[Mapping[str, Any]]) -> list[Band]:
    """The highest first."""
    found = [Band(exact(each["from"]), points_told(each["points"])) for each in told]
    return sorted(found, key=lambda band: -band.since)


def points_told(told: int | Sequence[int]) -> Points:
    low, high = (told, told) if isinstance(told, int) else told
    return Points(low, high)
