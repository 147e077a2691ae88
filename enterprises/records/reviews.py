"""When the next review of a record is due: so many months after its start or its last review."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Coalesce

from enterprises.models import Record, RecordKind
from enterprises.models.records.record import RecordQuerySet

YEAR_MONTHS = 12


def _months_back(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * YEAR_MONTHS + day.month - 1 - months, YEAR_MONTHS)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_on(record: Record, kind: RecordKind) -> dt.date | None:
    """The first day on which `due` finds it; None where the kind asks for no review."""
    if not kind.review_months:
        return None
    base = record.reviewed_on or record.since
    year, month = divmod(base.year * YEAR_MONTHS + base.month - 1 + kind.review_months, YEAR_MONTHS)
    if base.day <= monthrange(year, month + 1)[1]:
        return dt.date(year, month + 1, base.day)
    year, month = divmod(year * YEAR_MONTHS + month + 1, YEAR_MONTHS)
    return dt.date(year, month + 1, 1)


def due(rows: RecordQuerySet, kinds: Iterable[RecordKind], on: dt.date) -> RecordQuerySet:
    """Those whose review is due on the day or was before."""
    wanted = Q(pk__in=[])
    for kind in kinds:
        if kind.review_months:
            wanted |= Q(kind=kind, reviewed_by__lte=_months_back(on, kind.review_months))
    return rows.annotate(reviewed_by=Coalesce("reviewed_on", "since")).filter(wanted)
