"""The ledger as a page: every change of every firm the reader may see, newest first."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enterprises.firms import contacts
from enterprises.firms.timeline import Teller, TimelineEntry
from enterprises.models import Enterprise, LedgerEntry, Qualification
from parks.access import person
from parks.filters import StrictFilterSet, day, problems, styled
from parks.models import User

ENTRIES_PER_PAGE = 50


class LedgerPageFilter(StrictFilterSet):
    q = django_filters.CharFilter(label="企业名称或代码", method="of_firms", max_length=120)
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
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    user = person(request)
    found = LedgerPageFilter(request.GET, LedgerEntry.objects.visible_to(user), beside={"before"})
    older = OlderForm(request.GET)
    wrong = problems(found.form) + (["页码参数无效。"] if not older.is_valid() else [])
    before = older.cleaned_data.get("before") if not wrong else None
    entries = found.qs.filter(Q(pk__lt=before) if before else Q()).order_by("-pk")
    shown = (
        []
        if wrong
        else list(entries.select_related("enterprise", "source", "by")[: ENTRIES_PER_PAGE + 1])
    )
    form = styled(found.form)
    context: dict[str, Any] = {
        "form": form,
        "further": [field for field in form if field.name != "q"],
        "wrong": wrong,
        "timeline": _told(user, shown[:ENTRIES_PER_PAGE]),
        "older": _older(request, shown),
        "filtered": bool(request.GET),
    }
    return render(request, "enterprises/firms/ledger.html", context, status=400 if wrong else 200)


def _told(user: User, entries: list[LedgerEntry]) -> list[TimelineEntry]:
    may_see = contacts.shown_to(user, {entry.enterprise_id for entry in entries})
    held = [entry.fact_id for entry in entries if entry.fact == "qualification"]
    teller = Teller(Qualification.objects.filter(pk__in=held).select_related("kind"))
    return [
        told
        for entry in entries
        for told in teller.tell([entry], contacts=entry.enterprise_id in may_see)
    ]


def _older(request: HttpRequest, shown: list[LedgerEntry]) -> str:
    """The query string of the next page; empty on the last."""
    if len(shown) <= ENTRIES_PER_PAGE:
        return ""
    query = request.GET.copy()
    query["before"] = str(shown[ENTRIES_PER_PAGE - 1].pk)
    return query.urlencode()
