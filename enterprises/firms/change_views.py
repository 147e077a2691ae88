"""The bureau's page for registering a change of one firm by hand."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from enterprises import jobs, registry
from enterprises.firms.change_forms import FORMS, ChangeForm, add_objections
from enterprises.firms.timeline import Altered, Teller, TimelineEntry
from enterprises.models import Enterprise, LedgerEntry
from parks.access import person
from parks.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def firm_change(request: HttpRequest, uscc: str) -> HttpResponse:
    """One act, chosen by `?act=`; a refused one comes back with its values."""
    user = person(request)
    if not user.in_bureau:
        raise PermissionDenied("只有科技局人员可以登记变更。")
    # Nothing can be registered of a firm whose own registration was undone.
    firm = get_object_or_404(Enterprise.objects.registered(), uscc=uscc)
    chosen = request.GET.get("act", next(iter(FORMS)))
    if chosen not in FORMS:
        raise Http404
    form = FORMS[chosen](request.POST if request.method == "POST" else None, firm=firm)
    if form.is_valid():
        try:
            entries = _register_act(form, firm, user)
        except registry.ActsRefused as refused:
            add_objections(form, refused)
        else:
            _report_changes(request, entries)
            return redirect("firm", uscc)
    # Titles only: a template would call the form classes themselves.
    acts = [(code, form_class.title) for code, form_class in FORMS.items()]
    context = {"firm": firm, "form": form, "chosen": chosen, "acts": acts}
    return render(
        request, "enterprises/firms/change.html", context, status=422 if form.is_bound else 200
    )


def _register_act(form: ChangeForm, firm: Enterprise, by: User) -> list[TimelineEntry]:
    """Write the act, and queue in the same transaction what follows a load.

    Returns the changes in words, none where nothing differed.
    """
    with transaction.atomic():
        act = form.build_act(firm.uscc)
        changes = registry.apply([act], by=by, reason=form.cleaned_data["reason"]).changes
        if not changes:
            return []
        jobs.follow_up("load", by=by)
        # The registry holds the ledger's lock until the commit, so the newest entries are ours.
        entries = LedgerEntry.objects.filter(enterprise=firm).order_by("-pk")[: len(changes)]
        return Teller(firm.qualifications.select_related("kind")).tell(list(entries), contacts=True)


def _report_changes(request: HttpRequest, entries: list[TimelineEntry]) -> None:
    if not entries:
        messages.info(request, "没有变化：所填内容与登记一致。")
    for entry in entries:
        altered = "；".join(_altered_in_words(field) for field in entry.altered)
        messages.success(request, f"已登记{entry.title}（{altered}）。逐月数据随后自动重算。")


def _altered_in_words(field: Altered) -> str:
    if field.before is None:
        return f"{field.label}：{field.after}"
    return f"{field.label}：{field.before} → {field.after}"
