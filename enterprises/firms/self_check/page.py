"""One firm held against the conditions of the high-tech enterprise, as its page and the API show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from enterprises.eligibility.cures import cures
from enterprises.eligibility.gathering import firm_data_of
from enterprises.eligibility.missing import ITEMS, counted_otherwise, missing_by_condition
from enterprises.eligibility.model.condition_answer import ConditionAnswer, Points, State
from enterprises.eligibility.model.conditions import CertificateCheck, check_certificate
from enterprises.eligibility.model.firm_data import CheckedFirm, Known
from enterprises.eligibility.model.rules import CertificateRules, SmallFirmRules
from enterprises.eligibility.model.small_firms import SmallFirmCheck, check_small_firm
from enterprises.eligibility.numbers import rounded, shown
from enterprises.eligibility.rule_sets import RuleBook
from enterprises.firms.self_check.told import PLACES, ToldData
from enterprises.firms.sources import NO_SOURCES, FirmSources, sources_of
from enterprises.marks import Mark, Tone
from enterprises.models import Enterprise
from parks.numbers import plain

MARKS = {
    State.MET: Mark(Tone.GOOD, "check-circle"),
    State.FAILED: Mark(Tone.BAD, "x-circle"),
    State.UNKNOWN: Mark(Tone.WATCH, "exclamation-triangle"),
    State.OPEN: Mark(Tone.MOVE, "info-circle"),
}
SCORED = "c7"
"""Its value is a range of points."""
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
    sources: FirmSources = NO_SOURCES

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

    @cached_property
    def told(self) -> ToldData:
        return ToldData(self.data, self.sources)

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
    def shown_lines(self) -> list[tuple[ConditionLine, str]]:
        """Each with the documents and cells of what it is judged by."""
        return [(line, self.told.whence(line.code)) for line in self.lines]


def self_check_of(firm: Enterprise, on: dt.date, book: RuleBook) -> FirmSelfCheck:
    """For an application on the day. Raises Refusal for a day before the oldest set of rules."""
    return replace(self_checks_of([firm], on, book)[firm.pk], sources=sources_of(firm))


def self_checks_of(
    firms: Iterable[Enterprise], on: dt.date, book: RuleBook
) -> dict[int, FirmSelfCheck]:
    """By the firm's id, without where the data come from; the same few queries for a chunk of firms."""
    firms = list(firms)
    data = firm_data_of(firms, on, book)
    return {firm.pk: _self_check(firm, data[firm.pk], on, book) for firm in firms}


def _self_check(firm: Enterprise, data: CheckedFirm, on: dt.date, book: RuleBook) -> FirmSelfCheck:
    rules, small_rules = book.certificate_on(on), book.small_firm_on(on)
    # Registered is one of the supported fields, or none.
    found = check_certificate(data, rules, {data.tech_field})
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
