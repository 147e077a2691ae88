"""The page of all rights, and the same as a file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.firms.ip.listing import lines_of
from enterprises.ip_list.export import export_items
from enterprises.ip_list.filters import IpPageFilter
from enterprises.models import IpItem
from parks.access import person
from parks.filters import StrictForm, problems, styled

ROWS_PER_PAGE = 50


@require_safe
def ip_items(request: HttpRequest) -> HttpResponse:
    """Judged as of today; a question that was not understood lists nothing, and is a 400."""
    filtered = _filtered(request, beside=("page",))
    wrong = problems(filtered.form)
    shown = Paginator(_ordered(filtered), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    form = styled(filtered.form)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "further": [field for field in form if field.name != "q"],
        "wrong": wrong,
        "shown": shown,
        "lines": list(lines_of(shown, timezone.localdate())),
        "pages": shown.paginator.get_elided_page_range(shown.number),
        "page_address": f"?{query.urlencode()}&" if query else "?",
        "query": query.urlencode(),
        "filtered": bool(query),
    }
    return render(request, "enterprises/ip_list/items.html", context, status=400 if wrong else 200)


@require_safe
def ip_items_export(request: HttpRequest) -> FileResponse:
    """The whole list, as filtered on the page."""
    filtered = _filtered(request)
    if problems(filtered.form):
        raise Http404
    return export_items(_ordered(filtered), user=person(request), asked=_in_words(filtered.form))


def _in_words(form: StrictForm) -> list[str]:
    """The filters that are set, as the page shows them."""
    told = []
    for name, value in form.cleaned_data.items():
        if value:
            field = form.fields[name]
            choices = dict(getattr(field, "choices", ()))
            told.append(f"{field.label}：{choices.get(value, value)}")
    return told


def _filtered(request: HttpRequest, beside: tuple[str, ...] = ()) -> IpPageFilter:
    visible = IpItem.objects.judged_on(timezone.localdate()).visible_to(person(request))
    return IpPageFilter(request.GET, visible, beside=beside)


def _ordered(filtered: IpPageFilter) -> Any:
    rows = filtered.qs.filter(enterprise__voided_at=None)
    return rows.select_related("enterprise", "kind").order_by("-granted_on", "-pk")
