"""Invented for a demo district: who sees to firms of the pool, what was said, whom to call at units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.utils import timezone

from enterprises import registry
from enterprises.models import (
    Enterprise,
    FirmOwner,
    Placement,
    PoolEntry,
    Qualification,
    Talk,
    TalkKind,
    UnitContact,
)
from enterprises.models.validity import in_force
from enterprises.registry import acts
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from parks.models import Unit, User

TALKED_WITH = 90
"""Firms of the pool that were called or visited: the first by their codes."""
OF_TEN, WITHOUT = 10, 9
"""Of ten firms the last one has nobody yet: so the list of those without somebody is worth a look."""
SAID = (
    ("走访，看了生产线；研发辅助账已经建立，知识产权还差一件授权", "", 0),
    ("电话：财务在归集上年研发费用，月底前报来", "", 0),
    ("走访：想申报明年第一批，问材料怎样准备", "高新技术产品收入怎样归集？", 5),
    ("企业来访，谈技术合同登记", "技术合同登记在哪里办理？", -2),
)
"""What was said, what was asked, in how many days the answer is due."""
ANSWER = "已发去办事指南，并约下周上门辅导"
SURNAMES = "李王张刘陈杨黄周吴徐"


def add(by: User, mark: str) -> None:
    """Owners through the registry, talks into the book; the same ones for the same day."""
    today = timezone.localdate()
    pooled = _here(_pooled(today), today)
    kinds = list(TalkKind.objects.all())
    seen_to = _here(_pooled(today) | _ending(today.year + 1), today)
    registry.apply(list(_owners(seen_to, by, today)), by=by, reason="演示数据")
    talked_with = [place.enterprise for place in pooled[:TALKED_WITH]]
    Talk.objects.bulk_create(_talks(talked_with, kinds, by, today, mark))
    UnitContact.objects.bulk_create(
        UnitContact(
            unit=unit,
            name=f"{SURNAMES[number % len(SURNAMES)]}老师{mark}",
            phone=f"023-0000{number:04d}",
        )
        for number, unit in enumerate(Unit.objects.reporting().filter(contact=None))
    )


def _pooled(today: dt.date) -> Q:
    pooled = PoolEntry.objects.filter(in_force(today, "since", "until"))
    return Q(enterprise__in=pooled.values("enterprise"))


def _ending(year: int) -> Q:
    """Whose certificate ends in the year: they are planned to apply again."""
    ending = Qualification.objects.filter(kind__code=CERTIFIED_KIND, valid_until__year=year)
    return Q(enterprise__in=ending.values("enterprise"))


def _here(firms: Q, today: dt.date) -> list[Placement]:
    """Where each of them stands today, by their codes."""
    here = Placement.objects.covering(today).filter(firms)
    return list(here.select_related("enterprise").order_by("enterprise__uscc"))


def _owners(places: Sequence[Placement], by: User, today: dt.date) -> Iterator[acts.Act]:
    """At the unit, where it has an account, and at the bureau."""
    people = {
        person.unit_id: person for person in User.objects.filter(is_active=True).exclude(unit=None)
    }
    since = today - dt.timedelta(days=200)
    for number, place in enumerate(places):
        if number % OF_TEN == WITHOUT:
            continue
        own = people.get(place.park_id) or people.get(place.town_id)
        if own:
            yield _owner(place.enterprise, FirmOwner.Level.UNIT, own, since)
        yield _owner(place.enterprise, FirmOwner.Level.BUREAU, by, since)


def _owner(firm: Enterprise, level: str, person: User, since: dt.date) -> acts.Act:
    return acts.AssignOwner(uscc=firm.uscc, level=level, account=person.username, on=since)


def _talks(
    firms: Sequence[Enterprise], kinds: Sequence[TalkKind], by: User, today: dt.date, mark: str
) -> Iterator[Talk]:
    for number, firm in enumerate(firms):
        if number % 4 == 3:
            continue
        said, asked, days = SAID[number % 7 % len(SAID)]
        talk = Talk(
            enterprise=firm,
            on=today - dt.timedelta(days=number * 7 % 160),
            kind=kinds[number % len(kinds)],
            said=f"{said}{mark}",
            by=by,
        )
        if asked:
            talk.asked, talk.answerer = asked, by
            talk.answer_by = today + dt.timedelta(days=days + number % 9)
            if number % 2:
                talk.answer, talk.answered_by, talk.answered_at = ANSWER, by, timezone.now()
        yield talk
