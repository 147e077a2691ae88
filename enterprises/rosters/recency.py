"""Older lists complete, newer lists correct: so lists may be loaded in any order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Max

from enterprises.acts import Act, RecordFigures, Register
from enterprises.models import LedgerEntry

Key = tuple[str, int | None]
"""A firm's code, and the year of its figures or None for the firm's own details."""


@dataclass(frozen=True)
class Newest:
    """The day of the newest list that has filled in a firm's details, or its figures of a year."""

    lists: Mapping[Key, dt.date]

    @classmethod
    def known(cls) -> Newest:
        """From the ledger, in one query."""
        acts = LedgerEntry.Act
        entries = (
            LedgerEntry.objects.filter(act__in=[acts.REGISTERED, acts.DETAILED, acts.FIGURES])
            .filter(source__as_of__isnull=False)
            .order_by()
            .values_list("enterprise__uscc", "act", "effective_on")
            .annotate(Max("source__as_of"))
        )
        lists: dict[Key, dt.date] = {}
        for uscc, act, effective_on, as_of in entries:
            key = (uscc, effective_on.year if act == acts.FIGURES else None)
            lists[key] = max(lists.get(key, dt.date.min), as_of)
        return cls(lists)

    def spare(self, act: Act, as_of: dt.date | None) -> Act:
        """The act of a list of a day (None: undated, so older than any), which must not undo a newer list's work."""
        if not isinstance(act, Register | RecordFigures):
            return act
        year = act.year if isinstance(act, RecordFigures) else None
        newest = self.lists.get((act.uscc, year))
        return replace(act, only_gaps=True) if newest and (as_of is None or as_of < newest) else act
