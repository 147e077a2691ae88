"""What changed between two days, and who: opening stock, inflow and outflow by reason, closing stock.

Read off the spans. A span that overlaps the time either was in the opening stock or began for a reason, and either is
in the closing stock or ended for a reason; so every bridge closes, for every unit and every total.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)

from enterprises.models import QualificationKind
from parks.models import Unit
from targets import counting, spans
from targets.models import Definition, Span
from targets.models.derived import SpanQuerySet


class Term(TextChoices):
    """Why a firm begins or ceases to count. A renewal without a gap and a change of name are neither."""

    FIRST = "first", "首次认定"
    REGAINED = "regained", "失效后再认定"
    ARRIVED = "arrived", "区外迁入"
    MOVED_IN = "moved_in", "区内迁入"
    REOPENED = "reopened", "注销后恢复"
    EXPIRED = "expired", "到期未续"
    REVOKED = "revoked", "取消"
    LEFT = "left", "迁出江津"
    MOVED_OUT = "moved_out", "区内迁出"
    CLOSED = "closed", "注销"


GAINS: Mapping[str, Term] = {
    Span.Opening.FIRST: Term.FIRST,
    Span.Opening.REGAINED: Term.REGAINED,
    Span.Opening.ARRIVED: Term.ARRIVED,
    Span.Opening.TRANSFERRED: Term.MOVED_IN,
    Span.Opening.REOPENED: Term.REOPENED,
}
"""What begins a span → term, in the order of the table."""
LOSSES: Mapping[str, Term] = {
    Span.Closing.EXPIRED: Term.EXPIRED,
    Span.Closing.REVOKED: Term.REVOKED,
    Span.Closing.LEFT: Term.LEFT,
    Span.Closing.TRANSFERRED: Term.MOVED_OUT,
    Span.Closing.CLOSED: Term.CLOSED,
}
EDGES: Mapping[Term, tuple[str, str, str]] = {
    **{term: ("start", "opened_by", reason) for reason, term in GAINS.items()},
    **{term: ("end", "closed_by", reason) for reason, term in LOSSES.items()},
}
"""Term → the end of a span at which it happens, and the field that says why with its value."""
KINDS = tuple(code for code, rule in counting.RULES.items() if isinstance(rule, counting.Counted))
"""Kinds of qualification that have a bridge; their codes are those of the counted indicators."""
REGISTER_WORDS = {Term.FIRST: "首次入库", Term.REGAINED: "退库后再入库", Term.REVOKED: "退库"}
"""科技型企业 enter and leave a register instead of being certified."""


def label(term: Term, kind: str) -> str:
    return REGISTER_WORDS.get(term, str(term.label)) if kind == "tech" else str(term.label)


@dataclass(frozen=True)
class Bridge:
    """One kind over one scope, from the end of `since` to the end of `until`: closing = opening + gains − losses.

    Every term is there, 0 where nothing happened. Numbers are events: a firm that lapses twice counts twice. There is
    no correction term: both stocks are read from the same facts. One between two releases would need it.
    """

    kind: str
    scope: str
    since: dt.date
    until: dt.date
    definition: str
    opening: int
    flows: Mapping[Term, int]
    closing: int

    @property
    def gains(self) -> int:
        return sum(self.flows[term] for term in GAINS.values())

    @property
    def losses(self) -> int:
        return sum(self.flows[term] for term in LOSSES.values())

    @property
    def net(self) -> int:
        """净增: what the stock grew by, less than nothing where it shrank."""
        return self.closing - self.opening

    @property
    def newly(self) -> int:
        """新增: certified for the first time, or again after a gap; no arrivals, nothing deducted."""
        return self.flows[Term.FIRST] + self.flows[Term.REGAINED]


@dataclass(frozen=True)
class Place:
    """Codes of a park, if any, and a town; of neither where nobody moved."""

    park: str | None
    town: str | None

    @property
    def scopes(self) -> tuple[str, ...]:
        return counting.scopes_of(self.park, self.town) if self.town else ()


class Flows:
    """Everything that changed between two days under one definition: a bridge for every kind and scope."""

    def __init__(self, since: dt.date, until: dt.date, definition: str) -> None:
        self.since, self.until, self.definition = since, until, definition
        self._opening: Counter[tuple[str, str]] = Counter()
        self._closing: Counter[tuple[str, str]] = Counter()
        self._flows: Counter[tuple[str, str, Term]] = Counter()

    def bridge(self, kind: str, scope: str) -> Bridge:
        key = (kind, str(scope))
        return Bridge(
            kind=kind,
            scope=str(scope),
            since=self.since,
            until=self.until,
            definition=self.definition,
            opening=self._opening[key],
            flows={term: self._flows[*key, term] for term in Term},
            closing=self._closing[key],
        )

    def add(self, kind: str, here: Place, origin: Place, goal: Place, reasons: tuple[str, str], firms: int) -> None:
        """Firms that counted `here` for a while, why they began and ceased to ("": in the opening, closing stock).

        Whoever moved came from `origin` or went to `goal`: no flow of a scope that both places belong to.
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
    """All bridges from the end of `since` to the end of `until`; one scan of the spans, brought up to date first.

    ValueError when the days are in the wrong order.
    """
    if since > until:
        raise ValueError(f"{since} is after {until}")
    spans.refresh()
    codes: dict[int | None, str] = dict(Unit.objects.reporting().values_list("pk", "code"))
    kinds = dict(QualificationKind.objects.values_list("pk", "code"))
    flows = Flows(since, until, definition)
    for row in _scan(since, until, definition):
        here, origin, goal = (
            Place(codes.get(row[f"{side}park_id"]), codes.get(row[f"{side}town_id"])) for side in ("", "from_", "to_")
        )
        flows.add(kinds[row["kind_id"]], here, origin, goal, (row["opened"], row["closed"]), row["firms"])
    return flows


