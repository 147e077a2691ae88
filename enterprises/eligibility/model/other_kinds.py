"""Kinds of which returns tell a part of the conditions only: they can rule a firm out, never in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from enterprises.eligibility.model.condition_answer import ConditionAnswer, Exact, State, overall
from enterprises.eligibility.model.firm_data import CheckedFirm, Known, share, sum_of
from enterprises.eligibility.model.growth import mean_growth
from enterprises.eligibility.model.states import one_of, reached, share_reached


@dataclass(frozen=True)
class RdTier:
    """From sales on, included, R&D must be so many percent of them."""

    since: Exact
    share: Exact


@dataclass(frozen=True)
class KindRules:
    """`names`: of its conditions, in their order; what a kind does not ask for is None.

    `needed`: without these nobody is called a candidate. `untested`: what returns do not tell.
    `small_rd` and `small_rd_staff`: of firms below the lowest tier.
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

    def with_money_in(self, parts: int) -> KindRules:
        """The same for money told in such parts of a 万元."""
        tiers = [RdTier(tier.since * parts, tier.share) for tier in self.rd_tiers]
        return replace(self, rd_tiers=tiers, small_rd=self.small_rd * parts)


def check_kind(data: CheckedFirm, rules: KindRules) -> dict[str, ConditionAnswer]:
    """By condition, as the rules name them."""
    return {code: CONDITIONS[code](data, rules) for code in rules.names}


SMALL = "营业收入低于最低一档，须研发费用合计、研发人员占比和股权融资都达到"


def _form(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    return ConditionAnswer(one_of(data.legal_form, rules.legal_forms))


def _years(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """Nobody is longer in a market than it exists; how long it is, nobody has told."""
    if data.registered_on is None:
        return ConditionAnswer(State.UNKNOWN, None, rules.least_years)
    years = _full_years(data.registered_on, data.applied_on)
    state = State.FAILED if years < rules.least_years else State.OPEN
    return ConditionAnswer(state, years, rules.least_years)


def _full_years(since: dt.date, day: dt.date) -> int:
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def _growth(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    if len(data.sales) < 3 or None in data.sales:
        # Without three years there are not two to have grown in.
        return ConditionAnswer(State.UNKNOWN, None, rules.least_growth)
    rate = mean_growth(data.sales)
    if rate is None:
        return ConditionAnswer(State.OPEN, None, rules.least_growth)
    state = share_reached(*rate, rules.least_growth)
    return ConditionAnswer(state, share(*rate), rules.least_growth)


def _debt(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    owed = data.liabilities[-1] if data.liabilities else None
    assets, most = data.last_assets, rules.most_debt
    if owed is None or assets is None:
        return ConditionAnswer(State.UNKNOWN, None, most)
    if assets <= 0:
        return ConditionAnswer(State.OPEN, None, most)
    state = State.MET if owed * 100 <= most * assets else State.FAILED
    return ConditionAnswer(state, share(owed, assets), most)


def _class1(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    items = data.ip.class1
    return ConditionAnswer(reached(items, rules.least_class1), items, rules.least_class1)


def _staff(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    everybody, in_research = data.mean_staff
    found = share_reached(in_research, everybody, rules.least_staff_share)
    # One of several ways: who does not go it may go another.
    state = State.OPEN if found is State.FAILED else found
    return ConditionAnswer(state, share(in_research, everybody), rules.least_staff_share)


def _clean(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """In this calendar year and so many before it."""
    if data.incident is not None and data.incident.year >= data.applied_on.year - rules.clean_years:
        return ConditionAnswer(State.FAILED)
    return ConditionAnswer(State.MET if data.asked else State.UNKNOWN)


def _rd(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """Each of the years must reach its tier; told is the year that is farthest from it."""
    years = list(zip(data.rd, data.sales, strict=True))[-rules.rd_years :]
    if len(years) < rules.rd_years:
        return ConditionAnswer(State.UNKNOWN)
    found = [_rd_of_year(rd, sales, data, rules) for rd, sales in years]
    state = overall(answer.state for answer in found)
    return next(answer for answer in found if answer.state is state)


def _rd_of_year(rd: Known, sales: Known, data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    if sales is None:
        return ConditionAnswer(State.UNKNOWN)
    tier = next((tier for tier in rules.rd_tiers if sales >= tier.since), None)
    if tier is None:
        return _small(data, rules)
    return ConditionAnswer(share_reached(rd, sales, tier.share), share(rd, sales), tier.share)


def _small(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """Of equity nothing is told: so it can fail, or stay unknown."""
    everybody, in_research = data.mean_staff
    states = (
        reached(sum_of(data.rd[-rules.rd_years :]), rules.small_rd),
        share_reached(in_research, everybody, rules.small_rd_staff),
    )
    state = State.FAILED if State.FAILED in states else State.UNKNOWN
    return ConditionAnswer(state, reason=SMALL)


CONDITIONS: dict[str, Callable[[CheckedFirm, KindRules], ConditionAnswer]] = {
    "form": _form,
    "years": _years,
    "growth": _growth,
    "debt": _debt,
    "class1": _class1,
    "staff": _staff,
    "clean": _clean,
    "rd": _rd,
}


def kind_rules(told: Mapping[str, object]) -> KindRules:
    """From data."""
    values = {name: value for name, value in told.items() if name != "conditions"}
    tiers: Sequence[Mapping[str, int]] = values.pop("rd_tiers", ())  # type: ignore[assignment]
    forms: Sequence[str] = values.pop("legal_forms", ())  # type: ignore[assignment]
    return KindRules(
        legal_forms=frozenset(forms),
        rd_tiers=[RdTier(tier["from"], tier["share"]) for tier in tiers],
        **values,  # type: ignore[arg-type]
    )
