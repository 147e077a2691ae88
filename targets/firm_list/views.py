"""The firm list and its export: one filter set, so that both show the same firms."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from enterprises.bulk.bar import bar
from enterprises.firms.filters import STATUSES
from enterprises.firms.records import status_of, with_held
from enterprises.firms.state import kinds_of
from enterprises.models import Application, PoolEntry
from enterprises.rosters.writing.list_file import CountedRows, head_of, workbook_of
from parks.access import person
from parks.district import DISTRICT
from parks.filters import styled
from parks.security.leaving import tell_rows
from targets.firm_list.desk import DESK
from targets.firm_list.filters import FIGURE_FIELDS
from targets.firm_list.question import PAGE_SIZES, FirmListQuestion

CHUNK = 1_000
MAIN_FIELDS = ("park", "town", "kind")
MORE_FIELDS = ("valid_on", "counted", "issued_year", "tech_field", "stage", "status")
STATUS_LABELS = dict(STATUSES)
SORT_LABELS = {
    "uscc": "代码",
    "name": "企业名称",
    "registered_on": "注册日期",
    "issued_on": "发证日期",
    "expires_on": "有效期至",
}


ARROWS = {"ascending": "▲", "descending": "▼", "none": ""}


@require_safe
def firm_list(request: HttpRequest) -> HttpResponse:
    """The list; for htmx, only the part below the filters."""
    question = FirmListQuestion(request.GET, person(request))
    context = _page_context(question)
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    # Where htmx restores its history, it needs the whole page.
    fragment = htmx and not htmx.history_restore_request
    template = "targets/firm_list/rows.html" if fragment else "targets/firm_list/firm_list.html"
    # htmx swaps only successful answers, and the message is what the reader needs.
    status = 400 if question.wrong and not fragment else 200
    response = render(request, template, context, status=status)
    # One address has two answers, the page and its part: no cache may take one for the other.
    response["Vary"] = "HX-Request"
    if fragment:
        push_url(response, request.path + question.link(page=request.GET.get("page")).rstrip("?"))
    return response


def _page_context(question: FirmListQuestion) -> dict[str, Any]:
    context: dict[str, Any] = {
        "wrong": question.wrong,
        "page_sizes": PAGE_SIZES,
        **_filter_form(question),
    }
    if question.wrong:
        return context
    # Keys alone are counted and cut: the columns are then read for the rows of one page.
    paginator = Paginator(question.firms().values_list("pk", flat=True), question.page_size)
    page = paginator.get_page(question.query.get("page"))
    rows = _rows_of_page(question, list(page))
    chips = [(words, question.link(**{name: None})) for name, words in question.filters.chips()]
    return context | {
        "page": page,
        "rows": rows,
        "total": paginator.count,
        "headline": question.filters.headline(),
        "figure_total": _figure_total(question, paginator.count, bool(chips)),
        "left_out": question.left_out(),
        "uncounted": question.filters.instead_in_words,
        "figure_fields": [
            (name, question.query[name]) for name in FIGURE_FIELDS if question.query.get(name)
        ],
        "without_figure": question.link(**dict.fromkeys([*FIGURE_FIELDS, "counted"])),
        "chips": chips,
        "day": question.filters.day,
        "sort": question.sort,
        "headers": _sort_headers(question),
        "page_size": question.page_size,
        "query": question.link()[1:],
        "bulk": bar(
            DESK,
            question.user,
            total=paginator.count,
            query=question.link()[1:],
            back=question.address(page.number),
        ),
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
    }


def _rows_of_page(question: FirmListQuestion, firms: list[int]) -> list[Any]:
    """The firms of these keys, in their order, with the columns that the page shows."""
    # For all firms of the list, the columns would cost more than the list itself.
    on_page = question.filters.qs.filter(pk__in=firms)
    found = with_held(on_page, question.filters.day).in_bulk()
    rows: list[Any] = [found[pk] for pk in firms if pk in found]
    for firm in rows:
        status = status_of(vars(firm))
        firm.status_label, firm.is_active = STATUS_LABELS[status], status == "active"
        firm.pool_label = _stage_label(firm.pool_stage)
        firm.applied_label = _applied_label(vars(firm).get("applied_stage"))
        firm.kinds = kinds_of(firm.held)
    return rows


def _filter_form(question: FirmListQuestion) -> dict[str, Any]:
    form = styled(question.filters.form)
    return {
        "form": form,
        "main_fields": [form[name] for name in MAIN_FIELDS],
        "more_fields": [form[name] for name in MORE_FIELDS],
        "more_open": any(question.query.get(name) for name in MORE_FIELDS),
    }


def _figure_total(question: FirmListQuestion, total: int, narrowed: bool) -> int:
    """The firms of the figure alone, without the other filters."""
    figure = question.filters.figure
    # Without further filters the list is the figure, and counting it again would cost a scan.
    if figure is None or not narrowed:
        return total
    # Distinct: within a period a firm may lapse twice, but the list holds it once.
    return figure.spans(question.user).values("enterprise").distinct().count()


def _sort_headers(question: FirmListQuestion) -> dict[str, dict[str, str]]:
    """For each sortable column: where its heading leads, and its order for screen readers."""
    headers = {}
    for name, label in SORT_LABELS.items():
        next_sort, state = name, "none"
        if question.sort == name:
            next_sort, state = f"-{name}", "ascending"
        elif question.sort == f"-{name}":
            state = "descending"
        headers[name] = {
            "label": label,
            "link": question.link(sort=next_sort),
            "state": state,
            "arrow": ARROWS[state],
        }
    return headers


def _stage_label(code: str | None) -> str:
    return PoolEntry.Stage(code).label if code else ""


def _applied_label(code: str | None) -> str:
    return Application.Stage(code).label if code else ""


@require_safe
def firm_export(request: HttpRequest) -> HttpResponse | FileResponse:
    """The whole list, as filtered and sorted on the page."""
    question = FirmListQuestion(request.GET, person(request))
    if question.wrong:
        return render(
            request, "targets/firm_list/firm_list.html", _page_context(question), status=400
        )
    # In portions, so that memory does not grow with the list.
    firms = with_held(question.firms(), question.filters.day).iterator(chunk_size=CHUNK)
    rows = CountedRows(map(_export_cells, firms))
    title = f"{DISTRICT.name}科技企业名单"
    file = workbook_of(title=title, head=_export_head(question), rows=rows)
    name = f"企业名单_{timezone.localtime():%Y%m%d_%H%M}.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name)
    tell_rows(response, rows.number)
    return response


def _export_head(question: FirmListQuestion) -> list[str]:
    conditions = [question.filters.headline(), *(words for _, words in question.filters.chips())]
    filtered_by = "；".join(filter(None, conditions)) or "无（全部可见企业）"
    firms, day = question.firms().count(), question.filters.day
    left_out = "、".join(f"{one.reason.label} {one.firms} 家未计" for one in question.left_out())
    total = f"共 {firms} 家（{left_out}）" if left_out else f"共 {firms} 家"
    lines = [
        f"筛选条件：{filtered_by}",
        f"{total}；有效资质按 {day} 计，后备库和状态为导出当日",
    ]
    return head_of(lines, question.user)


def _export_cells(firm: Any) -> list[Any]:
    """In the order of `enterprises.rosters.writing.list_file.COLUMNS`."""
    # Without a town the place is unknown: that is not the same as outside the parks.
    outside = "园区外" if firm.town_name else "—"
    return [
        firm.uscc,
        firm.name,
        firm.park_name or outside,
        firm.town_name or "—",
        str(firm.tech_field or ""),
        "、".join(kind.short_name for kind in kinds_of(firm.held)),
        firm.certificate or "",
        firm.issued_on,
        firm.expires_on,
        _stage_label(firm.pool_stage),
        dict(STATUSES)[status_of(vars(firm))],
    ]
