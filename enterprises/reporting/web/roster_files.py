"""Files to download: the filled template, the original, the annotated copy, the problem list.

They name contact persons, so they are for the unit itself and the bureau only.
"""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from enterprises.loading import storage
from enterprises.loading.stored_files import hand_out
from enterprises.models import RosterVersion
from enterprises.reporting import prefilled
from enterprises.reporting.web.roster_access import (
    find_roster,
    own_version,
    refuse_unless_reporting,
)
from enterprises.rosters.writing.problem_list import problem_list
from enterprises.rosters.writing.template import build_template
from parks.access import person

WITH_YEARS = "years"
"""Parameter of the address: with columns for figures of past years."""


@require_safe
def download_template(request: HttpRequest, quarter: str, unit: str) -> FileResponse:
    """The template with all firms that the registry holds at the unit."""
    period, owner = find_roster(request, quarter, unit)
    refuse_unless_reporting(person(request), owner)
    # A park that has no time for past years is not shown them.
    with_years = WITH_YEARS in request.GET
    order = prefilled.template_order(owner, period.last_day, with_years=with_years)
    extent = "（含往年数据）" if with_years else ""
    return _made_file(build_template(order), f"{owner.name}{period}名册{extent}.xlsx")


@require_safe
def download_original(request: HttpRequest, pk: int) -> FileResponse:
    version = own_version(request, pk)
    if version.source is None:
        raise Http404("零报告没有文件。")
    source = version.source
    return hand_out(storage.path_of(source), version.filename, source.sha256)


@require_safe
def download_annotated(request: HttpRequest, pk: int) -> FileResponse:
    version = own_version(request, pk)
    if not version.annotated_as:
        raise Http404("这一版没有批注副本。")
    path = Path(settings.MEDIA_ROOT) / version.annotated_as
    return _stored_file(path, f"{_file_stem(version)}（批注）.xlsx")


@require_safe
def download_problems(request: HttpRequest, pk: int) -> FileResponse:
    version = own_version(request, pk)
    rows = version.problems.values_list("severity", "address", "title", "seen", "reason", "fix")
    lines = (("错误" if severity == "error" else "提醒", *rest) for severity, *rest in rows)
    content = problem_list(f"{version} 问题清单", lines)
    return _made_file(content, f"{_file_stem(version)}（问题清单）.xlsx")


def _file_stem(version: RosterVersion) -> str:
    return version.filename.rpartition(".")[0] or f"{version.roster.unit}第{version.number}版"


def _made_file(content: bytes, name: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)


def _stored_file(path: Path, name: str) -> FileResponse:
    if not path.is_file():
        raise Http404("文件已不在存储中。")
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)
