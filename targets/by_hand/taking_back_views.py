"""The bureau's page for taking back what was registered of a firm by hand."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from enterprises.firms.timeline import Teller
from enterprises.models import LedgerEntry
from enterprises.refusal import Refusal
from parks.access import bureau_only, person, posted_data
from parks.filters import styled
from targets.by_hand.merged_words import merge_in_words
from targets.by_hand.registering import BUREAU_ONLY
from targets.by_hand.taking_back import EntriesTakenBack, plan, take_back


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="说明", max_length=200, help_text="写明为什么撤销，200字以内；记入变更账簿。"
    )
    mark = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    """Of the entries that the person saw."""


@require_http_methods(["GET", "HEAD", "POST"])
@bureau_only(BUREAU_ONLY)
def take_back_change(request: HttpRequest, uscc: str, pk: int) -> HttpResponse:
    """What goes is shown before; sent, it goes with its reason."""
    rows = LedgerEntry.objects.in_force().select_related("enterprise", "by")
    entry = get_object_or_404(rows, pk=pk, enterprise__uscc=uscc)
    if not entry.is_by_hand:
        raise Http404
    form = TakeBackForm(posted_data(request))
    if form.is_valid():
        try:
            take_back(entry, by=person(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "已撤销，变更账簿中两笔都保留。逐月数据随后自动重算。")
            entry.enterprise.refresh_from_db()
            return redirect("firm", entry.enterprise.uscc)
    return _show(request, entry, form, plan(entry))


def _show(
    request: HttpRequest, entry: LedgerEntry, form: TakeBackForm, found: EntriesTakenBack
) -> HttpResponse:
    teller = Teller(entry.enterprise.qualifications.select_related("kind"))
    context = {
        "firm": entry.enterprise,
        "form": styled(form),
        "mark": found.mark,
        "going": teller.tell(found.entries[::-1], contacts=True),
        "merge": merge_in_words(found.entries, teller) if found.merge else None,
        "blockers": teller.tell(found.blockers, contacts=True),
    }
    status = 422 if form.is_bound else 200
    return render(request, "targets/by_hand/take_back.html", context, status=status)
