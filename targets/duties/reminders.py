"""Reminds units of what their firms still owe before it is due: once per milestone, in one notice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from enterprises import jobs
from enterprises.models import DutyReminder, DutyState, YearlyDuty
from enterprises.notices import sending as notices
from enterprises.reporting import reminders
from parks.models import Unit
from targets.duties import rules
from targets.duties.rules import DutyRow

NAMES = 5
"""Firms named in a notice; the page lists them all."""
ByUnit = Mapping[Unit, Sequence[DutyRow]]


def remind(today: dt.date) -> int:
    """Remind the units that have reached a new milestone; returns how many were reminded.

    Where several were passed at once, such as on a late start, they are reminded at the last only.
    """
    return sum(
        _remind_of(duty, year, today)
        for duty in YearlyDuty.objects.select_related("kind")
        for year in _years_ahead(duty, today)
    )


def _years_ahead(duty: YearlyDuty, today: dt.date) -> list[int]:
    """Those of which the due day is near enough for a reminder."""
    if not duty.remind_days:
        return []
    last = today + dt.timedelta(max(duty.remind_days))
    # What is due early in a year is reminded of in the year before.
    near = [today.year - duty.years_after + more for more in (0, 1)]
    return [year for year in near if year >= duty.first_year and today <= duty.due_on(year) <= last]


def _remind_of(duty: YearlyDuty, year: int, today: dt.date) -> int:
    left = (duty.due_on(year) - today).days
    milestone = min(days for days in duty.remind_days if left <= days)
    open_rows: dict[Unit, list[DutyRow]] = defaultdict(list)
    for row in rules.duty_year(duty, year, on=today).rows:
        if row.state == DutyState.OPEN:
            open_rows[row.unit].append(row)
    with transaction.atomic():
        sent = DutyReminder.objects.filter(duty=duty, year=year, days=milestone)
        told = set(sent.values_list("unit_id", flat=True))
        reached = {unit: rows for unit, rows in open_rows.items() if unit.pk not in told}
        # In one transaction with the notices: a run that fails midway is simply run again.
        DutyReminder.objects.bulk_create(
            DutyReminder(duty=duty, year=year, unit=unit, days=milestone) for unit in reached
        )
        _send_notices(duty, year, left, reached)
    return len(reached)


def _send_notices(duty: YearlyDuty, year: int, left: int, reached: ByUnit) -> None:
    link = f"{reverse('duties')}?{urlencode({'duty': duty.code, 'year': year, 'state': 'open'})}"
    for unit, rows in reached.items():
        notices.tell_unit(unit, text_of(duty, year, left, rows), link)
    if reached:
        notices.tell_bureau(_text_for_bureau(duty, year, left, reached), link)


def text_of(duty: YearlyDuty, year: int, left: int, rows: Sequence[DutyRow]) -> str:
    """高企年报（2025年度）05月31日截止，还有30天，3家未办，其中1家可能失去资格：甲、乙、丙。"""
    names = "、".join(row.span.enterprise.name for row in rules.with_firms(rows[:NAMES]))
    more = f"等{len(rows)}家" if len(rows) > NAMES else ""
    risk = sum(row.at_risk for row in rows)
    at_risk = f"，其中{risk}家可能失去资格" if risk else ""
    return f"{_head(duty, year, left)}，{len(rows)}家未办{at_risk}：{names}{more}。"


def _text_for_bureau(duty: YearlyDuty, year: int, left: int, reached: ByUnit) -> str:
    firms = sum(len(rows) for rows in reached.values())
    text = f"{_head(duty, year, left)}，{firms}家未办，涉及{len(reached)}家单位。"
    return text + reminders.not_reached(reached)


def _head(duty: YearlyDuty, year: int, left: int) -> str:
    due = f"{duty.due_on(year):%m月%d日}截止"
    return f"{duty}（{year}年度）{due}，{f'还有{left}天' if left else '今天截止'}"


run = jobs.nightly(lambda today: {"reminded": remind(today)})
"""Job handler."""
