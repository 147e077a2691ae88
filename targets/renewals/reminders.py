"""Reminds of certificates before they lapse: once per milestone, a unit's in one notice."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.urls import reverse

from enterprises import jobs
from enterprises.models import QualificationKind, ReminderRule
from enterprises.models.validity import DAY
from enterprises.notices import sending as notices
from enterprises.reporting import reminders
from parks.models import Unit
from targets.models import RenewalReminder
from targets.renewals import rules
from targets.renewals.rules import RenewalRow, RenewalState

NAMES = 5
"""Firms named in a notice; the page lists them all."""
Reached = Sequence[tuple[RenewalRow, int]]
"""Certificates with the milestone (in days) each has reached."""
Sentences = Mapping[int, str]
"""Milestone, in days before the last day → its words, such as 30天内."""


def remind(today: dt.date) -> int:
    """Remind of every certificate that has reached a new milestone by today; returns how many.

    A certificate that passed several at once, such as one loaded late, is reminded of at the last
    only.
    """
    sentences = ReminderRule.objects.sentences_on(today, ReminderRule.Subject.RENEWAL)
    if not sentences:
        return 0
    with transaction.atomic():
        reached: list[tuple[RenewalRow, int]] = []
        for kind in rules.with_a_term():
            reached += _find_reached(kind, today, sentences)
        reminders_now = [
            RenewalReminder(qualification=row.certificate, milestone=days) for row, days in reached
        ]
        # In one transaction with the notices: a run that fails midway is simply run again.
        RenewalReminder.objects.bulk_create(reminders_now)
        _send_notices(reached, sentences)
    return len(reached)


def _find_reached(kind: QualificationKind, today: dt.date, milestones: Collection[int]) -> Reached:
    """Certificates neither renewed nor given up, that were not reminded of at their milestone yet.

    The milestone is the smallest one that is not below the days that are left.
    """
    # The largest milestone covers the certificates whose last day lies that many days ahead.
    # They lapse one day later.
    last = today + (max(milestones) + 1) * DAY
    rows = rules.rows(kind.code, today + DAY, last, on=today)
    open_rows = [row for row in rows if row.is_open]
    sent = RenewalReminder.objects.filter(
        qualification__in=[row.certificate.pk for row in open_rows]
    )
    done = set(sent.values_list("qualification", "milestone"))
    reached = []
    for row in open_rows:
        # The nearest one alone: a certificate that was loaded late brings one notice, not three.
        milestone = min(days for days in milestones if row.days_left <= days)
        # What was sent is kept by certificate: a renewed firm begins anew with its next one.
        if (row.certificate.pk, milestone) not in done:
            reached.append((row, milestone))
    return reached


def _send_notices(reached: Reached, sentences: Sentences) -> None:
    by_unit: dict[Unit, list[tuple[RenewalRow, int]]] = defaultdict(list)
    for row, days in reached:
        by_unit[row.unit].append((row, days))
    for unit, reached_in_unit in by_unit.items():
        notices.tell_unit(unit, text_of(reached_in_unit, sentences), _link_for(reached_in_unit))
    if reached:
        notices.tell_bureau(_text_for_bureau(reached, by_unit, sentences), _link_for(reached))


def text_of(reached: Reached, sentences: Sentences) -> str:
    """证书将到期，尚未续证：高企30天内2家、90天内1家，其中未启动1家。甲、乙、丙。"""
    waiting = sum(row.standing.state == RenewalState.NOT_STARTED for row, _ in reached)
    names = "、".join(row.certificate.enterprise.name for row, _ in reached[:NAMES])
    more = f"等{len(reached)}家" if len(reached) > NAMES else ""
    tally = _tally_by_kind(reached, sentences)
    return f"证书将到期，尚未续证：{tally}，其中未启动{waiting}家。{names}{more}。"


def _tally_by_kind(reached: Reached, sentences: Sentences) -> str:
    kinds = dict.fromkeys(row.certificate.kind.short_name for row, _ in reached)
    return "；".join(f"{kind}{_tally_of_kind(reached, kind, sentences)}" for kind in kinds)


def _tally_of_kind(reached: Reached, kind: str, sentences: Sentences) -> str:
    firms = Counter(days for row, days in reached if row.certificate.kind.short_name == kind)
    return "、".join(f"{sentences[days]}{firms[days]}家" for days in sorted(firms))


def _text_for_bureau(
    reached: Reached, by_unit: Mapping[Unit, Reached], sentences: Sentences
) -> str:
    tally = _tally_by_kind(reached, sentences)
    text = f"证书将到期，尚未续证：{tally}，涉及{len(by_unit)}家单位。"
    return text + reminders.not_reached(by_unit)


def _link_for(reached: Reached) -> str:
    """The renewals page of the usual kind if the notice names it, else of the first kind."""
    kinds = [row.certificate.kind.code for row, _ in reached]
    usual = rules.usual_kind()
    if usual and usual.code in kinds:
        return reverse("renewals")
    return f"{reverse('renewals')}?kind={kinds[0]}"


run = jobs.nightly(lambda today: {"reminded": remind(today)})
"""Job handler."""
