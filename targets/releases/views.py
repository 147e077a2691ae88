"""Pages of releases: the editions of every quarter, one edition, the firms behind one of its figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from enterprises.models import Quarter
from parks.access import bureau_only, person
from targets.figures.frozen_list import FrozenList, FrozenListForm
from targets.figures.http_cache import revalidated
from targets.models import Definition, FrozenSpan, Release
from targets.output.spreadsheet import workbook_of
from targets.releases import bridge_page, publishing
from targets.releases import page as release_page

FIRMS_PER_PAGE = 50
REASON_AT_MOST = 300


@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    return render(
        request, "targets/releases/releases.html", {"quarters": release_page.publishable()}
    )


@require_POST
@bureau_only("只有科技局可以发布季度数据。")
def publish(request: HttpRequest) -> HttpResponse:
    """Freeze a quarter; for the bureau."""
    quarter = get_object_or_404(Quarter.objects.coded(request.POST.get("quarter", "")))
    reason = request.POST.get("reason", "").replace("\0", "")
    if len(reason.strip()) > REASON_AT_MOST:
        messages.error(request, f"修订原因最多{REASON_AT_MOST}字，没有发布。")
        return redirect("releases")
    try:
        release = publishing.publish(quarter, by=person(request), reason=reason)
    except publishing.NotPublished as error:
        messages.error(request, str(error))
        return redirect("releases")
    messages.success(request, f"已发布：{release}。此后事实再有更正，本版不变。")
    return redirect("release", release.code)


@require_safe
@revalidated
def release(request: HttpRequest, code: str) -> HttpResponse:
    definition = request.GET.get("definition") or Definition.CERTIFICATE
    if definition not in Definition.values:
        definition = Definition.CERTIFICATE
    found, user = find(code), person(request)
    page, bridge = (
        release_page.build_page(found, user, definition),
        bridge_page.build_section(found, user, definition),
    )
    apart = bridge_page.editions_apart(found, user, definition)
    context = {"page": page, "bridge": bridge, "apart": apart, "definitions": Definition.choices}
    return render(request, "targets/releases/release.html", context)


@require_safe
@revalidated
def release_firms(request: HttpRequest, code: str) -> HttpResponse:
    found = find(code)
    asked, firms = _firms(request, found)
    page = Paginator(firms, FIRMS_PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    names = release_page.names()
    for firm in page:
        firm.park_name, firm.town_name = _place(firm, names)
    context = {
        "release": found,
        "page": page,
        "query": query.urlencode(),
        "title": f"{names[asked.indicator]}名单",
        "where": asked.where(names),
        "when": asked.when(found),
        "how": names[asked.definition],
    }
    return render(request, "targets/releases/firms.html", context)


@require_safe
@revalidated
def release_firms_export(request: HttpRequest, code: str) -> FileResponse:
    found = find(code)
    asked, firms = _firms(request, found)
    names = release_page.names()
    head = [f"{found}　{asked.when(found)}　{names[asked.definition]}　{asked.where(names)}"]
    rows = (_cells(firm, names) for firm in firms.iterator(chunk_size=1_000))
    title = f"{names[asked.indicator]}名单（{found}）"
    file = workbook_of(title=title, head=head, rows=rows)
    return FileResponse(
        file, as_attachment=True, filename=f"{found.code}_{asked.indicator}_{asked.scope}.xlsx"
    )


def find(code: str) -> Release:
    """The release of a code such as 2026Q3-1; 404 for anything else."""
    return get_object_or_404(Release.objects.coded(code).select_related("quarter", "made_by"))


def _firms(request: HttpRequest, found: Release) -> tuple[FrozenList, Any]:
    """What is asked, and the frozen rows the user may see: a reporter those of the own unit."""
    form = FrozenListForm(request.GET, release=found)
    if not form.is_valid():
        raise Http404
    firm_list = form.frozen_list()
    rows = firm_list.firms(found).visible_to(person(request)).order_by("uscc", "start")
    return firm_list, rows


def _cells(firm: FrozenSpan, names: dict[str, str]) -> list[Any]:
    park, town = _place(firm, names)
    return [
        firm.uscc,
        firm.name,
        park,
        town,
        "",
        "",
        firm.number,
        firm.valid_from,
        firm.valid_until,
        "",
        "",
    ]


def _place(firm: FrozenSpan, names: dict[str, str]) -> tuple[str, str]:
    return (names.get(firm.park, firm.park) if firm.park else "园区外"), names.get(
        firm.town, firm.town
    )
