"""Sets of rules as data: thresholds and points, from a day on, with their document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from enterprises.eligibility.model.condition_answer import Points


@dataclass(frozen=True)
class Band:
    """From a value on, included, so many points."""

    since: Fraction
    points: Points


@dataclass(frozen=True)
class Tier:
    """Up to these sales, included, R&D must be so many percent of them; None: without a bound."""

    up_to: Fraction | None
    share: Fraction


@dataclass(frozen=True)
class ScoreRules:
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

    `names` and `units`: of the conditions, by their numbers.
    """

    since: dt.date
    document: str
    names: Mapping[str, str]
    units: Mapping[str, str]
    legal_forms: frozenset[str]
    least_registered_days: Fraction
    least_clean_days: Fraction
    least_ip: Fraction
    least_staff_share: Fraction
    least_domestic_share: Fraction
    least_hightech_share: Fraction
    least_score: Fraction
    rd_tiers: Sequence[Tier]
    score: ScoreRules

    def least_rd_share(self, sales: Fraction | None) -> Fraction | None:
        """By the sales of the last year alone; the ratio itself is of all three years."""
        if sales is None:
            return None
        fits = (tier for tier in self.rd_tiers if tier.up_to is None or sales <= tier.up_to)
        return next(fits).share


@dataclass(frozen=True)
class SmallFirmRules:
    """Of the tech small and medium enterprise: size, and a score from data alone."""

    since: dt.date
    document: str
    most_staff: Fraction
    most_sales: Fraction
    most_assets: Fraction
    least_score: int
    staff_shares: Sequence[Band]
    rd_of_sales: Sequence[Band]
    rd_of_costs: Sequence[Band]
    ip_class1: int
    ip_class2: Sequence[Band]

    @property
    def staff_most(self) -> int:
        return self.staff_shares[0].points.high

    @property
    def rd_most(self) -> int:
        return self.rd_of_sales[0].points.high


def points_of(value: Fraction, bands: Sequence[Band]) -> Points | None:
    """Of the highest band that the value reaches; None below the lowest."""
    return next((band.points for band in bands if value >= band.since), None)


# --- from data ------------------------------------------------------------------------------------
def certificate_rules(told: Mapping[str, Any]) -> CertificateRules:
    numbers = {name: Fraction(told[name]) for name in told if name.startswith("least_")}
    return CertificateRules(
        since=told["since"],
        document=told["document"],
        names=told["names"],
        units=told["units"],
        legal_forms=frozenset(told["legal_forms"]),
        rd_tiers=[_tier(each) for each in told["rd_tiers"]],
        score=_score_rules(told["score"]),
        **numbers,
    )


def small_firm_rules(told: Mapping[str, Any]) -> SmallFirmRules:
    return SmallFirmRules(
        since=told["since"],
        document=told["document"],
        most_staff=Fraction(told["most_staff"]),
        most_sales=Fraction(told["most_sales"]),
        most_assets=Fraction(told["most_assets"]),
        least_score=told["least_score"],
        staff_shares=_bands(told["staff_shares"]),
        rd_of_sales=_bands(told["rd_of_sales"]),
        rd_of_costs=_bands(told["rd_of_costs"]),
        ip_class1=told["ip_class1"],
        ip_class2=_bands(told["ip_class2"]),
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
    values |= {name: _bands(told[name]) for name in banded}
    values |= {name: _points(told[name]) for name in ranges}
    return ScoreRules(**values)


def _tier(told: Mapping[str, Any]) -> Tier:
    bound = told.get("up_to")
    return Tier(None if bound is None else Fraction(bound), Fraction(told["share"]))


def _bands(told: Sequence[Mapping[str, Any]]) -> list[Band]:
    """The highest first."""
    bands = [Band(Fraction(each["from"]), _points(each["points"])) for each in told]
    return sorted(bands, key=lambda band: -band.since)


def _points(told: int | Sequence[int]) -> Points:
    low, high = (told, told) if isinstance(told, int) else told
    return Points(low, high)
