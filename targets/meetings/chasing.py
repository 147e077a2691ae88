"""Chases decisions that are not closed: once per decision, due day and rung, its lead and the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from enterprises import jobs
from enterprises.firms.due_days import days_in_words
from enterprises.notices import sending as notices
from enterprises.reporting import reminders
from parks.models import Unit
from targets.meetings import ladder, standing, steps
from targets.models import ChasingRung, Decision, DecisionReminder, DecisionState


def remind(today: dt.date) -> int:
    """Send what has been reached by today and was not sent before; how many decisions were chased."""
    rungs = ladder.rungs_on(today)
    found = standing.open_decisions(today)
    return sum(_remind(decision, rungs, today) for decision in found.decisions)


def _remind(decision: Decision, rungs: Sequence[ChasingRung], today: dt.date) -> bool:
    rung = ladder.rung_reached(rungs, -decision.days_left(today))
    if rung is None:
        return False
    last = decision.last
    with transaction.atomic():
        # The row is unique: of two runs at once only one sends.
        _, new = DecisionReminder.objects.get_or_create(decision=decision, due=last.due, rung=rung)
        if new:
            _tell(decision, last.lead, today)
    return new


def _tell(decision: Decision, lead: Unit, today: dt.date) -> None:
    left = days_in_words(decision.days_left(today))
    head = f"联席会议决定{decision.code}限{decision.last.due:%m月%d日}办结，{left}"
    is_bureau = lead.code == Unit.BUREAU_CODE
    waits_for_office = decision.last.state == DecisionState.ASKED
    # Who has asked to close has done its part; what is left is the office's.
    if not is_bureau and not waits_for_office:
        steps.tell(lead, f"{head}：{decision.words}", decision)
    text = f"{head}（牵头{lead.told_apart}{'，已申请办结，待核对' if waits_for_office else ''}）"
    if not is_bureau and reminders.without_account([lead]):
        # There the notice reaches nobody, so the bureau is told whom to call.
        text += "，该单位没有可用账号，催办没有送达"
    notices.tell_bureau(f"{text}：{decision.words}", steps.address_of(decision))


run = jobs.nightly(lambda today: {"reminded": remind(today)})
"""Job handler."""
