"""The page on which the bureau, or a firm's unit, names who sees to the firm."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from enterprises import registry
from enterprises.firms.forms.change_forms import UNCHANGED, add_objections
from enterprises.firms.owners import naming
from enterprises.firms.owners.forms import OwnerForm
from enterprises.firms.owners.standing import NOBODY, owners_of
from enterprises.models import Enterprise
from enterprises.refusal import Refusal
from parks.access import person, posted_data
from parks.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def firm_owner(request: HttpRequest, uscc: str) -> HttpResponse:
    """A refused form comes back with its values; the last naming can be taken back here."""
    user = person(request)
    firm = get_object_or_404(Enterprise.objects.registered().visible_to(user), uscc=uscc)
    if not naming.may_name(user, firm):
        raise PermissionDenied(naming.NOT_THEIRS)
    if "take_back" in request.POST:
        return _taken_back(request, firm, user)
    posted = posted_data(request)
    form = OwnerForm(posted, firm=firm, user=user)
    if posted is not None and _named(request, form, firm, user):
        return redirect("firm", firm.uscc)
    owners = owners_of([firm.pk], timezone.localdate())
    context = {
        "firm": firm,
        "form": form,
        "owners": owners.get(firm.pk, NOBODY),
        "returnable": naming.last_named(firm, user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "enterprises/firms/owner.html", context, status=status)


def _taken_back(request: HttpRequest, firm: Enterprise, user: User) -> HttpResponse:
    text = request.POST.get("seen", "")[:18]
    try:
        naming.take_back(firm, seen=int(text) if text.isdecimal() else 0, by=user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("firm_owner", firm.uscc)
    messages.success(request, f"已撤回{firm}最近一次责任人变更。")
    return redirect("firm", firm.uscc)


def _named(request: HttpRequest, form: OwnerForm, firm: Enterprise, user: User) -> bool:
    """Whether the form was carried out; otherwise it carries the objections."""
    if not form.is_valid():
        return False
    reason = form.cleaned_data["reason"]
    try:
        changed = naming.name_owner(form.build_act(firm.uscc), by=user, reason=reason)
    except registry.ActsRefused as refused:
        add_objections(form, refused)
        return False
    if changed:
        messages.success(request, f"已登记{firm}的责任人。")
    else:
        messages.info(request, UNCHANGED)
    return True
