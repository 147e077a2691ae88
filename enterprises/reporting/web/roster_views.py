"""The page of a unit's roster in a quarter: its state, what to do next, and what was sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from enterprises.loading import storage
from enterprises.models import Case, Quarter, Remark, RosterVersion, VersionState
from enterprises.refusal import Refusal
from enterprises.reporting import board as boards
from enterprises.reporting import intake, quarters
from enterprises.reporting.rights import reports_for
from enterprises.reporting.web.form_pages import render_form
from enterprises.reporting.web.roster_access import find_roster, refuse_unless_reporting
from enterprises.reporting.web.roster_forms import NilForm, RosterFileForm
from parks.access import person, posted_data
from parks.models import Unit

STEPS = {boards.NOT_STARTED: 1, VersionState.READY: 3}
"""State of the newest version → the step that comes next. It is 2 for all other drafts and 4 after
handing in."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def roster_page(request: HttpRequest, quarter: str, unit: str) -> HttpResponse:
    """Where the roster stands; a POST receives a file and starts its check."""
    period, owner = find_roster(request, quarter, unit)
    correcting = _is_applied(period, owner)
    if request.method != "POST":
        return _render_page(request, period, owner, RosterFileForm(correcting=correcting))
    # Leaders and auditors may open the page, but not send a file.
    refuse_unless_reporting(person(request), owner)
    form = RosterFileForm(request.POST, request.FILES, correcting=correcting)
    if form.is_valid():
        file, reason = form.cleaned_data["roster"], form.cleaned_data["reason"]
        try:
            version = intake.receive_file(
                period, owner, file.chunks(), file.name, by=person(request), reason=reason
            )
        except Refusal as refusal:
            form.add_error("reason" if refusal.code == "reason" else "roster", refusal.message)
        except storage.StorageError as error:
            form.add_error("roster", str(error))
        else:
            return redirect("roster_version", version.pk)
    return _render_page(request, period, owner, form)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def nil_return(request: HttpRequest, quarter: str, unit: str) -> HttpResponse:
    """A nil return has a page of its own that names its consequence."""
    period, owner = find_roster(request, quarter, unit)
    refuse_unless_reporting(person(request), owner)
    form = NilForm(posted_data(request))
    form.fields["reason"].required = _is_applied(period, owner)
    if form.is_valid():
        try:
            version = intake.declare_nil(
                period, owner, by=person(request), reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("roster", period.code, owner.code)
        return redirect("roster_version", version.pk)
    context = {"quarter": period, "unit": owner}
    return render_form(request, "enterprises/reporting/roster_nil.html", form, context)


def _is_applied(quarter: Quarter, unit: Unit) -> bool:
    return RosterVersion.objects.filter(
        roster__quarter=quarter, roster__unit=unit, state=VersionState.APPLIED
    ).exists()


def _render_page(
    request: HttpRequest, quarter: Quarter, unit: Unit, form: RosterFileForm
) -> HttpResponse:
    user = person(request)
    visible = RosterVersion.objects.visible_to(user)
    # Without the summaries, which are long and not shown in the list.
    of_unit = visible.filter(roster__quarter=quarter, roster__unit=unit).defer("summary")
    versions = list(of_unit.select_related("created_by", "submitted_by").order_by("-number"))
    remarks = Remark.objects.filter(version__in=[version.pk for version in versions])
    cases = Case.objects.touching(unit.pk).filter(quarter=quarter)
    context = {
        "versions": versions,
        "remarks": list(remarks.select_related("by", "version")),
        "cases": list(cases.select_related("from_unit", "park", "town")),
        "own": reports_for(user, unit),
        **_status_of(quarter, unit, versions),
    }
    return render_form(request, "enterprises/reporting/roster.html", form, context)


def _status_of(quarter: Quarter, unit: Unit, versions: list[RosterVersion]) -> dict[str, Any]:
    """What the status line and the steps show. `versions`: the newest first."""
    today = timezone.localdate()
    latest = versions[0] if versions else None
    state = latest.state if latest else boards.NOT_STARTED
    handed_in = [version for version in versions if version.state in boards.HANDED_IN]
    official = handed_in[0] if handed_in else None
    step = 4 if official and official is latest else STEPS.get(state, 2)
    return {
        "quarter": quarter,
        "unit": unit,
        "latest": latest,
        "official": official,
        "state": state,
        "label": boards.LABELS[state],
        "mark": boards.MARKS[state],
        "step": step,
        "days_left": (quarter.due_on - today).days,
        # Negative before the due day; the template shows one of the two numbers.
        "days_late": (today - quarter.due_on).days,
        "last_day": quarters.last_day_for(quarter, unit),
        "shut": _why_shut(quarter, unit),
        "under_review": state in (VersionState.SUBMITTED, VersionState.APPROVED),
    }


def _why_shut(quarter: Quarter, unit: Unit) -> str:
    try:
        quarters.refuse_when_shut(quarter, unit)
    except Refusal as refusal:
        return refusal.message
    return ""