def bridge(
    *, kind: str, scope: str, since: dt.date, until: dt.date, definition: str = Definition.CERTIFICATE
) -> Bridge:
    """One kind over one scope. For many at once ask `between`."""
    return between(since, until, definition).bridge(kind, scope)


def edges(
    *, kind: str, scope: str, term: Term, since: dt.date, until: dt.date, definition: str = Definition.CERTIFICATE
) -> QuerySet[Span]:
    """The spans behind a term of a bridge, one per event, after catching up with the ledger.

    Each with `day`, the first day on which the firm counts, or no longer counts; and for those who moved with the codes
    `other_park` and `other_town` of the place they came from or went to, else None.
    """
    spans.refresh()
    edge, cause, reason = EDGES[term]
    window = {f"{edge}__gt": since, f"{edge}__lte": until, cause: reason}
    found = Span.objects.filter(kind__code=kind, definition=definition, **window).in_scope(scope)
    if reason != Span.Opening.TRANSFERRED:
        nowhere = Value(None, CharField())
        return found.annotate(day=F(edge), other_park=nowhere, other_town=nowhere)
    beside = _beside(edge)
    codes = {f"other_{place}": Subquery(beside.values(f"{place}__code")[:1]) for place in ("park", "town")}
    return found.exclude(Exists(beside.in_scope(scope))).annotate(day=F(edge), **codes)


def _beside(edge: str) -> SpanQuerySet:
    """The same firm's span before the outer one's start, or after its end."""
    same = {name: OuterRef(name) for name in ("enterprise", "kind", "definition")}
    other = "end" if edge == "start" else "start"
    return Span.objects.filter(**same, **{other: OuterRef(edge)})


def _scan(since: dt.date, until: dt.date, definition: str) -> Iterable[Mapping[str, Any]]:
    overlapping = Span.objects.filter(definition=definition, start__lte=until, end__gt=since, kind__code__in=KINDS)
    begun, ended = Q(start__gt=since, start__lte=until), Q(end__gt=since, end__lte=until)
    grouped = {
        "opened": Case(When(begun, then=F("opened_by")), default=Value("")),
        "closed": Case(When(ended, then=F("closed_by")), default=Value("")),
        **_moved("from", begun & Q(opened_by=Span.Opening.TRANSFERRED), "start"),
        **_moved("to", ended & Q(closed_by=Span.Closing.TRANSFERRED), "end"),
    }
    by_place = overlapping.order_by().annotate(**grouped).values("kind_id", "park_id", "town_id", *grouped)
    return by_place.annotate(firms=Count("id"))


def _moved(side: str, moved: Q, edge: str) -> dict[str, Case]:
    """Columns of the other place of spans that a move begins or ends; looked up for those alone."""
    beside = _beside(edge)
    return {f"{side}_{one}": Case(When(moved, then=Subquery(beside.values(one)[:1]))) for one in ("park_id", "town_id")}
