"""What every page shows around its content: icons, the demo banner, the day the data reaches to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django import template
from django.contrib.messages import ERROR, INFO, SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from enterprises.marks import Mark
from enterprises.models import LedgerEntry, Notice, SourceFile
from enterprises.rosters.definition.problems import Severity
from parks import numbers
from targets.figures import known, links
from targets.figures.question import EARLIEST, LATEST, BridgeQuestion, Question
from targets.figures.standing import Standing, standing_of
from targets.figures.trend import TrendMonth
from targets.models import Scope

register = template.Library()


class Alert(NamedTuple):
    """How a message at the head of a page looks: a class of Bootstrap, and an icon."""

    css: str
    icon: str


ALERTS = {
    INFO: Alert("alert-info", "info-circle"),
    SUCCESS: Alert("alert-success", "check-circle"),
    WARNING: Alert("alert-warning", "exclamation-triangle"),
    ERROR: Alert("alert-danger", "x-circle"),
}


@dataclass(frozen=True)
class DataState:
    """`until`: the last day of which anything accepted tells. `written_at`: the last change of a fact.

    Both are None before the first.
    """

    until: dt.date | None
    written_at: dt.datetime | None
    demo: bool


# A tag, not a context processor: pages that do not show it must not pay its queries.
@register.simple_tag
def data_state() -> DataState:
    last = LedgerEntry.objects.last_written()
    return DataState(known.latest_day(), last, SourceFile.objects.tell_of_a_demo())


@register.simple_tag(takes_context=True)
def unread_notices(context: Context) -> int:
    """How many notices the person who is signed in has not read."""
    return Notice.objects.unread_by(context["user"]).count()


@register.simple_tag
def earliest_day() -> str:
    """The first day that pages of figures may be asked for, as an input takes it."""
    return EARLIEST.isoformat()


@register.simple_tag
def latest_day() -> str:
    """The last day that pages of figures may be asked for."""
    return LATEST.isoformat()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the staged sprite; the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def mark(look: Mark, word: str) -> SafeString:
    """A state: its word on a coloured ground, behind its icon or sign."""
    sign = icon(look.icon) if look.icon else SafeString("")
    if look.sign:
        sign = format_html('<span class="status-sign" aria-hidden="true">{}</span>', look.sign)
    return format_html('<span class="status {}">{}{}</span>', look.tone, sign, word)


@register.simple_tag
def standing(met: bool | None, due: dt.date | str, on: dt.date) -> Standing:
    """What is said of a clause that is due on a day; `due` as text where a release has frozen it."""
    return standing_of(met, dt.date.fromisoformat(str(due)), on)


@register.simple_tag
def status(met: bool | None, due: dt.date | str, on: dt.date, unknown: str = "") -> SafeString:
    """The same with its look; `unknown` is said where nothing can be judged."""
    found = standing(met, due, on)
    word = unknown if unknown and met is None else str(found.label)
    return mark(found.mark, word)


@register.simple_tag
def severity(code: str) -> SafeString:
    """How grave a problem of a file is."""
    found = Severity(code)
    return mark(found.mark, found.word)


@register.filter
def alert(message: Message) -> Alert:
    return ALERTS.get(message.level, ALERTS[INFO])


@register.simple_tag
def list_link(
    question: Question, indicator: str, scope: str = "", on: dt.date | None = None
) -> str:
    """Address of the firms behind a figure."""
    return links.figure(question, indicator, scope or Scope.DISTRICT, on)


@register.simple_tag
def page_link(question: Question, name: str, *args: str) -> str:
    """Address of another page of figures, asked the same question."""
    return links.page(question, name, *args)


@register.simple_tag
def chart_link(question: Question, name: str, scope: str = "", form_at: str = "svg") -> str:
    """Address of a chart's image, or of its numbers."""
    return links.chart(question, name, scope, form_at)


@register.simple_tag
def bridge_link(question: Question, kind: str, scope: str = "") -> str:
    """Address of what changed in the year before the question's day; "" for a release.

    A release is told from frozen spans, the page of changes from the facts.
    """
    # The page of changes reads today's facts: behind a published figure it would tell others.
    if question.release:
        return ""
    return links.bridge(BridgeQuestion.of_year_before(question, kind, scope or Scope.DISTRICT))


@register.filter
def quarterly(months: Sequence[TrendMonth]) -> list[TrendMonth]:
    """Quarter ends, and the asked day where it is no month's end."""
    chosen = []
    for month in months:
        # The asked day is kept beside the quarter ends: it is the one the page is about.
        ends_quarter = month.day.month % 3 == 0
        ends_month = (month.day + dt.timedelta(days=1)).day == 1
        if ends_quarter or not ends_month:
            chosen.append(month)
    return chosen


@register.filter
def number(value: Decimal | int | None) -> str:
    """As numbers are written everywhere; — where there is none."""
    return "—" if value is None else numbers.grouped(value)


@register.filter
def trimmed(value: Decimal) -> Decimal:
    """Without needless zeros: 700, 94.36."""
    return Decimal(numbers.plain(value))


@register.filter
def signed(change: int | None) -> str:
    """+3, −3, 0; — where nothing can be said."""
    return "—" if change is None else numbers.signed(change)


@register.filter
def absolute(number: int) -> int:
    return abs(number)
