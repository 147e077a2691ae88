"""What every page shows around its content: icons, the demo banner, the day the data reaches to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django import template
from django.db.models import Max
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from enterprises.models import LedgerEntry, SourceFile

register = template.Library()


@dataclass(frozen=True)
class DataState:
    """`until`: the latest day a register speaks of; `written_at`: the last change of a fact; None where there is none."""

    until: dt.date | None
    written_at: dt.datetime | None
    demo: bool


@register.simple_tag
def data_state() -> DataState:
    until = SourceFile.objects.aggregate(day=Max("as_of"))["day"]
    last = LedgerEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    return DataState(until, last, SourceFile.objects.filter(kind=SourceFile.Kind.DEMO).exists())


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the staged sprite; the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )
