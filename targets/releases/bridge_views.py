"""The firms behind a term between two releases, as a page and as a file."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enterprises.rosters.writing import list_file
from parks.access import person
from targets.figures import indicators
from targets.figures.frozen.frozen_list import DefinitionForm
from targets.models import Definition, Release, Scope
from targets.releases import bridge, bridge_page
from targets.releases.bridge import SIGNS, Chain
from targets.releases.bridge_page import ChangesPage
from targets.releases.views import find_release

COLUMNS = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("变动日", 12),
    ("原为", 26), ("现为", 26), ("证书", 44),
)  # fmt: skip


class ChangesForm(DefinitionForm):
    """Which term: kind, scope (default the district), definition."""

    kind = forms.ChoiceField(label="资质")
    term = forms.ChoiceField(label="变动", choices=[(term, term) for term in SIGNS])
    scope = forms.SlugField(label="统计范围", required=False, max_length=20)

    def __init__(self, data: Mapping[str, str], *, release: Release) -> None:
        super().__init__(data)
        # The kinds of the release, not of today: an indicator may have come or gone since.
        stocks = indicators.released(release).stocks
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (indicator.code, indicator.code) for indicator in stocks
        ]

    def term_of_scope(self) -> dict[str, str]:
        """`kind`, `scope` and `term`, as the functions that find the firms take them."""
        cleaned = self.cleaned_data
        return {
            "kind": cleaned["kind"],
            "scope": cleaned["scope"] or Scope.DISTRICT.value,
            "term": cleaned["term"],
        }


@require_safe
def changes(request: HttpRequest, code: str) -> HttpResponse:
    chained, page = _find_changes(request, code)
    context = {
        "release": chained.later,
        "chained": chained,
        "page": page,
        "shown": bridge_page.rows_in_words(page),
        "definition_label": Definition(chained.definition).label,
        "query": request.GET.urlencode(),
    }
    return render(request, "targets/releases/changes.html", context)


@require_safe
def changes_export(request: HttpRequest, code: str) -> FileResponse:
    chained, page = _find_changes(request, code)
    definition = Definition(chained.definition).label
    days = f"{chained.earlier.as_of}（日终）至 {chained.later.as_of}（日终）"
    return list_file.download(
        f"{chained.later.code}_{page.title.replace(' · ', '_')}",
        "xlsx",
        title=page.title,
        said=[f"{chained.earlier} → {chained.later}　{definition}　{days}"],
        user=person(request),
        columns=COLUMNS,
        rows=[row.cells for row in bridge_page.rows_in_words(page)],
    )


def _find_changes(request: HttpRequest, code: str) -> tuple[Chain, ChangesPage]:
    """404 for what is no term, and where there is no release before."""
    release = find_release(code)
    # Addresses of lists come from the page: a wrong one was typed, and gets no explanation.
    form = ChangesForm(request.GET, release=release)
    if not form.is_valid():
        raise Http404
    chained = bridge.build_chain(release, form.definition_or_default)
    if chained is None:
        raise Http404
    page = bridge_page.build_changes_page(chained, **form.term_of_scope(), user=person(request))
    return chained, page
