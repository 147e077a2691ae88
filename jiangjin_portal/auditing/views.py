"""The auditor's pages. Nobody else opens them: administrators are among those whom the log tells of."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.rosters.writing.list_file import Columns, download
from jiangjin_portal.auditing import page
from jiangjin_portal.sealed_books import BOOKS
from parks.access import only_for, person
from parks.filters import problems, styled
from parks.models import User
from parks.sealing.marks import file_of, marks_of_days

COLUMNS: Columns = (
    *(("编号", 10), ("时间", 20), ("人员", 16), ("账号", 16), ("角色", 16), ("地址", 16)),
    *(("动作", 14), ("对象", 40), ("结果", 8), ("行数", 8), ("详情", 60)),
)
CHUNK = 1_000


auditor_only = only_for(User.Role.AUDITOR, "只有审计员可以查看安全日志。")


@require_safe
@auditor_only
def log_page(request: HttpRequest) -> HttpResponse:
    found = page.asked(request.GET)
    wrong = problems(found.form)
    events, lines = page.page_of(found, request.GET.get("page", ""))
    form = styled(found.form)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "further": [field for field in form if field.name != "q"],
        "wrong": wrong,
        "page": events,
        "numbers": events.paginator.get_elided_page_range(events.number),
        "before": f"?{query.urlencode()}&" if query else "?",
        "query": query.urlencode(),
        "lines": lines,
        "books": page.books(),
        "filtered": bool(query),
    }
    return render(request, "auditing/log.html", context, status=400 if wrong else 200)


@require_safe
@auditor_only
def log_export(request: HttpRequest, form_at: str) -> FileResponse | HttpResponse:
    """All that is found, as a list. That it was taken out stands in the log, too."""
    found = page.asked(request.GET)
    if wrong := problems(found.form):
        return HttpResponse("\n".join(wrong), status=400, content_type="text/plain; charset=utf-8")
    events = found.qs.iterator(chunk_size=CHUNK)
    return download(
        f"安全日志_{timezone.localtime():%Y%m%d_%H%M}",
        form_at,
        title="安全日志",
        said=[f"共 {found.qs.count()} 条"],
        user=person(request),
        columns=COLUMNS,
        rows=map(page.cells_of, page.lines_of(events)),
    )


@require_safe
@auditor_only
def seals_file(request: HttpRequest) -> JsonResponse:
    """The last seal of each book on each day. Kept elsewhere: `manage.py verify --against FILE`."""
    response = JsonResponse(file_of(marks_of_days(BOOKS)), json_dumps_params={"indent": 1})
    name = f"seals_{timezone.localtime():%Y%m%d_%H%M}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
