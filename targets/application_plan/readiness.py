"""The self-check of many firms: how each stands by the judgements that are kept, and in short words what it lacks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from enterprises.eligibility.cures import cures
from enterprises.eligibility.gathering import firm_data_of, supported_fields
from enterprises.eligibility.model.condition_answer import State, overall
from enterprises.eligibility.model.conditions import CertificateCheck, check_certificate
from enterprises.eligibility.model.firm_data import FirmData
from enterprises.eligibility.model.rules import CertificateRules
from enterprises.eligibility.rule_sets import RuleBook
from enterprises.firms.self_check.page import MARKS
from enterprises.marks import Mark
from enterprises.mining import kept
from enterprises.mining.sifting import CertificateSieve, Sifted
from enterprises.models import Enterprise

CURED_BY_TIME = frozenset({"c1", "c8"})
"""Conditions that are met by waiting."""
MOST_NAMES = 3


@dataclass(frozen=True)
class Readiness:
    """As of a day. `to_cure`: something fails that time alone does not cure.

    `ripe_on`: the first day from which neither the firm's age nor an incident forbids an
    application; None where neither is known to.
    """

    state: State
    ripe_on: dt.date | None
    to_cure: bool

    @property
    def mark(self) -> Mark:
        return MARKS[self.state]


def readiness_of(
    firms: Iterable[int], kind: str, on: dt.date, book: RuleBook
) -> dict[int, Readiness]:
    """By the firm's key, as its own page says for the same day; a query for a chunk of firms.

    `kind`: of which the conditions of the certificate are kept for the day.
    """
    judged = kept.judgements_of(kept.mark_of(kind, on, book), firms)
    return {firm: _readiness(sifted) for firm, sifted in judged if sifted is not None}


def _readiness(sifted: Sifted) -> Readiness:
    states = sifted.states_of(CertificateSieve.conditions)
    failed = {code for code, state in states.items() if state is State.FAILED}
    return Readiness(
        state=overall(states.values()),
        ripe_on=sifted.ripe_on,
        to_cure=bool(failed - CURED_BY_TIME),
    )


@dataclass(frozen=True)
class Lacks:
    """`failed`: how each condition that fails is cured, in words. `unknown`: names of those that want data."""

    failed: Sequence[str]
    unknown: Sequence[str]

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


def lacks_of(firms: Iterable[Enterprise], on: dt.date, book: RuleBook) -> Mapping[int, Lacks]:
    """By the firm's key, of the firms that are shown; five queries for a chunk of them, and one."""
    rules, fields = book.certificate_on(on), supported_fields()
    return {
        firm: _lacks(data, check_certificate(data, rules, fields), rules)
        for firm, data in firm_data_of(firms, on, book).items()
    }


def _lacks(data: FirmData, found: CertificateCheck, rules: CertificateRules) -> Lacks:
    told = cures(data, found, rules)
    codes: dict[State, list[str]] = {state: [] for state in State}
    for code, answer in found.parts.items():
        codes[answer.state].append(code)
    return Lacks(
        failed=[told.get(code) or f"{rules.names[code]}不符合" for code in codes[State.FAILED]],
        unknown=[rules.names[code] for code in codes[State.UNKNOWN]],
    )
