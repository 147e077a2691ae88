"""Where firms stand against the conditions, for their place in the pool: by the sieve of the candidate lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from enterprises.eligibility.gathering import firms_in_cents
from enterprises.eligibility.model.condition_answer import State
from enterprises.mining.lists import candidate_lists, sieve_of
from enterprises.models import Closure, Enterprise, PoolEntry
from enterprises.models.chunks import chunks

CANDIDATES = "candidates"
"""The list of those who might be certified (enterprises/data/eligibility.toml)."""


@dataclass(frozen=True)
class JudgedFirm:
    """`states`: by condition. `year`: of the newest return; None without any."""

    firm: int
    states: Mapping[str, State]
    year: int | None


def check_all(ids: Iterable[int], judged_on: dt.date) -> dict[int, JudgedFirm]:
    """Every one of the firms, however many conditions it fails; five queries for a chunk."""
    sieve = sieve_of(candidate_lists()[CANDIDATES].kind, judged_on)
    found = {}
    for some in chunks(ids):
        for firm, data in firms_in_cents(Enterprise.objects.filter(pk__in=some), judged_on):
            sifted = sieve.sift(firm, data, len(sieve.conditions))
            if sifted is not None:
                states = dict(zip(sieve.conditions, sifted.states, strict=True))
                found[firm] = JudgedFirm(firm, states, sifted.year)
    return found


def check_outside(
    ids: Collection[int], on: dt.date, judged_on: dt.date, most_failed: int
) -> list[JudgedFirm]:
    """Those of the firms that hold no certificate, are in business and in no pool, the likeliest first.

    Without who fails more, or has told nothing.
    """
    wanted = candidate_lists()[CANDIDATES]
    sieve = sieve_of(wanted.kind, judged_on)
    pooled = PoolEntry.objects.live_on(on).values("enterprise")
    closed = Closure.objects.holding_on(on).values("enterprise")
    outside = wanted.firms(
        Enterprise.objects.registered().exclude(pk__in=pooled).exclude(pk__in=closed), on
    )
    found = []
    for firm, data in firms_in_cents(outside, judged_on):
        if firm in ids and (sifted := sieve.sift(firm, data, most_failed)) and sifted.year:
            found.append(sifted)
    found.sort(key=lambda sifted: sifted.likelihood)
    return [
        JudgedFirm(
            sifted.firm, dict(zip(sieve.conditions, sifted.states, strict=True)), sifted.year
        )
        for sifted in found
    ]
