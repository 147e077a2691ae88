"""A decision's page, the steps that are taken on it, its evidence; and the meeting's Word files."""

from __future__ import annotations

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enterprises.loading.storage import StorageError, clean_name
from enterprises.refusal import Refusal
from parks.access import bureau_only, person
from targets.key_tasks import files as task_files
from targets.meetings import page, papers, rights, standing, steps
from targets.meetings.step_forms import StepForm
from targets.models import Decision, Meeting, MeetingTemplate, StepFile
from targets.word_templates.limits import BadTemplate
from targets.word_templates.running import LARGEST_TEMPLATE, Busy

Purpose = MeetingTemplate.Purpose
for_bureau = bureau_only("只有科技局可以更换会议文件模板。")


@require_safe
@never_cache
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _visible(request, pk))


@require_POST
def step(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found, user = _visible(request, pk), person(request)
    if not rights.may_take(user, found, kind):
        raise PermissionDenied(rights.FORBIDDEN)
    form = StepForm(kind, request.POST, request.FILES, seen=found.last.number)
    valid = form.is_valid()
    try:
        # Also of a wrong form: a browser would not send the files again.
        form.receive()
        if valid:
            steps.take(found, form.step(), by=user, seen=form.cleaned_data["seen"])
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    except StorageError as error:
        form.add_error("uploads", str(error))
    if form.errors:
        return _show(request, _visible(request, pk), form)
    messages.success(request, f"已登记决定{found.code}：{form.deed}。")
    return redirect("decision", pk)


@require_safe
def step_file(request: HttpRequest, pk: int) -> FileResponse:
    """Evidence, for everyone who may read the decision."""
    visible = Decision.objects.visible_to(person(request)).values("pk")
    file = get_object_or_404(StepFile, pk=pk, step__decision__in=visible)
    return task_files.download(file)


def _visible(request: HttpRequest, pk: int) -> Decision:
    return get_object_or_404(
        standing.with_steps(Decision.objects.visible_to(person(request))), pk=pk
    )


def _show(request: HttpRequest, found: Decision, refused: StepForm | None = None) -> HttpResponse:
    shown = page.build_decision(found, person(request), timezone.localdate())
    seen = found.last.number
    forms = {kind: StepForm(kind, seen=seen) for kind in shown.open_steps}
    if refused and refused.kind in forms:
        forms[refused.kind] = refused
    context = {
        "page": shown,
        "decision": found,
        "forms": forms.values(),
        "refused": refused,
        # What was refused may not be open any more, and its words are shown all the same.
        "is_lost": refused is not None and refused.kind not in forms,
    }
    status = 422 if refused else 200
    return render(request, "targets/meetings/decision.html", context, status=status)


# --- Word ---
@require_safe
def word(request: HttpRequest, number: int, purpose: str) -> HttpResponse | FileResponse:
    """Agenda or minutes; where the template cannot be filled, the reason."""
    found = _meeting(request, number)
    try:
        filled = papers.fill(found, purpose, timezone.localdate())
    except (BadTemplate, Busy) as error:
        messages.error(request, str(error))
        return redirect("meeting", number)
    return _download(filled, f"第{number}次联席会议{Purpose(purpose).label}.docx")


@require_safe
@for_bureau
def template(request: HttpRequest, purpose: str) -> FileResponse:
    """The template in use, to be edited in Word."""
    name, content = papers.template_in_use(purpose)
    return _download(content, name)


@require_POST
@for_bureau
def replace_template(request: HttpRequest, number: int, purpose: str) -> HttpResponse:
    """Another template, tried on this meeting; without a file, back to the portal's own."""
    sent = request.FILES.get("template")
    if sent is None:
        name, content = papers.default_name(purpose), papers.default_template(purpose)
    else:
        name, content = clean_name(sent.name or ""), sent.read(LARGEST_TEMPLATE + 1)
    try:
        papers.check(_meeting(request, number), content, timezone.localdate())
    except (BadTemplate, Busy) as error:
        messages.error(request, f"没有采用：{error}")
        return redirect("meeting", number)
    # A further row, none replaced: who changed the template, and when, stays on record.
    MeetingTemplate.objects.create(
        purpose=purpose, name=name, content=content, uploaded_by=person(request)
    )
    label = Purpose(purpose).label
    messages.success(request, f"已采用“{name}”，以后的{label}按此模板生成。")
    return redirect("meeting", number)


def _meeting(request: HttpRequest, number: int) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(person(request)), number=number)


def _download(content: bytes, filename: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=filename)
