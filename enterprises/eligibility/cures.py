"""What a firm still lacks, in words: for each condition that fails, the smallest change that would meet it.

Amounts are rounded against the firm: up to the next cent of a 万元, the next person, the next item. The conditions act on
each other, so a cure supposes that everything else stays as it is.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from fractions import Fraction

from enterprises.eligibility.model.condition_answer import Exact, State
from enterprises.eligibility.model.conditions import CertificateCheck
from enterprises.eligibility.model.firm_data import CheckedFirm, sum_of
from enterprises.eligibility.model.rules import CertificateRules
from enterprises.eligibility.numbers import at_least_cents

Cure = Callable[[CheckedFirm, CertificateCheck, CertificateRules], str]


def cures(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> dict[str, str]:
    """By condition, of those that fail; 5a and 5b apart."""
    return {
        code: CURES[code](data, found, rules)
        for code, answer in found.parts.items()
        if answer.state is State.FAILED and code in CURES
    }


def _older(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> str:
    day = _old_enough_on(_day(data.registered_on), rules)
    return f"注册未满一年，{day}起可申报"


def _more_items(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> str:
    return f"再有{_whole(-_known(found.ip.margin))}件可用的知识产权即可（Ⅱ类只能用一次）"


def _other_field(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> str:
    return f"“{data.tech_field}”不在国家重点支持的高新技术领域内"


def _more_research_staff(
    data: CheckedFirm, found: CertificateCheck, rules: CertificateRules
) -> str:
    staff, in_research = data.mean_staff
    people = _whole(_known(staff) * rules.least_staff_share / 100 - _known(in_research))
    return f"职工总数不变时，再有科技人员{people}人即可"


def _more_rd(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> str:
    sales, rd = _known(sum_of(data.sales)), _known(sum_of(data.rd))
    lacking = sales * _known(found.rd_share.threshold) / 100 - rd
    return f"{_years(data)}研发费用再增{at_least_cents(lacking)}万元即可"


def _more_domestic(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> str:
    """What is spent at home besides counts in the whole as well."""
    domestic, rd = _known(sum_of(data.rd_domestic)), _known(sum_of(data.rd))
    share = Fraction(rules.least_domestic_share) / 100
    return f"境内研发费用再增{at_least_cents((rd * share - domestic) / (1 - share))}万元即可"


def _more_hightech(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> str:
    if data.told_hightech_share is not None:
        return (
            f"高新技术产品收入占比再增{at_least_cents(-_known(found.hightech.margin))}个百分点即可"
        )
    income = _known(data.income)
    lacking = income * rules.least_hightech_share / 100 - _known(data.hightech_income)
    return f"总收入不变时，高新技术产品收入再增{at_least_cents(lacking)}万元即可"


def _more_points(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> str:
    most = found.score.total.high
    return f"创新能力评价最高可得{most}分，不到{_whole(rules.least_score)}分"


def _later(data: CheckedFirm, found: CertificateCheck, rules: CertificateRules) -> str:
    incident = _day(data.incident)
    return f"{incident}的事故或违法满一年后，{_clean_on(incident, rules)}起可申报"


CURES: dict[str, Cure] = {
    "c1": _older,
    "c2": _more_items,
    "c3": _other_field,
    "c4": _more_research_staff,
    "c5a": _more_rd,
    "c5b": _more_domestic,
    "c6": _more_hightech,
    "c7": _more_points,
    "c8": _later,
}


def ripe_on(data: CheckedFirm, rules: CertificateRules) -> dt.date | None:
    """The first day on which neither the firm's age nor an incident is against an application.

    None where neither is known.
    """
    days = []
    if data.registered_on:
        days.append(_old_enough_on(data.registered_on, rules))
    if data.incident:
        days.append(_clean_on(data.incident, rules))
    return max(days, default=None)


def _old_enough_on(registered_on: dt.date, rules: CertificateRules) -> dt.date:
    return registered_on + dt.timedelta(days=int(rules.least_registered_days))


def _clean_on(incident: dt.date, rules: CertificateRules) -> dt.date:
    return incident + dt.timedelta(days=int(rules.least_clean_days) + 1)


def _years(data: CheckedFirm) -> str:
    return {1: "上一年", 2: "近两年"}.get(len(data.sales), "近三年")


def _day(value: dt.date | None) -> dt.date:
    if value is None:
        raise ValueError("a condition without its day has failed")
    return value


def _known(value: Exact | None) -> Fraction:
    """A condition fails by numbers, so they are known."""
    if value is None:
        raise ValueError("a condition without its numbers has failed")
    return Fraction(value)


def _whole(number: Exact) -> int:
    return math.ceil(number)
