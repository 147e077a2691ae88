"""The bureau's page for registering a firm by hand."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from enterprises import registry
from enterprises.firms.forms.change_forms import add_objections
from enterprises.firms.forms.registering_form import RegisterForm
from parks.access import bureau_only, person, posted_data
from targets.by_hand.look_alikes import LookAlike
from targets.by_hand.new_firm import BUREAU_REGISTERS, LooksAlike, register_firm


@require_http_methods(["GET", "HEAD", "POST"])
@bureau_only(BUREAU_REGISTERS)
def new_firm(request: HttpRequest) -> HttpResponse:
    """A refused firm comes back with its values, one that looks like another with these shown."""
    form = RegisterForm(posted_data(request))
    alike: Sequence[LookAlike] = ()
    if form.is_valid():
        told = form.cleaned_data
        try:
            register_firm(form, by=person(request), reason=told["reason"])
        except registry.ActsRefused as refused:
            add_objections(form, refused)
        except LooksAlike as looks:
            alike = looks.firms
        else:
            messages.success(
                request,
                f"已登记“{told['name']}”（{told['uscc']}）。登记有误的，在下面“变更记录”中撤销。",
            )
            return redirect("firm", told["uscc"])
    context = {"form": form, "alike": alike}
    status = 422 if form.is_bound else 200
    return render(request, "targets/by_hand/new_firm.html", context, status=status)
