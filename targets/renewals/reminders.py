"""Reminding of certificates before they lapse: each once per milestone, all of a unit's in one notice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.urls import reverse

from enterprises import jobs
from enterprises.models import QualificationKind, ReminderRule
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
"""Days before the last day → the words for certificates that have no more days left, such as 30天内."""


def remind(today: dt.date) -> int:
    """Remind of every certificate that has reached a milestone by today and was not reminded of at it; how many.

    A certificate that passed several at once, such as one loaded late, is reminded of at the last only.
    """
    sentences = ReminderRule.objects.sentences_on(today, ReminderRule.Subject.RENEWAL)
    if not sentences:
        return 0
    with transaction.atomic():
        reached = [
            pair for kind in rules.with_a_term() for pair in _reached(kind, today, sentences)
        ]
        RenewalReminder.objects.bulk_create(
            [
                RenewalReminder(qualification=row.certificate, milestone=days)
                for row, days in reached
            ]
        )
        _tell(reached, sentences)
    return len(reached)


def _reached(kind: QualificationKind, today: dt.date, milestones: Collection[int]) -> Reached:
    """Neither renewed nor given up; the next milestone at or above the days that are left."""
    last = today + (max(milestones) + 1) * rules.DAY
    open_now = [
        row for row in rules.rows(kind.code, today + rules.DAY, last, on=today) if row.is_open
    ]
    found = [(row, min(days for days in milestones if row.days_left <= days)) for row in open_now]
    certificates = [row.certificate.pk for row in open_now]
    told = RenewalReminder.objects.filter(qualification__in=certificates)
    done = set(told.values_list("qualification", "milestone"))
    return [(row, days) for row, days in found if (row.certificate.pk, days) not in done]


def _tell(reached: Reached, sentences: Sentences) -> None:
    by_unit: dict[Unit, list[tuple[RenewalRow, int]]] = defaultdict(list)
    for row, days in reached:
        by_unit[row.unit].append((row, days))
    for unit, own in by_unit.items():
        notices.tell_unit(unit, text_of(own, sentences), _link(own))
    if reached:
        notices.tell_bureau(_text_for_bureau(reached, by_unit, sentences), _link(reached))


def text_of(reached: Reached, sentences: Sentences) -> str:
    """证书将到期，尚未续证：高企30天内2家、90天内1家，其中未启动1家。甲、乙、丙。"""
    waiting = sum(row.standing.state == RenewalState.NOT_STARTED for row, _ in reached)
    names = "、".join(row.certificate.enterprise.name for row, _ in reached[:NAMES])
    more = f"等{len(reached)}家" if len(reached) > NAMES else ""
    return f"证书将到期，尚未续证：{_tally(reached, sentences)}，其中未启动{waiting}家。{names}{more}。"


def _tally(reached: Reached, sentences: Sentences) -> str:
    kinds = dict.fromkeys(row.certificate.kind.short_name for row, _ in reached)
    return "；".join(f"{kind}{_of_kind(reached, kind, sentences)}" for kind in kinds)


def _of_kind(reached: Reached, kind: str, sentences: Sentences) -> str:
    found = [days for row, days in reached if row.certificate.kind.short_name == kind]
    return "、".join(f"{sentences[days]}{found.count(days)}家" for days in sorted(set(found)))


def _text_for_bureau(
    reached: Reached, by_unit: Mapping[Unit, Reached], sentences: Sentences
) -> str:
    unheard = "、".join(unit.short_name for unit in reminders.without_account(by_unit))
    said = f"证书将到期，尚未续证：{_tally(reached, sentences)}，涉及{len(by_unit)}家单位。"
    return said + (f"没有可用账号、未能送达的单位：{unheard}。" if unheard else "")


def _link(reached: Reached) -> str:
    """The page of the usual kind where one of it is told of, else of the first."""
    kinds = [row.certificate.kind.code for row, _ in reached]
    usual = rules.usual_kind()
    return reverse("renewals") + ("" if usual and usual.code in kinds else f"?kind={kinds[0]}")


run = jobs.nightly(lambda today: {"reminded": remind(today)})
"""Job handler."""
