"""What a page tells of a firm on a list: each condition with its state, and in words what is lacking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enterprises.eligibility import rule_sets
from enterprises.eligibility.gathering import supported_fields
from enterprises.eligibility.missing import missing_for_kind
from enterprises.eligibility.model.condition_answer import ConditionAnswer, State
from enterprises.eligibility.model.conditions import check_certificate
from enterprises.eligibility.model.firm_data import CheckedFirm, share
from enterprises.eligibility.model.other_kinds import KindRules, check_kind
from enterprises.eligibility.model.rules import CertificateRules
from enterprises.eligibility.model.small_firms import SmallFirmCheck, check_small_firm
from enterprises.eligibility.numbers import shown
from enterprises.firms.self_check.page import condition_lines
from enterprises.mining.sifting import SMALL_FIRM_ITEMS, small_firm_states

PLACES = 2
RD = "c5a"


@dataclass(frozen=True)
class ConditionNote:
    """`says`: how it would be met, or what is not known."""

    code: str
    name: str
    state: State
    says: str

    @property
    def in_words(self) -> str:
        return f"{self.name}：{self.says}" if self.says else self.name


@dataclass(frozen=True)
class ListBasis:
    """By what a list judges, for its foot."""

    document: str
    note: str = ""
    untested: Sequence[str] = ()


class ConditionTeller:
    """Tells the conditions of one firm after another, for the rules of a kind on a day."""

    def __init__(self, kind: str, on: dt.date) -> None:
        self._kind, self._on = kind, on
        self._conditions = rule_sets.conditions_of(kind)
        self._fields = supported_fields()

    @property
    def basis(self) -> ListBasis:
        if self._conditions == rule_sets.CERTIFICATE:
            return ListBasis(rule_sets.certificate_rules_on(self._on).document)
        if self._conditions == rule_sets.SMALL_FIRM:
            return ListBasis(rule_sets.small_firm_rules_on(self._on).document)
        rules = rule_sets.kind_rules_on(self._kind, self._on)
        return ListBasis(rules.document, rules.note, rules.untested)

    @property
    def needed_names(self) -> list[str]:
        """Of the conditions that a firm must meet that is called a candidate."""
        if self._conditions == rule_sets.SMALL_FIRM:
            return list(SMALL_FIRM_ITEMS.values())
        rules: CertificateRules | KindRules
        if self._conditions == rule_sets.CERTIFICATE:
            rules = rule_sets.certificate_rules_on(self._on)
        else:
            rules = rule_sets.kind_rules_on(self._kind, self._on)
        names = dict(rules.names)
        if RD in names:
            names[RD] += "（以前年度缺数据的，上一年单独达到）"
        return [names[code] for code in rules.needed]

    @property
    def has_near_misses(self) -> bool:
        """Of small firms the points of all items together decide."""
        return self._conditions != rule_sets.SMALL_FIRM

    @property
    def has_score(self) -> bool:
        return self._conditions != rule_sets.KIND

    def notes(self, data: CheckedFirm) -> list[ConditionNote]:
        """`data` in 万元."""
        if self._conditions == rule_sets.CERTIFICATE:
            return list(self._of_certificate(data))
        if self._conditions == rule_sets.SMALL_FIRM:
            found = check_small_firm(data, rule_sets.small_firm_rules_on(self._on))
            return list(_of_small_firm(data, found))
        return list(_of_kind(data, rule_sets.kind_rules_on(self._kind, self._on)))

    def _of_certificate(self, data: CheckedFirm) -> Iterator[ConditionNote]:
        rules = rule_sets.certificate_rules_on(self._on)
        for line in condition_lines(data, check_certificate(data, rules, self._fields), rules):
            says = line.says
            if line.code == RD and line.answer.state is State.UNKNOWN:
                says += _last_year_alone(data, rules)
            yield ConditionNote(line.code, line.name, line.answer.state, says)


def _last_year_alone(data: CheckedFirm, rules: CertificateRules) -> str:
    """Where older years are missing, the last one says how far the firm may be."""
    told, bound = share(data.last_rd, data.last_sales), rules.least_rd_share(data.last_sales)
    if told is None or bound is None:
        return ""
    year = data.applied_on.year - 1
    return f"；仅{year}年为{shown(told, PLACES)}%，标准{shown(bound, PLACES)}%"


def _of_kind(data: CheckedFirm, rules: KindRules) -> Iterator[ConditionNote]:
    wants = missing_for_kind(data)
    for code, answer in check_kind(data, rules).items():
        says = answer.reason or _value(answer, rules.units.get(code, ""))
        if answer.state is State.UNKNOWN and wants[code]:
            says = _lacks(wants[code])
        yield ConditionNote(code, rules.names[code], answer.state, says)


def _value(answer: ConditionAnswer, unit: str) -> str:
    if answer.value is None or answer.threshold is None:
        return ""
    return f"{shown(answer.value, PLACES)}{unit}，标准{shown(answer.threshold, PLACES)}{unit}"


def _of_small_firm(data: CheckedFirm, found: SmallFirmCheck) -> Iterator[ConditionNote]:
    wants = missing_for_kind(data)
    points = {"staff": found.staff, "rd": found.rd, "ip": found.ip}
    for code, state in small_firm_states(data, found).items():
        says = f"{points[code]}分" if points.get(code) is not None else ""
        if state is State.UNKNOWN:
            says = _lacks(wants[code])
        yield ConditionNote(code, SMALL_FIRM_ITEMS[code], state, says)


def _lacks(wanted: Sequence[str]) -> str:
    return "缺" + "，".join(wanted) if wanted else ""
