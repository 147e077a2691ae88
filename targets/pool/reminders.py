"""Tells units and the bureau that the day of a stay's review has come: once for the stay and the day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises import jobs
from enterprises.mining.population import answering_on
from enterprises.models import Notice, PoolEntry, ReviewReminder
from enterprises.notices import sending as notices
from enterprises.reporting import reminders
from parks.models import Unit
from targets.pool.question import PoolQuestion, PoolView
from targets.pool.reading import REVIEW
from targets.pool.rules import LiveStay, rules_on

NAMES = 5
"""Firms named in a notice; the page lists them all."""


@dataclass(frozen=True)
class StayToReview:
    """`day`: of the review, which has come."""

    entry: int
    name: str
    day: dt.date


ByUnit = Mapping[Unit, Sequence[StayToReview]]


def remind(today: dt.date) -> int:
    """Tell of the stays whose day has come and was not told of yet; returns how many.

    Once a stay is reviewed, has ended or goes on at another stage, nothing more is said of it.
    """
    with transaction.atomic():
        waiting = _to_review(today)
        sent = set(ReviewReminder.objects.values_list("entry_id", "day"))
        new = {
            unit: fresh
            for unit, stays in waiting.items()
            if (fresh := [stay for stay in stays if (stay.entry, stay.day) not in sent])
        }
        told = [stay for stays in new.values() for stay in stays]
        # In one transaction with the notices: a run that fails midway is simply run again.
        ReviewReminder.objects.bulk_create(
            ReviewReminder(entry_id=stay.entry, day=stay.day) for stay in told
        )
        link = PoolQuestion(today, PoolView.DUE, due=REVIEW).address()
        _send_notices(new, waiting, link)
        _end_notices(waiting, link)
    return len(told)


def _to_review(today: dt.date) -> ByUnit:
    """The live stays whose review is due, by the unit that answers for the firm; two queries."""
    rules = rules_on(today)
    found: dict[int, StayToReview] = {}
    stays = PoolEntry.objects.live_on(today).order_by("enterprise__name", "pk")
    told = ("enterprise_id", "enterprise__name", "pk", *LiveStay._fields[1:])
    for firm, name, *stay in stays.values_list(*told):
        day = rules.review_day(LiveStay._make(stay))
        if day <= today:
            found[firm] = StayToReview(stay[0], name, day)
    units = answering_on(today, found)
    by_unit: dict[Unit, list[StayToReview]] = defaultdict(list)
    for firm, to_review in found.items():
        if firm in units:
            by_unit[units[firm]].append(to_review)
    return by_unit


def _send_notices(new: ByUnit, waiting: ByUnit, link: str) -> None:
    for unit, stays in new.items():
        notices.tell_unit(unit, text_of(stays, len(waiting[unit])), link)
    if new:
        notices.tell_bureau(_text_for_bureau(new, waiting), link)


def text_of(stays: Sequence[StayToReview], waiting: int) -> str:
    """后备库到复核日：3家（甲、乙、丙）；连同以前的共5家待复核。"""
    names = "、".join(stay.name for stay in stays[:NAMES])
    more = f"等{len(stays)}家" if len(stays) > NAMES else ""
    text = f"后备库到复核日：{len(stays)}家（{names}{more}）"
    return f"{text}；连同以前的共{waiting}家待复核。" if waiting > len(stays) else f"{text}。"


def _text_for_bureau(new: ByUnit, waiting: ByUnit) -> str:
    firms = sum(len(stays) for stays in new.values())
    all_of_them = sum(len(stays) for stays in waiting.values())
    text = f"后备库到复核日：{firms}家，涉及{len(new)}家单位，全区共{all_of_them}家待复核。"
    return text + reminders.not_reached(new)


def _end_notices(waiting: ByUnit, link: str) -> None:
    """Who has nothing to review any more need not read that there was."""
    done: Any = Notice.objects.filter(link=link, read_at=None)
    if waiting:
        done = done.filter(person__unit__isnull=False).exclude(person__unit__in=list(waiting))
    done.update(read_at=timezone.now())


run = jobs.nightly(lambda today: {"reminded": remind(today)})
"""Job handler."""
