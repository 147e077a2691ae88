"""The board of a quarter, and what the bureau does to run it: open, change days, extend, remind, take it away."""

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
from enterprises.reporting import board, board_workbook, desk, reminders
from enterprises.reporting.board import LABELS
from enterprises.reporting.web.quarter_forms import FORMS, OpenForm, QuarterBoardForm
from parks.access import bureau_only, person
from parks.filters import problems
from parks.models import Unit, User

LAST_QUARTERS = 8
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
for_bureau = bureau_only("只有科技局人员可以办理名册报送。")


@require_safe
def roster_board(request: HttpRequest) -> HttpResponse:
    """Every unit in a quarter; whoever reports for a unit is led to its own roster, a department home."""
    user = person(request)
    if user.unit and not user.reporting_unit:
        return redirect("home")
    form = QuarterBoardForm(request.GET)
    quarter = _asked(form)
    if quarter is None:
        return render(
            request,
            "enterprises/reporting/board_empty.html",
            {"last": Period.before(timezone.localdate())},
        )
    if user.unit:
        return redirect("roster", quarter.code, user.unit.code)
    wrong = problems(form)
    context = {"quarter": quarter, "wrong": wrong, **_board(quarter, form, user)}
    return render(
        request, "enterprises/reporting/board.html", context, status=400 if wrong else 200
    )


def _asked(form: QuarterBoardForm) -> Quarter | None:
    """The quarter of the address, or the newest that has opened; None when there is none at all."""
    if form.is_valid() and (code := form.cleaned_data["quarter"]):
        return get_object_or_404(Quarter.objects.coded(code))
    return Quarter.objects.opened_by(timezone.localdate()).first() or Quarter.objects.last()


def _board(quarter: Quarter, form: QuarterBoardForm, user: User) -> dict[str, Any]:
    today = timezone.localdate()
    shown, rows = desk.rows(quarter, today, seen_by=user)
    said = form.cleaned_data if form.is_valid() else {}
    state, late = said.get("state", ""), said.get("late", "")
    wanted = [
        row
        for row in rows
        if (not state or row.line.state == state) and (not late or row.line.is_late)
    ]
    quarters = list(Quarter.objects.all()[:LAST_QUARTERS])
    missing = shown.expected - shown.handed_in
    return {
        "board": shown,
        "missing": missing,
        "days_left": (quarter.due_on - today).days,
        "locked": today > quarter.locks_on,
        "groups": _groups(wanted),
        "kinds": [kind.label for kind in desk.COUNTED],
        "chips": _chips(quarter, shown, state, late),
        "quarters": quarters,
        "matrix": _matrix(quarters, user),
    }


def _groups(rows: list[desk.DeskRow]) -> list[tuple[str, list[desk.DeskRow]]]:
    kinds = (Unit.Kind.PARK, Unit.Kind.TOWN)
    found = [(kind.label, [row for row in rows if row.line.unit.kind == kind]) for kind in kinds]
    return [(label, lines) for label, lines in found if lines]


def _chips(
    quarter: Quarter, shown: board.QuarterBoard, state: str, late: str
) -> list[dict[str, Any]]:
    """The filters with how many units each shows, and where each leads."""

    def chip(words: str, number: int, **query: str) -> dict[str, Any]:
        active = (query.get("state", ""), query.get("late", "")) == (state, late)
        return {
            "words": words, "number": number, "active": active,
            "link": f"?{urlencode({'quarter': quarter.code} | query)}",
        }  # fmt: skip

    counts = shown.counts
    states = [
        chip(LABELS[code], counts[code], state=code)
        for code in LABELS
        if counts[code] or code == state
    ]
    return [chip("全部", shown.expected), *states, chip("逾期", shown.late, late="1")]


def _matrix(quarters: list[Quarter], user: User) -> list[tuple[Unit, list[board.BoardLine]]]:
    """Unit by unit, its lines in these quarters."""
    boards = board.over(quarters, timezone.localdate(), seen_by=user)
    return [
        (lines[0].unit, list(lines)) for lines in zip(*(one.lines for one in boards), strict=True)
    ]


@require_safe
def roster_board_export(request: HttpRequest, code: str) -> HttpResponse:
    """The whole board of a quarter as a workbook."""
    user = person(request)
    if not user.sees_whole_district:
        raise PermissionDenied("只有能看全区的人员可以导出报送进度。")
    quarter = get_object_or_404(Quarter.objects.coded(code))
    shown, rows = desk.rows(quarter, timezone.localdate(), seen_by=user)
    content = board_workbook.build(shown, rows, by=user, at=timezone.localtime())
    name = f"attachment; filename=board_{quarter.code}_{timezone.localdate():%Y%m%d}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
def quarter_open(request: HttpRequest) -> HttpResponse:
    form = OpenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            quarter = form.carry_out(person(request))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{quarter}已开放，截止日{quarter.due_on:%Y-%m-%d}。")
            return redirect(_link(quarter))
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
def quarter_act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Change the days, or let one unit hand in later."""
    quarter = get_object_or_404(Quarter.objects.coded(code))
    if act not in FORMS:
        raise Http404
    initial = {"unit": request.GET["unit"]} if "unit" in request.GET else None
    form = FORMS[act](
        request.POST if request.method == "POST" else None, quarter=quarter, initial=initial
    )
    if form.is_valid():
        try:
            messages.success(request, form.carry_out(person(request)))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(_link(quarter))
    return _form_page(request, form, quarter)


def _form_page(request: HttpRequest, form: Any, quarter: Quarter | None) -> HttpResponse:
    context = {"form": form, "quarter": quarter}
    return render(
        request,
        "enterprises/reporting/quarter_form.html",
        context,
        status=422 if form.is_bound else 200,
    )


@require_POST
@for_bureau
def quarter_remind(request: HttpRequest, code: str) -> HttpResponse:
    """Remind everybody who is missing, at most once a day, and say whom it reached."""
    quarter = get_object_or_404(Quarter.objects.coded(code))
    reminded = reminders.remind_now(quarter, milestone=f"by-hand-{timezone.localdate()}")
    unheard = reminders.without_account(reminded)
    reached = [unit for unit in reminded if unit not in unheard]
    if reached:
        messages.success(
            request,
            f"已催报{len(reached)}个单位：{'、'.join(unit.short_name for unit in reached)}。",
        )
    if unheard:
        names = "、".join(unit.short_name for unit in unheard)
        messages.warning(request, f"有{len(unheard)}个单位没有可用账号，催报没有送达：{names}。")
    if not reminded:
        messages.info(request, "没有需要催报的单位：都已报送，或今天已经催报过。")
    return redirect(_link(quarter))


def _link(quarter: Quarter) -> str:
    return f"{reverse('roster_board')}?quarter={quarter.code}"
