"""How records count: one place, in SQL. What a figure counts is data (`RecordMeasure`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from enterprises.models import Qualification, Record
from enterprises.models.records.record import HOLDER, RecordQuerySet
from enterprises.models.validity import valid_on
from parks.models import Unit

RECORDS, FIRMS, AMOUNT, NUMBER = "records", "firms", "amount", "number"


@dataclass(frozen=True)
class RecordMeasure:
    """What is counted of a register.

    `of`: records (家次, 个, 项), firms (家, each once), amount (万元, less what was taken back) or
    number, the sum of the extra field `field`. `ever`: since the beginning, not within the year.
    `levels`, `classes`: only these, all where empty. `at_least`: the level or a higher one.
    `holders`: only of firms that hold a qualification of this kind on the day of the record, or
    today for what is in force. `yes`: an extra field that says yes. `among`: only where the extra field `field` says one of these.
    """

    kind: str
    of: str = RECORDS
    levels: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    holders: str = ""
    yes: str = ""
    field: str = ""
    among: tuple[str, ...] = ()
    ever: bool = False


def records_of(
    measure: RecordMeasure, on: dt.date, *, since: dt.date, happens: bool, unit: Unit | None = None
) -> RecordQuerySet:
    """The records behind a figure: in force on the day, or that happened from `since` to the day."""
    rows = Record.objects.filter(kind__code=measure.kind)
    rows = rows.happened_within(since, on) if happens else rows.in_force_on(on)
    if measure.levels:
        held = Q()
        for level in measure.levels:
            held |= Q(pk__in=Record.objects.on_level(level, on).values("pk"))
        rows = rows.filter(held)
    if measure.classes:
        rows = rows.filter(klass__in=measure.classes)
    if measure.yes:
        rows = rows.filter(**{f"extra__{measure.yes}": True})
    if measure.among:
        rows = rows.filter(**{f"extra__{measure.field}__in": measure.among})
    if measure.holders:
        rows = rows.filter(_holds(measure.holders, on, happens=happens))
    return rows.in_unit(unit, on) if unit else rows


def _holds(kind: str, on: dt.date, *, happens: bool) -> Exists:
    """The firm holds a qualification on the day of what happened, or on the day asked for."""
    day = OuterRef("since") if happens else on
    held = Qualification.objects.filter(valid_on(day), kind__code=kind)
    return Exists(held.filter(enterprise=OuterRef("holder")))


def total(measure: RecordMeasure, rows: RecordQuerySet) -> Decimal | int:
    """The figure over its records."""
    if measure.of == FIRMS:
        known = rows.aggregate(firms=Count(HOLDER, distinct=True))["firms"]
        # Outside the register a firm is known by its name.
        others = rows.filter(enterprise__isnull=True).values("firm_name").distinct().count()
        return int(known) + others
    if measure.of == AMOUNT:
        found = rows.aggregate(sum=Sum(F("amount") - Coalesce(F("returned"), Decimal())))["sum"]
        return found or Decimal()
    if measure.of == NUMBER:
        values = rows.values_list(f"extra__{measure.field}", flat=True)
        return sum(value or 0 for value in values)
    return rows.count()
