"""The page of candidates, and its list as a file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enterprises.mining.export import export_candidates
from enterprises.mining.page import CandidatesPage
from enterprises.mining.question import CandidatesForm
from parks.access import person
from parks.filters import problems
from parks.models import Unit


@require_safe
def candidates(request: HttpRequest) -> HttpResponse:
    """A question that was not understood is answered by default, says so, and is a 400."""
    user = person(request)
    form = CandidatesForm(request.GET, user=user)
    wrong = problems(form)
    page = CandidatesPage(form.question())
    shown = page.page(request.GET.get("page"))
    context = {
        "form": form,
        "problems": wrong,
        "asked": page.asked,
        "page": page,
        "shown": shown,
        "pages": shown.paginator.get_elided_page_range(shown.number),
        "page_address": f"?{page.asked.query()}&",
        "lines": page.lines_on(shown),
        "units": Unit.objects.reporting().visible_to(user),
    }
    status = 400 if wrong else 200
    return render(request, "enterprises/mining/candidates.html", context, status=status)


@require_safe
def candidates_export(request: HttpRequest) -> FileResponse:
    """The whole list, as filtered on the page."""
    user = person(request)
    form = CandidatesForm(request.GET, user=user)
    if not form.is_valid():
        raise Http404
    return export_candidates(CandidatesPage(form.question()))
