"""Which backups stay: the newest of each of the last days, weeks and months that have one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

FORM = "%Y-%m-%d_%H%M%S"
NIGHTLY, BEFORE_UPGRADE = "", "_upgrade"
NAME = re.compile(r"(?P<moment>\d{4}-\d\d-\d\d_\d{6})(?P<kind>|_upgrade)(?:\.tar\.gz\.age)?")
"""What the portal calls its own backups. What has another name was put there by somebody."""


@dataclass(frozen=True)
class RetentionRule:
    """How many days, weeks and months keep their newest backup, and how many before upgrades stay."""

    days: int
    weeks: int
    months: int
    upgrades: int


@dataclass(frozen=True, order=True)
class KeptBackup:
    """A backup by its name. `kind`: NIGHTLY or BEFORE_UPGRADE."""

    moment: dt.datetime
    kind: str
    name: str


def by_names(names: Iterable[str]) -> list[KeptBackup]:
    """Those of the names that the portal has given, newest first."""
    found = []
    for name in names:
        if match := NAME.fullmatch(name):
            try:
                moment = dt.datetime.strptime(match["moment"], FORM)
            except ValueError:
                continue  # 31 February: not one of ours
            found.append(KeptBackup(moment, match["kind"], name))
    return sorted(found, reverse=True)


def reasons_to_keep(backups: Iterable[KeptBackup], rule: RetentionRule) -> dict[str, str]:
    """Name → why it stays, in words; whatever is not here may go.

    Counted are days that have a backup, not days of the calendar: a portal that stood still for a
    year, or a clock that jumped, takes nothing away.
    """
    newest_first = sorted(backups, reverse=True)
    nightly = [backup for backup in newest_first if backup.kind == NIGHTLY]
    reasons: dict[str, str] = {}
    # A backup that stays for its month stays for its day as well: the longest reason is told.
    for word, number, period_of in (
        ("日", rule.days, _day),
        ("周", rule.weeks, _week),
        ("月", rule.months, _month),
    ):
        reasons |= dict.fromkeys(_newest_of_each(nightly, number, period_of), word)
    upgrades = [backup.name for backup in newest_first if backup.kind == BEFORE_UPGRADE]
    return reasons | dict.fromkeys(upgrades[: rule.upgrades], "升级前")


def _newest_of_each(
    newest_first: Iterable[KeptBackup],
    number: int,
    period_of: Callable[[KeptBackup], Hashable],
) -> list[str]:
    newest: dict[Hashable, str] = {}
    for backup in newest_first:
        newest.setdefault(period_of(backup), backup.name)
    return list(newest.values())[:number]


def _day(backup: KeptBackup) -> Hashable:
    return backup.moment.date()


def _week(backup: KeptBackup) -> Hashable:
    return backup.moment.isocalendar()[:2]


def _month(backup: KeptBackup) -> Hashable:
    return backup.moment.year, backup.moment.month
