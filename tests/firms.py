"""Firms in named situations, entered through the registry as a clerk would."""

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.registry import acts
from enterprises.registry.acts.merge_conflicts import conflicts_of
from enterprises.uscc import check_character

TODAY = dt.date(2026, 6, 30)
FOUNDED = dt.date(2015, 3, 1)
_numbers = itertools.count(1)


def code(number: int) -> str:
    """A valid unified social credit code, another for each number."""
    start = f"91500116MA{number:07d}"
    return start + check_character(start)


@contextmanager
def numbers_of_kept() -> Iterator[None]:
    """For a state that is kept: no test of any process gives its own firms the same numbers."""
    global _numbers
    before, _numbers = _numbers, itertools.count(900_001)
    try:
        yield
    finally:
        _numbers = before


def firm(
    *,
    name: str = "",
    park: str = "degan",
    town: str = "500116002",
    outside_parks: bool = False,
    hnte: bool = False,
    hnte_expiring: bool = False,
    hnte_lapsed: bool = False,
    tech: bool = False,
    struck_off: bool = False,
) -> Enterprise:
    """One firm since 2015. On TODAY: `hnte` is valid for two more years, `hnte_expiring` for 30 more days,
    `hnte_lapsed` ran out yesterday; `struck_off` 10 days ago."""
    uscc = code(next(_numbers))
    done: list[acts.Act] = [
        acts.Register(
            uscc=uscc, name=name or f"江津{uscc[10:17]}制造有限公司", registered_on=FOUNDED
        ),
        acts.Place(uscc=uscc, park="" if outside_parks else park, town=town, since=FOUNDED),
    ]
    for wanted, days_left in ((hnte, 730), (hnte_expiring, 30), (hnte_lapsed, -1)):
        if wanted:
            done.append(certificate(uscc, until=TODAY + dt.timedelta(days=days_left)))
    if tech:
        done.append(acts.Grant(uscc=uscc, kind="tech", valid_from=dt.date(2020, 5, 6)))
    if struck_off:
        done.append(acts.Close(uscc=uscc, on=TODAY - dt.timedelta(days=10)))
    registry.apply(done, by=None)
    return Enterprise.objects.get(uscc=uscc)


def founding(park: str, town: str) -> tuple[str, list[acts.Act]]:
    """A further firm's code, and what registers it since FOUNDED: for many firms at once."""
    uscc = code(next(_numbers))
    name = f"江津{uscc[10:17]}制造有限公司"
    return uscc, [
        acts.Register(uscc=uscc, name=name, registered_on=FOUNDED),
        acts.Place(uscc=uscc, park=park, town=town, since=FOUNDED),
    ]


def certificate(uscc: str, *, until: dt.date) -> acts.Grant:
    """A high-tech certificate that was issued three years before its last day."""
    number = f"GR{until.year - 3}51{next(_numbers):06d}"
    return acts.Grant(
        uscc=uscc,
        kind="hnte",
        number=number,
        valid_from=until.replace(year=until.year - 3),
        valid_until=until,
    )


def merging(here: str, other: str) -> acts.Merge:
    """Two records of one firm become one; where they contradict, the first choice is kept."""
    facts = registry.foreseen([acts.Amend(uscc=uscc) for uscc in (here, other)])
    conflicts = conflicts_of(facts[here], facts[other])
    keep = {one.key: next(choice for choice, _ in one.choices) for one in conflicts}
    return acts.Merge(uscc=here, other=other, keep=keep, confirmed=True)
