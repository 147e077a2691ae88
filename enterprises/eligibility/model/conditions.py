"""The conditions of the high-tech enterprise (国科发火〔2016〕32号, article 11), each from exact numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from enterprises.eligibility.model import states
from enterprises.eligibility.model.condition_answer import (
    ConditionAnswer,
    Exact,
    State,
    overall,
)
from enterprises.eligibility.model.firm_data import CheckedFirm, Known, share, sum_of
from enterprises.eligibility.model.rules import CertificateRules
from enterprises.eligibility.model.score import Score, score_of

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
    data: CheckedFirm, rules: CertificateRules, tech_fields: Collection[str]
) -> CertificateCheck:
    """`tech_fields`: the names of the supported fields."""
    score = score_of(data, rules.score)
    found = {code: state_of(data, rules, tech_fields) for code, state_of in states.STATES.items()}
    answers = {code: ANSWERS[code](found[code], data, rules) for code in found}
    return CertificateCheck(
        form=answers["form"],
        registered=answers["c1"],
        ip=answers["c2"],
        tech_field=answers["c3"],
        staff=answers["c4"],
        rd_share=answers["c5a"],
        domestic_share=answers["c5b"],
        rd=ConditionAnswer(overall([found["c5a"], found["c5b"]])),
        hightech=answers["c6"],
        innovation=ConditionAnswer(
            states.innovation(score, rules), score.total.high, rules.least_score
        ),
        clean=answers["c8"],
        score=score,
    )


# --- with the numbers by which they were judged ---------------------------------------------------
Answer = Callable[[State, CheckedFirm, CertificateRules], ConditionAnswer]


def _bare(state: State, data: CheckedFirm, rules: CertificateRules) -> ConditionAnswer:
    return ConditionAnswer(state)


def _registered(state: State, data: CheckedFirm, rules: CertificateRules) -> ConditionAnswer:
    return ConditionAnswer(state, data.days_registered, rules.least_registered_days)


def _ip(state: State, data: CheckedFirm, rules: CertificateRules) -> ConditionAnswer:
    return ConditionAnswer(state, states.usable_for_certain(data, rules), rules.least_ip)


def _staff(state: State, data: CheckedFirm, rules: CertificateRules) -> ConditionAnswer:
    everybody, in_research = data.mean_staff
    return _ratio(state, in_research, everybody, rules.least_staff_share)


def _rd_share(state: State, data: CheckedFirm, rules: CertificateRules) -> ConditionAnswer:
    threshold = rules.least_rd_share(data.last_sales)
    # Without the sales of the last year there is no bound to hold it against.
    if threshold is None:
        return ConditionAnswer(state)
    return _ratio(state, sum_of(data.rd), sum_of(data.sales), threshold)


def _domestic_share(state: State, data: CheckedFirm, rules: CertificateRules) -> ConditionAnswer:
    rd, domestic = sum_of(data.rd), sum_of(data.rd_domestic)
    return _ratio(state, domestic, rd, rules.least_domestic_share)


def _hightech(state: State, data: CheckedFirm, rules: CertificateRules) -> ConditionAnswer:
    threshold = rules.least_hightech_share
    if data.told_hightech_share is not None:
        return ConditionAnswer(state, data.told_hightech_share, threshold, SELF_REPORTED)
    return _ratio(state, data.hightech_income, data.income, threshold)


def _clean(state: State, data: CheckedFirm, rules: CertificateRules) -> ConditionAnswer:
    return ConditionAnswer(state, data.days_since_incident, rules.least_clean_days)


ANSWERS: dict[str, Answer] = {
    "form": _bare,
    "c1": _registered,
    "c2": _ip,
    "c3": _bare,
    "c4": _staff,
    "c5a": _rd_share,
    "c5b": _domestic_share,
    "c6": _hightech,
    "c8": _clean,
}


def _ratio(state: State, part: Known, whole: Known, threshold: Exact) -> ConditionAnswer:
    if state is State.OPEN:
        return ConditionAnswer(state, None, threshold, NOTHING_TO_DIVIDE_BY)
    return ConditionAnswer(state, share(part, whole), threshold)
