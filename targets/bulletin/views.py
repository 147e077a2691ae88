"""The bulletin of a release as Word and Excel, and its template."""

from __future__ import annotations

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from enterprises.loading.storage import clean_name
from parks.access import bureau_only, person
from targets.bulletin import content as bulletin_content
from targets.bulletin import document
from targets.bulletin import template as bulletin_template
from targets.bulletin import workbook as bulletin_workbook
from targets.figures import indicators
from targets.figures.http_cache import revalidated
from targets.models import BulletinTemplate
from targets.releases.views import find

LARGEST_TEMPLATE = 2_000_000
for_bureau = bureau_only("只有科技局可以更换通报模板。")


@require_safe
@revalidated
def word(request: HttpRequest, code: str) -> HttpResponse | FileResponse:
    """The 通报; by the bureau's template, or where that cannot be filled, the reason."""
    _for_whole_district(request)
    release = find(code)
    own = BulletinTemplate.objects.first()
    try:
        filled = document.fill(
            bulletin_content.build_bulletin(release), bytes(own.content) if own else None
        )
    except document.BadTemplate as error:
        messages.error(request, f"{error}请重新上传模板，或恢复系统模板。")
        return redirect("release", code)
    return FileResponse(
        io.BytesIO(filled), as_attachment=True, filename=f"通报_{release.code}.docx"
    )


@require_safe
@revalidated
def workbook(request: HttpRequest, code: str) -> FileResponse:
    _for_whole_district(request)
    release = find(code)
    made = bulletin_workbook.build_workbook(bulletin_content.build_bulletin(release))
    return FileResponse(
        io.BytesIO(made), as_attachment=True, filename=f"通报数据_{release.code}.xlsx"
    )


@require_safe
@for_bureau
def template(request: HttpRequest) -> FileResponse:
    """The template in use, to be edited in Word."""
    own = BulletinTemplate.objects.first()
    content = bytes(own.content) if own else _default()
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=own.name if own else "通报模板.docx"
    )


@require_POST
@for_bureau
def replace_template(request: HttpRequest, code: str) -> HttpResponse:
    """Another template, tried on this release before it is taken; without a file, back to the portal's own."""
    user, sent = person(request), request.FILES.get("template")
    content = _default() if sent is None else sent.read(LARGEST_TEMPLATE + 1)
    name = "通报模板.docx" if sent is None else clean_name(sent.name or "")
    try:
        if len(content) > LARGEST_TEMPLATE:
            raise document.BadTemplate("模板超过2 MB。")
        document.check(bulletin_content.build_bulletin(find(code)), content)
    except document.BadTemplate as error:
        messages.error(request, f"没有采用：{error}")
    else:
        BulletinTemplate.objects.create(name=name, content=content, uploaded_by=user)
        messages.success(
            request, "已采用，以后的通报按此模板生成。" if sent else "已恢复系统模板。"
        )
    return redirect("release", code)


def _for_whole_district(request: HttpRequest) -> None:
    if not person(request).sees_whole_district:
        raise PermissionDenied("通报含各单位名单，由科技局发放。")


def _default() -> bytes:
    return bulletin_template.default(indicators.live().headlines)
