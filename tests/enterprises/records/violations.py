"""Rows of the registers that the database must refuse, by the name of the constraint."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

from enterprises.models import Record, RecordField, RecordKind, RecordLevel

DAY, EVE = dt.date(2026, 6, 30), dt.date(2026, 6, 29)


def twice(write: Callable[..., object], *about: object) -> None:
    write(*about)
    write(*about)


def record_field(w: SimpleNamespace, **values: object) -> RecordField:
    kind = RecordKind.objects.get_or_create(code="new", defaults={"name": "新"})[0]
    return RecordField.objects.create(**{"kind": kind, "code": "a", "title": "甲"} | values)


def record(w: SimpleNamespace, **values: object) -> Record:
    given = {"kind": RecordKind.objects.get(code="platform"), "since": DAY, "identity": "x"}
    return Record.objects.create(**given | values)


def record_level(of: Record, **values: object) -> RecordLevel:
    return RecordLevel.objects.create(**{"record": of, "level": "city", "since": DAY} | values)


RECORD_VIOLATIONS: dict[str, Callable[[SimpleNamespace], object]] = {
    "record_field_once": lambda w: twice(record_field, w),
    "record_role_once": lambda w: [record_field(w, code=code, role="since") for code in "ab"],
    "record_once": lambda w: twice(record, w),
    "record_days_in_order": lambda w: record(w, until=EVE),
    "record_amounts_not_negative": lambda w: record(w, amount=-1),
    "record_return_within_amount": lambda w: record(w, amount=1, returned=2),
    "record_level_once_a_day": lambda w: twice(record_level, record(w)),
    "record_level_days_in_order": lambda w: record_level(record(w), until=DAY),
}
