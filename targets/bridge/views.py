"""Pages of what changed between two days, the named firms behind each term, their exports and the chart."""

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
from targets.models import Definition, Scope
from targets.output import chart_images

PAGE_SIZE = 50


@require_safe
def bridge(request: HttpRequest) -> HttpResponse:
    form = BridgeForm(request.GET, user=person(request))
    if not form.is_valid():
        return _refused(request, "targets/bridge/bridge.html", form)
    page = bridge_page.build_page(form)
    context = {
        "page": page,
        "question": page.question,
        "chart": chart.build_chart(page),
        **_choices(form),
    }
    context |= {"asked": page.question.query, "query": urlencode(page.question.query)}
    return render(request, "targets/bridge/bridge.html", context)


@require_safe
def bridge_export(request: HttpRequest, form_at: str) -> FileResponse | HttpResponse:
    form = BridgeForm(request.GET, user=person(request))
    if not form.is_valid():
        return _refused(request, "targets/bridge/bridge.html", form)
    return export.of_bridge(form, bridge_page.build_page(form), form_at)


@require_safe
@revalidated
def bridge_image(request: HttpRequest) -> HttpResponse:
    """The chart as SVG."""
    form = BridgeForm(request.GET, user=person(request))
    if not form.is_valid():
        raise Http404
    drawn = chart_images.svg(chart.build_chart(bridge_page.build_page(form)).option)
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_safe
def bridge_firms(request: HttpRequest) -> HttpResponse:
    """The list behind a term."""
    form = EventsForm(request.GET, user=person(request), beside={"page"})
    if not form.is_valid():
        return _refused(request, "targets/bridge/firms.html", form)
    question, spans = form.question, events.found(form).order_by("day", "uscc")
    shown = Paginator(spans, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "question": question,
        "headline": export.headline(form),
        "is_loss": form.term_asked in LOSSES.values(),
        "shown": shown,
        "pages": list(
            shown.paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1)
        ),
        "firms": spans.values("enterprise").distinct().count(),
        "events": [
            _told(one, form) for one in events.events_of_spans(cast(Any, shown.object_list), form)
        ],
        "back": links.bridge(question),
        "query": urlencode(question.query | {"term": form.term_asked.value}),
    }
    return render(request, "targets/bridge/firms.html", context)


@require_safe
def bridge_firms_export(request: HttpRequest, form_at: str) -> FileResponse | HttpResponse:
    form = EventsForm(request.GET, user=person(request))
    if not form.is_valid():
        return _refused(request, "targets/bridge/firms.html", form)
    return export.of_events(form, form_at)


def _told(event: Event, form: EventsForm) -> dict[str, Any]:
    before, after = (
        events.named(place, event.term, form.units) for place in (event.before, event.after)
    )
    return {"event": event, "before": before, "after": after}


def _refused(request: HttpRequest, template: str, form: BridgeForm) -> HttpResponse:
    """What was asked stays in the form, and every sentence says what is wrong with it."""
    context = {"wrong": problems(form), "asked": request.GET, **_choices(form)}
    return render(request, template, context, status=400)


def _choices(form: BridgeForm) -> dict[str, Any]:
    visible = [(scope, form.named(scope)) for scope in form.visible_scopes]
    units = {
        kind: [
            (code, form.units[code].name) for code in form.visible_scopes if _is(form, code, kind)
        ]
        for kind in Unit.Kind
    }
    return {
        "kinds": list(form.kinds.items()),
        "totals": [pair for pair in visible if pair[0] in Scope.values],
        "parks": units[Unit.Kind.PARK],
        "towns": units[Unit.Kind.TOWN],
        "definitions": Definition.choices,
    }


def _is(form: BridgeForm, code: str, kind: str) -> bool:
    return code in form.units and form.units[code].kind == kind
