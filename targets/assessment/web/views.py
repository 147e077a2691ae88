"""Pages of assessment that are read: the table, a unit's page, what was counted, files."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parks.access import person
from parks.models import Unit
from targets.assessment import export, page, rights, sheet
from targets.assessment.question import KINDS, AssessmentForm
from targets.assessment.web.forms import (
    FreezeForm,
    ObjectionAnswerForm,
    ObjectionForm,
    ProposeForm,
    ReopenSheetForm,
)
from targets.key_tasks import files as task_files
from targets.models import AssessmentFile, AssessmentItem, AssessmentScheme

FORBIDDEN = "各单位只看本单位的考核得分。"


@require_safe
@never_cache
def assessment(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    return show_board(request, AssessmentForm(request.GET, user=person(request)))


def show_board(
    request: HttpRequest, form: AssessmentForm, refused: Any = None, refusal: str = ""
) -> HttpResponse:
    """`refused`: the form of a deed that was not done; `refusal`: why."""
    problems, scheme, user = form.problems, form.scheme(), person(request)
    context: dict[str, Any] = {
        "form": form,
        "problems": problems,
        "kinds": KINDS,
        "year": form.asked_year(),
        "kind": form.asked_kind(),
        "scheme": scheme,
        "refusal": refusal,
    }
    if scheme:
        context["board"] = page.build_board(scheme, user, timezone.localdate())
        context |= _deeds(scheme, refused)
    status = 422 if refusal or refused else 200
    return render(
        request, "targets/assessment/board.html", context, status=400 if problems else status
    )


def _deeds(scheme: AssessmentScheme, refused: Any) -> dict[str, Any]:
    """The forms of the deeds, with what was written in the one that was refused."""
    seen = {"seen": scheme.version}
    forms = {
        "propose_form": ProposeForm(initial=seen),
        "reopen_form": ReopenSheetForm(initial=seen),
        "freeze_form": FreezeForm(initial=seen),
    }
    for name, form in forms.items():
        if type(form) is type(refused):
            forms[name] = refused
    return forms


@require_safe
@never_cache
def unit(request: HttpRequest, code: str) -> HttpResponse:
    return show_unit(request, code)


def show_unit(
    request: HttpRequest,
    code: str,
    objection: ObjectionForm | None = None,
    answer: tuple[int, ObjectionAnswerForm] | None = None,
    year: int | None = None,
) -> HttpResponse:
    """`objection`, `answer`: a form that was refused, the latter with its objection's key.

    `year`: of the sheet, where the address does not say it.
    """
    user, found = person(request), _seen_unit(request, code)
    form = AssessmentForm({"year": str(year)} if year else request.GET, user=user)
    problems, scheme = form.problems, form.scheme(found)
    context: dict[str, Any] = {
        "form": form,
        "problems": problems,
        "unit": found,
        "scheme": scheme,
        "year": form.asked_year(),
    }
    if scheme:
        shown = page.build_unit(scheme, found, user, timezone.localdate())
        if shown is None:
            raise Http404("这个单位不在这份考核方案中。")
        context |= {
            "lost": _lost(shown, objection, answer),
            "page": shown,
            "objection_form": objection or ObjectionForm(scheme=scheme),
            "objections": [
                (one, _answer_form(one.pk, answer) if user.in_bureau and one.is_open else None)
                for one in shown.objections
            ],
        }
    status = 422 if objection or answer else 200
    return render(
        request, "targets/assessment/unit.html", context, status=400 if problems else status
    )


def _lost(
    shown: page.UnitScorePage,
    objection: ObjectionForm | None,
    answer: tuple[int, ObjectionAnswerForm] | None,
) -> Any:
    """A refused form that the page has no place for any more: its words are shown all the same."""
    if objection and not shown.may_object:
        return objection
    still_open = {one.pk for one in shown.objections if one.is_open}
    if answer and answer[0] not in still_open:
        return answer[1]
    return None


def _answer_form(pk: int, refused: tuple[int, ObjectionAnswerForm] | None) -> ObjectionAnswerForm:
    if refused and refused[0] == pk:
        return refused[1]
    return ObjectionAnswerForm(pk=pk)


def _seen_unit(request: HttpRequest, code: str) -> Unit:
    found = get_object_or_404(Unit.objects.reporting(), code=code)
    if not rights.may_see(person(request), found):
        raise PermissionDenied(FORBIDDEN)
    return found


@require_safe
@never_cache
def cases(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What was counted of a unit for an item, by name."""
    found = _seen_unit(request, code)
    visible = AssessmentScheme.objects.visible_to(person(request))
    item = get_object_or_404(AssessmentItem, pk=pk, scheme__in=visible.values("pk"))
    shown = sheet.build(item.scheme, timezone.localdate())
    row = shown.of(found)
    if row is None:
        raise Http404("这个单位不在这份考核方案中。")
    line = next(one for one in row.lines if one.item.pk == pk)
    context = {
        "unit": found,
        "scheme": item.scheme,
        "sheet": shown,
        "line": line,
        "rule": page.rule_words(item),
        "entries": item.entries.filter(unit=found)
        .select_related("by")
        .prefetch_related("files")
        .order_by("-number"),
    }
    return render(request, "targets/assessment/cases.html", context)


@require_safe
def export_file(request: HttpRequest, form_at: str) -> HttpResponse | FileResponse:
    user = person(request)
    form = AssessmentForm(request.GET, user=user)
    scheme = form.scheme()
    if form.problems or scheme is None:
        raise Http404("没有这份考核方案，或尚未下达。")
    return export.export_board(page.build_board(scheme, user, timezone.localdate()), user, form_at)


@require_safe
def evidence(request: HttpRequest, pk: int) -> FileResponse:
    """For everyone who may see the unit's sheet."""
    user = person(request)
    files = AssessmentFile.objects.select_related("entry__unit", "objection__unit")
    file = get_object_or_404(files, pk=pk)
    of = file.entry or file.objection
    if of is None or not rights.may_see(user, of.unit):
        raise Http404
    return task_files.download(file)
