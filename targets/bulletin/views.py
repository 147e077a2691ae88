"""The bulletin of a release as Word and Excel, and its template."""

from __future__ import annotations

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enterprises.inspection.looking import objection_to_content
from enterprises.inspection.virus_scan import ScannerAway
from enterprises.loading.storage import clean_name
from parks.access import bureau_only, person
from targets.bulletin import content as bulletin_content
from targets.bulletin import document, words
from targets.bulletin import template as bulletin_template
from targets.bulletin import workbook as bulletin_workbook
from targets.figures import indicators
from targets.figures.http_cache import revalidated
from targets.models import BulletinTemplate
from targets.releases.views import find_release
from targets.word_templates.limits import BadTemplate
from targets.word_templates.running import LARGEST_TEMPLATE, Busy

DEFAULT_NAME = "通报模板.docx"
for_bureau = bureau_only("只有科技局可以更换通报模板。")


@require_safe
@revalidated
def word(request: HttpRequest, code: str) -> HttpResponse | FileResponse:
    """The 通报; by the bureau's template, or where that cannot be filled, the reason."""
    _refuse_reporters(request)
    release = find_release(code)
    uploaded = BulletinTemplate.objects.first()
    template_file = bytes(uploaded.content) if uploaded else None
    try:
        filled = document.fill(bulletin_content.build_bulletin(release), template_file)
    # The bureau's template was tried when it was taken, but an indicator may have gone since.
    except BadTemplate as error:
        messages.error(request, f"{error}请重新上传模板，或恢复系统模板。")
        return redirect("release", code)
    except Busy as error:
        messages.error(request, str(error))
        return redirect("release", code)
    return _download(filled, f"通报_{release.code}.docx")


@require_safe
@never_cache
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The 通报 to be read and printed: the same words and numbers as the Word file's."""
    _refuse_reporters(request)
    bulletin = bulletin_content.build_bulletin(find_release(code))
    uploaded = BulletinTemplate.objects.first() if person(request).in_bureau else None
    context = {
        "bulletin": bulletin,
        "release": bulletin.release,
        "told": document.context_of(bulletin),
        "columns": document.unit_tables(bulletin),
        # The foot stands with the last rows of the last list, where there is one.
        "closes_with_list": bool(bulletin.running_out),
        "closes_with_lapsed": not bulletin.running_out.expiring,
        "note": words.sole_person_note(bulletin.release),
        "template": uploaded,
        "objection": document.objection_to(uploaded, bulletin) if uploaded else "",
    }
    return render(request, "targets/bulletin/bulletin.html", context)


@require_safe
@revalidated
def workbook(request: HttpRequest, code: str) -> FileResponse:
    _refuse_reporters(request)
    release = find_release(code)
    content = bulletin_workbook.build_workbook(bulletin_content.build_bulletin(release))
    return _download(content, f"通报数据_{release.code}.xlsx")


@require_safe
@for_bureau
def template(request: HttpRequest) -> FileResponse:
    """The template in use, to be edited in Word."""
    uploaded = BulletinTemplate.objects.first()
    if uploaded:
        return _download(bytes(uploaded.content), uploaded.name)
    return _download(_default_template(), DEFAULT_NAME)


@require_POST
@for_bureau
def replace_template(request: HttpRequest, code: str) -> HttpResponse:
    """Another template, tried on this release before it is taken.

    Without a file, back to the portal's own.
    """
    sent = request.FILES.get("template")
    if sent is None:
        name, content, success = DEFAULT_NAME, _default_template(), "已恢复系统模板。"
    else:
        # One byte more than allowed tells whether the file is too large, without reading all of it.
        name, content = clean_name(sent.name or ""), sent.read(LARGEST_TEMPLATE + 1)
        success = "已采用，以后的通报按此模板生成。"
        if reason := _objection_to(content):
            messages.error(request, f"没有采用：模板{reason}。")
            return redirect("release", code)
    try:
        # On real content: a mark inside a loop shows its mistakes only where something is looped.
        document.check(bulletin_content.build_bulletin(find_release(code)), content)
    except (BadTemplate, Busy) as error:
        messages.error(request, f"没有采用：{error}")
        return redirect("release", code)
    # A further row, none replaced: who changed the template, and when, stays on record.
    BulletinTemplate.objects.create(name=name, content=content, uploaded_by=person(request))
    messages.success(request, success)
    return redirect("release", code)


def _objection_to(content: bytes) -> str | None:
    try:
        return objection_to_content(content)
    except ScannerAway:
        return "没有接收：病毒扫描服务没有应答"


def _refuse_reporters(request: HttpRequest) -> None:
    if not person(request).sees_whole_district:
        raise PermissionDenied("通报含各单位名单，由科技局发放。")


def _download(content: bytes, filename: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=filename)


def _default_template() -> bytes:
    return bulletin_template.default_template(indicators.live().headlines)
