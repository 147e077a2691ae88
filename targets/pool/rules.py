"""When a stay in the pool is due and which stage a firm reaches: dated data (targets/data/pool.toml)."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from enterprises.mining.sifting import Sifted
from enterprises.models import Advice, PoolEntry
from parks.models import User

DATA = Path(__file__).parent.parent / "data" / "pool.toml"
RANKS = {stage: rank for rank, stage in enumerate(PoolEntry.Stage.values)}
"""From seed to application."""
MOST_DAYS = 5_000
"""Thousands of stays began on a few days, which are reckoned once each."""


class LiveStay(NamedTuple):
    """A stay that counts on the day, as far as rules and lists ask. `entry`: its key."""

    entry: int
    stage: str
    target_year: int | None
    since: dt.date
    next_review: dt.date | None

    def get_stage_display(self) -> str:
        """As of the entry itself."""
        return str(PoolEntry.Stage(self.stage).label)


@dataclass(frozen=True)
class StageRule:
    stage: str
    most_failed: int
    most_missing: int


@dataclass(frozen=True)
class PoolRules:
    """`stages`: highest first. The other numbers stand explained in the file."""

    since: dt.date
    document: str
    review_months: int
    decline_months: int
    figures_due_month: int
    ended_days: int
    decided_by: str
    enter_from: str
    next_year_from_month: int
    stages: tuple[StageRule, ...]

    def stage_reached(self, failed: int, missing: int) -> str:
        """By the numbers of conditions not met and without data; "" where it reaches none."""
        for rule in self.stages:
            if failed <= rule.most_failed and missing <= rule.most_missing:
                return rule.stage
        return ""

    @property
    def most_failed_to_enter(self) -> int:
        return max(rule.most_failed for rule in self._to_enter)

    @property
    def most_missing_to_enter(self) -> int:
        return max(rule.most_missing for rule in self._to_enter)

    @property
    def _to_enter(self) -> list[StageRule]:
        lowest = RANKS[self.enter_from]
        return [rule for rule in self.stages if RANKS[rule.stage] >= lowest]

    def review_day(self, stay: LiveStay) -> dt.date:
        return stay.next_review or _months_after(stay.since, self.review_months)

    def newest_year_due(self, day: dt.date) -> int:
        """The year whose figures should be there on the day."""
        return day.year - (1 if day.month >= self.figures_due_month else 2)

    def year_to_aim_at(self, day: dt.date) -> int:
        return day.year + (1 if day.month >= self.next_year_from_month else 0)

    def may_decide(self, user: User) -> bool:
        """Each for the firms whose contacts they may see."""
        if user.in_bureau:
            return True
        return self.decided_by == "unit" and user.reporting_unit is not None


@dataclass(frozen=True)
class PoolProposal:
    """`stage`: the proposed one; "" for leaving."""

    advice: Advice
    stage: str = ""

    @property
    def label(self) -> str:
        if self.advice is Advice.LEAVE:
            return str(self.advice.label)
        return f"{self.advice.label}：{PoolEntry.Stage(self.stage).label}"


@lru_cache(MOST_DAYS)
def _months_after(day: dt.date, months: int) -> dt.date:
    return day + relativedelta(months=months)


def propose(rules: PoolRules, stay: LiveStay | None, checked: Sifted) -> PoolProposal | None:
    """What the self-check says for a firm's place in the pool; None where it may stay as it is.

    A lower stage is never proposed: units know more than the numbers.
    """
    reached = rules.stage_reached(checked.failed, checked.unknown)
    if stay is None:
        if reached and RANKS[reached] >= RANKS[rules.enter_from]:
            return PoolProposal(Advice.ENTER, reached)
        return None
    if not reached:
        return PoolProposal(Advice.LEAVE)
    if RANKS[reached] > RANKS[stay.stage]:
        return PoolProposal(Advice.RAISE, reached)
    return None


def rules_on(day: dt.date) -> PoolRules:
    begun = [rules for rules in _shipped() if rules.since <= day]
    # Before the first set nobody had agreed on anything: the first one serves.
    return max(begun or _shipped()[:1], key=lambda rules: rules.since)


@cache
def _shipped() -> list[PoolRules]:
    told: list[dict[str, Any]] = tomllib.loads(DATA.read_text(encoding="utf-8"))["rules"]
    return sorted((_read(values) for values in told), key=lambda rules: rules.since)


def _read(values: dict[str, Any]) -> PoolRules:
    stages = tuple(StageRule(**stage) for stage in values["stages"])
    return PoolRules(**{**values, "stages": stages})
