"""The page on which a firm is held against the conditions; printed, it is a sheet for the firm."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.eligibility.rule_sets import rule_book
from enterprises.firms.ip.listing import rights_of
from enterprises.firms.self_check.form import SupposedDayForm
from enterprises.firms.self_check.page import self_check_of
from enterprises.firms.self_check.two_sources import told_otherwise
from enterprises.models import Enterprise
from parks.access import person
from parks.filters import problems


@require_safe
def firm_self_check(request: HttpRequest, uscc: str) -> HttpResponse:
    """As of today or, by `?on=`, for an application on another day, also a coming one."""
    firm = get_object_or_404(Enterprise.objects.visible_to(person(request)), uscc=uscc)
    book = rule_book()
    form = SupposedDayForm(request.GET, book=book)
    asked = form.cleaned_data.get("on") if form.is_valid() else None
    on = asked or timezone.localdate()
    wrong = problems(form)
    check = self_check_of(firm, on, book)
    context = {
        "firm": firm,
        "form": form,
        "wrong": wrong,
        "check": check,
        "rights": rights_of(firm, on),
        "told_otherwise": told_otherwise(check.sources, check.told.years),
    }
    return render(
        request, "enterprises/firms/self_check.html", context, status=400 if wrong else 200
    )
