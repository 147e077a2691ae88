"""The conditions of the high-tech enterprise (国科发火〔2016〕32号, article 11), each from exact numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction

from enterprises.eligibility.model.condition_answer import ConditionAnswer, State, at_least, overall
from enterprises.eligibility.model.firm_data import FirmData, Known, share, sum_of
from enterprises.eligibility.model.rules import CertificateRules
from enterprises.eligibility.model.score import Score, score_of, usable_items

SELF_REPORTED = "按企业自报的占比"
NOTHING_TO_DIVIDE_BY = "分母不大于零，无法计算"


@dataclass(frozen=True)
class CertificateCheck:
    """It can rule a firm out, never in: what is left open, experts judge.

    `rd` is met where `rd_share` and `domestic_share` are.
    """

    form: ConditionAnswer
    registered: ConditionAnswer
    ip: ConditionAnswer
    tech_field: ConditionAnswer
    staff: ConditionAnswer
    rd_share: ConditionAnswer
    domestic_share: ConditionAnswer
    rd: ConditionAnswer
    hightech: ConditionAnswer
    innovation: ConditionAnswer
    clean: ConditionAnswer
    score: Score

    @property
    def conditions(self) -> dict[str, ConditionAnswer]:
        """By the number that the document gives them."""
        return {
            "c1": self.registered,
            "c2": self.ip,
            "c3": self.tech_field,
            "c4": self.staff,
            "c5": self.rd,
            "c6": self.hightech,
            "c7": self.innovation,
            "c8": self.clean,
        }

    @property
    def parts(self) -> dict[str, ConditionAnswer]:
        """As they are shown: the form of the firm first, and R&D in its two parts."""
        shown = {"form": self.form}
        for code, answer in self.conditions.items():
            if code == "c5":
                shown |= {"c5a": self.rd_share, "c5b": self.domestic_share}
            else:
                shown[code] = answer
        return shown

    @property
    def state(self) -> State:
        return overall(
            [self.form.state, *(condition.state for condition in self.conditions.values())]
        )


def check_certificate(
    data: FirmData, rules: CertificateRules, tech_fields: Collection[str]
) -> CertificateCheck:
    """`tech_fields`: the names of the supported fields."""
    score = score_of(data, rules.score)
    rd_share = _rd_share(data, rules)
    domestic = _ratio(sum_of(data.rd_domestic), sum_of(data.rd), rules.least_domestic_share)
    return CertificateCheck(
        form=_one_of(data.legal_form, rules.legal_forms),
        registered=_registered(data, rules),
        ip=_ip(data, rules),
        tech_field=_one_of(data.tech_field, tech_fields),
        staff=_staff(data, rules),
        rd_share=rd_share,
        domestic_share=domestic,
        rd=ConditionAnswer(overall([rd_share.state, domestic.state])),
        hightech=_hightech(data, rules),
        innovation=_innovation(score, rules),
        clean=_clean(data, rules),
        score=score,
    )


def _one_of(told: str, accepted: Collection[str]) -> ConditionAnswer:
    if not told:
        return ConditionAnswer(State.UNKNOWN)
    return ConditionAnswer(State.MET if told in accepted else State.FAILED)


def _registered(data: FirmData, rules: CertificateRules) -> ConditionAnswer:
    """Calendar days from the registration to the application; leap days count."""
    days = None
    if data.registered_on is not None:
        days = Fraction((data.applied_on - data.registered_on).days)
    return at_least(days, rules.least_registered_days)


def _ip(data: FirmData, rules: CertificateRules) -> ConditionAnswer:
    usable = usable_items(data.ip)
    is_known = usable.most == usable.least or usable.least >= rules.least_ip
    return at_least(Fraction(usable.least) if is_known else None, rules.least_ip)


def _staff(data: FirmData, rules: CertificateRules) -> ConditionAnswer:
    staff, in_research = data.mean_staff
    return _ratio(in_research, staff, rules.least_staff_share)


def _rd_share(data: FirmData, rules: CertificateRules) -> ConditionAnswer:
    threshold = rules.least_rd_share(data.last_sales)
    rd, sales = sum_of(data.rd), sum_of(data.sales)
    if threshold is None:
        return ConditionAnswer(State.UNKNOWN)
    return _ratio(rd, sales, threshold)


def _hightech(data: FirmData, rules: CertificateRules) -> ConditionAnswer:
    """All income is the gross income less what is not taxable; it is not the sales."""
    income = None
    if data.gross_income is not None and data.nontaxable is not None:
        income = data.gross_income - data.nontaxable
    threshold = rules.least_hightech_share
    if (data.hightech_income is None or income is None) and data.hightech_share is not None:
        return replace(at_least(data.hightech_share, threshold), reason=SELF_REPORTED)
    return _ratio(data.hightech_income, income, threshold)


def _innovation(score: Score, rules: CertificateRules) -> ConditionAnswer:
    total, threshold = score.total, rules.least_score
    if total.high < threshold:
        state = State.FAILED
    elif total.low >= threshold:
        state = State.MET
    else:
        state = State.UNKNOWN if score.lacks_data else State.OPEN
    return ConditionAnswer(state, Fraction(total.high), threshold)


def _clean(data: FirmData, rules: CertificateRules) -> ConditionAnswer:
    """No grave incident within the days before the application, the first and the last included."""
    threshold = rules.least_clean_days
    if data.incident is None:
        return ConditionAnswer(State.MET if data.asked else State.UNKNOWN, None, threshold)
    days = Fraction((data.applied_on - data.incident).days)
    state = State.FAILED if 0 <= days <= threshold else State.MET
    return ConditionAnswer(state, days, threshold)


def _ratio(part: Known, whole: Known, threshold: Fraction) -> ConditionAnswer:
    if part is not None and whole is not None and whole <= 0:
        # Neither nothing nor all: somebody has to look at it.
        return ConditionAnswer(State.OPEN, None, threshold, NOTHING_TO_DIVIDE_BY)
    return at_least(share(part, whole), threshold)
