"""Reminding the units that are still missing, before, on and after the due day; each milestone once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from enterprises import jobs
from enterprises.models import Quarter, Reminder
from enterprises.models.version_state import HANDED_IN
from enterprises.notices import sending as notices
from enterprises.reporting import quarters
from parks.models import Unit, User


def _night(today: dt.date) -> jobs.Result:
    """Open the quarter that has just ended, then remind."""
    opened = quarters.open_due(today)
    return {"opened": opened.code if opened else "", "reminded": remind(today)}


run = jobs.nightly(_night)
"""Job handler."""


def missing_units(quarter: Quarter) -> list[Unit]:
    """Units from which nothing under review or in force has come."""
    done = quarter.rosters.filter(versions__state__in=HANDED_IN).values("unit")
    return list(Unit.objects.reporting().exclude(pk__in=done))


def remind(today: dt.date) -> int:
    """Send the reminders whose milestone was reached by today; returns how many units were reminded."""
    open_now = Quarter.objects.opened_by(today).filter(locks_on__gte=today)
    return sum(_remind_quarter(quarter, today) for quarter in open_now)


def _remind_quarter(quarter: Quarter, today: dt.date) -> int:
    reached = quarters.milestone_reached(quarter.due_on, today)
    if reached is None:
        return 0
    return sum(_remind_unit(quarter, unit, *reached) for unit in missing_units(quarter))


def _remind_unit(quarter: Quarter, unit: Unit, milestone: str, said: str) -> bool:
    with transaction.atomic():
        _, new = Reminder.objects.get_or_create(quarter=quarter, unit=unit, milestone=milestone)
        if new:
            text = f"{quarter}名册尚未报送（截止日{quarter.due_on:%m月%d日}，{said}）。没有企业的请做零报告。"
            notices.tell_unit(unit, text, reverse("roster", args=[quarter.code, unit.code]))
    return new


def remind_now(quarter: Quarter, *, milestone: str) -> list[Unit]:
    """The bureau's own reminder to all that are missing, at most once per milestone (such as by-hand-2026-10-12).
    Returns the units it went to."""
    return [
        unit
        for unit in missing_units(quarter)
        if _remind_unit(quarter, unit, milestone[:20], "请尽快报送")
    ]


def without_account(units: Iterable[Unit]) -> list[Unit]:
    """Of these units, those in which nobody has an account: a notice to them reaches no one."""
    reached = set(
        User.objects.filter(is_active=True, unit__in=list(units)).values_list("unit", flat=True)
    )
    return [unit for unit in units if unit.pk not in reached]
