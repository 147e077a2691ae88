"""Where firms belong: the open questions, what each unit says, and the bureau's decision."""

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
from enterprises.reporting import cases as belonging
from enterprises.reporting.web.case_forms import CaseDecisionForm, CaseListForm
from parks.access import bureau_only, person
from parks.filters import problems
from parks.models import User

PAGE = 50
HEADINGS = {"open": "未决定", "decided": "已决定", "all": "全部"}
NOTHING = {"open": "未决定的", "decided": "已决定的"}
"""How an empty list is told."""


@dataclass(frozen=True)
class CaseLine:
    """A case and what units say of its firm."""

    case: Case
    said: list[RosterFirm]

    @property
    def claims(self) -> list[RosterFirm]:
        return [one for one in self.said if one.kind != RosterFirm.Kind.MISSING]

    @property
    def farewell(self) -> RosterFirm | None:
        """Where its unit says that it went."""
        return next((one for one in self.said if one.kind == RosterFirm.Kind.MISSING), None)


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Open questions first; a unit sees those it is part of."""
    user = person(request)
    form = CaseListForm(request.GET)
    wrong = problems(form)
    show = ("" if wrong else form.cleaned_data["show"]) or "open"
    seen = Case.objects.visible_to(user)
    page = Paginator(_asked(seen, show), PAGE).get_page(request.GET.get("page"))
    context = {
        "wrong": wrong,
        "show": show,
        "heading": HEADINGS[show],
        "nothing": NOTHING.get(show, ""),
        "chips": _chips(show, seen.undecided().count()),
        "page": page,
        "lines": _lines(list(page)),
        "agreed": _agreed() if user.in_bureau else [],
    }
    return render(
        request, "enterprises/reporting/cases.html", context, status=400 if wrong else 200
    )


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


def _asked(seen: QuerySet[Case], show: str) -> QuerySet[Case]:
    found = seen.select_related("quarter", "from_unit", "park", "town", "decided_by")
    if show == "open":
        return found.filter(decision="").order_by("quarter", "name")
    return (found.exclude(decision="") if show == "decided" else found).order_by(
        "decision", "-quarter", "name"
    )


def _lines(shown: list[Case]) -> list[CaseLine]:
    """One query per quarter on the page."""
    by_quarter: dict[Quarter, list[Case]] = {}
    for case in shown:
        by_quarter.setdefault(case.quarter, []).append(case)
    said = {
        quarter.pk: belonging.statements_on(quarter, [case.uscc for case in asked])
        for quarter, asked in by_quarter.items()
    }
    return [CaseLine(case, said[case.quarter_id].get(case.uscc, [])) for case in shown]


def _agreed() -> list[tuple[Quarter, list[belonging.Agreed]]]:
    quarters = Quarter.objects.filter(cases__decision="").distinct()
    return [(quarter, found) for quarter in quarters if (found := belonging.agreed(quarter))]


@require_POST
@bureau_only("只有科技局人员可以决定归属。")
def cases_agreed(request: HttpRequest, code: str) -> HttpResponse:
    """Decide the transfers that the page showed as agreed, and no others."""
    quarter = get_object_or_404(Quarter.objects.coded(code))
    by = person(request)
    decided, refused = belonging.decide_agreed(quarter, request.POST.getlist("uscc"), by=by)
    if decided:
        messages.success(request, f"已确认{len(decided)}件双方一致的迁移，逐月数据随后自动重算。")
    for said in refused:
        messages.error(request, said)
    return redirect("cases")


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """What everybody says of the firm; the bureau decides, once."""
    user = person(request)
    seen = Case.objects.visible_to(user).select_related(
        "quarter", "from_unit", "park", "town", "decided_by"
    )
    shown = get_object_or_404(seen, pk=pk)
    if request.method == "POST" and not user.in_bureau:
        raise PermissionDenied("只有科技局人员可以决定归属。")
    said = belonging.statements_on(shown.quarter, [shown.uscc]).get(shown.uscc, [])
    form = _form(request, shown, said) if user.in_bureau else None
    if form and form.is_bound and form.is_valid() and _decide(request, form, user):
        return redirect("case", pk)
    context = {"case": shown, "statements": said, "form": form, **_registered(shown, user)}
    return render(
        request,
        "enterprises/reporting/case.html",
        context,
        status=422 if form and form.is_bound else 200,
    )


def _form(request: HttpRequest, case: Case, said: list[RosterFirm]) -> CaseDecisionForm | None:
    """The form of an undecided case. A POST on a decided one is answered by `decide`, which knows who was first."""
    if request.method != "POST" and case.decision:
        return None
    return CaseDecisionForm(
        request.POST if request.method == "POST" else None, case=case, said=said
    )


def _decide(request: HttpRequest, form: CaseDecisionForm, by: User) -> bool:
    try:
        form.carry_out(by)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, "决定已登记，并通知了有关单位。")
    return True


def _registered(case: Case, user: User) -> dict[str, Any]:
    """The firm as it is registered, for whoever may see it."""
    firm = Enterprise.objects.visible_to(user).filter(uscc=case.uscc).first()
    placements = (
        Placement.objects.filter(enterprise=firm).select_related("park", "town").order_by("-since")
    )
    return {"firm": firm, "placements": list(placements.visible_to(user)) if firm else []}
