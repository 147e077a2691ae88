"""What changed between two days, and who.

Opening stock, inflow and outflow by reason, closing stock, read from the spans as they are or as a
release has frozen them. A span that overlaps the time was in the opening stock or began for a
reason. Likewise it is in the closing stock or ended for a reason. So every bridge closes, for every
unit and every total.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)

from enterprises.models import QualificationKind
from parks.district import DISTRICT
from parks.models import Unit
from targets.figures import counting, indicators, spans
from targets.figures.span_table import FROZEN, LIVE, SpanTable
from targets.models import Definition, FrozenSpan, Indicator, Release, Span


class FlowTerm(TextChoices):
    """Why a firm begins or ceases to count.

    A renewal without a gap and a change of name are neither.
    """

    FIRST = "first", "首次认定"
    REGAINED = "regained", "失效后再认定"
    ARRIVED = "arrived", "区外迁入"
    MOVED_IN = "moved_in", "区内迁入"
    REOPENED = "reopened", "注销后恢复"
    SEEN = "seen", "首见"
    EXPIRED = "expired", "到期未续"
    REVOKED = "revoked", "取消"
    LEFT = "left", f"迁出{DISTRICT.short_name}"
    MOVED_OUT = "moved_out", "区内迁出"
    CLOSED = "closed", "注销"


# By the reasons that spans keep: a term needs no rule of its own, so stock and flow cannot part.
GAINS: Mapping[str, FlowTerm] = {
    Span.Opening.FIRST: FlowTerm.FIRST,
    Span.Opening.REGAINED: FlowTerm.REGAINED,
    Span.Opening.ARRIVED: FlowTerm.ARRIVED,
    Span.Opening.TRANSFERRED: FlowTerm.MOVED_IN,
    Span.Opening.REOPENED: FlowTerm.REOPENED,
    Span.Opening.SEEN: FlowTerm.SEEN,
}
"""What begins a span → term, in the order of the table."""
LOSSES: Mapping[str, FlowTerm] = {
    Span.Closing.EXPIRED: FlowTerm.EXPIRED,
    Span.Closing.REVOKED: FlowTerm.REVOKED,
    Span.Closing.LEFT: FlowTerm.LEFT,
    Span.Closing.TRANSFERRED: FlowTerm.MOVED_OUT,
    Span.Closing.CLOSED: FlowTerm.CLOSED,
}
EDGES: Mapping[FlowTerm, tuple[str, str, str]] = {
    **{term: ("start", "opened_by", reason) for reason, term in GAINS.items()},
    **{term: ("end", "closed_by", reason) for reason, term in LOSSES.items()},
}
"""Term → the edge of a span at which it happens, the field that says why, and its value there."""
SIDES = ("here", "from", "to")
REGISTER_WORDS = {
    FlowTerm.FIRST: "首次入库",
    FlowTerm.REGAINED: "退库后再入库",
    FlowTerm.REVOKED: "退库",
}
"""Firms enter and leave a register, where others are certified and revoked."""


def label(term: FlowTerm, *, of_register: bool) -> str:
    if of_register and term in REGISTER_WORDS:
        return REGISTER_WORDS[term]
    return str(term.label)


@dataclass(frozen=True)
class Bridge:
    """One kind over one scope, from the end of `since` to the end of `until`.

    closing = opening + gains − losses. Every term is there, 0 where nothing happened. Numbers are
    events: a firm that lapses twice counts twice. There is no correction term, because both stocks
    are read from the same spans; the bridge between two releases has one (targets.releases.bridge).
    """

    kind: str
    scope: str
    since: dt.date
    until: dt.date
    definition: str
    opening: int
    flows: Mapping[FlowTerm, int]
    closing: int

    @property
    def gains(self) -> int:
        return sum(self.flows[term] for term in GAINS.values())

    @property
    def losses(self) -> int:
        return sum(self.flows[term] for term in LOSSES.values())

    @property
    def net(self) -> int:
        """净增: what the stock grew by; below 0 where it shrank."""
        return self.closing - self.opening

    @property
    def first_seen(self) -> int:
        """首见: named first by a roster, of unknown age. They are in the stock, and are no growth."""
        return self.flows[FlowTerm.SEEN]

    @property
    def growth(self) -> int:
        """净增 without those first seen."""
        return self.net - self.first_seen

    @property
    def newly(self) -> int:
        """新增: certified for the first time, or again after a gap; no arrivals, nothing deducted."""
        return self.flows[FlowTerm.FIRST] + self.flows[FlowTerm.REGAINED]


@dataclass(frozen=True)
class FlowPlace:
    """Codes of a park, if any, and a town; of neither where nobody moved."""

    park: str | None
    town: str | None

    @property
    def scopes(self) -> tuple[str, ...]:
        return counting.scopes_of(self.park, self.town) if self.town else ()


class Flows:
    """Everything that changed between two days: a bridge for every kind and scope."""

    def __init__(self, since: dt.date, until: dt.date, definition: str) -> None:
        self.since, self.until, self.definition = since, until, definition
        self._opening: Counter[tuple[str, str]] = Counter()
        self._closing: Counter[tuple[str, str]] = Counter()
        self._flows: Counter[tuple[str, str, FlowTerm]] = Counter()

    def bridge(self, kind: str, scope: str) -> Bridge:
        key = (kind, str(scope))
        return Bridge(
            kind=kind,
            scope=str(scope),
            since=self.since,
            until=self.until,
            definition=self.definition,
            opening=self._opening[key],
            flows={term: self._flows[*key, term] for term in FlowTerm},
            closing=self._closing[key],
        )

    def add(
        self,
        kind: str,
        here: FlowPlace,
        origin: FlowPlace,
        goal: FlowPlace,
        reasons: tuple[str, str],
        firms: int,
    ) -> None:
        """Add firms that counted `here` for a while.

        `reasons`: why they began and why they ceased to count; "" where they were in the opening or
        are in the closing stock. A firm that moved came from `origin` or went to `goal`. A move is
        no flow of a scope that both places belong to.
        """
        opened, closed = reasons
        for scope in here.scopes:
            if not opened:
                self._opening[kind, scope] += firms
            elif scope not in origin.scopes:
                self._flows[kind, scope, GAINS[opened]] += firms
            if not closed:
                self._closing[kind, scope] += firms
            elif scope not in goal.scopes:
                self._flows[kind, scope, LOSSES[closed]] += firms


def between(since: dt.date, until: dt.date, definition: str = Definition.CERTIFICATE) -> Flows:
    """All bridges from the end of `since` to the end of `until`.

    One scan of the spans, which are brought up to date first. ValueError when the days are in the
    wrong order.
    """
    if since > until:
        raise ValueError(f"{since} is after {until}")
    spans.refresh()
    codes: dict[int | None, str] = dict(Unit.objects.reporting().values_list("pk", "code"))
    kinds = dict(QualificationKind.objects.values_list("pk", "code"))
    of_indicator = Q(kind__indicators__kind=Indicator.Kind.COUNTED)
    counted = Span.objects.filter(of_indicator, definition=definition)
    rows = _scan_overlapping(counted, LIVE, since, until)
    return _add_up(Flows(since, until, definition), rows, kinds.__getitem__, codes.get)


def between_frozen(release: Release, since: dt.date, until: dt.date, definition: str) -> Flows:
    """As `between`, by what a release says of these days."""
    kinds = [indicator.code for indicator in indicators.released(release).stocks]
    counted = release.spans.filter(definition=definition, kind__in=kinds)
    rows = _scan_overlapping(counted, FROZEN, since, until)
    return _add_up(Flows(since, until, definition), rows, str, _frozen_code)


def _frozen_code(code: str | None) -> str | None:
    """A frozen span has "" where the firm stands in no park."""
    return code or None


def _add_up(
    flows: Flows,
    rows: Iterable[Mapping[str, Any]],
    kind_of: Callable[[Any], str],
    code_of: Callable[[Any], str | None],
) -> Flows:
    for row in rows:
        here, origin, goal = (
            FlowPlace(code_of(row[f"{side}_park"]), code_of(row[f"{side}_town"])) for side in SIDES
        )
        reasons = (row["opened"], row["closed"])
        flows.add(kind_of(row["of_kind"]), here, origin, goal, reasons, row["firms"])
    return flows


def bridge(
    *,
    kind: str,
    scope: str,
    since: dt.date,
    until: dt.date,
    definition: str = Definition.CERTIFICATE,
) -> Bridge:
    """One kind over one scope. For many at once ask `between`."""
    return between(since, until, definition).bridge(kind, scope)


def edges(
    *,
    kind: str,
    scope: str,
    term: FlowTerm,
    since: dt.date,
    until: dt.date,
    definition: str = Definition.CERTIFICATE,
) -> QuerySet[Span]:
    """The spans behind a term of a bridge, one per event, after catching up with the ledger.

    Each has `day`, the first day on which the firm counts, or no longer counts. For those that
    moved, `other_park` and `other_town` are the codes of the place they came from or went to, else
    None.
    """
    spans.refresh()
    of_kind = Span.objects.filter(kind__code=kind, definition=definition)
    return _edges_of_term(of_kind, LIVE, scope, term, since, until)


def edges_frozen(
    release: Release,
    *,
    kind: str,
    scope: str,
    term: FlowTerm,
    since: dt.date,
    until: dt.date,
    definition: str,
) -> QuerySet[FrozenSpan]:
    """As `edges`, by what a release says of these days; `other_park` is "" outside the parks."""
    of_kind = release.spans.filter(kind=kind, definition=definition)
    found: QuerySet[FrozenSpan] = _edges_of_term(of_kind, FROZEN, scope, term, since, until)
    return found


def _edges_of_term(
    of_kind: Any, table: SpanTable, scope: str, term: FlowTerm, since: dt.date, until: dt.date
) -> Any:
    edge, cause, reason = EDGES[term]
    in_time = {f"{edge}__gt": since, f"{edge}__lte": until, cause: reason}
    found = of_kind.filter(**in_time).in_scope(scope)
    if reason != Span.Opening.TRANSFERRED:
        nowhere = Value(None, CharField())
        return found.annotate(day=F(edge), other_park=nowhere, other_town=nowhere)
    beside: Any = table.beside(edge)
    codes = {
        f"other_{place}": Subquery(beside.values(f"{place}{table.to_code}")[:1])
        for place in ("park", "town")
    }
    # A firm that moved within the scope neither came to it nor left it.
    return found.exclude(Exists(beside.in_scope(scope))).annotate(day=F(edge), **codes)


def _scan_overlapping(
    counted: QuerySet[Any], table: SpanTable, since: dt.date, until: dt.date
) -> Iterable[Mapping[str, Any]]:
    """Spans that overlap the time, counted by kind, place and reasons.

    And by the place from which they came, or to which they went, where they moved.
    """
    # The first day excluded, the last included: what began earlier was in the opening stock.
    begun, ended = Q(start__gt=since, start__lte=until), Q(end__gt=since, end__lte=until)
    grouped = {
        "opened": Case(When(begun, then=F("opened_by")), default=Value("")),
        "closed": Case(When(ended, then=F("closed_by")), default=Value("")),
        **_other_place("from", table, begun & Q(opened_by=Span.Opening.TRANSFERRED), "start"),
        **_other_place("to", table, ended & Q(closed_by=Span.Closing.TRANSFERRED), "end"),
    }
    columns = {"of_kind": F(table.kind), "here_park": F(table.park), "here_town": F(table.town)}
    overlapping = counted.filter(start__lte=until, end__gt=since).order_by()
    named = overlapping.annotate(**columns, **grouped)
    return named.values(*columns, *grouped).annotate(firms=Count("id"))


def _other_place(side: str, table: SpanTable, moved: Q, edge: str) -> dict[str, Case]:
    """Columns of the other place of spans that a move begins or ends.

    The subquery is costly, so it is asked for these spans alone.
    """
    beside = table.beside(edge)
    cases = {}
    for name, column in (("park", table.park), ("town", table.town)):
        cases[f"{side}_{name}"] = Case(When(moved, then=Subquery(beside.values(column)[:1])))
    return cases
