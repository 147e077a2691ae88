"""The board of a quarter, and how the bureau runs it: open, change days, extend, remind, export."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.models import Period, Quarter
from enterprises.refusal import Refusal
from enterprises.reporting import board, desk, reminders
from enterprises.reporting.board import LABELS
from enterprises.reporting.web import board_workbook
from enterprises.reporting.web.form_pages import render_form
from enterprises.reporting.web.quarter_forms import FORMS, OpenForm, QuarterBoardForm
from parks.access import bureau_only, person, posted_data
from parks.filters import problems
from parks.models import Unit, User

LAST_QUARTERS = 8
FORM_PAGE = "enterprises/reporting/quarter_form.html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
for_bureau = bureau_only("只有科技局人员可以办理名册报送。")


@require_safe
def roster_board(request: HttpRequest) -> HttpResponse:
    """Every unit in a quarter.

    Reporters are redirected to their own roster, people of departments to the home page.
    """
    user = person(request)
    if user.unit and not user.reporting_unit:
        return redirect("home")
    form = QuarterBoardForm(request.GET)
    # The newest first, as the model orders them.
    quarters = list(Quarter.objects.all()[:LAST_QUARTERS])
    quarter = _quarter_of(form, quarters)
    if quarter is None:
        context: dict[str, Any] = {"last": Period.before(timezone.localdate())}
        return render(request, "enterprises/reporting/board_empty.html", context)
    # Only now, because the roster of a unit needs a quarter.
    if user.unit:
        return redirect("roster", quarter.code, user.unit.code)
    wrong = problems(form)
    context = {"quarter": quarter, "wrong": wrong, **_board_context(quarter, quarters, form, user)}
    status = 400 if wrong else 200
    return render(request, "enterprises/reporting/board.html", context, status=status)


def _quarter_of(form: QuarterBoardForm, newest: list[Quarter]) -> Quarter | None:
    """The quarter of the address, or the newest that has opened; None when there is none at all."""
    if form.is_valid() and (code := form.cleaned_data["quarter"]):
        return get_object_or_404(Quarter.objects.coded(code))
    today = timezone.localdate()
    opened = [quarter for quarter in newest if quarter.opens_on <= today]
    return next(iter([*opened, *reversed(newest)]), None)


def _board_context(
    quarter: Quarter, quarters: list[Quarter], form: QuarterBoardForm, user: User
) -> dict[str, Any]:
    today = timezone.localdate()
    quarter_board, rows = desk.board_rows(quarter, today, seen_by=user)
    cleaned = form.cleaned_data if form.is_valid() else {}
    state, late = cleaned.get("state", ""), cleaned.get("late", "")
    if state:
        rows = [row for row in rows if row.line.state == state]
    if late:
        rows = [row for row in rows if row.line.is_late]
    return {
        "board": quarter_board,
        "missing": quarter_board.expected - quarter_board.handed_in,
        "days_left": (quarter.due_on - today).days,
        "locked": today > quarter.locks_on,
        "groups": _by_kind_of_unit(rows),
        "kinds": [kind.label for kind in desk.COUNTED],
        "chips": _filter_chips(quarter_board, state, late),
        "quarters": quarters,
        "events": list(quarter.events.history()),
        "matrix": _lines_by_unit(quarters, user),
    }


def _by_kind_of_unit(rows: list[desk.DeskRow]) -> list[tuple[str, list[desk.DeskRow]]]:
    groups = []
    for kind in (Unit.Kind.PARK, Unit.Kind.TOWN):
        of_kind = [row for row in rows if row.line.unit.kind == kind]
        if of_kind:
            groups.append((str(kind.label), of_kind))
    return groups


def _filter_chips(quarter_board: board.QuarterBoard, state: str, late: str) -> list[dict[str, Any]]:
    """The filters of the board: the number of units, the link, and whether the filter is on."""
    counts = quarter_board.counts
    filters: list[tuple[str, int, dict[str, str]]] = [("全部", quarter_board.expected, {})]
    for code, label in LABELS.items():
        # A chosen filter stays to be seen although it shows nothing any more.
        if counts[code] or code == state:
            filters.append((label, counts[code], {"state": code}))
    filters.append(("逾期", quarter_board.late, {"late": "1"}))
    chips = []
    for words, number, query in filters:
        link = urlencode({"quarter": quarter_board.quarter.code} | query)
        active = (query.get("state", ""), query.get("late", "")) == (state, late)
        chips.append({"words": words, "number": number, "active": active, "link": f"?{link}"})
    return chips


def _lines_by_unit(quarters: list[Quarter], user: User) -> list[tuple[Unit, list[board.BoardLine]]]:
    """Unit by unit, its lines in these quarters."""
    boards = board.boards_of_quarters(quarters, timezone.localdate(), seen_by=user)
    of_units = zip(*(quarter_board.lines for quarter_board in boards), strict=True)
    return [(lines[0].unit, list(lines)) for lines in of_units]


@require_safe
def roster_board_export(request: HttpRequest, code: str) -> HttpResponse:
    """The whole board of a quarter as a workbook."""
    user = person(request)
    if not user.sees_whole_district:
        raise PermissionDenied("只有能看全区的人员可以导出报送进度。")
    quarter = get_object_or_404(Quarter.objects.coded(code))
    quarter_board, rows = desk.board_rows(quarter, timezone.localdate(), seen_by=user)
    content = board_workbook.build_workbook(quarter_board, rows, by=user, at=timezone.localtime())
    name = f"attachment; filename=board_{quarter.code}_{timezone.localdate():%Y%m%d}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
def quarter_open(request: HttpRequest) -> HttpResponse:
    form = OpenForm(posted_data(request))
    if form.is_valid():
        try:
            quarter = form.carry_out(person(request))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{quarter}已开放，截止日{quarter.due_on:%Y-%m-%d}。")
            if quarter.is_late(timezone.localdate()):
                messages.warning(request, "截止日已过：没有报送的单位现在都算逾期。")
            return redirect(_board_link(quarter))
    return render_form(request, FORM_PAGE, form, {"quarter": None})


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
def quarter_act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Change the days, or let one unit hand in later."""
    quarter = get_object_or_404(Quarter.objects.coded(code))
    if act not in FORMS:
        raise Http404
    initial = {"unit": request.GET["unit"]} if "unit" in request.GET else None
    form = FORMS[act](posted_data(request), quarter=quarter, initial=initial)
    if form.is_valid():
        try:
            messages.success(request, form.carry_out(person(request)))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(_board_link(quarter))
    return render_form(request, FORM_PAGE, form, {"quarter": quarter})


@require_POST
@for_bureau
def quarter_remind(request: HttpRequest, code: str) -> HttpResponse:
    """Remind all units that are missing, at most once a day, and say which of them it reached."""
    quarter = get_object_or_404(Quarter.objects.coded(code))
    # A reminder goes out once per milestone: the day in its name makes that once a day.
    reminded = reminders.remind_now(quarter, milestone=f"by-hand-{timezone.localdate()}")
    unreached = reminders.without_account(reminded)
    reached = [unit for unit in reminded if unit not in unreached]
    if reached:
        names = "、".join(unit.short_name for unit in reached)
        messages.success(request, f"已催报{len(reached)}个单位：{names}。")
    if unreached:
        names = "、".join(unit.short_name for unit in unreached)
        messages.warning(request, f"有{len(unreached)}个单位没有可用账号，催报没有送达：{names}。")
    if not reminded:
        messages.info(request, "没有需要催报的单位：都已报送，或今天已经催报过。")
    return redirect(_board_link(quarter))


def _board_link(quarter: Quarter) -> str:
    return f"{reverse('roster_board')}?quarter={quarter.code}"
