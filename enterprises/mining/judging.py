"""Firms held against the conditions of a kind, for an application on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, QuerySet

from enterprises.eligibility.gathering import CENTS, firms_in_cents, supported_fields
from enterprises.eligibility.model.rules import CertificateRules, SmallFirmRules
from enterprises.eligibility.rule_sets import RuleBook
from enterprises.mining.sifting import (
    CertificateSieve,
    KindSieve,
    Sieve,
    Sifted,
    SmallFirmSieve,
)
from enterprises.models import Enterprise, YearlyFigures

HALF = 2
"""A year counts as told once half as many firms tell it as told the year before."""


def sieve_of(kind: str, on: dt.date, book: RuleBook) -> Sieve:
    """Raises Refusal for a day before the oldest set of rules."""
    rules = book.set_on(kind, on).rules
    if isinstance(rules, CertificateRules):
        return CertificateSieve(rules.with_money_in(CENTS), supported_fields())
    if isinstance(rules, SmallFirmRules):
        return SmallFirmSieve(rules.with_money_in(CENTS))
    return KindSieve(rules.with_money_in(CENTS))


def judged(
    firms: QuerySet[Enterprise],
    kind: str,
    on: dt.date,
    book: RuleBook,
    most_failed: int | None = None,
) -> Iterator[tuple[int, Sifted | None]]:
    """Each firm's key and how it stands; None for who fails more, or certainly does not pass.

    Five queries for any number of firms, or six.
    """
    sieve = sieve_of(kind, on, book)
    most = len(sieve.conditions) if most_failed is None else most_failed
    for firm, data in firms_in_cents(firms, on, book, sieve.asked_kinds):
        yield firm, sieve.sift(firm, data, most)


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
