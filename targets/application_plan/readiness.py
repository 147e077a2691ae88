"""The self-check of many firms in short words: what fails and how it is cured, and what is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from enterprises.eligibility import rule_sets
from enterprises.eligibility.cures import cures, ripe_on
from enterprises.eligibility.gathering import firm_data_of, supported_fields
from enterprises.eligibility.model.condition_answer import State
from enterprises.eligibility.model.conditions import CertificateCheck, check_certificate
from enterprises.eligibility.model.firm_data import FirmData
from enterprises.eligibility.model.rules import CertificateRules
from enterprises.firms.self_check.page import MARKS
from enterprises.marks import Mark
from enterprises.models import Enterprise

CURED_BY_TIME = frozenset({"c1", "c8"})
"""Conditions that are met by waiting."""
MOST_NAMES = 3


@dataclass(frozen=True)
class Readiness:
    """As of a day. `failed`: how each condition that fails is cured, in words.

    `unknown`: names of the conditions that want data. `ripe_on`: the first day from which neither
    the firm's age nor an incident forbids an application; None where neither is known to.
    `to_cure`: something fails that time alone does not cure.
    """

    state: State
    failed: Sequence[str]
    unknown: Sequence[str]
    ripe_on: dt.date | None
    to_cure: bool

    @property
    def mark(self) -> Mark:
        return MARKS[self.state]

    @property
    def words(self) -> str:
        return self._in_words(self.unknown)

    @property
    def short(self) -> str:
        """The same where there is little room."""
        if len(self.unknown) <= MOST_NAMES:
            return self.words
        return self._in_words([*self.unknown[:MOST_NAMES]], f"等{len(self.unknown)}项")

    def _in_words(self, unknown: Sequence[str], rest: str = "") -> str:
        parts = list(self.failed)
        if unknown:
            parts.append(f"缺数据：{'、'.join(unknown)}{rest}")
        return "；".join(parts)


def readiness_of(firms: Iterable[Enterprise], on: dt.date) -> dict[int, Readiness]:
    """By the firm's id, as its own page says for the same day; five queries for a chunk of firms."""
    book, fields = rule_sets.rule_book(), supported_fields()
    rules = book.certificate_on(on)
    found = {}
    for firm, data in firm_data_of(firms, on, book).items():
        found[firm] = _readiness(data, check_certificate(data, rules, fields), rules)
    return found


def _readiness(data: FirmData, found: CertificateCheck, rules: CertificateRules) -> Readiness:
    lacks = cures(data, found, rules)
    failed = [code for code, answer in found.parts.items() if answer.state is State.FAILED]
    return Readiness(
        state=found.state,
        failed=[lacks.get(code) or f"{rules.names[code]}不符合" for code in failed],
        unknown=[
            rules.names[code]
            for code, answer in found.parts.items()
            if answer.state is State.UNKNOWN
        ],
        ripe_on=ripe_on(data, rules),
        to_cure=any(code not in CURED_BY_TIME for code in failed),
    )
