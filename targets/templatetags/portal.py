"""What every page shows around its content: icons, the demo banner, the day the data reaches to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from enterprises.models import LedgerEntry, Notice, SourceFile
from targets.figures import links
from targets.figures.question import BridgeQuestion, Question
from targets.figures.trend import TrendMonth
from targets.models import Scope

register = template.Library()


@dataclass(frozen=True)
class DataState:
    """`until`: the latest day a register speaks of. `written_at`: the last change of a fact.

    Both are None before the first.
    """

    until: dt.date | None
    written_at: dt.datetime | None
    demo: bool


# A tag, not a context processor: pages that do not show it must not pay its queries.
@register.simple_tag
def data_state() -> DataState:
    last = LedgerEntry.objects.last_written()
    return DataState(SourceFile.objects.latest_day(), last, SourceFile.objects.tell_of_a_demo())


@register.simple_tag(takes_context=True)
def unread_notices(context: Context) -> int:
    """How many notices the person who is signed in has not read."""
    return Notice.objects.unread_by(context["user"]).count()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the staged sprite; the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.inclusion_tag("targets/figures/status.html")
def status(met: bool | None, when: str = "") -> dict[str, bool | str | None]:
    """A clause's verdict in words and icon; `when` stands before the words, such as 到期时."""
    return {"met": met, "when": when}


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
    if question.release:
        return ""
    return links.bridge(BridgeQuestion.of_year_before(question, kind, scope or Scope.DISTRICT))


@register.filter
def quarterly(months: Sequence[TrendMonth]) -> list[TrendMonth]:
    """Quarter ends, and the asked day where it is no month's end."""
    chosen = []
    for month in months:
        ends_quarter = month.day.month % 3 == 0
        ends_month = (month.day + dt.timedelta(days=1)).day == 1
        if ends_quarter or not ends_month:
            chosen.append(month)
    return chosen


@register.filter
def signed(change: int | None) -> str:
    """+3, −3, 0; — where nothing can be said."""
    if change is None:
        return "—"
    if change > 0:
        return f"+{change}"
    # A real minus sign: a hyphen would be too short beside the plus, and break lines.
    return f"−{-change}" if change < 0 else "0"


@register.filter
def absolute(number: int) -> int:
    return abs(number)
