"""Reminds whoever has to answer a firm's question on the day by which the answer is due, once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.urls import reverse
from django.utils import timezone

from enterprises import jobs
from enterprises.firms import contacts
from enterprises.firms.talks.recording import link_to
from enterprises.models import Talk
from enterprises.notices import sending as notices
from parks.models import User

NAMES = 5
"""Firms named in a notice; the list has them all."""


def remind(today: dt.date) -> int:
    """How many questions were reminded of; one notice for each person."""
    due = Talk.objects.unanswered().filter(answer_by__lte=today, reminded_at=None)
    people = ("enterprise__merged_into", "answerer")
    waiting = list(due.select_related(*people).order_by("answer_by", "pk"))
    by_person: dict[User, list[Talk]] = defaultdict(list)
    for talk in waiting:
        # The database demands one for every question.
        assert talk.answerer is not None
        by_person[talk.answerer].append(talk)
    for answerer, talks in by_person.items():
        _remind_person(answerer, talks)
    Talk.objects.filter(pk__in=[talk.pk for talk in waiting]).update(reminded_at=timezone.now())
    return len(waiting)


def _remind_person(answerer: User, talks: list[Talk]) -> None:
    """What the person cannot answer any more, the bureau is told of: it sees to an answer."""
    if not answerer.is_active:
        _tell_bureau(f"答复人{answerer}的账号已停用", talks)
        return
    firms = contacts.shown_to(answerer, {talk.firm.pk for talk in talks})
    own = [talk for talk in talks if talk.firm.pk in firms]
    others = [talk for talk in talks if talk.firm.pk not in firms]
    if own:
        notices.send_notices([answerer], _text(own), _link(own))
    if others:
        _tell_bureau(f"答复人{answerer}已不在企业所在单位", others)


def _tell_bureau(why: str, talks: list[Talk]) -> None:
    notices.tell_bureau(f"{why}：{_text(talks)}", _link(talks))


def _link(talks: list[Talk]) -> str:
    return link_to(talks[0]) if len(talks) == 1 else reverse("followup") + "?question=due"


def _text(talks: list[Talk]) -> str:
    names = list(dict.fromkeys(talk.firm.name for talk in talks))
    named = "、".join(names[:NAMES]) + (f"等{len(names)}家" if len(names) > NAMES else "")
    if len(talks) == 1:
        return f"{named}的问题应在{talks[0].answer_by:%m月%d日}前答复：{talks[0].asked}"
    return f"{named}有{len(talks)}个问题到了答复期限。"


run = jobs.nightly(lambda today: {"reminded": remind(today)})
"""Job handler."""
