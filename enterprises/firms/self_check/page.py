"""One firm held against the conditions of the high-tech enterprise, as its page and the API show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from enterprises.eligibility import rule_sets
from enterprises.eligibility.cures import cures
from enterprises.eligibility.gathering import firm_data_of, supported_fields
from enterprises.eligibility.missing import (
    ITEMS,
    LAST_YEAR,
    YEARLY,
    counted_otherwise,
    missing_by_condition,
)
from enterprises.eligibility.model.condition_answer import ConditionAnswer, Points, State
from enterprises.eligibility.model.conditions import CertificateCheck, check_certificate
from enterprises.eligibility.model.firm_data import MOST_YEARS, CheckedFirm, Known, Years
from enterprises.eligibility.model.rules import CertificateRules, SmallFirmRules
from enterprises.eligibility.model.small_firms import SmallFirmCheck, check_small_firm
from enterprises.eligibility.numbers import plain, rounded, shown
from enterprises.marks import Mark, Tone
from enterprises.models import Enterprise

MARKS = {
    State.MET: Mark(Tone.GOOD, "check-circle"),
    State.FAILED: Mark(Tone.BAD, "x-circle"),
    State.UNKNOWN: Mark(Tone.WATCH, "exclamation-triangle"),
    State.OPEN: Mark(Tone.MOVE, "info-circle"),
}
WHOLE = frozenset({"conversions", "staff", "rd_staff"})
"""People and results; all else is money."""
SCORED = "c7"
"""Its value is a range of points."""
PLACES = 2
MOST_PLACES = 6
"""Of a percentage: as many as it takes to tell it from its bound."""


@dataclass(frozen=True)
class ConditionLine:
    """`code` as in the API; `says`: what is lacking, or which data, in words."""

    code: str
    name: str
    answer: ConditionAnswer
    value: str
    threshold: str
    margin: str
    says: str

    @property
    def mark(self) -> Mark:
        return MARKS[self.answer.state]


@dataclass(frozen=True)
class ScoreLine:
    name: str
    points: Points


@dataclass(frozen=True)
class DataLine:
    """A number by the years before the application; a year before the firm existed is "无"."""

    name: str
    cells: list[str]


@dataclass(frozen=True)
class FirmSelfCheck:
    """`on`: the day for which an application is supposed."""

    firm: Enterprise
    on: dt.date
    data: CheckedFirm
    rules: CertificateRules
    found: CertificateCheck
    small_firm_rules: SmallFirmRules
    small_firm: SmallFirmCheck
    lines: list[ConditionLine]

    @property
    def state(self) -> State:
        return self.found.state

    @property
    def mark(self) -> Mark:
        return MARKS[self.state]

    @property
    def small_firm_mark(self) -> Mark:
        return MARKS[self.small_firm.state]

    @property
    def tally(self) -> list[tuple[State, int]]:
        """State → how many of the conditions, those that occur."""
        states = [line.answer.state for line in self.lines]
        return [(state, states.count(state)) for state in MARKS if state in states]

    @property
    def score_lines(self) -> list[ScoreLine]:
        score = self.found.score
        return [
            ScoreLine("知识产权", score.ip),
            ScoreLine("科技成果转化能力", score.conversion),
            ScoreLine("研究开发组织管理水平", score.management),
            ScoreLine("企业成长性", score.growth),
            ScoreLine("合计", score.total),
        ]

    @property
    def small_firm_points(self) -> list[tuple[str, int | None]]:
        """Item → its points; None where they are not known."""
        found = self.small_firm
        return [
            ("科技人员", found.staff),
            ("研发投入", found.rd),
            ("科技成果", found.ip),
            ("合计", found.score),
        ]

    @property
    def counts_items(self) -> bool:
        """Rights are known one by one; otherwise the numbers of returns are used."""
        return self.data.ip_told is not None

    @property
    def item_numbers(self) -> list[tuple[str, int | None]]:
        """What is counted of intellectual property → how many; None where it is not known."""
        return [(name, getattr(self.data.ip, field)) for field, name in ITEMS.items()]

    @property
    def warnings(self) -> list[str]:
        return counted_otherwise(self.data)

    @property
    def years(self) -> list[int]:
        return list(range(self.on.year - MOST_YEARS, self.on.year))

    @property
    def data_lines(self) -> list[DataLine]:
        lines = [DataLine(name, self._years(field)) for field, name in YEARLY.items()]
        lines += [DataLine(name, self._last_year(field)) for field, name in LAST_YEAR.items()]
        return lines

    def _years(self, field: str) -> list[str]:
        years: Years = getattr(self.data, field)
        before = ["无"] * (MOST_YEARS - len(years))
        return before + [_as_told(field, value) for value in years]

    def _last_year(self, field: str) -> list[str]:
        return [""] * (MOST_YEARS - 1) + [_as_told(field, getattr(self.data, field))]


def self_check_of(firm: Enterprise, on: dt.date) -> FirmSelfCheck:
    """Raises Refusal for a day before the oldest set of rules."""
    return self_checks_of([firm], on)[firm.pk]


def self_checks_of(firms: Iterable[Enterprise], on: dt.date) -> dict[int, FirmSelfCheck]:
    """By the firm's id, for an application on the day; the same few queries for a chunk of firms."""
    firms, fields = list(firms), supported_fields()
    data = firm_data_of(firms, on)
    return {firm.pk: _self_check(firm, data[firm.pk], fields, on) for firm in firms}


