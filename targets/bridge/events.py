"""The named firms behind a term of a bridge, one record per event.

Page, export and API show the same ones.
"""

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
UNKNOWN = "—"
SORTS = {"uscc": "uscc", "day": "day"}
"""Sort in the query string → column of `find_spans`."""
CHUNK = 1_000
TITLES = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("变动", 14), ("变动日", 12),
    ("原园区平台", 16), ("原镇街", 12), ("现园区平台", 16), ("现镇街", 12),
    ("证书编号", 20), ("发证日期", 12), ("有效期至", 12),
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """`before` and `after`: where the firm counted, or None. `certificate`: what it counted by."""

    span: int
    uscc: str
    name: str
    term: FlowTerm
    label: str
    day: dt.date
    before: FlowPlace | None
    after: FlowPlace | None
    certificate: Qualification


def find_spans(form: EventsForm) -> QuerySet[Any]:
    """The spans behind the term asked for, with `uscc`.

    Of a wider scope a reporter sees those of the own unit only.
    """
    question = form.question
    spans: Any = flows.edges(
        kind=question.kind,
        scope=question.scope,
        term=form.term_asked,
        since=question.since,
        until=question.until,
        definition=question.definition,
    ).annotate(uscc=F("enterprise__uscc"))
    return spans.visible_to(form.user)


def events_of_spans(spans: QuerySet[Span], form: EventsForm) -> Iterator[Event]:
    """Events in the order of the spans; three queries per thousand."""
    term = form.term_asked
    label = form.label_of(term)
    is_gain = term in GAINS.values()
    # All certificates of the kind: the one that counted then need not be the span's last.
    of_kind = Qualification.objects.filter(kind__code=form.question.kind)
    joined = spans.select_related("enterprise", "qualification", "park", "town").prefetch_related(
        Prefetch("enterprise__qualifications", of_kind, to_attr="of_kind")
    )
    for span in joined.iterator(chunk_size=CHUNK):
        here = FlowPlace(span.park.code if span.park else None, span.town.code)
        there = None
        if span.other_town:  # type: ignore[attr-defined]
            there = FlowPlace(span.other_park, span.other_town)  # type: ignore[attr-defined]
        # A gain ends here, a loss begins here.
        before, after = (there, here) if is_gain else (here, there)
        day: dt.date = span.day  # type: ignore[attr-defined]
        yield Event(
            span=span.pk,
            uscc=span.enterprise.uscc,
            name=span.enterprise.name,
            term=term,
            label=label,
            day=day,
            before=before,
            after=after,
            certificate=_certificate(span, day, is_gain=is_gain),
        )


def _certificate(span: Span, day: dt.date, *, is_gain: bool) -> Qualification:
    """What counted on the day, or on the eve of ceasing to count.

    The span itself names only its last certificate.
    """
    # The day of a loss is the first that no longer counts: on its eve the certificate still did.
    counted_on = day if is_gain else day - dt.timedelta(days=1)
    certificates = span.enterprise.of_kind  # type: ignore[attr-defined]
    return first_counted_on(certificates, counted_on) or span.qualification


def name_place(
    place: FlowPlace | None, term: FlowTerm, units: Mapping[str, Unit]
) -> tuple[str, str]:
    """(park, town) in words; 区外 where the firm came from or went, — where there is no place."""
    if place is None or place.town is None:
        # Only these two cross the district's border; otherwise the firm did not count.
        from_outside = term in (FlowTerm.ARRIVED, FlowTerm.LEFT)
        return (AWAY, AWAY) if from_outside else (UNKNOWN, UNKNOWN)
    park = units[place.park].short_name if place.park else "园区外"
    return park, units[place.town].name


def event_cells(event: Event, units: Mapping[str, Unit]) -> list[str | dt.date | None]:
    """The cells of an export, in the order of TITLES."""
    certificate = event.certificate
    return [
        event.uscc,
        event.name,
        event.label,
        event.day,
        *name_place(event.before, event.term, units),
        *name_place(event.after, event.term, units),
        certificate.number,
        certificate.valid_from,
        certificate.valid_until,
    ]
