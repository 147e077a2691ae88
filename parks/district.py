"""Which district the portal serves, and the plan it runs on: names and days, read from a file.

They are asked for on every page and in every export, so they must not cost a query. Everything that the bureau
may change (targets, baselines, kinds, batches) lives in the database instead.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

DATA = Path(__file__).parent / "data" / "district.toml"


@dataclass(frozen=True)
class ActionPlan:
    """The plan's names, its day of issue, and the years it covers."""

    name: str
    short_name: str
    issued_on: dt.date
    baseline_day: dt.date
    last_year: int

    @property
    def first_year(self) -> int:
        """The first year whose growth counts."""
        return self.baseline_day.year + 1

    @property
    def years(self) -> str:
        """As in headings: 2023—2027."""
        return f"{self.first_year}—{self.last_year}"


@dataclass(frozen=True)
class District:
    """`bureau` is the short name of the body that runs the portal, `office` its second hat.

    `province`: in which the district lies.
    """

    name: str
    short_name: str
    province: str
    province_short_name: str
    bureau: str
    bureau_in_full: str
    office: str
    plan: ActionPlan

    @property
    def portal(self) -> str:
        return f"{self.name}{self.plan.short_name}门户"


def read(path: Path = DATA) -> District:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return District(**{**data, "plan": ActionPlan(**data["plan"])})


# Once, when the process starts: a page must pay neither a query nor a file for a name.
DISTRICT = read()
PLAN = DISTRICT.plan


def context(request: HttpRequest) -> dict[str, District]:
    """For every template: `district` and `district.plan`."""
    return {"district": DISTRICT}