def _self_check(
    firm: Enterprise, data: CheckedFirm, fields: frozenset[str], on: dt.date
) -> FirmSelfCheck:
    rules, small_rules = rule_sets.certificate_rules_on(on), rule_sets.small_firm_rules_on(on)
    found = check_certificate(data, rules, fields)
    return FirmSelfCheck(
        firm=firm,
        on=on,
        data=data,
        rules=rules,
        found=found,
        small_firm_rules=small_rules,
        small_firm=check_small_firm(data, small_rules),
        lines=list(condition_lines(data, found, rules)),
    )


def condition_lines(
    data: CheckedFirm, found: CertificateCheck, rules: CertificateRules
) -> Iterator[ConditionLine]:
    lacks, wants = cures(data, found, rules), missing_by_condition(data)
    for code, answer in found.parts.items():
        unit = rules.units.get(code, "")
        value, threshold = _apart(answer.value, answer.threshold)
        margin = _signed(answer.margin, unit)
        if code == SCORED:
            total = found.score.total
            value, margin = f"{total.low}至{total.high}", ""
        yield ConditionLine(
            code=code,
            name=rules.names[code],
            answer=answer,
            value=_with_unit(value, unit),
            threshold=_with_unit(threshold, unit),
            margin=margin,
            says=_says(code, answer, lacks, wants),
        )


def _says(
    code: str, answer: ConditionAnswer, lacks: Mapping[str, str], wants: Mapping[str, list[str]]
) -> str:
    if answer.state is State.FAILED:
        return "；".join(filter(None, [lacks.get(code, ""), answer.reason]))
    if answer.state is State.UNKNOWN:
        return "缺" + "，".join(wants[code]) if code in wants else ""
    return answer.reason


def _as_told(field: str, value: Known) -> str:
    """As the firm's page shows it: money with both places. A dash for what is not known."""
    if value is None:
        return "—"
    return shown(value, 0) if field in WHOLE else str(rounded(value, PLACES))


def _apart(value: Known, threshold: Known) -> tuple[str, str]:
    """Two places; more where rounding would hide on which side of its bound the value lies."""
    bound = shown(threshold, PLACES)
    if value is None or threshold is None or value == threshold:
        return shown(value, PLACES), bound
    told = (shown(value, places) for places in range(PLACES, MOST_PLACES))
    return next((text for text in told if text != bound), shown(value, MOST_PLACES)), bound


def _signed(margin: Known, unit: str) -> str:
    if margin is None:
        return ""
    if margin == 0:
        return f"0{unit}"
    sign = "+" if margin > 0 else "−"
    size = abs(rounded(margin, PLACES))
    return f"{sign}{plain(size) if size else '不到0.01'}{unit}"


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{unit}" if text else ""
