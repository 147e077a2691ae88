"""The numbers that the forecast takes for granted: edited data, valid from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from targets import seed
from targets.models import OutlookRules


@dataclass(frozen=True)
class Prior:
    """What is expected of a firm in a cell before history speaks: `share` counts at the year's end.

    `later`: at the end of a later year.
    """

    share: float
    later: float


@dataclass(frozen=True)
class Rules:
    """`priors`: (standing, stage) → prior, each worth `strength` firms.

    `fading`: the weight of a year against the one after it; `entry_fading`: of its entries from
    outside. `widest`, `usual`: the largest spread of a year's shock and how soon it becomes
    unlikely; `entry_usual`, `entry_growing`: the same of the relative variance and of the growth of
    entries; `entry_share`: how much of a year's shock moves them. `alike`: by how much the
    share with a stage on record may differ from a past year's. `fewest_years`: with stages.
    `beyond`: the share of entries that did not come from those in flight, up to which a closed
    calendar holds. `trials`: so many back-tests must stand behind a percentage.
    """

    priors: Mapping[tuple[str, str], Prior]
    strength: float
    fading: float
    entry_fading: float
    widest: float
    usual: float
    entry_usual: float
    entry_growing: float
    entry_share: float
    alike: float
    fewest_years: int
    beyond: float
    trials: int

    def prior(self, standing: str, stage: str) -> Prior:
        return self.priors[standing, stage]


def read_rules(as_of: dt.date) -> Rules:
    """The numbers in force on a day, before the first of them the first; two queries.

    Those that are shipped, where none are in the table.
    """
    rows = list(OutlookRules.objects.order_by("-since").prefetch_related("priors"))
    if not rows:
        return _from_row(_shipped(), [])
    row = next((row for row in rows if row.since <= as_of), rows[-1])
    return _from_row(vars(row), [vars(prior) for prior in row.priors.all()])


@cache
def _shipped() -> Mapping[str, Any]:
    """The shipped numbers, read once; only for reading."""
    return seed.outlook_rules()[0]


def _from_row(row: Mapping[str, Any], priors: Iterable[Mapping[str, Any]]) -> Rules:
    # A share that somebody removed is the shipped one: the forecast needs every one of them.
    shares = {}
    for prior in [*_shipped()["priors"], *priors]:
        shares[prior["lot"], prior.get("stage", "")] = Prior(prior["share"], prior["later"])
    numbers = {field.name: row[field.name] for field in fields(Rules) if field.name != "priors"}
    return Rules(priors=shares, **numbers)
