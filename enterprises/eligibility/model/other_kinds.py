"""Kinds of which returns tell a part of the conditions only: they can rule a firm out, never in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from enterprises.eligibility.model.condition_answer import (
    NO_POINTS,
    ConditionAnswer,
    Points,
    State,
    overall,
)
from enterprises.eligibility.model.firm_data import CheckedFirm, Known, share, sum_of
from enterprises.eligibility.model.growth import mean_growth
from enterprises.eligibility.model.kind_rules import KindRules
from enterprises.eligibility.model.ladder import (
    LadderPart,
    LadderRules,
    growing_part,
    innovation_part,
    judged,
    special_part,
    total_part,
)
from enterprises.eligibility.model.states import one_of, reached, share_reached


def check_kind(data: CheckedFirm, rules: KindRules) -> dict[str, ConditionAnswer]:
    """By condition, as the rules name them."""
    return {code: CONDITIONS[code](data, rules) for code in rules.names}


def points_of_kind(data: CheckedFirm, rules: KindRules) -> Points:
    """What data prove, and what is possible; nothing where a kind has no score."""
    return NO_POINTS if rules.score is None else total_part(data, rules.score).points


DIRECT = "有效期内的资质可直接认定，不看得分"
NOT_HELD = "没有登记有效的上一级资质"
EQUITY = "营业收入不足，须近两年新增股权融资达到要求，现有数据不能检验"
OTHER_WAYS = "得分和其他直接条件由专家评定"
SMALL = "营业收入低于最低一档，须研发费用合计、研发人员占比和股权融资都达到"


PartOf = Callable[[CheckedFirm, LadderRules], LadderPart]


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


def _least_rd(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """R&D of the last year, as an amount."""
    return ConditionAnswer(reached(data.last_rd, rules.least_rd), data.last_rd, rules.least_rd)


def _sales(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """Whoever sells less may have new equity instead, of which nothing is told."""
    state = reached(data.last_sales, rules.least_sales)
    if state is State.FAILED:
        return ConditionAnswer(State.UNKNOWN, data.last_sales, rules.least_sales, EQUITY)
    return ConditionAnswer(state, data.last_sales, rules.least_sales)


def _way(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """Much R&D stands in for the score; so do awards and equity, of which nothing is told."""
    years = data.rd[-rules.rd_mean_years :]
    total = sum_of(years) if len(years) == rules.rd_mean_years else None
    if total is None:
        return ConditionAnswer(State.UNKNOWN, None, rules.direct_rd)
    is_enough = total >= rules.direct_rd * rules.rd_mean_years
    state, reason = (State.MET, "") if is_enough else (State.OPEN, OTHER_WAYS)
    return ConditionAnswer(state, Fraction(total) / rules.rd_mean_years, rules.direct_rd, reason)


def _base(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """That it is not registered does not say that it is not held."""
    if data.held.isdisjoint(rules.base_kinds):
        return ConditionAnswer(State.UNKNOWN, reason=NOT_HELD)
    return ConditionAnswer(State.MET)


def _scored(data: CheckedFirm, rules: KindRules, part_of: PartOf, least: str) -> ConditionAnswer:
    if rules.score is None:
        raise ValueError(f"{rules.kind} has no score")
    if not data.held.isdisjoint(rules.direct_kinds):
        return ConditionAnswer(State.MET)
    bound: int = getattr(rules.score, least)
    return judged(part_of(data, rules.score), bound)


def _innovation(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    return _scored(data, rules, innovation_part, "least_innovation")


def _growing(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    return _scored(data, rules, growing_part, "least_growing")


def _special(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    return _scored(data, rules, special_part, "least_special")


def _total(data: CheckedFirm, rules: KindRules) -> ConditionAnswer:
    """It tells for all parts why no points were asked for."""
    found = _scored(data, rules, total_part, "least_total")
    is_direct = not data.held.isdisjoint(rules.direct_kinds)
    return replace(found, reason=DIRECT) if is_direct else found


CONDITIONS: dict[str, Callable[[CheckedFirm, KindRules], ConditionAnswer]] = {
    "form": _form,
    "base": _base,
    "years": _years,
    "growth": _growth,
    "debt": _debt,
    "class1": _class1,
    "staff": _staff,
    "clean": _clean,
    "least_rd": _least_rd,
    "rd": _rd,
    "sales": _sales,
    "way": _way,
    "innovation": _innovation,
    "growing": _growing,
    "special": _special,
    "total": _total,
}
