"""Writing a meeting: its head, its agenda, that it was held, and its minutes.

Every change names the version that its writer saw; of two writers the second is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max

from enterprises.refusal import Refusal
from parks.models import User
from targets.meetings import agenda
from targets.models import AgendaItem, Meeting, MeetingState


@dataclass(frozen=True)
class MeetingHead:
    day: dt.date
    place: str = ""
    chair: str = ""


@dataclass(frozen=True)
class AgendaLine:
    """`pk` None: an item that the office adds."""

    pk: int | None
    title: str
    order: int
    is_dropped: bool = False


def next_number() -> int:
    last: int | None = Meeting.objects.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def open_meeting(number: int, head: MeetingHead, *, today: dt.date, by: User) -> Meeting:
    """A draft with the agenda that the data proposes."""
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(
                number=number, day=head.day, place=head.place, chair=head.chair, made_by=by
            )
            agenda.propose(meeting, today, by)
    except IntegrityError as error:
        raise Refusal(f"第{number}次会议已经登记，请核对次数。", "identical") from error
    return meeting


def edit_head(meeting: Meeting, head: MeetingHead, *, seen: int, today: dt.date) -> None:
    with _changing(meeting, seen) as locked:
        if locked.is_held:
            _refuse_future(head.day, today)
        locked.day, locked.place, locked.chair = head.day, head.place, head.chair
        locked.save(update_fields=["day", "place", "chair"])


def propose_again(meeting: Meeting, *, seen: int, today: dt.date, by: User) -> int:
    """How many items are new."""
    with _changing(meeting, seen) as locked:
        _refuse_held(locked)
        return agenda.propose(locked, today, by)


def arrange(meeting: Meeting, lines: Sequence[AgendaLine], *, seen: int) -> None:
    """The agenda as the office has it: titles, order, what is dropped, what is added."""
    with _changing(meeting, seen) as locked:
        _refuse_held(locked)
        items = {item.pk: item for item in locked.items.all()}
        for line in lines:
            # What is new is made here, what was there is found.
            item = AgendaItem(meeting=locked) if line.pk is None else items.get(line.pk)
            if item is None:
                raise Refusal("有的议题已不在本次会议中，请重新打开本页。")
            item.title, item.order, item.is_dropped = line.title, line.order, line.is_dropped
            item.save()


def hold(meeting: Meeting, *, seen: int, today: dt.date) -> None:
    """The meeting took place: from now on its agenda stands, minutes and decisions are written."""
    with _changing(meeting, seen) as locked:
        if locked.is_held:
            raise Refusal(f"{locked}已登记为已召开。", "identical")
        _refuse_future(locked.day, today)
        if not locked.items.filter(is_dropped=False).exists():
            raise Refusal("议程上没有议题，不能登记为已召开。")
        locked.state = MeetingState.HELD
        locked.save(update_fields=["state"])


def write_minutes(meeting: Meeting, texts: Mapping[int, str], *, seen: int) -> None:
    """Key of an item → what was said about it."""
    with _changing(meeting, seen) as locked:
        if not locked.is_held:
            raise Refusal("会议还没有召开，不能写纪要。请先登记为已召开。")
        items = list(locked.items.filter(pk__in=texts))
        for item in items:
            item.minutes = texts[item.pk]
        AgendaItem.objects.bulk_update(items, ["minutes"])


@contextmanager
def _changing(meeting: Meeting, seen: int) -> Iterator[Meeting]:
    """The meeting's row, locked; its version grows with what is done to it."""
    with transaction.atomic():
        locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if locked.version != seen:
            raise Refusal("别人刚改过这次会议。您的内容还在，请核对后再保存。", "changed")
        yield locked
        Meeting.objects.filter(pk=locked.pk).update(version=seen + 1)


def _refuse_held(meeting: Meeting) -> None:
    if meeting.is_held:
        raise Refusal(f"{meeting}已召开，议程不再改动。")


def _refuse_future(day: dt.date, today: dt.date) -> None:
    if day > today:
        raise Refusal(f"会议日期是{day}，还没有到。")
