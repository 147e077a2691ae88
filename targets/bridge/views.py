"""Pages of what changed between two days: the bridge, its chart, the firms, and their exports."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parks.access import person
from parks.filters import problems
from parks.models import Unit
from targets.bridge import chart, events, export
from targets.bridge import page as bridge_page
from targets.bridge.events import Event
from targets.bridge.form import BridgeForm, EventsForm
from targets.figures import links
from targets.figures.flows import LOSSES
from targets.figures.http_cache import revalidated
from targets.models import Definition
from targets.output import chart_images

PAGE_SIZE = 50


@require_safe
def bridge(request: HttpRequest) -> HttpResponse:
    form = BridgeForm(request.GET, user=person(request))
    if not form.is_valid():
        return _refuse(request, "targets/bridge/bridge.html", form)
    page = bridge_page.build_page(form)
    query = page.question.query
    context = {
        "page": page,
        "question": page.question,
        "chart": chart.build_chart(page),
        "asked": query,
        "query": urlencode(query),
        **_choices(form),
    }
    return render(request, "targets/bridge/bridge.html", context)


@require_safe
def bridge_export(request: HttpRequest, form_at: str) -> FileResponse | HttpResponse:
    form = BridgeForm(request.GET, user=person(request))
    if not form.is_valid():
        return _refuse(request, "targets/bridge/bridge.html", form)
    return export.export_bridge(form, bridge_page.build_page(form), form_at)


@require_safe
@revalidated
def bridge_image(request: HttpRequest) -> HttpResponse:
    """The chart as SVG."""
    form = BridgeForm(request.GET, user=person(request))
    if not form.is_valid():
        # An image has no room for sentences about a wrong question.
        raise Http404
    page = bridge_page.build_page(form)
    image = chart_images.svg(chart.build_chart(page).option)
    return HttpResponse(image, content_type="image/svg+xml")


@require_safe
def bridge_firms(request: HttpRequest) -> HttpResponse:
    """The list behind a term."""
    form = EventsForm(request.GET, user=person(request), beside={"page"})
    if not form.is_valid():
        return _refuse(request, "targets/bridge/firms.html", form)
    question = form.question
    spans = events.find_spans(form).order_by("day", "uscc")
    paginator = Paginator(spans, PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page"))
    page_numbers = paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    # The page was cut from the spans; only its rows are read with all that belongs to them.
    page_events = events.events_of_spans(cast(Any, page.object_list), form)
    query = urlencode(question.query | {"term": form.term_asked.value})
    context = {
        "question": question,
        "headline": export.list_title(form),
        "is_loss": form.term_asked in LOSSES.values(),
        "shown": page,
        "pages": list(page_numbers),
        # Terms count events: a firm that lapsed twice stands there twice.
        "firms": spans.values("enterprise").distinct().count(),
        "events": [_event_in_words(event, form) for event in page_events],
        "back": links.bridge(question),
        "query": query,
        "page_address": f"?{query}&",
    }
    return render(request, "targets/bridge/firms.html", context)


@require_safe
def bridge_firms_export(request: HttpRequest, form_at: str) -> FileResponse | HttpResponse:
    form = EventsForm(request.GET, user=person(request))
    if not form.is_valid():
        return _refuse(request, "targets/bridge/firms.html", form)
    return export.export_events(form, form_at)


def _event_in_words(event: Event, form: EventsForm) -> dict[str, Any]:
    return {
        "event": event,
        "before": events.name_place(event.before, event.term, form.units),
        "after": events.name_place(event.after, event.term, form.units),
    }


def _refuse(request: HttpRequest, template: str, form: BridgeForm) -> HttpResponse:
    """A 400 that keeps what was asked in the form, with a sentence for everything wrong with it."""
    context = {"wrong": problems(form), "asked": request.GET, **_choices(form)}
    return render(request, template, context, status=400)


def _choices(form: BridgeForm) -> dict[str, Any]:
    """What the page lets a user choose from: (code, name) of kinds, sums, parks and towns."""
    totals, parks, towns = [], [], []
    for scope in form.visible_scopes:
        choice = (scope, form.scope_name(scope))
        unit = form.units.get(scope)
        if unit is None:
            totals.append(choice)
        elif unit.kind == Unit.Kind.PARK:
            parks.append(choice)
        else:
            towns.append(choice)
    return {
        "kinds": list(form.kinds.items()),
        "totals": totals,
        "parks": parks,
        "towns": towns,
        "definitions": Definition.choices,
    }
