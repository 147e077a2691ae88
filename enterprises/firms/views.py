"""The page of one firm: its facts, its state on a past day, and its timeline from the ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.firms import contacts, state
from enterprises.firms.duties import duties_of
from enterprises.firms.figures import figures_table
from enterprises.firms.former_codes import firm_that_bore
from enterprises.firms.ip.listing import rights_of
from enterprises.firms.owners.standing import NOBODY, owners_of
from enterprises.firms.register_records import records_of
from enterprises.firms.sources import sources_of
from enterprises.firms.talks.panel import panel_of
from enterprises.firms.timeline import Teller, validity_in_words
from enterprises.models import Enterprise, LedgerEntry, UnitContact
from enterprises.models.announcements import claims
from parks.access import person
from parks.filters import StrictForm, problems

ENTRIES_PER_PAGE = 50


class DayForm(StrictForm):
    beside = frozenset({"page"})
    on = forms.DateField(
        label="查看某日状态",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@require_safe
def firm_page(request: HttpRequest, uscc: str) -> HttpResponse:
    """The firm today or, by `?on=`, on a past day. An impossible day shows today and says so."""
    user = person(request)
    visible = Enterprise.objects.visible_to(user)
    enterprise = _with_facts(visible).filter(uscc=uscc).first()
    if enterprise is None or enterprise.merged_into_id:
        return _go_to_current_code(visible, uscc)
    form = DayForm(request.GET)
    past_day = form.cleaned_data.get("on") if form.is_valid() else None
    day = past_day or timezone.localdate()
    may_see_contacts = bool(contacts.shown_to(user, [enterprise.pk]))
    held = list(enterprise.qualifications.all())
    confirmation = claims.in_words(held)
    context = {
        "firm": enterprise,
        "wrong": problems(form),
        "form": form,
        "standing": state.on_day(enterprise, day),
        "past": past_day,
        "page_address": f"?on={past_day}&" if past_day else "?",
        "held": [(row, validity_in_words(row, day), confirmation.get(row.pk)) for row in held],
        "duties": duties_of(enterprise, day),
        "figures": figures_table(enterprise.yearly_figures.all(), sources_of(enterprise)),
        "rights": rights_of(enterprise, day),
        "registered": records_of(enterprise, user),
        "may_see_contacts": may_see_contacts,
        "owners": owners_of([enterprise.pk], day).get(enterprise.pk, NOBODY),
        **_unit_of(enterprise),
        "talks": panel_of(enterprise, user, may_write=may_see_contacts),
        **_timeline_page(request, enterprise, Teller(held), may_see_contacts),
    }
    return render(
        request, "enterprises/firms/firm.html", context, status=400 if context["wrong"] else 200
    )


def _go_to_current_code(visible: QuerySet[Enterprise], uscc: str) -> HttpResponse:
    """To the firm that bore the code, or into which its record went; 404 where there is none."""
    firm = firm_that_bore(uscc, visible)
    if firm is None:
        raise Http404
    return redirect("firm", firm.uscc)


def _unit_of(enterprise: Enterprise) -> dict[str, Any]:
    """The unit that answers for it today, with whom to call there."""
    today = timezone.localdate()
    here = next((row for row in enterprise.placements.all() if row.holds_on(today)), None)
    if here is None:
        return {"unit": None}
    contact = UnitContact.objects.filter(unit=here.answering).first()
    return {
        "unit": here.answering,
        "unit_contact": contact,
        "unit_dials": contacts.dialled(contact.phone) if contact else "",
    }


def _with_facts(firms: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    return firms.select_related("tech_field").prefetch_related(
        "former_names",
        "merged_records",
        "placements__park",
        "placements__town",
        "closures",
        "qualifications__kind",
        "yearly_figures",
        "pool_entries",
        "incidents",
        "duties_done",
        "applications__kind",
        "applications__rejected_for",
    )


def _timeline_page(
    request: HttpRequest, enterprise: Enterprise, teller: Teller, may_see_contacts: bool
) -> dict[str, Any]:
    entries = (
        LedgerEntry.objects.filter(enterprise=enterprise)
        .select_related("source", "by", "undone_by")
        .order_by("-id")
    )
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    timeline = teller.tell(list(page), contacts=may_see_contacts)
    return {"page": page, "timeline": timeline, "may_take_back": person(request).in_bureau}
