"""What a page tells of a firm on a list: each condition with its state, and in words what is lacking."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from enterprises.eligibility.missing import missing_for_kind
from enterprises.eligibility.model.condition_answer import ConditionAnswer, State
from enterprises.eligibility.model.conditions import check_certificate
from enterprises.eligibility.model.firm_data import CheckedFirm, share
from enterprises.eligibility.model.kind_rules import KindRules
from enterprises.eligibility.model.other_kinds import check_kind
from enterprises.eligibility.model.rules import CertificateRules, SmallFirmRules
from enterprises.eligibility.model.small_firms import SmallFirmCheck, check_small_firm
from enterprises.eligibility.numbers import shown
from enterprises.eligibility.rule_sets import Rules
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
    """Tells the conditions of one firm after another, by one set of rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    @property
    def basis(self) -> ListBasis:
        rules = self._rules
        if isinstance(rules, KindRules):
            return ListBasis(rules.document, rules.note, rules.untested)
        return ListBasis(rules.document, rules.note)

    @property
    def asked_kinds(self) -> Collection[str]:
        """Of which must be known who holds them."""
        return self._rules.asked_kinds if isinstance(self._rules, KindRules) else ()

    @property
    def needed_names(self) -> list[str]:
        """Of the conditions that a firm must meet that is called a candidate."""
        rules = self._rules
        if isinstance(rules, SmallFirmRules):
            return list(SMALL_FIRM_ITEMS.values())
        names = dict(rules.names)
        if RD in names:
            names[RD] += "（以前年度缺数据的，上一年单独达到）"
        return [names[code] for code in rules.needed]

    @property
    def has_near_misses(self) -> bool:
        """Of small firms the points of all items together decide."""
        return not isinstance(self._rules, SmallFirmRules)

    @property
    def has_score(self) -> bool:
        return not isinstance(self._rules, KindRules) or self._rules.score is not None

    def notes(self, data: CheckedFirm) -> list[ConditionNote]:
        """`data` in 万元."""
        rules = self._rules
        if isinstance(rules, CertificateRules):
            return list(_of_certificate(data, rules))
        if isinstance(rules, SmallFirmRules):
            return list(_of_small_firm(data, check_small_firm(data, rules)))
        return list(_of_kind(data, rules))


def _of_certificate(data: CheckedFirm, rules: CertificateRules) -> Iterator[ConditionNote]:
    # Registered is one of the supported fields, or none.
    found = check_certificate(data, rules, {data.tech_field})
    for line in condition_lines(data, found, rules):
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
        if answer.state is State.UNKNOWN and wants.get(code):
            says = "；".join(filter(None, [answer.reason, _lacks(wants[code])]))
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
