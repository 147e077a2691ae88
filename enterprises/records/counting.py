"""How records count: one place, in SQL. What a figure counts is data (`RecordMeasure`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from enterprises.models import Qualification, Record
from enterprises.models.records.record import HOLDER, RecordQuerySet
from enterprises.models.validity import valid_on
from parks.models import Unit

RECORDS, FIRMS, AMOUNT, NUMBER = "records", "firms", "amount", "number"


@dataclass(frozen=True)
class RecordMeasure:
    """What is counted of a register.

    `of`: records (家次, 个, 项), firms (家, each once), amount (万元, less what was taken back by
    the day) or number, the sum of the extra field `field`. `levels`, `classes`: only these, all
    where empty.
    `holders`: only of firms that hold a qualification of this kind on the day of the record, or
    today for what is in force. `yes`: an extra field that says yes. `among`: only where the extra
    field `field` says one of these.
    """

    kind: str
    of: str = RECORDS
    levels: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    holders: str = ""
    yes: str = ""
    field: str = ""
    among: tuple[str, ...] = ()


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


def nothing(measure: RecordMeasure) -> Decimal | int:
    """The figure over no record."""
    return Decimal() if measure.of == AMOUNT else 0


def total(measure: RecordMeasure, rows: RecordQuerySet, on: dt.date) -> Decimal | int:
    """The figure over its records, as of the day."""
    return totals({measure.kind: (measure, rows)}, on)[measure.kind]


def totals(
    asked: Mapping[str, tuple[RecordMeasure, RecordQuerySet]], on: dt.date
) -> dict[str, Decimal | int]:
    """Each figure over its records: one query, and one for each that adds up an extra field."""
    found: dict[str, Decimal | int] = {}
    counted = {name: each for name, each in asked.items() if each[0].of != NUMBER}
    sums = summed_at_once({name: rows for name, (_, rows) in counted.items()}, **_sums(on))
    for name, (measure, _) in counted.items():
        found[name] = _one_of(sums[name], measure)
    for name in asked.keys() - counted.keys():
        measure, rows = asked[name]
        values = rows.values_list(f"extra__{measure.field}", flat=True)
        found[name] = sum(value or 0 for value in values)
    return found


def _sums(on: dt.date) -> dict[str, Aggregate]:
    # What was taken back later was still out on the day.
    is_back = Q(returned_on__isnull=True) | Q(returned_on__lte=on)
    returned = Case(
        When(is_back & Q(returned__isnull=False), then=F("returned")), default=Value(Decimal())
    )
    outside = Q(enterprise__isnull=True) & ~Q(firm_name="")
    return {
        "rows": Count("pk"),
        "firms": Count(HOLDER, distinct=True),
        # Outside the register a firm is known by its name.
        "others": Count("firm_name", filter=outside, distinct=True),
        "amount": Sum(F("amount") - returned, output_field=DecimalField()),
    }


def _one_of(sums: Mapping[str, Any], measure: RecordMeasure) -> Decimal | int:
    if measure.of == FIRMS:
        return int(sums["firms"] + sums["others"])
    if measure.of == AMOUNT:
        return sums["amount"] or Decimal()
    return int(sums["rows"])


def summed_at_once(
    asked: Mapping[str, QuerySet[Any]], **sums: Aggregate
) -> dict[str, dict[str, Any]]:
    """The same sums over several sets of rows of one model, each by its name; one query."""
    if not asked:
        return {}
    first, *rest = (
        rows.order_by().annotate(asked=Value(name)).values("asked").annotate(**sums)
        for name, rows in asked.items()
    )
    return {row["asked"]: row for row in first.union(*rest, all=True)}
