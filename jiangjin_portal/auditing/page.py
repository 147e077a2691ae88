"""The security log as the auditor asks it, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import django_filters
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from jiangjin_portal.sealed_books import BOOKS
from parks.filters import StrictFilterSet, day
from parks.models import Seal, SecurityEvent, User
from parks.sealing.chain import last_seal
from parks.sealing.marks import SHORT

EVENTS_PER_PAGE = 50
ROLES = dict(User.Role.choices)
TOLD_OF_WORK = {
    "rows": "行数",
    "bytes": "字节",
    "seconds": "用时（秒）",
    "removed": "删除旧备份",
    "sent": "已送到别处",
    "complaint": "没有送出",
    "made_at": "备份时间",
    "ended": "结束的登录和密钥",
    "beginning": "密钥开头",
    "days": "有效天数",
    "reason": "原因",
    "number": "问题数",
    "problems": "问题",
}
"""Name in the details of an act that no form has made → its word."""


class LogFilter(StrictFilterSet):
    """What is asked of the log; every part may be left out."""

    q = django_filters.CharFilter(label="人员、对象或地址", method="told", max_length=120)
    action = django_filters.ChoiceFilter(
        label="动作", choices=SecurityEvent.Action.choices, empty_label="全部"
    )
    result = django_filters.ChoiceFilter(
        label="结果", choices=SecurityEvent.Result.choices, empty_label="全部"
    )
    since = day("自", method=None, field_name="at", lookup_expr="date__gte")
    until = day("至", method=None, field_name="at", lookup_expr="date__lte")

    class Meta(StrictFilterSet.Meta):
        model = SecurityEvent
        fields: list[str] = []

    def told(
        self, queryset: QuerySet[SecurityEvent], name: str, value: str
    ) -> QuerySet[SecurityEvent]:
        by_name = Q(name__contains=value) | Q(person__username__contains=value)
        return queryset.filter(by_name | Q(about__contains=value) | Q(address__contains=value))


@dataclass(frozen=True)
class EventLine:
    """An event in words: `what` it tells beside its object."""

    event: SecurityEvent
    role: str
    what: list[str]

    @property
    def went_wrong(self) -> bool:
        return self.event.result != SecurityEvent.Result.OK


@dataclass(frozen=True)
class BookLine:
    """How far a book is sealed; `digest` is as it is printed on paper."""

    title: str
    seal: Seal | None

    @property
    def digest(self) -> str:
        return self.seal.digest[:SHORT] if self.seal else ""


def asked(data: QueryDict) -> LogFilter:
    events = SecurityEvent.objects.select_related("person").order_by("-pk")
    return LogFilter(data, events, beside={"page"})


def page_of(found: LogFilter, number: str) -> tuple[Page[SecurityEvent], list[EventLine]]:
    page = Paginator(found.qs, EVENTS_PER_PAGE).get_page(number)
    return page, list(lines_of(page.object_list))


def lines_of(events: Any) -> Iterator[EventLine]:
    for event in events:
        yield EventLine(event, ROLES.get(event.role, event.role), list(_in_words(event)))


def books() -> list[BookLine]:
    lines = []
    for book in BOOKS:
        seal = last_seal(book)
        lines.append(BookLine(book.title, seal if seal.pk else None))
    return lines


def cells_of(line: EventLine) -> list[Any]:
    """A line of the exported list."""
    event = line.event
    username = event.person.username if event.person else ""
    return [
        event.pk,
        f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
        event.name,
        username,
        line.role,
        event.address,
        event.get_action_display(),
        event.about,
        event.get_result_display(),
        event.rows,
        "；".join(line.what),
    ]


def _in_words(event: SecurityEvent) -> Iterator[str]:
    if event.rows is not None:
        yield f"{event.rows}行"
    if event.purpose:
        yield f"事由：{event.purpose}"
    for name, told in event.details.items():
        if name in TOLD_OF_WORK:
            yield from _of_work(TOLD_OF_WORK[name], told)
        elif isinstance(told, list) and len(told) == 2:
            yield f"{name}：{told[0] or '（空）'} → {told[1] or '（空）'}"
        else:
            yield f"{name}：{told}"


def _of_work(title: str, told: Any) -> Iterator[str]:
    """What is empty is no news."""
    if isinstance(told, bool):
        yield f"{title}：{'是' if told else '否'}"
    elif isinstance(told, list) and told:
        yield f"{title}：{'、'.join(map(str, told))}"
    elif told and not isinstance(told, list):
        yield f"{title}：{told}"
