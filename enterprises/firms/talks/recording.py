"""Writing in the contact book: a talk, the answer to what was asked, the withdrawal of a wrong entry.

It is no fact of the registry and stands in no ledger: the book is its own record, which the
database lets nobody rewrite.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from enterprises.firms import contacts
from enterprises.models import Enterprise, Talk, TalkKind
from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from parks.models import User

NOT_THEIRS = "只有科技局和企业现在所在单位的人员可以登记对接。"
NOT_OWN = "只有登记人和科技局可以撤回对接记录。"


def may_write(user: User, firm: Enterprise) -> bool:
    """Those who may see the firm's contacts: the bureau, and the unit in which it stands today."""
    return bool(contacts.shown_to(user, [firm.current.pk]))


def may_withdraw(user: User, talk: Talk) -> bool:
    return user.in_bureau or talk.by_id == user.pk


def record(
    firm: Enterprise,
    *,
    on: dt.date,
    kind: TalkKind,
    said: str,
    asked: str = "",
    answerer: User | None = None,
    answer_by: dt.date | None = None,
    by: User,
) -> Talk:
    """Add an entry and tell the answerer. Refusal where the same one stands already."""
    told = {"on": on, "kind": kind, "said": said, "asked": asked, "by": by}
    with transaction.atomic():
        # Two clicks at once wait for each other here, and the second finds the first.
        Enterprise.objects.select_for_update().get(pk=firm.pk)
        if firm.talks.standing().filter(**told).exists():
            raise Refusal("同样的对接记录已经登记过。", "identical")
        talk = Talk.objects.create(enterprise=firm, answerer=answerer, answer_by=answer_by, **told)
        if answerer and answerer != by:
            words = f"{by}请您在{answer_by:%m月%d日}前答复{firm}的问题：{asked}"
            notices.send_notices([answerer], words, link_to(talk))
    return talk


def answer(talk: Talk, text: str, *, by: User) -> None:
    """Close what was asked, and tell who wrote it down."""
    with transaction.atomic():
        locked = Talk.objects.select_for_update().get(pk=talk.pk)
        if not locked.is_open:
            raise Refusal("这个问题已经答复或撤回，或没有提出问题。", "state")
        Talk.objects.filter(pk=talk.pk).update(
            answer=text, answered_by=by, answered_at=timezone.now()
        )
        if locked.by != by:
            words = f"{talk.enterprise}的问题已由{by}答复：{text}"
            notices.send_notices([locked.by], words, link_to(talk))


def withdraw(talk: Talk, reason: str, *, by: User) -> None:
    with transaction.atomic():
        locked = Talk.objects.select_for_update().get(pk=talk.pk)
        if locked.is_withdrawn:
            raise Refusal("这条记录已经撤回。", "state")
        Talk.objects.filter(pk=talk.pk).update(
            withdrawn_for=reason, withdrawn_by=by, withdrawn_at=timezone.now()
        )


def link_to(talk: Talk) -> str:
    return reverse("firm_talks", args=[talk.enterprise.uscc])
