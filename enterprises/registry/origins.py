"""Where the present value of a detail or a figure comes from.

Lists may be loaded in any order, and again. A list fills gaps, and replaces what an older list
said. What a list of the same day said, or what a person decided on that day or later, stays, and
the difference is noticed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils import timezone

from enterprises.models import LedgerEntry

FACTS = ("enterprise", "yearlyfigures", "application")
"""Facts of which every field has an origin of its own. Others are added or ended as a whole."""
BY_HAND = "人工登记"


def maker_of(kind: str, office: str | None) -> str:
    """Of a list of the kind: the office whose it is, if any; without one, all of a kind are alike."""
    return office or kind


@dataclass(frozen=True)
class Listing:
    """A list that says something: its name, and the day it speaks of.

    Without a day it counts as older than any dated list. `maker`: whose kind of list it is; of two
    makers each counts in its own way.
    """

    name: str
    as_of: dt.date | None = None
    maker: str = ""


@dataclass(frozen=True)
class Origin:
    """Who said a value, where, and for which day."""

    day: dt.date
    place: str
    by_person: bool = False
    maker: str = ""

    @classmethod
    def from_listing(cls, listing: Listing | None, cell: str) -> Origin:
        """The origin of a value in that cell of the list; without a list, of a person's value."""
        if listing is None:
            return cls(timezone.localdate(), BY_HAND, by_person=True)
        place = f"{listing.name} {cell}".rstrip()
        return cls(listing.as_of or dt.date.min, place, maker=listing.maker)


class Origins:
    """Origins of the values of these firms (their ids, in chunks).

    From the ledger, which is read when first needed, and from the changes made since.
    """

    def __init__(self, enterprise_ids: Iterable[list[int]]) -> None:
        self._ids = enterprise_ids
        # Fact (by identity in memory) and field → origin of what this call has written, which
        # comes before the ledger's; None: it was taken back, and nothing is left.
        self._fresh: dict[tuple[int, str], Origin | None] = {}
        self._confirmed: dict[tuple[int, str], Origin] = {}

    def note_origins(
        self, fact: Model, names: Iterable[str], listing: Listing | None, cells: Mapping[str, str]
    ) -> None:
        if fact._meta.model_name in FACTS:
            for name in names:
                self._fresh[id(fact), name] = Origin.from_listing(listing, cells.get(name, ""))

    def confirm_value(self, fact: Model, name: str, origin: Origin) -> None:
        """A list says the very value that is registered."""
        self._confirmed.setdefault((id(fact), name), origin)

    def origin_of(self, fact: Model, name: str) -> Origin | None:
        """Where the registered value of the field comes from; None where nothing is known."""
        if (id(fact), name) in self._fresh:
            return self._fresh[id(fact), name]
        origins = self._written_origins.get((fact._meta.model_name, fact.pk, name))
        return origins[-1][1] if origins else None

    def take_back(self, fact: Model, names: Iterable[str], entry_id: int) -> None:
        """The entry counts no more: the fact's values come from what stood before it."""
        for name in names:
            origins = self._written_origins.get((fact._meta.model_name, fact.pk, name), [])
            # In place, so that taking back a further entry of this value goes on from here.
            origins[:] = [pair for pair in origins if pair[0] != entry_id]
            self._fresh[id(fact), name] = origins[-1][1] if origins else None

    def confirmed_origin(self, fact: Model, name: str, day: dt.date) -> Origin | None:
        """The list of that day that has, in this call, confirmed the registered value."""
        origin = self._confirmed.get((id(fact), name))
        return origin if origin and origin.day == day else None

    @cached_property
    def _written_origins(self) -> dict[tuple[Any, Any, str], list[tuple[int, Origin]]]:
        """(fact, fact id, field) → (entry, its origin), oldest first; nothing that was undone."""
        columns = ["pk", "fact", "fact_id", "after", "cells", "at"]
        columns += ["source_id", "source__name", "source__as_of"]
        columns += ["source__kind", "source__office__code"]
        origins: dict[tuple[Any, Any, str], list[tuple[int, Origin]]] = defaultdict(list)
        for ids in self._ids:
            entries = LedgerEntry.objects.filter(enterprise_id__in=ids, fact__in=FACTS)
            rows = entries.in_force().order_by("pk").values_list(*columns)
            for pk, fact, fact_id, after, cells, at, source, name, as_of, kind, office in rows:
                listing = Listing(name, as_of, maker_of(kind, office)) if source else None
                for field in after:
                    origin = Origin.from_listing(listing, cells.get(field, ""))
                    if listing is None:
                        # A person's value is of the day on which it was registered, not of today.
                        origin = replace(origin, day=timezone.localdate(at))
                    origins[fact, fact_id, field].append((pk, origin))
        return origins
