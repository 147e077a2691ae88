"""The firm list and its export: one filter set, so that both show the same firms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from enterprises.firms.filters import STATUSES
from enterprises.firms.records import FIRM_SORTS, status_of, with_held
from enterprises.models import Enterprise, PoolEntry
from parks.access import person
from parks.api.pagination import Order, UnknownSort
from parks.filters import problems, styled
from targets.firm_list.filters import FIGURE_FIELDS, FirmFilter
from targets.output.spreadsheet import head_of, workbook_of

PAGE_SIZES = (20, 50, 100)
BESIDE = ("page", "page_size", "sort")
DEFAULT_SORT = "uscc"
DEFAULTS = {"sort": DEFAULT_SORT, "page_size": str(PAGE_SIZES[0])}
CHUNK = 1_000
MAIN_FIELDS = ("park", "town", "kind")
MORE_FIELDS = ("valid_on", "issued_year", "tech_field", "stage", "status")
STATUS_LABELS = dict(STATUSES)
SORT_LABELS = {
    "uscc": "代码", "name": "企业名称", "registered_on": "注册日期", "issued_on": "发证日期", "expires_on": "有效期至",
}  # fmt: skip


ARROWS = {"ascending": "▲", "descending": "▼", "none": ""}


class FirmListQuestion:
    """What the query string asks for: the filters and the order; `wrong` lists what cannot be understood."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = person(request)
        self.filters = FirmFilter(
            request.GET, Enterprise.objects.visible_to(self.user), request=request, beside=BESIDE
        )
        self.wrong = [] if self.filters.is_valid() else problems(self.filters.form)
        self.sort = request.GET.get("sort") or DEFAULT_SORT
        try:
            self.order = Order.parse(self.sort, FIRM_SORTS)
        except UnknownSort as error:
            self.wrong.append(str(error))
        size = request.GET.get("page_size") or str(PAGE_SIZES[0])
        if size not in map(str, PAGE_SIZES):
            self.wrong.append(f"每页条数只能是{'、'.join(map(str, PAGE_SIZES))}。")
        self.page_size = int(size) if not self.wrong else PAGE_SIZES[0]

    def firms(self) -> Any:
        """The firms in order; none when anything is wrong."""
        return self.filters.queryset.none() if self.wrong else self.order.over(self.filters.qs)

    def link(self, **changes: str | None) -> str:
        """This list with parameters set, or (None) left out; back on its first page. Defaults go without saying."""
        query = {
            name: value for name, value in self.request.GET.items() if value and name != "page"
        } | changes
        telling = {
            name: value for name, value in query.items() if value not in (None, DEFAULTS.get(name))
        }
        return "?" + urlencode(telling)


@require_safe
def firm_list(request: HttpRequest) -> HttpResponse:
    """The list; asked for by htmx, only the part below the filters."""
    asked = FirmListQuestion(request)
    context = _context(asked)
    fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "targets/firm_list/rows.html" if fragment else "targets/firm_list/firm_list.html"
    # htmx swaps only successful answers, and the message is what the reader needs.
    response = render(
        request, template, context, status=400 if asked.wrong and not fragment else 200
    )
    response["Vary"] = "HX-Request"
    if fragment:
        push_url(response, request.path + asked.link(page=request.GET.get("page")).rstrip("?"))
    return response


def _context(asked: FirmListQuestion) -> dict[str, Any]:
    context: dict[str, Any] = {"wrong": asked.wrong, "page_sizes": PAGE_SIZES, **_form(asked)}
    if asked.wrong:
        return context
    paginator = Paginator(asked.firms().values_list("pk", flat=True), asked.page_size)
    page = paginator.get_page(asked.request.GET.get("page"))
    # Only the firms of this page carry the columns: reckoned for all, they would cost more than the list.
    found = with_held(asked.filters.qs.filter(pk__in=list(page)), asked.filters.day).in_bulk()
    rows: list[Any] = [found[pk] for pk in page if pk in found]
    for firm in rows:
        status = status_of(vars(firm))
        firm.status_label, firm.is_active = STATUS_LABELS[status], status == "active"
        firm.pool_label = _stage(firm.pool_stage)
    chips = [(words, asked.link(**{name: None})) for name, words in asked.filters.chips()]
    return context | {
        "page": page,
        "rows": rows,
        "total": paginator.count,
        "headline": asked.filters.headline(),
        "figure_total": _figure_total(asked, paginator.count, bool(chips)),
        "figure_fields": [
            (name, asked.request.GET[name]) for name in FIGURE_FIELDS if asked.request.GET.get(name)
        ],
        "without_figure": asked.link(**dict.fromkeys(FIGURE_FIELDS)),
        "chips": chips,
        "day": asked.filters.day,
        "sort": asked.sort,
        "headers": _headers(asked),
        "page_size": asked.page_size,
        "query": asked.link()[1:],
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
    }


def _form(asked: FirmListQuestion) -> dict[str, Any]:
    form = styled(asked.filters.form)
    return {
        "form": form,
        "main_fields": [form[name] for name in MAIN_FIELDS],
        "more_fields": [form[name] for name in MORE_FIELDS],
        "more_open": any(asked.request.GET.get(name) for name in MORE_FIELDS),
    }


def _figure_total(asked: FirmListQuestion, total: int, narrowed: bool) -> int:
    figure = asked.filters.figure
    return (
        figure.spans(asked.user).values("enterprise").distinct().count()
        if figure and narrowed
        else total
    )


def _headers(asked: FirmListQuestion) -> dict[str, dict[str, str]]:
    """For each sortable column: where its heading leads, and what a screen reader is told."""
    headers = {}
    for name, label in SORT_LABELS.items():
        down = asked.sort == name
        state = "ascending" if down else "descending" if asked.sort == f"-{name}" else "none"
        headers[name] = {
            "label": label,
            "link": asked.link(sort=f"-{name}" if down else name),
            "state": state,
            "arrow": ARROWS[state],
        }
    return headers


def _stage(code: str | None) -> str:
    return PoolEntry.Stage(code).label if code else ""


@require_safe
def firm_export(request: HttpRequest) -> HttpResponse | FileResponse:
    """The whole list, as filtered and sorted on the page."""
    asked = FirmListQuestion(request)
    if asked.wrong:
        return render(request, "targets/firm_list/firm_list.html", _context(asked), status=400)
    firms = with_held(asked.firms(), asked.filters.day).iterator(chunk_size=CHUNK)
    file = workbook_of(
        title="江津区科技企业名单", head=_export_head(asked), rows=map(_cells, firms)
    )
    name = f"企业名单_{timezone.localtime():%Y%m%d_%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _export_head(asked: FirmListQuestion) -> list[str]:
    conditions = [asked.filters.headline(), *(words for _, words in asked.filters.chips())]
    said = [
        f"筛选条件：{'；'.join(filter(None, conditions)) or '无（全部可见企业）'}",
        f"共 {asked.firms().count()} 家；有效资质按 {asked.filters.day} 计，后备库和状态为导出当日",
    ]
    return head_of(said, asked.user)


def _cells(firm: Any) -> list[Any]:
    return list(_columns(firm))


def _columns(firm: Any) -> Iterator[Any]:
    yield firm.uscc
    yield firm.name
    yield firm.park_name or ("园区外" if firm.town_name else "—")
    yield firm.town_name or "—"
    yield str(firm.tech_field or "")
    yield "、".join(dict.fromkeys(held.kind.short_name for held in firm.held))
    yield firm.certificate or ""
    yield firm.issued_on
    yield firm.expires_on
    yield _stage(firm.pool_stage)
    yield dict(STATUSES)[status_of(vars(firm))]
