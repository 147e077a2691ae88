"""The worklist of certificates that only rosters claim, and of announced ones that no roster knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractQuarter, ExtractYear
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.models import LedgerEntry, Placement, Qualification, QualificationKind, RosterFirm
from enterprises.models.announcements import claims
from parks.access import person
from parks.filters import StrictForm, problems, styled

ROWS = 50
CLAIMED, ANNOUNCED = "claimed", "announced"
LISTS = {CLAIMED: "名册自报，等名单确认", ANNOUNCED: "名单新见，名册还没有"}


class ClaimsForm(StrictForm):
    beside = frozenset({"page"})

    list = forms.ChoiceField(label="清单", choices=list(LISTS.items()), required=False)
    kind = forms.ModelChoiceField(
        QualificationKind.objects.all(),
        label="资质",
        required=False,
        to_field_name="code",
        empty_label="全部",
    )


@dataclass
class ClaimRow:
    """`told`: the ledger's entry with the document and the cell that it came from."""

    certificate: Qualification
    place: Placement | None = None
    told: LedgerEntry | None = None


@require_safe
def claims_page(request: HttpRequest) -> HttpResponse:
    """Units see the certificates of their own firms."""
    form, today = ClaimsForm(request.GET), timezone.localdate()
    wrong = [] if form.is_valid() else problems(form)
    chosen = (form.cleaned_data.get("list") or CLAIMED) if not wrong else CLAIMED
    held = claims.held_by(person(request), today)
    if not wrong and (kind := form.cleaned_data["kind"]):
        held = held.filter(kind=kind)
    lists = {CLAIMED: claims.claimed(held), ANNOUNCED: unknown_to_rosters(held)}
    shown = lists[chosen].select_related("enterprise", "kind")
    page = Paginator(shown.order_by("kind__order", "valid_from", "pk"), ROWS).get_page(
        request.GET.get("page")
    )
    counts = {code: rows.count() for code, rows in lists.items() if code != chosen}
    # The pages have counted the list that is open.
    counts[chosen] = page.paginator.count
    kind_code = request.GET.get("kind", "")
    context = {
        "form": styled(form),
        "wrong": wrong,
        "page": page,
        "rows": [] if wrong else rows_of(list(page.object_list), today),
        "chosen": chosen,
        "lists": [(code, label, counts[code]) for code, label in LISTS.items()],
        "kind": kind_code,
        "page_address": f"?{urlencode({'list': chosen, 'kind': kind_code})}&",
    }
    status = 400 if wrong else 200
    return render(request, "enterprises/announcements/claims.html", context, status=status)


def unknown_to_rosters(held: QuerySet[Qualification]) -> QuerySet[Qualification]:
    """Announced certificates whose firm no roster of a later quarter names as a holder."""
    year, quarter = "version__roster__quarter__year", "version__roster__quarter__number"
    issued = ExtractYear(OuterRef("valid_from")), ExtractQuarter(OuterRef("valid_from"))
    ends_later = Q(**{f"{year}__gt": issued[0]}) | Q(
        **{year: issued[0], f"{quarter}__gte": issued[1]}
    )
    rows = RosterFirm.objects.handed_in().filter(ends_later)
    rows = rows.filter(uscc=OuterRef("enterprise__uscc"), holds_certificate=True)
    return claims.announced(held).filter(~Exists(rows))


def rows_of(certificates: list[Qualification], day: dt.date) -> list[ClaimRow]:
    """Each with where its firm stands and what told of it first (two queries)."""
    firms = {certificate.enterprise_id for certificate in certificates}
    places = Placement.objects.filter(enterprise__in=firms).covering(day)
    standing = {place.enterprise_id: place for place in places.select_related("park", "town")}
    entries = LedgerEntry.objects.filter(enterprise__in=firms, fact=claims.FACT).in_force()
    told: dict[int, LedgerEntry] = {}
    for entry in entries.select_related("source").order_by("pk"):
        told.setdefault(entry.fact_id, entry)
    return [
        ClaimRow(each, standing.get(each.enterprise_id), told.get(each.pk)) for each in certificates
    ]
