"""The page of firms to call, its file, and whom to call at a unit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.bulk import views as bulk_views
from enterprises.bulk.bar import bar
from enterprises.models import UnitContact
from parks.access import person, posted_data
from parks.filters import problems
from parks.models import Unit
from targets.followup.contact_form import UnitContactForm
from targets.followup.desk import DESK
from targets.followup.export import export_followup
from targets.followup.page import FollowUpPage
from targets.followup.question import FollowUpForm
from targets.followup.rows import Why
from targets.output.addresses import up_to_page_number

NOT_THEIR_UNIT = "只有科技局和本单位人员可以登记单位联系人。"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by the whole list, says so, and is a 400."""
    user = person(request)
    form = FollowUpForm(request.GET, user=user, beside=frozenset({"page"}))
    asked = form.question_asked()
    shown = FollowUpPage(asked)
    lines = shown.lines(request.GET.get("page"))
    pages = lines.paginator.get_elided_page_range(lines.number, on_each_side=2, on_ends=1)
    query, wrong = asked.query(), problems(form)
    context: dict[str, Any] = {
        "asked": asked,
        "shown": shown,
        "lines": lines,
        "pages": list(pages),
        "page_address": up_to_page_number(query),
        "has_contacts": any(line.may_tell for line in lines.lines),
        "whys": Why.choices,
        "units": Unit.objects.reporting().visible_to(user),
        "problems": wrong,
        "bulk": bar(DESK, user, total=len(shown.listed), query=query, back=asked.address),
    }
    return render(request, "targets/followup/followup.html", context, status=400 if wrong else 200)


@require_safe
def paste(request: HttpRequest) -> HttpResponse:
    asked = FollowUpForm(request.GET, user=person(request)).question_asked()
    return bulk_views.paste(request, DESK, asked, back=asked.address, hidden={})


@require_safe
def export(request: HttpRequest, form_at: str) -> FileResponse:
    """The whole list, as filtered on the page."""
    form = FollowUpForm(request.GET, user=person(request))
    if not form.is_valid():
        raise Http404
    return export_followup(FollowUpPage(form.question_asked()), form_at)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_contact(request: HttpRequest, code: str) -> HttpResponse:
    """Whom to call at a unit: told by its own people or the bureau."""
    user = person(request)
    unit = Unit.objects.reporting().visible_to(user).filter(code=code).first()
    if unit is None:
        raise Http404
    if not (user.in_bureau or user.unit_id == unit.pk):
        raise PermissionDenied(NOT_THEIR_UNIT)
    known = UnitContact.objects.filter(unit=unit).select_related("told_by").first()
    form = UnitContactForm(posted_data(request), known=known)
    if form.is_valid():
        told = form.cleaned_data | {"told_by": user}
        UnitContact.objects.update_or_create(unit=unit, defaults=told)
        messages.success(request, f"已登记{unit.name}的联系人。")
        return redirect("followup")
    context = {"unit": unit, "known": known, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "targets/followup/unit_contact.html", context, status=status)
