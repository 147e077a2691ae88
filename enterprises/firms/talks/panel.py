"""The contact book of a firm as its page and the book's own page show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from enterprises.firms.due_days import days_in_words
from enterprises.firms.talks.forms import TalkForm
from enterprises.firms.talks.recording import may_withdraw
from enterprises.models import Enterprise, Talk
from parks.models import User

SHOWN = 5
"""On the firm's page; the book has all."""


@dataclass(frozen=True)
class TalkLine:
    """`due_words`: how far the day of the answer is."""

    talk: Talk
    due_words: str
    is_late: bool
    may_answer: bool
    may_withdraw: bool


@dataclass(frozen=True)
class TalkPanel:
    """`form` is None for who may only read. `more`: entries that are not shown here."""

    lines: list[TalkLine]
    total: int
    form: TalkForm | None

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


def talks_of(firm: Enterprise, user: User) -> QuerySet[Talk]:
    """Newest first, withdrawn ones among them, as far as the person may read."""
    people = ("kind", "by", "answerer", "answered_by", "withdrawn_by")
    found = Talk.objects.about(firm).visible_to(user)
    return found.select_related("enterprise", *people).order_by("-on", "-pk")


def lines_of(talks: Iterable[Talk], user: User, *, may_write: bool) -> list[TalkLine]:
    today = timezone.localdate()
    return [_line(talk, user, today, may_write) for talk in talks]


def _line(talk: Talk, user: User, today: dt.date, may_write: bool) -> TalkLine:
    left = (talk.answer_by - today).days if talk.answer_by else 0
    return TalkLine(
        talk=talk,
        due_words=days_in_words(left),
        is_late=left < 0,
        may_answer=may_write and talk.is_open,
        may_withdraw=may_write and not talk.is_withdrawn and may_withdraw(user, talk),
    )


def panel_of(firm: Enterprise, user: User, *, may_write: bool) -> TalkPanel | None:
    """None for who may not read: a unit that the firm has left."""
    if not (may_write or user.sees_whole_district):
        return None
    talks = talks_of(firm, user)
    lines = lines_of(talks[:SHOWN], user, may_write=may_write)
    total = len(lines) if len(lines) < SHOWN else talks.count()
    form = TalkForm(firm=firm) if may_write and not firm.is_void else None
    return TalkPanel(lines, total, form)


def book_context(firm: Enterprise, user: User, page: Any, form: TalkForm | None) -> dict[str, Any]:
    return {
        "firm": firm,
        "page": page,
        "lines": lines_of(page, user, may_write=form is not None),
        "form": form,
    }
