"""What the bureau does with a sheet: drafting, and the deeds by which it comes into force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from enterprises.refusal import Refusal
from parks.access import bureau_only, person, posted_data
from parks.models import User
from targets.assessment import drafting, keeping, page, rights
from targets.assessment.addresses import list_address
from targets.assessment.question import AssessmentForm
from targets.assessment.web.forms import (
    FreezeForm,
    HeadForm,
    ItemForms,
    ProposeForm,
    ReopenSheetForm,
    sum_problem,
)
from targets.assessment.web.views import show_board
from targets.meetings.forms import SeenForm
from targets.models import AssessmentScheme

for_bureau = bureau_only(rights.ONLY_BUREAU)


def _scheme(year: str, kind: str) -> AssessmentScheme:
    return get_object_or_404(AssessmentScheme, year=year, kind=kind)


@require_POST
@for_bureau
def new(request: HttpRequest, year: str, kind: str) -> HttpResponse:
    """A draft of a year with the items of the newest sheet before it."""
    try:
        made = drafting.copy_to(int(year), kind)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect(f"{reverse('assessment')}?kind={kind}")
    messages.success(request, f"已拟订{made.year}年{made}草案，项目与上一年度相同。")
    return redirect("assessment_edit", year, kind)


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
@never_cache
def edit(request: HttpRequest, year: str, kind: str) -> HttpResponse:
    """The draft; 试算 shows each unit before and after, and saves nothing."""
    scheme = _scheme(year, kind)
    if not scheme.is_editable:
        messages.error(request, f"方案{scheme.get_state_display()}，不能修改。请先撤回或退回草案。")
        return redirect(list_address(scheme))
    data = posted_data(request)
    head = HeadForm(data, instance=AssessmentScheme.objects.get(pk=scheme.pk))
    items: Any = ItemForms(data, queryset=scheme.items.all(), prefix="items")
    context: dict[str, Any] = {"scheme": scheme, "form": head, "items": items}
    status = 200
    if data is not None:
        # Not `and`: all errors are shown at once.
        if head.is_valid() & items.is_valid():
            if "preview" not in data and _saved(request, scheme, head, items):
                return redirect(list_address(scheme))
            context["simulated"] = page.compare(
                scheme, head.instance, items.items, timezone.localdate()
            )
            context["sum_problem"] = sum_problem(scheme, head.cleaned_data, items.items)
        status = 422 if head.errors or not items.is_valid() else 200
    return render(request, "targets/assessment/edit.html", context, status=status)


def _saved(request: HttpRequest, scheme: AssessmentScheme, head: HeadForm, items: Any) -> bool:
    try:
        keeping.save_draft(
            scheme, head.head, items.items, items.dropped, seen=head.cleaned_data["seen"]
        )
    except Refusal as refusal:
        head.add_error(None, refusal.message)
        return False
    wrong = sum_problem(scheme, head.cleaned_data, items.items)
    if wrong:
        messages.warning(request, f"已保存草案。{wrong}下达前须改为相等。")
    else:
        messages.success(request, "已保存草案。")
    return True


# --- deeds ---
Done = Callable[[AssessmentScheme, Any, User], str]


def _propose(scheme: AssessmentScheme, said: Any, by: User) -> str:
    keeping.propose(scheme, said["document"].strip(), by=by, seen=said["seen"])
    return "已提请下达，待科技局另一人核对。"


def _withdraw(scheme: AssessmentScheme, said: Any, by: User) -> str:
    keeping.withdraw(scheme, by=by, seen=said["seen"])
    return "已撤回提请。"


def _decree(scheme: AssessmentScheme, said: Any, by: User) -> str:
    keeping.decree(scheme, by=by, seen=said["seen"])
    return "已下达，并已告知各单位。"


def _reopen(scheme: AssessmentScheme, said: Any, by: User) -> str:
    keeping.reopen(scheme, said["reason"].strip(), by=by, seen=said["seen"])
    return "已退回草案，修改后须重新提请和下达。"


def _ask_freeze(scheme: AssessmentScheme, said: Any, by: User) -> str:
    keeping.ask_freeze(scheme, by=by, seen=said["seen"], today=timezone.localdate())
    return "已提请定分，待科技局另一人核对。"


def _freeze(scheme: AssessmentScheme, said: Any, by: User) -> str:
    keeping.freeze(scheme, by=by, seen=said["seen"], today=timezone.localdate())
    return "已定分，以后的数据变动不再影响本年度得分。"


DEEDS: dict[str, tuple[type[SeenForm], Done]] = {
    "propose": (ProposeForm, _propose),
    "withdraw": (SeenForm, _withdraw),
    "decree": (SeenForm, _decree),
    "reopen": (ReopenSheetForm, _reopen),
    "ask-freeze": (FreezeForm, _ask_freeze),
    "freeze": (FreezeForm, _freeze),
}


@require_POST
@for_bureau
def deed(request: HttpRequest, year: str, kind: str, deed: str) -> HttpResponse:
    scheme = _scheme(year, kind)
    if deed not in DEEDS:
        raise Http404
    form_class, done = DEEDS[deed]
    form = form_class(request.POST)
    refusal = ""
    if form.is_valid():
        try:
            sentence = done(scheme, form.cleaned_data, person(request))
        except Refusal as refused:
            refusal = refused.message
        else:
            messages.success(request, sentence)
            return redirect(list_address(scheme))
    asked = QueryDict(mutable=True)
    asked.update({"year": year, "kind": kind})
    sentences = refusal or "没有办理，请按提示更正。"
    return show_board(request, AssessmentForm(asked, user=person(request)), form, sentences)
