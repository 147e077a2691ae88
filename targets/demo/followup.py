"""Invented for a demo district: who sees to firms of the pool, what was said, whom to call at units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils import timezone

from enterprises import registry
from enterprises.models import (
    Enterprise,
    FirmOwner,
    Placement,
    PoolEntry,
    Talk,
    TalkKind,
    UnitContact,
)
from enterprises.models.validity import in_force
from enterprises.registry import acts
from parks.models import Unit, User

FIRMS = 90
"""Firms of the pool somebody sees to: the first by their codes."""
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
    firms = _firms(today)
    kinds = list(TalkKind.objects.all())
    registry.apply(list(_owners(firms, by, today)), by=by, reason="演示数据")
    Talk.objects.bulk_create(_talks([firm for firm, _ in firms], kinds, by, today, mark))
    UnitContact.objects.bulk_create(
        UnitContact(
            unit=unit,
            name=f"{SURNAMES[number % len(SURNAMES)]}老师{mark}",
            phone=f"023-0000{number:04d}",
        )
        for number, unit in enumerate(Unit.objects.reporting().filter(contact=None))
    )


def _firms(today: dt.date) -> list[tuple[Enterprise, Placement]]:
    """With the place where each stands today."""
    pooled = PoolEntry.objects.filter(in_force(today, "since", "until")).values("enterprise")
    here = Placement.objects.covering(today).filter(enterprise__in=pooled)
    rows = here.select_related("enterprise").order_by("enterprise__uscc")[:FIRMS]
    return [(row.enterprise, row) for row in rows]


def _owners(
    firms: Sequence[tuple[Enterprise, Placement]], by: User, today: dt.date
) -> Iterator[acts.Act]:
    people = {
        person.unit_id: person for person in User.objects.filter(is_active=True).exclude(unit=None)
    }
    since = today - dt.timedelta(days=200)
    for number, (firm, place) in enumerate(firms):
        own = people.get(place.park_id) or people.get(place.town_id)
        if own:
            yield _owner(firm, FirmOwner.Level.UNIT, own, since)
        if number % 3:
            yield _owner(firm, FirmOwner.Level.BUREAU, by, since)


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
