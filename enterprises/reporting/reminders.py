"""Telling units that a quarter takes rosters, and reminding those that have not handed in.

Once per unit at the opening and at each milestone before and after the due day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from enterprises import jobs
from enterprises.models import Quarter, Reminder, ReminderRule
from enterprises.models.version_state import HANDED_IN
from enterprises.notices import sending as notices
from enterprises.reporting import quarters
from parks.models import Unit, User

OPENED = "opened"
"""The milestone of the opening. It asks nobody twice, so it is not counted as a reminder."""


def _run_nightly(today: dt.date) -> jobs.Result:
    """Open the quarter that has just ended, tell the units, then remind."""
    opened = quarters.open_due(today)
    # After the lock a notice would ask for what is no longer received.
    told = sum(len(announce(quarter)) for quarter in Quarter.objects.taking_rosters(today))
    return {"opened": opened.code if opened else "", "told": told, "reminded": remind(today)}


run = jobs.nightly(_run_nightly)
"""Job handler."""


def missing_units(quarter: Quarter) -> list[Unit]:
    """Units that have no version under review or in force."""
    done = quarter.rosters.filter(versions__state__in=HANDED_IN).values("unit")
    return list(Unit.objects.reporting().exclude(pk__in=done))


def announce(quarter: Quarter) -> list[Unit]:
    """Tell the units whose roster is still to come that it can be handed in; those told now.

    Nobody is told before the quarter opens: the nightly job does it on that day.
    """
    if timezone.localdate() < quarter.opens_on:
        return []
    text = f"{quarter}名册开始报送，请于{quarter.due_on:%m月%d日}前报送。没有企业的请做零报告。"
    return [unit for unit in missing_units(quarter) if _tell_once(quarter, unit, OPENED, text)]


def remind(today: dt.date) -> int:
    """Send the reminders whose milestone has been reached; how many units were reminded."""
    # The rules are read once for the whole run, not once per quarter.
    sentences = ReminderRule.objects.sentences_on(today, ReminderRule.Subject.ROSTER)
    reminded = 0
    for quarter in Quarter.objects.taking_rosters(today):
        reached = quarters.milestone_reached(quarter.due_on, today, sentences)
        if reached is None:
            continue
        milestone, sentence = reached
        for unit in missing_units(quarter):
            reminded += _remind_unit(quarter, unit, milestone, sentence)
    return reminded


def _remind_unit(quarter: Quarter, unit: Unit, milestone: str, sentence: str) -> bool:
    """Whether the unit was reminded now: False where it has been at this milestone."""
    text = f"{quarter}名册尚未报送（截止日{quarter.due_on:%m月%d日}，{sentence}）。没有企业的请做零报告。"
    return _tell_once(quarter, unit, milestone, text)


def _tell_once(quarter: Quarter, unit: Unit, milestone: str, text: str) -> bool:
    with transaction.atomic():
        # The row and the notice are one transaction: a unit is never marked as reminded without
        # one.
        _, new = Reminder.objects.get_or_create(quarter=quarter, unit=unit, milestone=milestone)
        if new:
            notices.tell_unit(unit, text, reverse("roster", args=[quarter.code, unit.code]))
    return new


def remind_now(quarter: Quarter, *, milestone: str) -> list[Unit]:
    """The bureau's own reminder to all units that are missing; the units it went to.

    At most once per milestone, such as by-hand-2026-10-12.
    """
    return [
        unit
        for unit in missing_units(quarter)
        if _remind_unit(quarter, unit, milestone[:20], "请尽快报送")
    ]


def without_account(units: Iterable[Unit]) -> list[Unit]:
    """Of these units, those without an active account: a notice to them reaches no one."""
    reached = set(
        User.objects.filter(is_active=True, unit__in=list(units)).values_list("unit", flat=True)
    )
    return [unit for unit in units if unit.pk not in reached]


def not_reached(units: Iterable[Unit]) -> str:
    """For the bureau, which calls the units that a notice does not reach; empty where it reaches all."""
    names = "、".join(unit.short_name for unit in without_account(units))
    return f"没有可用账号、未能送达的单位：{names}。" if names else ""
