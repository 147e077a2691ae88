"""The page of a unit's roster in a quarter: where it stands, what to do next, what was sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from enterprises.loading import storage
from enterprises.marks import Mark
from enterprises.models import Case, Quarter, Remark, RosterVersion, VersionState
from enterprises.refusal import Refusal
from enterprises.reporting import board as boards
from enterprises.reporting import intake, quarters
from enterprises.reporting.rights import reports_for
from enterprises.reporting.web.roster_access import find_roster, refuse_unless_reporting
from enterprises.reporting.web.roster_forms import NilForm, RosterFileForm
from parks.access import person
from parks.models import Unit

WAITING = Mark("", "hourglass-split")
LOOKS: dict[str, Mark] = {
    VersionState.FAULTY: Mark("", "x-circle"),
    VersionState.RETURNED: Mark("", "x-circle"),
    VersionState.SUBMITTED: Mark("", "check-circle"),
    VersionState.APPROVED: Mark("", "check-circle"),
    VersionState.APPLIED: Mark("", "check-circle"),
}
"""The state at the head of the page: done, to be mended, or (any other) still to come."""
STEPS = {boards.NOT_STARTED: 1, VersionState.READY: 3}
"""State of the newest version → the step that comes next; 2 for the others that are not handed in."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def roster(request: HttpRequest, quarter: str, unit: str) -> HttpResponse:
    """Where the roster stands; a POST receives a file and starts its check."""
    period, owner = find_roster(request, quarter, unit)
    correcting = _is_applied(period, owner)
    if request.method != "POST":
        return _page(request, period, owner, RosterFileForm(correcting=correcting))
    refuse_unless_reporting(person(request), owner)
    form = RosterFileForm(request.POST, request.FILES, correcting=correcting)
    if form.is_valid():
        file, reason = form.cleaned_data["roster"], form.cleaned_data["reason"]
        try:
            version = intake.receive(
                period, owner, file.chunks(), file.name, by=person(request), reason=reason
            )
        except Refusal as refusal:
            form.add_error("reason" if refusal.code == "reason" else "roster", refusal.message)
        except storage.StorageError as error:
            form.add_error("roster", str(error))
        else:
            return redirect("roster_version", version.pk)
    return _page(request, period, owner, form)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def nil(request: HttpRequest, quarter: str, unit: str) -> HttpResponse:
    """A nil return is an act of its own, with its consequence named."""
    period, owner = find_roster(request, quarter, unit)
    refuse_unless_reporting(person(request), owner)
    form = NilForm(request.POST if request.method == "POST" else None)
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
    shown = {"quarter": period, "unit": owner, "form": form}
    return render(
        request,
        "enterprises/reporting/roster_nil.html",
        shown,
        status=422 if form.is_bound else 200,
    )


def _is_applied(quarter: Quarter, unit: Unit) -> bool:
    return RosterVersion.objects.filter(
        roster__quarter=quarter, roster__unit=unit, state=VersionState.APPLIED
    ).exists()


def _page(request: HttpRequest, quarter: Quarter, unit: Unit, form: RosterFileForm) -> HttpResponse:
    user = person(request)
    sent = RosterVersion.objects.visible_to(user).filter(roster__quarter=quarter, roster__unit=unit)
    versions = list(
        sent.select_related("created_by", "submitted_by").defer("summary").order_by("-number")
    )
    remarks = Remark.objects.filter(version__in=[one.pk for one in versions]).select_related(
        "by", "version"
    )
    cases = (
        Case.objects.touching(unit.pk)
        .filter(quarter=quarter)
        .select_related("from_unit", "park", "town")
    )
    shown = {
        "form": form,
        "versions": versions,
        "remarks": list(remarks),
        "cases": list(cases),
        "own": reports_for(user, unit),
    }
    status = 422 if form.is_bound else 200
    return render(
        request,
        "enterprises/reporting/roster.html",
        shown | _standing(quarter, unit, versions),
        status=status,
    )


def _standing(quarter: Quarter, unit: Unit, versions: list[RosterVersion]) -> dict[str, Any]:
    """What the status line and the steps say."""
    today = timezone.localdate()
    latest = versions[0] if versions else None
    state = latest.state if latest else boards.NOT_STARTED
    official = next((one for one in versions if one.state in boards.HANDED_IN), None)
    return {
        "quarter": quarter,
        "unit": unit,
        "latest": latest,
        "official": official,
        "state": state,
        "label": boards.LABELS[state],
        "mark": LOOKS.get(state, WAITING),
        "step": 4 if official and official is latest else STEPS.get(state, 2),
        "days_left": (quarter.due_on - today).days,
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
