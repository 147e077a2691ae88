"""Pages of the joint meeting: the board of decisions with all meetings, one meeting, and writing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.refusal import Refusal
from parks.access import bureau_only, person, posted_data
from parks.models import Unit
from targets.meetings import keeping, page, steps
from targets.meetings.forms import (
    AgendaForm,
    DecisionForm,
    MeetingForm,
    MinutesForm,
    SeenForm,
    refuse,
)
from targets.meetings.measures import Gauge
from targets.meetings.question import STATES, DecisionsForm
from targets.models import Meeting

PER_PAGE = 50
for_bureau = bureau_only("会议、议程、纪要和决定由科技局登记。")
both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@never_cache
def meetings(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = DecisionsForm(request.GET, beside=frozenset({"page"}))
    board = page.build_board(form.question(), user, timezone.localdate())
    url = board.asked.address()
    context = {
        "board": board,
        "asked": board.asked,
        "problems": form.problems,
        "states": STATES.items(),
        "units": Unit.objects.all(),
        "turn": f"{url}{'&' if '?' in url else '?'}",
        "turned": Paginator(board.lines, PER_PAGE).get_page(request.GET.get("page")),
        "meetings": Meeting.objects.visible_to(user),
    }
    status = 400 if form.problems else 200
    return render(request, "targets/meetings/meetings.html", context, status=status)


@require_safe
@never_cache
def meeting(request: HttpRequest, number: int) -> HttpResponse:
    return _show(request, _visible(request, number))


@both
@for_bureau
def new_meeting(request: HttpRequest) -> HttpResponse:
    initial = {"number": keeping.next_number(), "seen": 0}
    form = MeetingForm(posted_data(request), initial=initial)
    if form.is_bound and form.is_valid():
        number, today = form.cleaned_data["number"], timezone.localdate()
        try:
            made = keeping.open_meeting(number, form.head, today=today, by=person(request))
        except Refusal as refusal:
            refuse(form, refusal.message)
        else:
            items = made.items.count()
            messages.success(request, f"已登记{made}，按数据拟出{items}项议题。")
            return redirect("meeting", number)
    return _form_page(request, form, "新增会议", "登记")


@both
@for_bureau
def edit_meeting(request: HttpRequest, number: int) -> HttpResponse:
    found = _visible(request, number)
    form = MeetingForm(posted_data(request), meeting=found)
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            keeping.edit_head(found, form.head, seen=seen, today=timezone.localdate())
        except Refusal as refusal:
            refuse(form, refusal.message)
        else:
            messages.success(request, f"已登记{found}的时间、地点和主持人。")
            return redirect("meeting", number)
    return _form_page(request, form, f"{found}：时间、地点", "登记", found)


@both
@for_bureau
def edit_agenda(request: HttpRequest, number: int) -> HttpResponse:
    found = _visible(request, number)
    form = AgendaForm(posted_data(request), found)
    if form.is_bound and form.is_valid():
        try:
            keeping.arrange(found, form.agenda, seen=form.cleaned_data["seen"])
        except Refusal as refusal:
            refuse(form, refusal.message)
        else:
            messages.success(request, f"已登记{found}的议程。")
            return redirect("meeting", number)
    context = {"form": form, "meeting": found}
    status = 422 if form.is_bound else 200
    return render(request, "targets/meetings/agenda.html", context, status=status)


@require_POST
@for_bureau
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Ask the data once more what lags."""
    found = _visible(request, number)

    def done(seen: int) -> str:
        new = keeping.propose_again(
            found, seen=seen, today=timezone.localdate(), by=person(request)
        )
        return f"已按今天的数据更新议程，新增{new}项。"

    return _by_button(request, found, done)


@require_POST
@for_bureau
def hold(request: HttpRequest, number: int) -> HttpResponse:
    found = _visible(request, number)

    def done(seen: int) -> str:
        keeping.hold(found, seen=seen, today=timezone.localdate())
        return f"已登记{found}召开，可以写纪要、记决定。"

    return _by_button(request, found, done)


@both
@for_bureau
def minutes(request: HttpRequest, number: int) -> HttpResponse:
    found = _visible(request, number)
    form = MinutesForm(posted_data(request), found)
    if form.is_bound and form.is_valid():
        try:
            keeping.write_minutes(found, form.texts, seen=form.cleaned_data["seen"])
        except Refusal as refusal:
            refuse(form, refusal.message)
        else:
            messages.success(request, f"已登记{found}的纪要。")
            return redirect("meeting", number)
    return _form_page(request, form, f"{found}：纪要", "登记", found)


@both
@for_bureau
def new_decision(request: HttpRequest, number: int) -> HttpResponse:
    found = _visible(request, number)
    form = DecisionForm(posted_data(request), found)
    if form.is_bound and form.is_valid():
        try:
            new = form.decision(Gauge(timezone.localdate()))
            made = steps.decide(found, new, by=person(request))
        except Refusal as refusal:
            refuse(form, refusal.message)
        else:
            messages.success(request, f"已登记决定{made.code}，并已告知牵头和配合单位。")
            return redirect("decision", made.pk)
    return _form_page(request, form, f"{found}：记决定", "登记", found)


def _visible(request: HttpRequest, number: int) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(person(request)), number=number)


def _show(request: HttpRequest, found: Meeting, refusal: Refusal | None = None) -> HttpResponse:
    context = {"page": page.build_meeting(found, timezone.localdate()), "refusal": refusal}
    status = 422 if refusal else 200
    return render(request, "targets/meetings/meeting.html", context, status=status)


def _by_button(request: HttpRequest, found: Meeting, done: Any) -> HttpResponse:
    """A deed that asks for nothing but the version that was looked at."""
    form = SeenForm(request.POST)
    # Without it nobody can have looked at the meeting.
    seen = form.cleaned_data["seen"] if form.is_valid() else 0
    try:
        sentence = done(seen)
    except Refusal as refusal:
        return _show(request, Meeting.objects.get(pk=found.pk), refusal)
    messages.success(request, sentence)
    return redirect("meeting", found.number)


def _form_page(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    deed: str,
    found: Meeting | None = None,
) -> HttpResponse:
    context = {"form": form, "title": title, "deed": deed, "meeting": found}
    status = 422 if form.is_bound else 200
    return render(request, "targets/meetings/form.html", context, status=status)
