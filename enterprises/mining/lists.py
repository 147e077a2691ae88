"""The lists of firms that might be entered, as data names them, and who is on them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import Count

from enterprises.eligibility import rule_sets
from enterprises.eligibility.gathering import CENTS, firms_in_cents, supported_fields
from enterprises.eligibility.model.rules import CertificateRules, SmallFirmRules
from enterprises.eligibility.rule_sets import RuleBook
from enterprises.mining.population import holds
from enterprises.mining.sifting import (
    MOST_FAILED,
    CertificateSieve,
    KindSieve,
    Outcome,
    Sieve,
    Sifted,
    SmallFirmSieve,
    likelihood,
    risk,
)
from enterprises.models import YearlyFigures
from enterprises.models.enterprise import EnterpriseQuerySet

LISTED = (Outcome.READY, Outcome.NEAR, Outcome.LACKING, Outcome.NO_DATA)
AT_RISK = (Outcome.FAILED, Outcome.NEAR)
HALF = 2
"""A year counts as told once half as many firms tell it as told the year before."""


@dataclass(frozen=True)
class CandidateList:
    """Firms that hold one kind and lack each of others, held against the rules of a kind.

    `failing`: those that do not pass, instead of those that might.
    """

    code: str
    label: str
    kind: str
    holds: str = ""
    lacks: Sequence[str] = ()
    failing: bool = False

    @property
    def outcomes(self) -> Sequence[Outcome]:
        return AT_RISK if self.failing else LISTED

    def firms(self, firms: EnterpriseQuerySet, day: dt.date) -> EnterpriseQuerySet:
        """Those of the firms whom the list is about, by what they hold on the day."""
        if self.holds:
            firms = firms.filter(holds(self.holds, day))
        for kind in self.lacks:
            firms = firms.exclude(holds(kind, day))
        return firms


@cache
def candidate_lists() -> dict[str, CandidateList]:
    told = rule_sets.told_data()["candidate_lists"]
    return {each["code"]: CandidateList(**each) for each in told}


@dataclass(frozen=True)
class Mined:
    """`firms`: how many were gone through. `found`: those on the list, in its order."""

    firms: int
    found: Sequence[Sifted]

    @property
    def tally(self) -> Counter[Outcome]:
        return Counter(sifted.outcome for sifted in self.found)


def mined(wanted: CandidateList, firms: EnterpriseQuerySet, on: dt.date, book: RuleBook) -> Mined:
    """The firms held against the rules, for an application on a day; five queries, or six.

    Raises Refusal for a day before the oldest set of rules.
    """
    sieve = sieve_of(wanted.kind, on, book)
    most_failed = len(sieve.conditions) if wanted.failing else MOST_FAILED
    number, found = 0, []
    for firm, data in firms_in_cents(firms, on, book, sieve.asked_kinds):
        number += 1
        sifted = sieve.sift(firm, data, most_failed)
        if sifted is not None and sifted.outcome in wanted.outcomes:
            found.append(sifted)
    if wanted.failing:
        return Mined(number, sorted(found, key=risk))
    return Mined(number, sorted(found, key=likelihood))


def sieve_of(kind: str, on: dt.date, book: RuleBook) -> Sieve:
    rules = book.set_on(kind, on).rules
    if isinstance(rules, CertificateRules):
        return CertificateSieve(rules.with_money_in(CENTS), supported_fields())
    if isinstance(rules, SmallFirmRules):
        return SmallFirmSieve(rules.with_money_in(CENTS))
    return KindSieve(rules.with_money_in(CENTS))


def usual_day(today: dt.date) -> dt.date:
    """For which application firms are held against the rules: today's, once last year's returns are in.

    Before that, one of the last day of the year for which they were.
    """
    last = today.year - 1
    rows = YearlyFigures.objects.filter(year__in=(last - 1, last)).order_by()
    told = dict(rows.values_list("year").annotate(Count("pk")))
    if told.get(last, 0) * HALF >= told.get(last - 1, 0):
        return today
    return dt.date(last, 12, 31)
