"""Where firms stand against the conditions, for their place in the pool: by the sieve of the candidate lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from enterprises.eligibility.gathering import firms_in_cents
from enterprises.eligibility.rule_sets import rule_book
from enterprises.mining.lists import candidate_lists, sieve_of
from enterprises.mining.sifting import Sifted, likelihood
from enterprises.models import Closure, Enterprise, PoolEntry
from enterprises.models.chunks import chunks
from enterprises.models.enterprise import EnterpriseQuerySet

CANDIDATES = "candidates"
"""The list of those who might be certified (enterprises/data/eligibility.toml)."""


def check_all(ids: Iterable[int], judged_on: dt.date) -> dict[int, Sifted]:
    """Every one of the firms, however many conditions it fails; four queries for a chunk."""
    book = rule_book()
    sieve = sieve_of(candidate_lists()[CANDIDATES].kind, judged_on, book)
    found = {}
    for some in chunks(ids):
        firms = Enterprise.objects.filter(pk__in=some)
        for firm, data in firms_in_cents(firms, judged_on, book, sieve.asked_kinds):
            sifted = sieve.sift(firm, data, len(sieve.conditions))
            if sifted is not None:
                found[firm] = sifted
    return found


def check_outside(
    firms: EnterpriseQuerySet, on: dt.date, judged_on: dt.date, most_failed: int
) -> list[Sifted]:
    """Those of the firms that hold no certificate, are in business and in no pool, the likeliest first.

    Without who fails more, or has told nothing.
    """
    wanted, book = candidate_lists()[CANDIDATES], rule_book()
    sieve = sieve_of(wanted.kind, judged_on, book)
    pooled = PoolEntry.objects.live_on(on).values("enterprise")
    closed = Closure.objects.holding_on(on).values("enterprise")
    outside = firms.registered().exclude(pk__in=pooled).exclude(pk__in=closed)
    found = []
    outside = wanted.firms(outside, on)
    for firm, data in firms_in_cents(outside, judged_on, book, sieve.asked_kinds):
        sifted = sieve.sift(firm, data, most_failed)
        if sifted is not None and sifted.year is not None:
            found.append(sifted)
    return sorted(found, key=likelihood)
