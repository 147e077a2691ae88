"""Pages of releases: the editions of every quarter, one edition, the firms behind one of its
figures.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from enterprises.rosters.writing.list_file import CountedRows, workbook_of
from parks.access import person
from parks.security.leaving import tell_rows
from targets.figures.frozen.frozen_list import FrozenList, FrozenListForm
from targets.figures.http_cache import revalidated
from targets.models import Definition, FrozenSpan, Release
from targets.releases import bridge_page
from targets.releases import page as release_page

FIRMS_PER_PAGE = 50


@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    context = {"page": release_page.build_list(person(request))}
    return render(request, "targets/releases/releases.html", context)


@require_safe
@revalidated
def release(request: HttpRequest, code: str) -> HttpResponse:
    definition = request.GET.get("definition", "")
    # An address from elsewhere still opens the page: by certificate dates, as it does by default.
    if definition not in Definition.values:
        definition = Definition.CERTIFICATE
    edition, user = find_release(code), person(request)
    context = {
        "page": release_page.build_page(edition, user, definition),
        "bridge": bridge_page.build_section(edition, user, definition),
        "apart": bridge_page.differing_firms(edition, user, definition),
        "definitions": Definition.choices,
    }
    return render(request, "targets/releases/release.html", context)


@require_safe
@revalidated
def release_firms(request: HttpRequest, code: str) -> HttpResponse:
    edition = find_release(code)
    question, firms = _find_firms(request, edition)
    page = Paginator(firms, FIRMS_PER_PAGE).get_page(request.GET.get("page"))
    # The links to other pages of the list ask the same, but for the page.
    query = request.GET.copy()
    query.pop("page", None)
    names = release_page.names_by_code()
    # The template cannot look a name up by a code that it holds in a variable.
    for firm in page:
        firm.park_name, firm.town_name = _name_place(firm, names)
    context = {
        "release": edition,
        "page": page,
        "query": query.urlencode(),
        "page_address": f"?{query.urlencode()}&",
        "title": f"{names[question.indicator]}名单",
        "where": question.where(names),
        "when": question.when(edition),
        "how": names[question.definition],
    }
    return render(request, "targets/releases/firms.html", context)


@require_safe
@revalidated
def release_firms_export(request: HttpRequest, code: str) -> FileResponse:
    edition = find_release(code)
    question, firms = _find_firms(request, edition)
    names = release_page.names_by_code()
    when, how, where = question.when(edition), names[question.definition], question.where(names)
    rows = CountedRows(_cells(firm, names) for firm in firms.iterator(chunk_size=1_000))
    file = workbook_of(
        title=f"{names[question.indicator]}名单（{edition}）",
        head=[f"{edition}　{when}　{how}　{where}"],
        rows=rows,
    )
    filename = f"{edition.code}_{question.indicator}_{question.scope}.xlsx"
    response = FileResponse(file, as_attachment=True, filename=filename)
    tell_rows(response, rows.number)
    return response


def find_release(code: str) -> Release:
    """The release of a code such as 2026Q3-1; 404 for anything else."""
    releases = Release.objects.select_related("quarter", "made_by", "proposal__asked_by")
    return get_object_or_404(releases.coded(code))


def _find_firms(request: HttpRequest, edition: Release) -> tuple[FrozenList, Any]:
    """What is asked, and the frozen rows the user may see: a reporter those of the own unit."""
    form = FrozenListForm(request.GET, release=edition)
    # Addresses of lists come from the portal's own pages: a wrong one was typed.
    if not form.is_valid():
        raise Http404
    question = form.frozen_list()
    firms = question.firms(edition).visible_to(person(request))
    return question, firms.order_by("uscc", "start")


def _cells(firm: FrozenSpan, names: dict[str, str]) -> list[Any]:
    """The columns of the district's own register; those that no release freezes stay empty."""
    place = _name_place(firm, names)
    certificate = [firm.number, firm.valid_from, firm.valid_until]
    return [firm.uscc, firm.name, *place, "", "", *certificate, "", ""]


def _name_place(firm: FrozenSpan, names: dict[str, str]) -> tuple[str, str]:
    """Park and town; a unit that is gone since has its code for a name."""
    park = names.get(firm.park, firm.park) if firm.park else "园区外"
    return park, names.get(firm.town, firm.town)
