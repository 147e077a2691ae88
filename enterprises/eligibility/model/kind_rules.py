"""Sets of rules of kinds whose conditions are answered one by one, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from enterprises.eligibility.model.condition_answer import Exact
from enterprises.eligibility.model.ladder import LadderRules, ladder_rules
from enterprises.eligibility.model.rules import exact

ORDER = (
    "form", "base", "years", "growth", "debt", "class1", "staff", "clean",
    "innovation", "growing", "special", "total", "least_rd", "rd", "sales", "way",
)  # fmt: skip
"""Of the conditions, as they are told of a firm."""


@dataclass(frozen=True)
class RdTier:
    """From sales on, included, R&D must be so many percent of them."""

    since: Exact
    share: Exact


@dataclass(frozen=True)
class KindRules:
    """`names`: of its conditions, in their order; what a kind does not ask for is None.

    `needed`: without these nobody is called a candidate. `untested`: what returns do not tell.
    `small_rd` and `small_rd_staff`: of firms below the lowest tier. `direct_kinds`: whoever holds one
    needs no points. `base_kinds`: one of them must be held. `direct_rd`: R&D of `rd_mean_years` on the
    mean that stands in for the score.
    """

    kind: str
    since: dt.date
    document: str
    note: str
    untested: Sequence[str]
    needed: Sequence[str]
    names: Mapping[str, str]
    units: Mapping[str, str]
    legal_forms: frozenset[str] = frozenset()
    least_years: int = 0
    least_growth: Exact = 0
    most_debt: Exact = 0
    least_class1: int = 0
    least_staff_share: Exact = 0
    clean_years: int = 0
    rd_years: int = 0
    rd_tiers: Sequence[RdTier] = ()
    small_rd: Exact = 0
    small_rd_staff: Exact = 0
    least_rd: Exact = 0
    least_sales: Exact = 0
    direct_rd: Exact = 0
    rd_mean_years: int = 0
    direct_kinds: Sequence[str] = ()
    base_kinds: Sequence[str] = ()
    score: LadderRules | None = None

    @property
    def asked_kinds(self) -> frozenset[str]:
        """Kinds of which must be known who holds them."""
        return frozenset([*self.direct_kinds, *self.base_kinds])

    def with_money_in(self, parts: int) -> KindRules:
        """The same for money told in such parts of a 万元."""
        tiers = [RdTier(tier.since * parts, tier.share) for tier in self.rd_tiers]
        return replace(
            self,
            rd_tiers=tiers,
            small_rd=self.small_rd * parts,
            least_rd=self.least_rd * parts,
            least_sales=self.least_sales * parts,
            direct_rd=self.direct_rd * parts,
        )


def kind_rules(told: Mapping[str, Any]) -> KindRules:
    """From data."""
    values = {name: value for name, value in told.items() if name != "conditions"}
    amounts = ("least_", "most_", "small_", "direct_rd")
    values |= {name: exact(told[name]) for name in told if name.startswith(amounts)}
    if "score" in told:
        values["score"] = ladder_rules(told["score"])
    values["names"] = {code: told["names"][code] for code in ORDER if code in told["names"]}
    values["legal_forms"] = frozenset(told.get("legal_forms", ()))
    values["rd_tiers"] = [
        RdTier(exact(tier["from"]), exact(tier["share"]))
        # The highest first, in whatever order they were entered.
        for tier in sorted(told.get("rd_tiers", ()), key=lambda tier: -tier["from"])
    ]
    return KindRules(**values)
