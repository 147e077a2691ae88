"""The named firms behind a term of a bridge, one record per event; page, export and API show the same ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, QuerySet

from enterprises.models import Qualification
from enterprises.models.qualification import first_counted_on
from parks.models import Unit
from targets.bridge.form import EventsForm
from targets.figures import flows
from targets.figures.flows import GAINS, FlowPlace, FlowTerm
from targets.models import Span

AWAY = "区外"
SORTS = {"uscc": "uscc", "day": "day"}
"""Sort in the query string → column of `found`."""
CHUNK = 1_000
TITLES = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("变动", 14), ("变动日", 12), ("原园区平台", 16), ("原镇街", 12),
    ("现园区平台", 16), ("现镇街", 12), ("证书编号", 20), ("发证日期", 12), ("有效期至", 12),
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """`before` and `after`: where the firm counted, or None. `certificate`: what it counted by then."""

    span: int
    uscc: str
    name: str
    term: FlowTerm
    label: str
    day: dt.date
    before: FlowPlace | None
    after: FlowPlace | None
    certificate: Qualification


def found(form: EventsForm) -> QuerySet[Any]:
    """The spans behind the term asked for, with `uscc`; of a wider scope a reporter sees those of the own unit only."""
    asked = form.question
    spans: Any = flows.edges(
        kind=asked.kind,
        scope=asked.scope,
        term=form.term_asked,
        since=asked.since,
        until=asked.until,
        definition=asked.definition,
    ).annotate(uscc=F("enterprise__uscc"))
    return spans.visible_to(form.user)


def events_of_spans(spans: QuerySet[Span], form: EventsForm) -> Iterator[Event]:
    """Events in the order of the spans; three queries per thousand."""
    asked, term = form.question, form.term_asked
    of_kind = Qualification.objects.filter(kind__code=asked.kind)
    joined = spans.select_related("enterprise", "qualification", "park", "town").prefetch_related(
        Prefetch("enterprise__qualifications", of_kind, to_attr="of_kind")
    )
    label = form.label_of(term)
    for span in joined.iterator(chunk_size=CHUNK):
        here = FlowPlace(span.park.code if span.park else None, span.town.code)
        there = FlowPlace(span.other_park, span.other_town) if span.other_town else None  # type: ignore[attr-defined]
        before, after = (there, here) if term in GAINS.values() else (here, there)
        firm, day = span.enterprise, span.day  # type: ignore[attr-defined]
        yield Event(
            span.pk,
            firm.uscc,
            firm.name,
            term,
            label,
            day,
            before,
            after,
            _certificate(span, day, term),
        )


def _certificate(span: Span, day: dt.date, term: FlowTerm) -> Qualification:
    """What counted on the day, or on the eve of ceasing to count. The span itself names only its last certificate."""
    counted = day if term in GAINS.values() else day - dt.timedelta(days=1)
    return first_counted_on(span.enterprise.of_kind, counted) or span.qualification  # type: ignore[attr-defined]


def named(place: FlowPlace | None, term: FlowTerm, units: Mapping[str, Unit]) -> tuple[str, str]:
    """(park, town) in words; 区外 where the firm came from or went, — where there is no place to tell."""
    if place is None or place.town is None:
        return (AWAY, AWAY) if term in (FlowTerm.ARRIVED, FlowTerm.LEFT) else ("—", "—")
    return units[place.park].short_name if place.park else "园区外", units[place.town].name


def row(event: Event, units: Mapping[str, Unit]) -> list[str | dt.date | None]:
    """The cells of an export, in the order of TITLES."""
    held = event.certificate
    return [
        event.uscc,
        event.name,
        event.label,
        event.day,
        *named(event.before, event.term, units),
        *named(event.after, event.term, units),
        held.number,
        held.valid_from,
        held.valid_until,
    ]
