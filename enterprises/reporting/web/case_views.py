"""The cases: where a firm belongs, what each unit says of it, and the bureau's decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.models import Case, Enterprise, Placement, Quarter, RosterFirm
from enterprises.refusal import Refusal
from enterprises.reporting import agreed_transfers, cases
from enterprises.reporting.web.case_forms import CaseDecisionForm, CaseListForm
from enterprises.reporting.web.form_pages import render_form
from parks.access import bureau_only, person, posted_data
from parks.filters import problems
from parks.models import User

PAGE = 50
HEADINGS = {"open": "未决定", "decided": "已决定", "all": "全部"}
NOTHING = {"open": "未决定的", "decided": "已决定的"}
"""How an empty list is told."""


@dataclass(frozen=True)
class CaseLine:
    """A case and what units say of its firm (`said`)."""

    case: Case
    said: list[RosterFirm]

    @property
    def claims(self) -> list[RosterFirm]:
        return [row for row in self.said if row.kind != RosterFirm.Kind.MISSING]

    @property
    def farewell(self) -> RosterFirm | None:
        """What the unit says at which the firm is missing."""
        return next((row for row in self.said if row.kind == RosterFirm.Kind.MISSING), None)


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Open questions first; a unit sees those it is part of."""
    user = person(request)
    form = CaseListForm(request.GET)
    wrong = problems(form)
    show = "open" if wrong else form.cleaned_data["show"] or "open"
    visible = Case.objects.visible_to(user)
    page = Paginator(_cases_to_show(visible, show), PAGE).get_page(request.GET.get("page"))
    context = {
        "wrong": wrong,
        "show": show,
        "heading": HEADINGS[show],
        "nothing": NOTHING.get(show, ""),
        "chips": _chips(show, visible.undecided().count()),
        "page": page,
        "lines": _lines_of(list(page)),
        "agreed": _agreed_transfers() if user.in_bureau else [],
    }
    status = 400 if wrong else 200
    return render(request, "enterprises/reporting/cases.html", context, status=status)


def _chips(show: str, undecided: int) -> list[dict[str, Any]]:
    """The three lists, and which of them is shown."""
    return [
        {
            "show": name,
            "label": label,
            "number": undecided if name == "open" else "",
            "chosen": name == show,
        }
        for name, label in HEADINGS.items()
    ]


def _cases_to_show(visible: QuerySet[Case], show: str) -> QuerySet[Case]:
    """Undecided cases the oldest quarter first, all others the newest first."""
    rows = visible.select_related("quarter", "from_unit", "park", "town", "decided_by")
    # By the quarter's own columns: its model is ordered the newest first.
    if show == "open":
        return rows.filter(decision="").order_by("quarter__year", "quarter__number", "name")
    if show == "decided":
        rows = rows.exclude(decision="")
    return rows.order_by("decision", "-quarter__year", "-quarter__number", "name")


def _lines_of(page: list[Case]) -> list[CaseLine]:
    """The lines of a page, with one query per quarter on it."""
    codes: dict[Quarter, list[str]] = {}
    for case in page:
        codes.setdefault(case.quarter, []).append(case.uscc)
    statements = {}
    for quarter, usccs in codes.items():
        statements[quarter.pk] = cases.statements_on(quarter, usccs)
    return [CaseLine(case, statements[case.quarter_id].get(case.uscc, [])) for case in page]


def _agreed_transfers() -> list[tuple[Quarter, list[agreed_transfers.AgreedTransfer]]]:
    by_quarter = []
    for quarter in Quarter.objects.filter(cases__decision="").distinct():
        if transfers := agreed_transfers.find_agreed(quarter):
            by_quarter.append((quarter, transfers))
    return by_quarter


@require_POST
@bureau_only("只有科技局人员可以决定归属。")
def cases_agreed(request: HttpRequest, code: str) -> HttpResponse:
    """Decide the transfers that the page showed as agreed, and no others."""
    quarter = get_object_or_404(Quarter.objects.coded(code))
    # Only the firms that the page showed: others may have been agreed on since.
    by = person(request)
    decided, refused = agreed_transfers.decide_agreed(quarter, request.POST.getlist("uscc"), by=by)
    if decided:
        messages.success(request, f"已确认{len(decided)}件双方一致的迁移，逐月数据随后自动重算。")
    for reason in refused:
        messages.error(request, reason)
    return redirect("cases")


@require_http_methods(["GET", "HEAD", "POST"])
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What everybody says of the firm; the bureau decides, once."""
    user = person(request)
    related = ("quarter", "from_unit", "park", "town", "decided_by")
    case = get_object_or_404(Case.objects.visible_to(user).select_related(*related), pk=pk)
    # Units see the case, so this is a 403 and not a 404.
    if request.method == "POST" and not user.in_bureau:
        raise PermissionDenied("只有科技局人员可以决定归属。")
    statements = cases.statements_on(case.quarter, [case.uscc]).get(case.uscc, [])
    form = _decision_form(request, case, statements) if user.in_bureau else None
    if form and form.is_bound and form.is_valid() and _was_decided(request, form, user):
        return redirect("case", pk)
    context = {"case": case, "statements": statements, **_registered(case, user)}
    return render_form(request, "enterprises/reporting/case.html", form, context)


def _decision_form(
    request: HttpRequest, case: Case, statements: list[RosterFirm]
) -> CaseDecisionForm | None:
    """The form of an undecided case.

    A POST gets its form on a decided case, too: `decide_case` then refuses it with the reason.
    """
    data = posted_data(request)
    if case.decision and data is None:
        return None
    return CaseDecisionForm(data, case=case, statements=statements)


def _was_decided(request: HttpRequest, form: CaseDecisionForm, by: User) -> bool:
    try:
        form.carry_out(by)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, "决定已登记，并通知了有关单位。")
    return True


def _registered(case: Case, user: User) -> dict[str, Any]:
    """The firm as it is registered, so far as the user may see it."""
    firm = Enterprise.objects.registered().visible_to(user).filter(uscc=case.uscc).first()
    if firm is None:
        return {"firm": None, "placements": []}
    placements = Placement.objects.filter(enterprise=firm).visible_to(user)
    in_order = placements.select_related("park", "town").order_by("-since")
    return {"firm": firm, "placements": list(in_order)}
