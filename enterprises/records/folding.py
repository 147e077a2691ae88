"""A record is what its entries say, one after the other: put together from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from enterprises.models import Record, RecordEntry, RecordKind, RecordLevel
from enterprises.uscc import normalise

TEXTS = ("subject", "firm_name", "klass", "number")
DAYS = ("since", "until", "reviewed_on", "returned_on")
AMOUNTS = ("amount", "returned")
KEYS = ("enterprise", "unit")
SINGLE = (*TEXTS, *DAYS, *AMOUNTS, *KEYS)
"""Fields of which the last word counts. A level is dated, and the extra ones are kept by code."""


def fold(record: Record, entries: Iterable[RecordEntry]) -> list[RecordLevel]:
    """Set the record to what these entries in force say, in their order; gives its levels.

    Without any it is void. The first day is never after the first level.
    """
    told: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    levels: dict[dt.date, str] = {}
    for entry in entries:
        said = dict(entry.after)
        extra |= said.pop("extra", {})
        if level := said.pop("level", ""):
            levels[entry.on] = level
        told |= said
    record.is_void = not told
    if record.is_void:
        return []
    for name in SINGLE:
        _set(record, name, told.get(name))
    record.extra = {code: value for code, value in extra.items() if value is not None}
    rows = _levels(record, levels)
    record.level = rows[-1].level if rows else ""
    if rows:
        record.since = min(record.since, rows[0].since)
    record.identity = identity_of(record.kind, _texts(record))
    return rows


def _set(record: Record, name: str, value: Any) -> None:
    if name in KEYS:
        setattr(record, f"{name}_id", value)
    elif name in TEXTS:
        setattr(record, name, value or "")
    elif name in DAYS:
        setattr(record, name, as_day(value))
    else:
        setattr(record, name, None if value is None else Decimal(str(value)))


def as_day(value: Any) -> dt.date | None:
    """A day as it comes from the ledger or from a file."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _levels(record: Record, levels: Mapping[dt.date, str]) -> list[RecordLevel]:
    days = sorted(levels)
    # The same level told again begins nothing.
    begins = [day for at, day in enumerate(days) if at == 0 or levels[day] != levels[days[at - 1]]]
    ends: list[dt.date | None] = [later for _, later in pairwise(begins)]
    return [
        RecordLevel(record=record, level=levels[day], since=day, until=until)
        for day, until in zip(begins, [*ends, None][: len(begins)], strict=True)
    ]


def _texts(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in (*TEXTS, *DAYS)} | {
        "firm": record.enterprise_id,
        "unit": record.unit_id,
    }


def identity_of(kind: RecordKind, told: Mapping[str, Any]) -> str:
    """What tells a record apart from others of its kind, as one text.

    `told`: by the names of a record's columns, with `firm`, the key of the firm that it is of. A
    firm is known by its key, one outside the register by its name.
    """
    parts = []
    for role in kind.identity:
        if role in ("firm_code", "firm_name"):
            firm = told.get("firm")
            parts.append(f"#{firm}" if firm else normalise(told.get("firm_name") or ""))
        else:
            parts.append(normalise(str(told.get(role) or "")))
    return "|".join(parts)
