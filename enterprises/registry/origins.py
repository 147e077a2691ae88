"""Where the present value of a detail or a figure comes from, so that lists may be loaded in any order, and again.

A list fills gaps, and replaces what an older list said. What a list of the same day said, or what a person decided on
that day or later, stays, and the difference is noticed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils import timezone

from enterprises.models import LedgerEntry

FACTS = ("enterprise", "yearlyfigures")


@dataclass(frozen=True)
class Listing:
    """A list that says something: its name and the day it speaks of (none: older than any dated list)."""

    name: str
    as_of: dt.date | None = None


@dataclass(frozen=True)
class Origin:
    """Who said a value, where, and for which day."""

    day: dt.date
    place: str
    by_person: bool = False

    @classmethod
    def of(cls, listing: Listing | None, cell: str) -> Origin:
        if listing is None:
            return cls(timezone.localdate(), "人工登记", by_person=True)
        return cls(listing.as_of or dt.date.min, f"{listing.name} {cell}".rstrip())


class Origins:
    """Of the firms with these ids: from the ledger (read when first asked for), and of the changes made since."""

    def __init__(self, enterprise_ids: Iterable[list[int]]) -> None:
        self._ids = enterprise_ids
        self._fresh: dict[tuple[int, str], Origin | None] = {}
        self._confirmed: dict[tuple[int, str], Origin] = {}

    def note(
        self, fact: Model, names: Iterable[str], listing: Listing | None, cells: Mapping[str, str]
    ) -> None:
        if fact._meta.model_name in FACTS:
            for name in names:
                self._fresh[id(fact), name] = Origin.of(listing, cells.get(name, ""))

    def confirm(self, fact: Model, name: str, origin: Origin) -> None:
        """A list says what is registered."""
        self._confirmed.setdefault((id(fact), name), origin)

    def of(self, fact: Model, name: str) -> Origin | None:
        if (id(fact), name) in self._fresh:
            return self._fresh[id(fact), name]
        said = self._written.get((fact._meta.model_name, fact.pk, name))
        return said[-1][1] if said else None

    def take_back(self, fact: Model, names: Iterable[str], entry_id: int) -> None:
        """What this entry said of the fact counts no more: the value comes from whoever said it before."""
        for name in names:
            said = self._written.get((fact._meta.model_name, fact.pk, name), [])
            said[:] = [pair for pair in said if pair[0] != entry_id]
            self._fresh[id(fact), name] = said[-1][1] if said else None

    def confirmed(self, fact: Model, name: str, day: dt.date) -> Origin | None:
        """The list of that day that said, in this call, the value that is registered."""
        origin = self._confirmed.get((id(fact), name))
        return origin if origin and origin.day == day else None

    @cached_property
    def _written(self) -> dict[tuple[Any, Any, str], list[tuple[int, Origin]]]:
        """(fact, fact id, field) → (entry, what it says), oldest first, without what was taken back."""
        columns = (
            "pk",
            "fact",
            "fact_id",
            "after",
            "cells",
            "at",
            "source_id",
            "source__name",
            "source__as_of",
        )
        origins: dict[tuple[Any, Any, str], list[tuple[int, Origin]]] = defaultdict(list)
        for ids in self._ids:
            entries = (
                LedgerEntry.objects.filter(enterprise_id__in=ids, fact__in=FACTS)
                .in_force()
                .order_by("pk")
            )
            for pk, fact, fact_id, after, cells, at, source, name, as_of in entries.values_list(
                *columns
            ):
                listing = Listing(name, as_of) if source else None
                for field in after:
                    origin = Origin.of(listing, cells.get(field, ""))
                    if listing is None:
                        origin = Origin(timezone.localdate(at), origin.place, by_person=True)
                    origins[fact, fact_id, field].append((pk, origin))
        return origins
