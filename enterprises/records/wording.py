"""What records and their entries say, in the words of pages, files and receipts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from enterprises.models import Enterprise, Record, RecordEntry, RecordField, RecordKind, RecordLevel
from enterprises.models.records import FieldRole, FieldType
from enterprises.records.folding import as_day
from enterprises.records.kinds import attribute_of
from parks import numbers
from parks.models import Unit


@dataclass(frozen=True)
class Detail:
    """One field that an entry tells of."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Wording:
    """Knows the names behind the keys that the ledger keeps."""

    kind: RecordKind
    places: Mapping[int, str]
    firms: Mapping[int, str] = field(default_factory=dict)

    def says(self, column: RecordField, value: Any) -> str:
        if value in (None, ""):
            return ""
        if column.role == FieldRole.UNIT:
            return self.places.get(value, "")
        if column.role == FieldRole.FIRM_CODE:
            return self.firms.get(value, "")
        return column.shown(value)

    def details(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Detail]:
        """Field by field, in the order of the register's columns."""
        was, told = {**before, **before.get("extra", {})}, {**after, **after.get("extra", {})}
        return [
            Detail(
                column.title,
                self.says(column, was.get(attribute_of(column))),
                self.says(column, told[attribute_of(column)]),
            )
            for column in self.kind.columns
            if attribute_of(column) in told
        ]


def wording_for(kind: RecordKind, entries: Iterable[RecordEntry] = ()) -> Wording:
    """One query for the units, and one for the firms where the entries name any."""
    told = {value for entry in entries for said in (entry.before, entry.after)
            if (value := said.get("enterprise"))}  # fmt: skip
    # Nothing is asked for no keys.
    firms = Enterprise.objects.filter(pk__in=told)
    places = dict(Unit.objects.values_list("pk", "name"))
    return Wording(kind, places, {firm.pk: f"{firm.name}（{firm.uscc}）" for firm in firms})


def level_on(record: Record, day: dt.date) -> RecordLevel | None:
    """The level that it holds on the day; its levels are at hand."""
    held = [row for row in record.levels.all() if row.since <= day]
    return max(held, key=lambda row: row.since, default=None)


def text_of(column: RecordField, record: Record, on: dt.date) -> str:
    """What a list shows of the record under a column, as of the day."""
    if column.role == FieldRole.LEVEL:
        held = level_on(record, on)
        return column.shown(getattr(held, "level", ""))
    value = record.value_of(column)
    if column.role == FieldRole.UNIT:
        return str(value or "")
    if column.type == FieldType.MONEY and value not in (None, ""):
        return numbers.amount(Decimal(value))
    return column.shown(value)


def cell_of(column: RecordField, record: Record) -> Any:
    """What a file holds under a column, so that it can be loaded again.

    A register with levels has one day: the first of the level that is written beside it.
    """
    value = record.value_of(column)
    if column.role == FieldRole.UNIT:
        return getattr(value, "name", "")
    if column.role == FieldRole.SINCE and record.level:
        return max((row.since for row in record.levels.all()), default=value)
    if column.type == FieldType.DAY:
        return as_day(value)
    if column.type == FieldType.MONEY and value not in (None, ""):
        return Decimal(value)
    if column.type in (FieldType.CHOICE, FieldType.YES_NO):
        return column.shown(value)
    return "" if value is None else value
