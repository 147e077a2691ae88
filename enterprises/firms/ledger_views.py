"""The ledger as a page: every change of every firm the reader may see, newest first."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enterprises.firms import contacts
from enterprises.firms.timeline import Teller, TimelineEntry
from enterprises.models import Enterprise, LedgerEntry, Qualification
from enterprises.uscc import validate_search
from parks.access import person
from parks.filters import StrictFilterSet, day, problems, styled
from parks.models import User

ENTRIES_PER_PAGE = 50


class LedgerPageFilter(StrictFilterSet):
    q = django_filters.CharFilter(
        label="企业名称或代码", method="of_firms", max_length=120, validators=[validate_search]
    )
    act = django_filters.ChoiceFilter(
        label="动作", choices=LedgerEntry.Act.choices, empty_label="全部"
    )
    source = django_filters.CharFilter(
        label="来源文件", field_name="source__name", lookup_expr="contains", max_length=200
    )
    booked_from = day("记账自", method=None, field_name="at", lookup_expr="date__gte")
    booked_to = day("记账至", method=None, field_name="at", lookup_expr="date__lte")

    class Meta(StrictFilterSet.Meta):
        model = LedgerEntry
        fields: list[str] = []

    def of_firms(
        self, queryset: QuerySet[LedgerEntry], name: str, value: str
    ) -> QuerySet[LedgerEntry]:
        return queryset.filter(enterprise__in=Enterprise.objects.named_like(value))


class OlderForm(forms.Form):
    # The greatest id there can be: a database refuses a larger number instead of finding none.
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


@require_safe
def ledger_page(request: HttpRequest) -> HttpResponse:
    """Filtered, and paged by entry number: entries written meanwhile do not shift the pages."""
    user = person(request)
    visible = LedgerEntry.objects.visible_to(user)
    filtered = LedgerPageFilter(request.GET, visible, beside={"before"})
    older = OlderForm(request.GET)
    wrong = problems(filtered.form)
    if not older.is_valid():
        wrong = [*wrong, "页码参数无效。"]
    entries: list[LedgerEntry] = []
    if not wrong:
        rows = filtered.qs.select_related("enterprise", "source", "by").order_by("-pk")
        if before := older.cleaned_data.get("before"):
            rows = rows.filter(pk__lt=before)
        # One more than a page shows tells whether a further page follows.
        entries = list(rows[: ENTRIES_PER_PAGE + 1])
    form = styled(filtered.form)
    context: dict[str, Any] = {
        "form": form,
        "further": [field for field in form if field.name != "q"],
        "wrong": wrong,
        "timeline": _timeline_of(user, entries[:ENTRIES_PER_PAGE]),
        "older": _older_query(request, entries),
        "filtered": bool(request.GET),
    }
    return render(request, "enterprises/firms/ledger.html", context, status=400 if wrong else 200)


def _timeline_of(user: User, entries: list[LedgerEntry]) -> list[TimelineEntry]:
    """The entries in words; contact persons of those firms only that show theirs to the user."""
    may_see = contacts.shown_to(user, {entry.enterprise_id for entry in entries})
    held = [entry.fact_id for entry in entries if entry.fact == "qualification"]
    teller = Teller(Qualification.objects.filter(pk__in=held).select_related("kind"))
    timeline = []
    for entry in entries:
        timeline += teller.tell([entry], contacts=entry.enterprise_id in may_see)
    return timeline


def _older_query(request: HttpRequest, entries: list[LedgerEntry]) -> str:
    """The query string of the next page; empty on the last."""
    if len(entries) <= ENTRIES_PER_PAGE:
        return ""
    query = request.GET.copy()
    query["before"] = str(entries[ENTRIES_PER_PAGE - 1].pk)
    return query.urlencode()
