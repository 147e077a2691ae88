"""What a page, file or answer says: a number with its meaning, and where it stands."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, order=True)
class Meaning:
    """`term` is a word of the glossary (stock, missing, behind …). `since`: of what is told of two days.
    `place`: what narrows the scope. `release`: as published, "" for the facts of today."""

    term: str
    indicator: str
    scope: str
    day: str
    definition: str = "certificate"
    since: str = ""
    place: str = ""
    release: str = ""

    def __str__(self) -> str:
        told = [
            self.term,
            self.indicator,
            self.scope,
            self.place,
            self.since,
            self.day,
            self.definition,
            self.release,
        ]
        return " ".join(word for word in told if word)


@dataclass(frozen=True)
class Said:
    """`where`: address, and the element on it."""

    meaning: Meaning
    value: Decimal
    where: str


def contradictions(said: Iterable[Said]) -> list[str]:
    """Of each meaning that has more than one value: the meaning, and each value with the places that say it."""
    by_meaning: defaultdict[Meaning, defaultdict[Decimal, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in said:
        by_meaning[one.meaning][one.value].append(one.where)
    return [
        f"{meaning}: "
        + "; ".join(f"{value} at {', '.join(places[:3])}" for value, places in values.items())
        for meaning, values in sorted(by_meaning.items())
        if len(values) > 1
    ]


def day_of(text: str) -> str:
    """A day as ISO; raises ValueError for anything else."""
    return dt.date.fromisoformat(text).isoformat()
