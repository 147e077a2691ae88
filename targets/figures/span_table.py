"""The two tables of spans, live and frozen, and what their columns are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet

from targets.models import FrozenSpan, Span


@dataclass(frozen=True)
class SpanTable:
    """A table of spans, and what its columns are called.

    `to_code` leads from a column of place to the place's code. `same` are the columns in which the
    spans of one firm under one kind and definition are equal.
    """

    model: Any
    kind: str
    park: str
    town: str
    to_code: str
    same: tuple[str, ...]

    def beside(self, edge: str) -> QuerySet[Any]:
        """The same firm's span that ends at the outer one's start, or begins at its end."""
        opposite_edge = "end" if edge == "start" else "start"
        matching = {name: OuterRef(name) for name in self.same}
        matching[opposite_edge] = OuterRef(edge)
        found: QuerySet[Any] = self.model.objects.filter(**matching)
        return found


OF_FIRM = ("enterprise", "kind", "definition")
LIVE = SpanTable(Span, "kind_id", "park_id", "town_id", "__code", OF_FIRM)
OF_FROZEN_FIRM = ("release", "uscc", "kind", "definition")
FROZEN = SpanTable(FrozenSpan, "kind", "park", "town", "", OF_FROZEN_FIRM)
